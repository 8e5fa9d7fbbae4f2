# ruleid: exact-arguments
f(1, 2)
# ok: exact-arguments
f(1)
# ok: exact-arguments
f(1, 2, 3)
# ok: exact-arguments
f(1, b=2)
