# ok: boolean-ordered
x = b and a
# ruleid: boolean-ordered
x = a and b
