MODE = 0o777
# ruleid: constant-propagates
chmod(p, MODE)
# ruleid: constant-propagates
chmod(p, 0o777)
# ok: constant-propagates
chmod(p, mode)
