import os

def f(a, b=1, *, c: str = ""):
    # ruleid: tainted-parameter
    os.system(a)
    # ruleid: tainted-parameter
    os.system(b)
    # ruleid: tainted-parameter
    os.system(c)
    d = 1
    # ok: tainted-parameter
    os.system(d)
