# ruleid: subscript
a[0]
# ok: subscript
a[1]
# ok: subscript
a[0:]
