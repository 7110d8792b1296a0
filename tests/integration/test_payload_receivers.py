"""Receivers of others understand every payload type and refuse what is wrong on purpose: the Flask and the Express receiver
of the guides, and two libraries that parse the body with types."""

import http.client
import json
import os
import socket
import subprocess
import unittest

import lab

# Sent to Pages and Instagram accounts; a WhatsApp receiver has nothing to understand in them.
OTHER_OBJECTS = {"messenger_text", "instagram_text", "instagram_comment", "page_leadgen"}


def payload(test, *arguments):
    """What `hookdrill payload` prints, as bytes."""
    file = lab.scratch(test) / "payload"
    done = subprocess.run([lab.PROGRAM, "payload", *arguments, "--out", str(file), "--app-secret-env", "APP_SECRET"],
                          capture_output=True, timeout=60, env={**os.environ, **lab.SECRETS})
    test.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
    return file.read_bytes()


def catalogue():
    listing = subprocess.run([lab.PROGRAM, "payload", "--json"], capture_output=True, check=True, timeout=60)
    return json.loads(listing.stdout)


def send(port, request):
    """Sends bytes as they are; returns the status of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        answer.read()
        return answer.status


def body_of(request):
    return json.loads(request.split(b"\r\n\r\n", 1)[1])


class Receivers(unittest.TestCase):
    def send_type(self, port, type_, *arguments):
        request = payload(self, type_, "--url", f"http://127.0.0.1:{port}/webhook", *arguments)
        return send(port, request), request

    def accepts_every_type(self, kind):
        receiver = lab.Receiver(self, kind)
        expected = []
        for number, entry in enumerate(catalogue()):
            if entry.get("negative"):
                continue
            status, request = self.send_type(receiver.port, entry["type"], "--number", str(number))
            self.assertEqual(status, 200, entry["type"])
            for change in body_of(request)["entry"][0].get("changes", ()):
                if change["field"] == "messages":
                    expected += [message["id"] for message in change["value"].get("messages", ())]
                    expected += [f"{status['id']}.{status['status']}" for status in change["value"].get("statuses", ())]
        stats = receiver.stats()
        self.assertEqual(stats["ids"], sorted(expected), "it understood each message and status")
        self.assertGreaterEqual(len(expected), 44)
        self.assertEqual(stats.get("bad_signatures", 0), 0)
        for type_ in ("text", "image", "video", "audio", "document", "sticker", "location", "contacts", "button", "interactive",
                      "reaction", "order", "system", "unsupported", "revoke", "edit", "status.sent", "status.failed"):
            self.assertIn(type_, stats["types"])

    def refuses_what_is_wrong(self, kind):
        receiver = lab.Receiver(self, kind)
        for entry in catalogue():
            if not entry.get("negative"):
                continue
            status, _ = self.send_type(receiver.port, entry["type"])
            with self.subTest(negative=entry["type"]):
                if entry["expected"] == "accept":
                    self.assertEqual(status, 200)
                elif entry["expected"] == "refuse":
                    self.assertIn(status, (400, 401, 403))
                else:
                    self.assertIn(status, (200, 400, 401, 403))

    def bears_size_and_batches(self, kind):
        receiver = lab.Receiver(self, kind)
        for arguments in (("--bytes", "1000"), ("--bytes", "64000"), ("--bytes", "3000000"), ("--batch", "1000"),
                          ("--escaping", "2016"), ("--client", "changes")):
            status, _ = self.send_type(receiver.port, "text", "--number", str(len(arguments[1])), *arguments)
            self.assertEqual(status, 200, arguments)

    def test_flask_understands_every_type(self):
        self.accepts_every_type("flask")

    def test_express_understands_every_type(self):
        self.accepts_every_type("express")

    def test_flask_refuses_what_is_wrong(self):
        self.refuses_what_is_wrong("flask")

    def test_express_refuses_what_is_wrong(self):
        self.refuses_what_is_wrong("express")

    def test_flask_bears_3_mb_and_1000_updates(self):
        self.bears_size_and_batches("flask")

    def test_express_bears_3_mb_and_1000_updates(self):
        self.bears_size_and_batches("express")

    def test_the_printed_command_sends_the_same_bytes(self):
        receiver = lab.Receiver(self, "flask")
        for arguments in (("text",), ("image", "--number", "3"), ("text", "--bytes", "300000"), ("reserialised_body",)):
            command = payload(self, *arguments, "--url", f"http://127.0.0.1:{receiver.port}/webhook", "--curl")
            self.assertNotIn(lab.APP_SECRET.encode(), command)
            said = subprocess.run(["sh"], input=command, capture_output=True, timeout=60)
            self.assertEqual((said.returncode, said.stderr), (0, b""))
            status = b"401" if arguments == ("reserialised_body",) else b"200"
            self.assertEqual(said.stdout.split()[1], status, said.stdout)


class Libraries(unittest.TestCase):
    """What a library does not know it may refuse; what it knows, it must understand as it was meant."""

    def setUp(self):
        version = subprocess.run([lab.tool("node"), "--version"], capture_output=True, check=True, text=True, timeout=20).stdout
        if int(version.lstrip("v").split(".")[0]) < 20:
            self.skipTest(f"the libraries need Node 20, this is {version.strip()}")

    def expected_of(self, body):
        """What a library should say about the first update of a body; None when it is no message, status or call."""
        change = body["entry"][0]["changes"][0]
        value = change["value"]
        contact = value.get("contacts", [{}])[0]
        for kind in ("messages", "statuses", "calls"):
            if kind not in value or change["field"] not in ("messages", "calls"):
                continue
            update = value[kind][0]
            return {"kind": {"messages": "message", "statuses": "status", "calls": "call"}[kind], "id": update["id"],
                    "type": update.get("status") if kind == "statuses" else update.get("event") or update.get("type"),
                    "text": update.get("text", {}).get("body") if kind == "messages" else None,
                    "name": contact.get("profile", {}).get("name") if kind == "messages" else None}
        return None

    def understands(self, library, at_least):
        receiver = lab.Receiver(self, library)
        known = 0
        for entry in catalogue():
            if entry.get("negative") or entry["type"] in OTHER_OBJECTS:
                continue
            request = payload(self, entry["type"], "--url", f"http://127.0.0.1:{receiver.port}/webhook")
            expected = self.expected_of(body_of(request))
            if expected is None:
                continue
            self.assertEqual(send(receiver.port, request), 200, entry["type"])
            understood = receiver.stats()[-1]
            expected = {key: value for key, value in expected.items() if value is not None}
            self.assertEqual({key: understood.get(key) for key in expected}, expected, entry["type"])
            known += 1
        self.assertGreaterEqual(known, at_least)

        for entry in catalogue():
            if entry["expected"] != "refuse":
                continue
            status = send(receiver.port, payload(self, entry["type"], "--url", f"http://127.0.0.1:{receiver.port}/webhook"))
            self.assertGreaterEqual(status, 400, entry["type"])

    def test_whatsapp_api_js_understands_messages_statuses_and_calls(self):
        self.understands("whatsapp-api-js", 45)

    def test_kapso_understands_messages_statuses_and_calls(self):
        self.understands("kapso", 45)


if __name__ == "__main__":
    unittest.main()
