# ruleid: not-nested
f(x)
# ok: not-nested
f(safe_x)
