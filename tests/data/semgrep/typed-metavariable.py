def f(a: str, b: int):
    # ruleid: typed-metavariable
    a + c
    # ok: typed-metavariable
    b + c
    # ok: typed-metavariable
    d + c
# ruleid: typed-metavariable
"x" + y
