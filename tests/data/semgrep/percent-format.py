# ruleid: percent-format
a = "x %s" % y
# ruleid: percent-format
b = "x %s %s" % (y, z)
# ruleid: percent-format
c = "x {}".format(y)
# ruleid: percent-format
d = "x".format()
# ok: percent-format
e = n % y
# ok: percent-format
g = date.format(y)
