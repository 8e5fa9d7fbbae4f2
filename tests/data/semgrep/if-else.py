def f(a):
    # ruleid: if-else
    if a:
        return True
    else:
        return False

def g(a):
    # ok: if-else
    if a:
        return True
    return False
