def f():
    # ruleid: return-value
    return 1

def g():
    # ok: return-value
    return
