# ruleid: if-without-else
if a:
    pass
else:
    b()
if c:
    d()
# ruleid: if-without-else
elif e:
    pass
