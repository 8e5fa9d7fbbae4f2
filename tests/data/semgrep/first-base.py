# ruleid: first-base
class A(Base, Mixin): pass
# ok: first-base
class B(Mixin, Base): pass
# ok: first-base
class C: pass
