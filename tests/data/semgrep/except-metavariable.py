# ruleid: except-metavariable
try:
    f()
except Exception:
    pass
# ok: except-metavariable
try:
    f()
except ValueError:
    pass
# ok: except-metavariable
try:
    f()
except Exception:
    log()
