# ruleid: tuple-assignment
user, password = 'a', 'b'
# ruleid: tuple-assignment
password = 'x'
# ok: tuple-assignment
user = 'a'
