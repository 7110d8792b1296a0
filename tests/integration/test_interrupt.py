"""Ctrl-C ends a run in an honest report of what was done; a second Ctrl-C stops at once."""

import signal
import unittest

import lab

LONG = """
[deliveries]
connections = "fresh"
[[stage]]
rate = "50/s"
for = "10m"
[retry]
attempt_timeout = "{timeout}"
"""


class Interrupt(unittest.TestCase):
    def start(self, port, timeout):
        self.out = lab.scratch(self) / "out"
        file = lab.scenario(self, lab.endpoint_toml(port, scheme="http") + LONG.format(timeout=timeout))
        return lab.Process(self, [lab.PROGRAM, "run", file, "--out", self.out], env=lab.SECRETS)

    def test_an_interrupted_run_reports_what_was_done(self):
        receiver = lab.Receiver(self, "express")
        process = self.start(receiver.port, "5s")
        process.wait_until(lambda: receiver.stats()["deliveries"] >= 20, "some deliveries have arrived")
        process.signal(signal.SIGINT)
        lab.wait_for(lambda: process.popen.poll() is not None, "the run ends")
        self.assertEqual(process.popen.returncode, 3, process.output())

        results = lab.results_of(self.out)
        self.assertEqual(results["verdict"], "untrusted")
        self.assertRegex(" ".join(results["untrusted_because"]), "(?i)interrupt|stopped|ctrl-c")
        deliveries = results["paths"]["direct"]["deliveries"]
        self.assertEqual(deliveries["planned"],
                         deliveries["delivered"] + deliveries["expired"] + deliveries["abandoned"])
        self.assertGreaterEqual(deliveries["delivered"], 20)
        self.assertLessEqual(deliveries["delivered"], receiver.stats()["deliveries"], "nothing is invented")

    def test_a_second_interrupt_stops_at_once(self):
        asked = []

        def handle(connection):
            asked.append(lab.read_request(connection))
            connection.recv(1)  # never answers

        process = self.start(lab.RawServer(self, handle).port, "5m")
        process.wait_until(lambda: asked, "the first request has arrived")
        process.signal(signal.SIGINT)
        process.signal(signal.SIGINT)
        lab.wait_for(lambda: process.popen.poll() is not None, "the program ends")


if __name__ == "__main__":
    unittest.main()
