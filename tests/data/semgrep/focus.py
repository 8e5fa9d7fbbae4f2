def f():
    a = 1
    # ruleid: focus
    bad = 2

def g():
    # ok: focus
    good = 2
