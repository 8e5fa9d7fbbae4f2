# ruleid: metavariable-regex-anchored
get_x()
# ok: metavariable-regex-anchored
forget_x()
