# ruleid: metavariable-types
use(1)
# ruleid: metavariable-types
use(1.5)
# ok: metavariable-types
use("a")
