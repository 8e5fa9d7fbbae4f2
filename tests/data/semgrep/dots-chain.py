# ruleid: dots-chain
db.execute(q)
# ruleid: dots-chain
db.session().connection.cursor(1).execute(q)
# ok: dots-chain
execute(q)
# ok: dots-chain
db.fetch()
