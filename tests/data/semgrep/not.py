# ruleid: not
f(1)
# ok: not
f(1, safe=True)
