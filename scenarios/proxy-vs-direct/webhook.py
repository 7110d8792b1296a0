"""The webhook behind the proxy, in Flask over TLS, where there is no Express: the same as webhook.js."""

import hashlib
import hmac
import os
import time

import flask

app = flask.Flask(__name__)


@app.get("/<path:path>")
def verify(path):
    asked = flask.request.args
    right = asked.get("hub.mode") == "subscribe" and asked.get("hub.verify_token") == os.environ["VERIFY_TOKEN"]
    return (asked.get("hub.challenge", ""), 200) if right else ("", 403)


@app.post("/<path:path>")
def deliver(path):
    body = flask.request.get_data()
    expected = "sha256=" + hmac.new(os.environ["APP_SECRET"].encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, flask.request.headers.get("X-Hub-Signature-256", "")):
        return "", 401
    time.sleep(float(os.environ["DELAY_MS"]) / 1000)
    return "", 200


app.run("127.0.0.1", int(os.environ["PORT"]), threaded=True,
        ssl_context=(os.environ["CERTIFICATE"], os.environ["KEY"]))
