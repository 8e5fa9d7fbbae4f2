def f(a: str, b: int):
    # ruleid: metavariable-type
    a.lower()
    # ok: metavariable-type
    b.lower()
