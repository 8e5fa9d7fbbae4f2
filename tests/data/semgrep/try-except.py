# ruleid: try-except
try:
    a()
except Exception:
    pass
# ok: try-except
try:
    a()
except Exception:
    log()
# ok: try-except
try:
    a()
except ValueError:
    pass
