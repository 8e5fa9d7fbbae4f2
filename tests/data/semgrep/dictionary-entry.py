# ruleid: dictionary-entry
a = {"Access-Control-Allow-Origin": "*"}
# ruleid: dictionary-entry
b = {"X": 1, "Access-Control-Allow-Origin": "*", **c}
# ok: dictionary-entry
d = {"Access-Control-Allow-Origin": "example.com"}
# ok: dictionary-entry
e = ["Access-Control-Allow-Origin", "*"]
