# ruleid: walrus
if (a := read()):
    pass
# ok: walrus
if (a := other()):
    pass
