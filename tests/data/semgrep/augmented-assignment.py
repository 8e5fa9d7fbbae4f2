# ruleid: augmented-assignment
a += 1
# ok: augmented-assignment
a -= 1
# ok: augmented-assignment
a = 1
