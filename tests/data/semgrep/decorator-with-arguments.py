# ruleid: decorator-with-arguments
@other
@app.route("/", methods=["GET", "POST"])
def f(): pass

# ok: decorator-with-arguments
@app.route("/", methods=["GET"])
def g(): pass
