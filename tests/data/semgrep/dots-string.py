import hashlib
NAME = "md5"
# ruleid: dots-string
hashlib.new("sha1")
# ruleid: dots-string
hashlib.new(NAME)
# ok: dots-string
hashlib.new(name)
