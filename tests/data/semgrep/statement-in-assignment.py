def f():
    # ruleid: statement-in-assignment
    prepare()
    x = 1 + run(y)

def g():
    # ruleid: statement-in-assignment
    prepare()
    return run()
