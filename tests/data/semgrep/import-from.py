# ruleid: import-from
from Crypto import Random
# ruleid: import-from
from Crypto.Cipher import DES
# ok: import-from
from crypto import x
