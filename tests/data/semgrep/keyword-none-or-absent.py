import jwt
# ruleid: keyword-none-or-absent
jwt.decode(token, verify=False)
# ruleid: keyword-none-or-absent
jwt.decode(token, key, options={"verify_exp": True, "verify_signature": False})
# ruleid: keyword-none-or-absent
jwt.encode({"a": 1}, key, headers=h, algorithm="none")
# ok: keyword-none-or-absent
jwt.decode(token, key, algorithms=["HS256"])
# ok: keyword-none-or-absent
jwt.decode(token, key, options={"verify_signature": True})
