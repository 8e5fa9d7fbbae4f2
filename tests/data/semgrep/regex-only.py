# ruleid: regex-only
AWS_SECRET = "abcdefgh12"
# ruleid: regex-only
awssecret="ABCDEFGH/+"
# ok: regex-only
AWS_SECRET = "short"
# ok: regex-only
AWS_SECRET = load()
