# ruleid: not-regex
key = abc
# ok: not-regex
key = example_key
