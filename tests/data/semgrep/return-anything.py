def f():
    # ruleid: return-anything
    return 1

def g():
    # ruleid: return-anything
    return
