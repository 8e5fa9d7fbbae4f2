class A:
    def get_queryset(self):
        if x:
            # ruleid: return-inside
            return User.objects.all()
        # ok: return-inside
        return User.objects.filter(a=1)

    def other(self):
        # ok: return-inside
        return User.objects.all()
