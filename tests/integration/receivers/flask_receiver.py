"""A WhatsApp webhook in Flask, as the integration guides teach it: challenge, signature over the raw bytes, one function a
message type. GET /stats tells the test what was understood. Settings: APP_SECRET, VERIFY_TOKEN, PORT."""

import collections
import hashlib
import hmac
import logging
import os
import threading

import flask

APP_SECRET = os.environ["APP_SECRET"].encode()
VERIFY_TOKEN = os.environ["VERIFY_TOKEN"]

app = flask.Flask(__name__)
lock = threading.Lock()
seen = set()
counts = collections.Counter()
types = collections.Counter()


def count(name):
    with lock:
        counts[name] += 1


def signed(body, header):
    scheme, _, signature = (header or "").partition("=")
    expected = hmac.new(APP_SECRET, body, hashlib.sha256).hexdigest()
    return scheme == "sha256" and hmac.compare_digest(expected.encode(), signature.encode())


@app.get("/webhook")
def verify():
    if flask.request.args.get("hub.mode") != "subscribe" or flask.request.args.get("hub.verify_token") != VERIFY_TOKEN:
        count("refused_verifications")
        return "verification failed", 403
    count("verifications")
    return flask.request.args["hub.challenge"], 200, {"Content-Type": "text/plain"}


@app.post("/webhook")
def receive():
    body = flask.request.get_data()  # the raw bytes: parsing and printing again would change them
    if not signed(body, flask.request.headers.get("X-Hub-Signature-256")):
        count("bad_signatures")
        return {"error": "invalid signature"}, 401
    count("deliveries")
    for entry in flask.request.get_json()["entry"]:
        for change in entry.get("changes", ()):
            if change["field"] == "messages":
                understand(change["value"])
    return {"status": "received"}


def understand(value):
    for message in value.get("messages", ()):
        first_time(message["type"], message["id"])
    for status in value.get("statuses", ()):
        first_time("status." + status["status"], status["id"] + "." + status["status"])


def first_time(kind, key):
    """Meta delivers at least once: what was seen before is counted, not processed again."""
    with lock:
        if key in seen:
            counts["duplicates"] += 1
            return
        seen.add(key)
        types[kind] += 1


@app.get("/stats")
def stats():
    with lock:
        return {**counts, "types": dict(types), "ids": sorted(seen)}


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]), threaded=True)
