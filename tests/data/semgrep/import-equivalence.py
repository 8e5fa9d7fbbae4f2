# ruleid: import-equivalence
from a import b
# ruleid: import-equivalence
import a.b
# ok: import-equivalence
from a import c
