def f():
    c = connect()
    for x in y:
        # ruleid: inside-statements
        c.execute(x)
    # ok: inside-statements
    d.execute(x)
