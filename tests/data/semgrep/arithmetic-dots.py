# ruleid: arithmetic-dots
"a" + b + c
# ok: arithmetic-dots
b + "a"
