# ruleid: keyword-order
f(b=2, a=1)
# ok: keyword-order
f(a=1)
# ok: keyword-order
f(a=1, b=2, c=3)
