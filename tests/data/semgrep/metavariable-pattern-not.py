# ruleid: metavariable-pattern-not
f(x)
# ok: metavariable-pattern-not
f("x")
# ok: metavariable-pattern-not
f(g(1))
