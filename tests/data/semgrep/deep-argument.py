# ruleid: deep-argument
log("x" + str(password))
# ruleid: deep-argument
log(f"{password}")
# ok: deep-argument
log("password")
