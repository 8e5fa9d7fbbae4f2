# ruleid: method-regex
User.objects.raw(q)
# ruleid: method-regex
self.model.objects.extra(q, 1)
# ok: method-regex
User.objects.raw_all(q)
# ok: method-regex
User.query.raw(q)
# ok: method-regex
User.objects.raw()
