"""Receivers written as the integration guides teach them, in Flask and in Express behind nginx, understand what hookdrill
sends: the challenge, the signature over the raw bytes, and each update once."""

import unittest

import lab

LOAD = """
[deliveries]
mix = { text = 70, status = 30 }
connections = "fresh"
[[stage]]
rate = "40/s"
for = "3s"
[retry]
schedule = "none"
[limits]
max_lateness = "60s"
[[expect]]
metric = "deliveries.delivered"
equals = 120
"""


class UserReceivers(unittest.TestCase):
    def accepts_everything(self, kind):
        receiver = lab.Receiver(self, kind)
        port = lab.free_port()
        lab.Nginx(self, lab.upstream(receiver.port),
                  lab.tls_server(port, lab.pki().certificate(), body=lab.forward_to(receiver.port)))
        run = lab.hookdrill(self, "run", lab.scenario(self, lab.endpoint_toml(port) + LOAD))
        self.assertEqual(run.exit, 0, run.said())
        self.assertEqual(run.outcomes(), {"ok": 120})

        stats = receiver.stats()
        self.assertEqual(stats["deliveries"], 120)
        self.assertEqual(stats.get("bad_signatures", 0), 0)
        self.assertEqual(stats.get("duplicates", 0), 0)
        self.assertEqual(sum(stats["types"].values()), 120)
        self.assertEqual(len(stats["ids"]), 120)
        self.assertGreater(stats["types"]["text"], 40)
        self.assertGreater(sum(n for kind, n in stats["types"].items() if kind.startswith("status.")), 10)
        self.assertGreaterEqual(stats["verifications"], 1, "the challenge with the right token goes first")
        self.assertGreaterEqual(stats["refused_verifications"], 1, "a wrong token is tried too")

    def test_flask_behind_nginx(self):
        self.accepts_everything("flask")

    def test_express_behind_nginx(self):
        self.accepts_everything("express")

    def test_a_wrong_secret_shows_as_401(self):
        receiver = lab.Receiver(self, "flask")
        file = lab.scenario(self, lab.endpoint_toml(receiver.port, scheme="http") + LOAD)
        run = lab.hookdrill(self, "run", file, env={"APP_SECRET": "another secret"})
        self.assertEqual(run.exit, 1, run.said())
        self.assertEqual(run.outcomes(), {"http.401": 120})
        self.assertEqual(receiver.stats()["bad_signatures"], 120)


if __name__ == "__main__":
    unittest.main()
