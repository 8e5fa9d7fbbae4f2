# ruleid: metavariable-regex-lookahead
get_x()
# ok: metavariable-regex-lookahead
safe_x()
