# ok: decorators-are-no-calls
@route("/")
def f(): pass
# ruleid: decorators-are-no-calls
x = route("/")
# ruleid: decorators-are-no-calls
@other(route("/"))
def g(): pass
