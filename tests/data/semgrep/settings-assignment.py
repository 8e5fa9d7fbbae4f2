# ruleid: settings-assignment
DEBUG = True
# ruleid: settings-assignment
app.config["DEBUG"] = True
# ruleid: settings-assignment
app.run(host="x", debug=True)
# ok: settings-assignment
app.config["TESTING"] = True
# ok: settings-assignment
DEBUG = False
# ok: settings-assignment
app.run(debug=debug)
