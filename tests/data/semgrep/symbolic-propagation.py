def f():
    x = build(1)
    # ruleid: symbolic-propagation
    run(x)
    # ok: symbolic-propagation
    run(y)
