# ruleid: deep-expression
if a and not (user.is_admin or b):
    pass
# ruleid: deep-expression
if f(user.is_admin()):
    pass
# ok: deep-expression
if user.name:
    pass
