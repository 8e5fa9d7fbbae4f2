# ruleid: two-patterns
f(1)
# ok: two-patterns
f()
