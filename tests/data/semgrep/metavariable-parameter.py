# ruleid: metavariable-parameter
def f(a, b):
    x()
    return b

# ok: metavariable-parameter
def g(a, b):
    return c
