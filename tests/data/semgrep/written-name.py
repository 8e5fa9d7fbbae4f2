def f(db):
    # ruleid: written-name
    db.query(1)
    # ok: written-name
    session.query(1)
