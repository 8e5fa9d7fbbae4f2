# ruleid: comparison-is-not
a is not None
# ok: comparison-is-not
a is None
