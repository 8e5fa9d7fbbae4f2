# ruleid: concatenation
cur.execute("a" + b)
# ruleid: concatenation
cur.execute("a" + b + "c")
# ruleid: concatenation
self.cur.execute(a + "b")
# ok: concatenation
cur.execute("a" + "b")
# ok: concatenation
cur.execute(a - b)
