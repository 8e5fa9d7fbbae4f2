# ruleid: metavariable-attribute
a.b(1)
# ok: metavariable-attribute
a.b(1, 2)
# ok: metavariable-attribute
b(1)
