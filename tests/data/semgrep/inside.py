class A:
    def __init__(self):
        # ruleid: inside
        return 1
    def f(self):
        # ok: inside
        return 1
