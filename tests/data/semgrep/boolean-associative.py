# ruleid: boolean-associative
x = a and not_safe and b
# ruleid: boolean-associative
x = a and (not_safe and b) and c
# ok: boolean-associative
x = not_safe and a
