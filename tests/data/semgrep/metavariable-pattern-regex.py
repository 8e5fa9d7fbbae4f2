# ruleid: metavariable-pattern-regex
f("a123")
# ok: metavariable-pattern-regex
f("a12")
