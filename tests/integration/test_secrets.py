"""The app secret and the verify token appear in no output: not in reports, not in messages, not in any file, whether the run
goes well or not."""

import base64
import unittest
import urllib.parse

import lab

SECRET = "app secret/with+signs&0123456789"
TOKEN = "verify token/with+signs&9876543210"
FORMS = [form for secret in (SECRET, TOKEN)
         for form in (secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret),
                      base64.b64encode(secret.encode()).decode(), secret.encode().hex())]


class Secrets(unittest.TestCase):
    def check(self, run):
        texts = {"stdout": run.stdout, "stderr": run.stderr}
        if run.out.exists():
            texts |= {str(file): file.read_bytes().decode(errors="replace") for file in run.out.rglob("*") if file.is_file()}
        for name, text in texts.items():
            for form in FORMS:
                self.assertNotIn(form, text, f"{name} shows a secret")
        return texts

    def drill(self, *arguments, port, command="run"):
        file = lab.scenario(self, lab.endpoint_toml(port, scheme="http") + lab.SHORT_LOAD)
        return lab.hookdrill(self, command, file, *arguments, env={"APP_SECRET": SECRET, "VERIFY_TOKEN": TOKEN})

    def test_a_run_that_goes_well(self):
        receiver = lab.Receiver(self, "flask", env={"APP_SECRET": SECRET, "VERIFY_TOKEN": TOKEN})
        texts = self.check(self.drill(port=receiver.port))
        self.assertGreaterEqual(len(texts), 4, "results.json and report.html are looked at")
        self.check(self.drill("--json", port=receiver.port))

    def test_a_run_that_fails(self):
        receiver = lab.Receiver(self, "flask")  # with other secrets: it refuses everything
        run = self.drill(port=receiver.port)
        self.assertEqual(run.exit, 1, run.said())
        self.check(run)

    def test_a_server_that_sends_back_what_it_got(self):
        def handle(connection):
            request = lab.read_request(connection)
            connection.sendall(b"HTTP/1.1 400 Bad\r\nContent-Length: %d\r\n\r\n%s" % (len(request), request))

        self.check(self.drill(port=lab.RawServer(self, handle).port))

    def test_a_plan_that_is_only_explained(self):
        run = self.drill(port=9, command="explain")
        self.assertEqual(run.exit, 0, run.said())
        self.check(run)

    def test_a_scenario_with_a_mistake(self):
        file = lab.scenario(self, lab.endpoint_toml(9, scheme="http").replace('{ env = "APP_SECRET" }', f'"{SECRET}"')
                            + lab.SHORT_LOAD)
        run = lab.hookdrill(self, "run", file, env={"VERIFY_TOKEN": TOKEN})
        self.assertEqual(run.exit, 2, run.said())
        self.check(run)


if __name__ == "__main__":
    unittest.main()
