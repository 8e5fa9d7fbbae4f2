# ruleid: metavariable-annotation
a: int = None
# ok: metavariable-annotation
b = None
# ok: metavariable-annotation
c: int = 1
