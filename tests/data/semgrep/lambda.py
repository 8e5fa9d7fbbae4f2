# ruleid: lambda
f = lambda a, b: a
# ok: lambda
g = h
