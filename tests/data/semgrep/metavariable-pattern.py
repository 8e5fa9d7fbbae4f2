# ruleid: metavariable-pattern
execute("a" + b)
# ruleid: metavariable-pattern
execute(f"a {b}")
# ok: metavariable-pattern
execute("a")
