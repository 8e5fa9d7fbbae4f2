# ruleid: decorator-not
@app.route("/")
def a(): pass
# ok: decorator-not
@app.route("/b")
@login_required
def b(): pass
# ok: decorator-not
def c(): pass
