# ruleid: for-loop
for i in range(len(a)):
    pass
# ok: for-loop
for i in range(3):
    pass
