# ruleid: print-call
print("a")
# ok: print-call
log("a")
