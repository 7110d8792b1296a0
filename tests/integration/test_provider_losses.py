"""Losses by a real packet filter on the way: the provider of the laboratory's network (tests/lab) drops, limits and rejects
with nftables, and what is reported is what it did."""

import contextlib
import os
import pathlib
import signal
import sys
import unittest

import lab

sys.path.insert(0, str(lab.ROOT / "tests" / "lab"))
import network

# 1.3 s for an attempt: Linux sends a SYN again after 1 s.
SCENARIO = f"""
schema = 1
name = "provider"
[endpoint]
url = "http://hooks.lab.test:8080/webhook"
app_secret = {{ env = "APP_SECRET" }}
verify_token = {{ env = "VERIFY_TOKEN" }}
[paths.direct]
connect = "{network.VPS}:8080"
source = ["{network.SENDER}"]
[deliveries]
max_in_flight = 1000
[retry]
schedule = "none"
attempt_timeout = "1300ms"
[[stage]]
rate = "500/s"
arrivals = "poisson"
for = "2s"
[[expect]]
metric = "attempts.total"
at_least = 1
[limits]
max_rate = "500/s"
max_lateness = "500ms"
"""
PROXY_PATH = f"""
[paths.proxy]
connect = "{network.PROXY}:8080"
source = ["{network.SENDER_TO_PROXY}"]
"""


class ProviderLosses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.network = network.Network(network.AllTestsOf(cls))

    def setUp(self):
        self.receiver = lab.ReferenceReceiver(self, listen="0.0.0.0:8080", host="hooks.lab.test", prefix=self.network.vps)

    def run_drill(self, text=SCENARIO):
        run = lab.hookdrill(self, "run", lab.scenario(self, text), prefix=self.network.sender)
        self.assertIn(run.exit, (0, 1), run.said())
        return run

    def lost(self, kind, low, high, *codes, text=SCENARIO):
        """Runs, and asserts that so much was lost, as these codes, and that its kind was told. Each of the tests behind a
        kind errs once in a thousand runs: then a second run decides."""
        run = self.run_drill(text)
        if run.path()["drop"]["kind"] != kind:
            run = self.run_drill(text)
        drop = run.path()["drop"]
        self.assertEqual(drop["kind"], kind, drop)
        self.assertTrue(low <= drop["rate"] <= high, drop)
        self.assertLessEqual(set(run.outcomes()), {"ok", *codes})
        self.assertIn("Kind", run.stdout)
        return run

    def test_without_a_filter_nothing_is_lost(self):
        self.network.filter(None)
        run = self.run_drill()
        self.assertEqual(set(run.outcomes()), {"ok"})
        self.assertEqual(run.path()["drop"]["kind"], "none")

    def test_packets_dropped_at_random_are_mostly_late(self):
        self.network.drop_packets(18)
        run = self.lost("packet", 0.01, 0.07, "connect.timeout")  # both SYNs: 0.18² = 3.2 %
        self.assertGreater(run.path()["attempts"]["delayed_by_lost_syn"], 80)
        self.assertIn("Delayed", run.stdout)

    def test_connections_dropped_are_lost_and_a_proxy_avoids_it(self):
        self.network.drop_flows(18)
        lab.Nginx(self, f"server {{ listen {network.PROXY}:8080; location / {{ "
                        f"proxy_pass http://{network.VPS_FROM_PROXY}:8080; proxy_set_header Host $host; }} }}",
                  prefix=self.network.proxy)
        both = SCENARIO.replace("[deliveries]", PROXY_PATH + "[deliveries]")
        run = self.lost("flow", 0.13, 0.23, "connect.timeout", text=both)
        self.assertIn("2 SYNs were sent; none was answered", run.stdout)
        self.assertEqual(run.path("proxy")["drop"]["dropped"], 0)

    def test_senders_dropped_are_named_as_such(self):
        self.network.drop_senders(18)
        self.lost("source", 0.02, 0.4, "connect.timeout")

    def test_a_limit_on_each_sender_is_told_from_random_loss(self):
        self.network.limit_each_sender(6)
        self.lost("limit", 0.05, 0.8, "connect.timeout")

    def test_rejected_connections_are_unreachable_at_once(self):
        self.network.reject(30)
        self.lost("flow", 0.23, 0.37, "connect.unreachable")


class Cleanup(unittest.TestCase):
    def test_the_network_goes_when_its_maker_is_killed(self):
        network.Network(self)  # skips where there can be none
        link = lab.scratch(self) / "namespace"
        maker = lab.Process(self, [sys.executable, "-B", network.__file__, "sh", "-c",
                                   f"readlink /proc/self/ns/net > {link}.new; mv {link}.new {link}; exec sleep 300"])
        maker.wait_until(link.exists, "the sender runs its command")
        self.assertTrue(self.processes_in(link.read_text().strip()))
        os.kill(maker.popen.pid, signal.SIGKILL)
        lab.wait_for(lambda: not self.processes_in(link.read_text().strip()), "the namespace is empty")

    def processes_in(self, namespace):
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*/ns/net"):
            with contextlib.suppress(OSError):
                found += [process] if os.readlink(process) == namespace else []
        return found


if __name__ == "__main__":
    unittest.main()
