# ruleid: class-body
class A:
    name = 1
    password = "x"

# ok: class-body
class B:
    name = "x"
