# ruleid: metavariable-pattern-nested
db.execute("select " + name, ())
# ruleid: metavariable-pattern-nested
db.execute("select %s" % name)
# ruleid: metavariable-pattern-nested
db.execute("select {}".format(name))
# ruleid: metavariable-pattern-nested
db.execute(f"select {name}")
# ok: metavariable-pattern-nested
db.execute("select " + "1")
# ok: metavariable-pattern-nested
db.execute("select %s", (name,))
