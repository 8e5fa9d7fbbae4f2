def f():
    # ruleid: statements-nested
    acquire()
    if a:
        while b:
            release()

def g():
    release()
    # ok: statements-nested
    acquire()
