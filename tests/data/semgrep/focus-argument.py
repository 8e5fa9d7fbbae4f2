import hashlib
hashlib.new(
    # ruleid: focus-argument
    "md5",
    data,
)
hashlib.new(
    # ok: focus-argument
    "sha256",
)
