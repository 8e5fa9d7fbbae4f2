try:
    a()
# ruleid: except-clause
except (A, B) as e:
    pass
# ok: except-clause
except C:
    b()
