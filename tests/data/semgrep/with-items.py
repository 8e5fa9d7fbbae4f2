# ruleid: with-items
with open(p) as f, lock:
    pass
# ok: with-items
with other(p) as f:
    pass
# ok: with-items
with open(p):
    pass
