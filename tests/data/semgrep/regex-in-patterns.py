# ok: regex-in-patterns
f("1")
# ruleid: regex-in-patterns
f("abc")
