def f():
    # ruleid: raise-statement
    raise ValueError("x") from e
    # ok: raise-statement
    raise
