# ruleid: metavariable-string-content
f("a secret")
# ok: metavariable-string-content
f("plain")
# ok: metavariable-string-content
f(secret)
