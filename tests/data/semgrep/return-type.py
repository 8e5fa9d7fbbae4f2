# ruleid: return-type
def f() -> str: pass
# ok: return-type
def g() -> int: pass
# ok: return-type
def h(): pass
