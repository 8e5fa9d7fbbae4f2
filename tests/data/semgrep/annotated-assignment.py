# ruleid: annotated-assignment
a: str = secret()
# ruleid: annotated-assignment
b = secret()
# ok: annotated-assignment
c = other()
