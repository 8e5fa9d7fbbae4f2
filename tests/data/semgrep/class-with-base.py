from django.db import models
# ruleid: class-with-base
class A(models.Model):
    name = 1
# ruleid: class-with-base
class B(Mixin, models.Model, metaclass=M):
    pass
# ok: class-with-base
class C(models.Model):
    name = 1

    def __str__(self):
        return self.name
# ok: class-with-base
class D(Mixin):
    pass
