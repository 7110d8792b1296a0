"""20,000 signed deliveries over fresh, verified TLS connections through nginx, which answers 503 to three in a hundred: after
retries all are delivered, none is lost, none is counted twice, and the receiver's ledger agrees."""
# ctest: serial
# ctest: timeout 600

import unittest

import lab

DELIVERIES = 20000
LOAD = f"""
[deliveries]
mix = {{ text = 70, status = 30 }}
connections = "fresh"
max_in_flight = 500
[[stage]]
rate = "320/s"
for = "{DELIVERIES * 1000 // 320}ms"
[retry]
schedule = ["1s", "2s", "4s", "4s", "4s", "4s"]
attempt_timeout = "5m"
[limits]
max_lateness = "60s"
[[expect]]
metric = "deliveries.expired"
equals = 0
"""


class TwentyThousand(unittest.TestCase):
    def test_none_is_lost_and_none_is_counted_twice(self):
        receiver = lab.ReferenceReceiver(self)
        port = lab.free_port()
        lab.Nginx(self, lab.upstream(receiver.port), "split_clients $request_id $shed { 3% 1; * 0; }",
                  lab.tls_server(port, lab.pki().certificate(),
                                 body="if ($shed) { return 503; } " + lab.forward_to(receiver.port)))
        run = lab.hookdrill(self, "run", lab.scenario(self, lab.endpoint_toml(port) + LOAD), seconds=500)
        # 3: this machine was slower than the plan. That is said, and changes nothing about what was delivered.
        self.assertIn(run.exit, (0, 3), run.said())
        self.assertEqual({row["status"] for row in run.results["verdicts"]}, {"pass"}, run.said())

        deliveries = run.path()["deliveries"]
        self.assertEqual((deliveries["planned"], deliveries["delivered"]), (DELIVERIES, DELIVERIES))
        self.assertEqual((deliveries["expired"], deliveries["abandoned"]), (0, 0))
        self.assertEqual(deliveries["delivered_first_try"] + deliveries["delivered_by_retry"], DELIVERIES)

        outcomes = run.outcomes()
        self.assertEqual(set(outcomes), {"ok", "http.503"})
        self.assertEqual(outcomes["ok"], DELIVERIES)
        attempts = run.path()["attempts"]["total"]
        self.assertEqual(attempts, sum(outcomes.values()))
        self.assertAlmostEqual(outcomes["http.503"] / attempts, 0.03, delta=0.008)  # more than six standard deviations
        self.assertEqual(run.path()["attempts"]["fresh"], attempts, "every attempt had a connection of its own")

        self.assertEqual(receiver.end()["duplicates"], 0)
        ledger = receiver.ledger()
        self.assertEqual(len(ledger), DELIVERIES, "every delivery is in the ledger, by its own message id")
        self.assertEqual({row["arrivals"] for row in ledger}, {1}, "and arrived once")


if __name__ == "__main__":
    unittest.main()
