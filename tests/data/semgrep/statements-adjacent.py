def f():
    # ruleid: statements-adjacent
    a()
    b()

def g():
    # ok: statements-adjacent
    a()
    c()
    b()
