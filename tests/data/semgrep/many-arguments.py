def a():
    # ruleid: many-arguments
    f(1, 2)
    x()
    g(1, 2)

def b():
    # ok: many-arguments
    f(1, 2)
    g(1)
