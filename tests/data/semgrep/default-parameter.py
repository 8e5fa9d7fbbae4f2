# ruleid: default-parameter
def f(a, b=[]): pass
# ruleid: default-parameter
def g(a: list = []): pass
# ok: default-parameter
def h(a=None): pass
