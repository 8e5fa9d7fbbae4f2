# ruleid: not-inside
f(1)
if a:
    # ok: not-inside
    f(1)
with lock:
    # ok: not-inside
    f(1)
