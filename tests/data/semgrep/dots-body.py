# ruleid: dots-body
def f(a):
    x = 1
    if a:
        eval(x)

# ok: dots-body
def g(a):
    return a
