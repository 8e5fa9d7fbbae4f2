# ruleid: dots-first-argument
f(1)
# ruleid: dots-first-argument
f(1, 2, a=3)
# ok: dots-first-argument
f(2, 1)
