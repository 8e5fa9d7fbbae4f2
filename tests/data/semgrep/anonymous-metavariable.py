# ruleid: anonymous-metavariable
a + b
# ok: anonymous-metavariable
a - b
