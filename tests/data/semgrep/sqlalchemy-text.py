from sqlalchemy import text
# ruleid: sqlalchemy-text
text(q)
# ruleid: sqlalchemy-text
session.execute(q)
# ok: sqlalchemy-text
text("select 1")
# ok: sqlalchemy-text
session.execute("select 1", {})
# ok: sqlalchemy-text
session.execute(text("select 1"))
