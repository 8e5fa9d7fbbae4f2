# ruleid: regex
x = 1  # TODO(me) later
# ok: regex
y = 2
