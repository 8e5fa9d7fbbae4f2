# ruleid: comprehension
a = [x for x in y]
# ok: comprehension
b = [x + 1 for x in y]
