# ruleid: dots-list
a = [0, 1, 2]
# ok: dots-list
b = [0, 2]
# ok: dots-list
c = (1,)
