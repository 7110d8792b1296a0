"""`compare` on real sockets: a path that adds 5 ms and one that loses 18 % are both found, the intervals hold what was
planted, and the exit code follows the expectations. Everything of a comparison is in results.json. How often the intervals hold it
over many seeds is compare_proof.py's question."""
# ctest: serial

import json
import unittest

import compare_proof
import lab

PLANTED_MS = compare_proof.ADDED_MS
PLANTED_DROP = compare_proof.LOST
# Two receivers are two processes: what they cost besides their delay may differ by this much.
ALLOWED_MS = 0.25
ALLOWED_DROP = 0.02


def expect(metric, relation, limit):
    return f'[[expect]]\nmetric = "{metric}"\n{relation} = "{limit}"\n'


class Compare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.direct = lab.ReferenceReceiver(cls, "--delay", "2ms", "--drop", "18%")
        cls.proxy = lab.ReferenceReceiver(cls, "--delay", "7ms")

    @classmethod
    def addCleanup(cls, function, *arguments, **named):  # the receivers end with the class
        cls.addClassCleanup(function, *arguments, **named)

    def plan(self, *expectations, seconds=5, rate=200):
        return lab.scenario(self, compare_proof.planted_plan(self.direct, self.proxy, rate, seconds) +
                            "".join(expectations))

    def row(self, run, metric):
        return next(row for row in run.results["comparison"] if row["metric"] == metric)

    def test_both_planted_differences_are_found(self):
        run = lab.hookdrill(self, "compare", self.plan(
            expect("direct.drop.rate", "below", "1%"),
            expect("compare.service.p50.difference", "above", "4ms"),
            expect("compare.proxy.drop.rate.difference", "below", "-10%")))
        self.assertEqual(run.exit, 1, run.said())
        self.assertEqual([row["status"] for row in run.results["verdicts"][-3:]], ["fail", "pass", "pass"], run.said())

        service = self.row(run, "service.p50")
        self.assertEqual(service["answer"], "worse")
        self.assertLessEqual(service["low"] / 1e6, PLANTED_MS + ALLOWED_MS, run.stdout)
        self.assertGreaterEqual(service["high"] / 1e6, PLANTED_MS - ALLOWED_MS, run.stdout)
        drops = self.row(run, "drop.rate")
        self.assertEqual(drops["answer"], "better")
        # Ports are the kernel's choice, so that one run in twenty is beside its 95 % interval: a little more room here.
        self.assertLessEqual(drops["low"], -PLANTED_DROP + ALLOWED_DROP)
        self.assertGreaterEqual(drops["high"], -PLANTED_DROP - ALLOWED_DROP)
        self.assertIsNone(self.row(run, "latency.p99")["baseline_value"], "failures are infinite")
        self.assertEqual(self.row(run, "latency.p99")["answer"], "better")
        self.assertIn("proxy better", run.stdout)
        self.assertIn("20 paired blocks, 2,000 deliveries", run.stdout)
        for path in ("direct", "proxy"):
            self.assertEqual(run.path(path)["deliveries"]["planned"], 1000)

        for name in ("markdown", "html"):
            report = lab.hookdrill(self, "report", run.out, "--format", name).stdout
            self.assertIn("proxy better", report)

    def test_expectations_that_hold_end_with_0(self):
        run = lab.hookdrill(self, "compare", self.plan(expect("compare.drop.rate.difference", "below", "0%"), seconds=3))
        self.assertEqual(run.exit, 0, run.said())

    def test_the_same_path_against_itself_states_its_noise(self):
        run = lab.hookdrill(self, "compare", self.plan(seconds=2), "--aa")
        self.assertEqual(sorted(run.results["paths"]), ["direct", "direct-again"])
        self.assertIn("noise floor", run.stdout)
        self.assertLessEqual(sum(row["answer"] in ("better", "worse") for row in run.results["comparison"]), 1,
                             json.dumps(run.results["comparison"]))

    def test_kept_connections_are_compared_alone(self):
        # One at a time, so that from the second delivery of a block on a kept connection is there.
        run = lab.hookdrill(self, "compare", self.plan(seconds=2, rate=50), "--aa", "--set",
                            "deliveries.connections=keepalive")
        self.assertIsNotNone(run.results, run.said())
        self.assertEqual(self.row(run, "service.p50")["unit"], "ns", run.said())
        self.assertRegex(run.results["environment"]["compared"], "attempts on kept connections; [1-9][0-9]* attempts")
        self.assertNotIn("connect.p50", [row["metric"] for row in run.results["comparison"]])

    def test_a_single_path_is_told_what_to_do(self):
        text = self.plan().read_text().split("[paths.proxy]")[0]
        file = lab.scenario(self, text + '[[stage]]\nrate = "1/s"\nfor = "1s"\n')
        run = lab.hookdrill(self, "compare", file)
        self.assertEqual(run.exit, 2)
        self.assertIn("--aa", run.stderr)


if __name__ == "__main__":
    unittest.main()
