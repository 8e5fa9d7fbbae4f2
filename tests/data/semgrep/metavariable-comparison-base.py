import os
# ruleid: metavariable-comparison-base
os.chmod(f, 0o777)
# ok: metavariable-comparison-base
os.chmod(f, 0o600)
