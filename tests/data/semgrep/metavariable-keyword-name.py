# ruleid: metavariable-keyword-name
f(1, debug=True)
# ok: metavariable-keyword-name
f(True)
# ruleid: metavariable-keyword-name
f(a=1, b=True, c=2)
