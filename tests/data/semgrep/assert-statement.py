# ruleid: assert-statement
assert (a, "b")
# ok: assert-statement
assert a, "b"
