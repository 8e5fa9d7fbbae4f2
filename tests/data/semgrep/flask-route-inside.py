import flask
from flask import Flask, render_template_string
app = Flask(__name__)

@app.route("/a")
def a(name):
    # ruleid: flask-route-inside
    return render_template_string("hello " + name)

@login_required
@app.route("/b", methods=["POST"])
async def b():
    if x:
        # ruleid: flask-route-inside
        y = eval(flask.request.data)
    # ok: flask-route-inside
    return eval("1 + 1")

@app.template_filter("c")
def c(value):
    # ok: flask-route-inside
    return eval(value)
