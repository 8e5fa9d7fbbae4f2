# ruleid: dots-bases
class A(Mixin, Model): pass
# ruleid: dots-bases
class B(Model): x = 1
# ok: dots-bases
class C(Mixin): pass
