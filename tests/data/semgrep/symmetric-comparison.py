# ruleid: symmetric-comparison
None == a
# ruleid: symmetric-comparison
a == None
# ok: symmetric-comparison
a is None
