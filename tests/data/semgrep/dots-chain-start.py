# ruleid: dots-chain-start
session.query(A).all()
# ruleid: dots-chain-start
session.query(A).filter(b).order_by(c).all()
# ok: dots-chain-start
other.query(A).all()
# ok: dots-chain-start
session.query(A).first()
