# ruleid: metavariable-unifies
a == a
# ruleid: metavariable-unifies
if a.b(1, 2) == a.b( 1,2 ): pass
# ok: metavariable-unifies
a == b
