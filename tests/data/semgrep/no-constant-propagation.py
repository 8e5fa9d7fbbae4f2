ONE = 1
# ok: no-constant-propagation
f(ONE)
# ruleid: no-constant-propagation
f(1)
