class A:
    def f(self):
        # ruleid: self-attribute
        self.a = self.a
        # ok: self-attribute
        self.a = self.b
