# ruleid: boolean-commutative
x = b and a
# ok: boolean-commutative
x = a or b
