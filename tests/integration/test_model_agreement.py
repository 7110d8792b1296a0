"""The model and real sockets agree: the same scenario, run against the embedded receiver with real TLS and real packet
drops, and simulated, gives the same set of (delivery, attempt, outcome). What decides is the same on both sides: the source
address of an attempt, the delivery itself, and outages whose edges lie where nothing is due."""
# ctest: serial

import csv
import unittest

import lab

# A burst of a quarter of a second, so that attempts come in clusters whose times follow from the waits: 3 s, and the deadline of
# 1.9 s for what is silent. Outages begin and end a good while from any cluster.
LOAD = """
schema = 1
name = "agreement"
seed = {seed}
[receiver]
by = "delivery"
status = {{ 200 = 70, 404 = 5, 503 = 25 }}
close = 0.05
half = 0.04
reset = 0.06
workers = 2
{laws}
[paths.direct]
source = ["{sources}"]
[[stage]]
rate = "400/s"
for = "250ms"
[retry]
schedule = ["3s", "3s"]
attempt_timeout = "1900ms"
[deliveries]
max_in_flight = 2000
[limits]
max_lateness = "60s"
"""

STICKY = """
drop = [
  { of = "syn", share = 0.2, by = "source" },
  { of = "reset", share = 0.1, by = "source" },
  { of = "hello", share = 0.1, by = "source" },
  { of = "silence", share = 0.1, by = "source" },
]
"""

# At 3 s nothing gets through, until the SYN is sent again at 4 s; at 4.9 s nothing listens. Without TLS, whose work on a busy
# machine would blur the clusters.
OUTAGES = """
tls = false
drop = [
  { of = "syn", share = 0.25, by = "source" },
  { of = "syn", share = 1, from = "2300ms", for = "1500ms" },
  { of = "refuse", from = "4750ms", for = "1250ms" },
]
"""


class ModelAgreement(unittest.TestCase):
    def attempts(self, run):
        with open(run.out / "attempts.csv", newline="") as file:
            # An RST that follows the accept at once is seen before or after the client has noticed that it is connected.
            return [(int(row["delivery"]), int(row["attempt"]), row["outcome"].replace("connect.reset", "tls.reset"))
                    for row in csv.DictReader(file)]

    def compare(self, seed, laws, sources):
        file = lab.scenario(self, LOAD.format(seed=seed, laws=laws, sources=sources))
        live, model = (lab.hookdrill(self, command, file, "--attempts") for command in ("run", "simulate"))
        on_sockets, modelled = self.attempts(live), self.attempts(model)
        self.assertEqual(len(on_sockets), len(set(on_sockets)), live.said())
        differences = sorted(set(on_sockets) ^ set(modelled))
        self.assertEqual(differences, [], f"of {len(on_sockets)} on sockets\n{live.said()}\n{model.said()}")
        outcomes = {outcome for _, _, outcome in modelled}
        print(f"{len(modelled)} of {len(on_sockets)} attempts agree: {' '.join(sorted(outcomes))}")
        for name in ("delivered", "delivered_first_try", "expired"):
            self.assertEqual(live.path()["deliveries"][name], model.path()["deliveries"][name])
        return outcomes

    def test_few_senders_that_are_always_lost(self):
        outcomes = self.compare(3, STICKY, "127.0.7.1-127.0.7.40")
        self.assertLessEqual({"ok", "connect.timeout", "tls.reset", "tls.closed", "tls.timeout", "http.503", "http.404",
                              "wait.closed", "wait.reset", "read.closed"}, outcomes)

    def test_every_connection_with_a_fate_of_its_own(self):
        outcomes = self.compare(5, STICKY, "127.7.0.0-127.7.255.255")
        self.assertLessEqual({"ok", "connect.timeout", "tls.reset", "tls.closed", "tls.timeout"}, outcomes)

    def test_outages_and_syns_that_are_sent_again(self):
        outcomes = self.compare(4, OUTAGES, "127.0.8.1-127.0.8.200")
        self.assertLessEqual({"ok", "connect.timeout", "connect.refused", "http.503"}, outcomes)


if __name__ == "__main__":
    unittest.main()
