# ok: names-are-expressions
import secret
# ok: names-are-expressions
def secret(secret): pass
# ok: names-are-expressions
f(secret=1)
# ok: names-are-expressions
a.secret
# ruleid: names-are-expressions
f(secret)
# ruleid: names-are-expressions
secret.a
