import pickle, marshal
class A(View):
    def get(self):
        # ruleid: either-in-either
        pickle.loads(x)
@view
def f():
    # ruleid: either-in-either
    marshal.loads(x)
def g():
    # ok: either-in-either
    pickle.load(x)
