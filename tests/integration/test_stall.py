"""An endpoint that stands still makes every delivery late that was due meanwhile, also those that the in-flight cap kept from
being sent: latency counts from the due time, so its p99 shows the stall, and the service time alone would hide it."""
# ctest: serial

import signal
import time
import unittest

import lab

SECONDS = 20
STALL = 1.4
RATE = 100
LOAD = f"""
[deliveries]
connections = "keepalive"
max_in_flight = 4
[[stage]]
rate = "{RATE}/s"
arrivals = "constant"
for = "{SECONDS}s"
[retry]
schedule = "none"
"""


class Stall(unittest.TestCase):
    def test_p99_of_latency_is_that_of_the_stall(self):
        receiver = lab.ReferenceReceiver(self)
        file = lab.scenario(self, lab.endpoint_toml(receiver.port, scheme="http") + LOAD)
        out = lab.scratch(self) / "out"
        run = lab.Process(self, [lab.PROGRAM, "run", file, "--out", out], env=lab.SECRETS)
        run.wait_until(lambda: "sent" in run.output(), "the run tells of its progress")

        began = time.monotonic()
        receiver.process.signal(signal.SIGSTOP)
        time.sleep(STALL)
        receiver.process.signal(signal.SIGCONT)
        stall = time.monotonic() - began

        lab.wait_for(lambda: run.popen.poll() is not None, "the run ends", seconds=3 * SECONDS)
        results = lab.results_of(out)
        histograms = results["paths"]["direct"]["histograms"]
        self.assertEqual(histograms["latency"]["count"], SECONDS * RATE, run.output())

        # A delivery due x after the stall began waits stall - x. The worst hundredth of the run are those due in its first
        # SECONDS / 100.
        analytic = stall - SECONDS / 100
        self.assertAlmostEqual(histograms["latency"]["p99_ns"] * 1e-9, analytic, delta=0.05 * analytic)
        self.assertAlmostEqual(histograms["latency"]["max_ns"] * 1e-9, stall, delta=0.05 * stall)
        self.assertLess(histograms["service"]["p99_ns"] * 1e-9, 0.1 * analytic, "only four attempts felt the stall")
        self.assertEqual(results["verdict"], "untrusted", "the cap kept deliveries back, and the run says so")
        self.assertEqual(run.popen.returncode, 3)


if __name__ == "__main__":
    unittest.main()
