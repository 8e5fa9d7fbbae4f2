# ruleid: either
f()
# ruleid: either
g(2)
# ok: either
g(1)
