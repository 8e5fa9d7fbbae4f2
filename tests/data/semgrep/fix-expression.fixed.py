# ruleid: fix-expression
f(1, verify=True)
