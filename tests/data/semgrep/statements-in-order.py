def f():
    # ruleid: statements-in-order
    a = open(p)
    b()
    a.close()

def g():
    # ok: statements-in-order
    a = open(p)
    b.close()
