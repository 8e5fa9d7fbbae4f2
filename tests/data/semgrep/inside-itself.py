# ruleid: inside-itself
f(1)
# ok: inside-itself
f(1, 2)
