def f(u, v):
    # ruleid: not-inside-if
    u.delete()
    if u.is_owner and x:
        # ok: not-inside-if
        u.delete()
        # ruleid: not-inside-if
        v.delete()
    try:
        # ok: not-inside-if
        v.delete()
    except ValueError:
        pass
