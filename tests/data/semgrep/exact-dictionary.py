# ruleid: exact-dictionary
x = {'b': 1, 'a': 2}
# ok: exact-dictionary
y = {'a': 1, 'b': 2, 'c': 3}
