# ruleid: metavariable-comparison-texts
use("a", "a")
# ruleid: metavariable-comparison-texts
use("xa", "b")
# ok: metavariable-comparison-texts
use("a", "b")
