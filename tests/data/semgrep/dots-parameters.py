class A:
    # ruleid: dots-parameters
    def f(self, a, *b): pass
    # ok: dots-parameters
    def g(a): pass
