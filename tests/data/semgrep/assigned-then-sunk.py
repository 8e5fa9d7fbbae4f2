from flask import request

def f(db):
    # ruleid: assigned-then-sunk
    name = request.args.get("name")
    check()
    if name:
        db.execute("select " + name)

def g(db):
    # ok: assigned-then-sunk
    name = request.args.get("name")
    other = "x"
    db.execute("select " + other)
