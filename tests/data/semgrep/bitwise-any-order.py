import os
# ruleid: bitwise-any-order
x = os.O_WRONLY | os.O_CREAT
# ok: bitwise-any-order
x = os.O_WRONLY | os.O_EXCL
