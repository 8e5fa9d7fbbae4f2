# ruleid: labels-lists-one, labels-lists-both
one(1)
#ruleid:labels-lists-both
#ok:labels-lists-one
two(1)
# ok: labels-lists-one
# ok: labels-lists-both
three(1)
# deepruleid: labels-lists-one
two_of(one)
# proruleid: labels-lists-one
four()
# todook: labels-lists-one, labels-lists-both
one(2)
# deepok: labels-lists-one
# todoruleid: labels-lists-both
five()
