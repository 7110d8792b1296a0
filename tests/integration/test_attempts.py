"""The percentiles of results.json are those of an independent reader of the same run's .hlog, and of a sort of the raw
attempts in attempts.csv, within the histogram's resolution."""

import csv
import json
import math
import subprocess
import unittest

import lab
import reports_lab

RESOLUTION = 1 / 1000
QUANTILES = {"p50_ns": 50, "p90_ns": 90, "p95_ns": 95, "p99_ns": 99, "p999_ns": 99.9}
PHASES = ("dns", "connect", "tls", "write", "wait", "read")

SCENARIO = """
schema = 1
name = "raw"
seed = 11
[receiver]
delay = { lognormal = "3ms", sigma = 0.8 }
status = { 200 = 95, 503 = 5 }
drop = { of = "reset", share = 0.02 }
[paths.first]
source = ["127.0.3.1-127.0.3.4"]
[paths.second]
[[stage]]
name = "warm"
rate = "50/s"
for = "200ms"
measure = false
[[stage]]
name = "load"
rate = "150/s"
for = "4s"
[retry]
schedule = ["50ms", "100ms"]
attempt_timeout = "5s"
[limits]
max_lateness = "5s"
"""


def percentile(values, percent):
    """The smallest value that `percent` % of all do not exceed."""
    values = sorted(values)
    return values[max(0, math.ceil(percent / 100 * len(values)) - 1)]


class Attempts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addCleanup = cls.addClassCleanup
        cls.run_of_all = lab.hookdrill(cls, "run", lab.scenario(cls, SCENARIO), "--attempts")
        with open(cls.run_of_all.out / "attempts.csv", newline="") as file:
            cls.rows = list(csv.DictReader(file))

    def measured(self, path):
        return [row for row in self.rows if row["path"] == path and row["stage"] == "load"]

    def test_a_row_for_each_attempt(self):
        for name, path in self.run_of_all.results["paths"].items():
            rows = self.measured(name)
            self.assertEqual(len(rows), path["attempts"]["total"], self.run_of_all.said())
            for code, count in path["attempts"]["outcomes"].items():
                self.assertEqual(sum(row["outcome"] == code for row in rows), count)
            self.assertEqual(sum(row["attempt"] == "0" for row in rows), path["deliveries"]["planned"])
            for row in rows:
                self.assertLessEqual(int(row["due_ns"]), int(row["sent_ns"]))
                self.assertLessEqual(int(row["sent_ns"]), int(row["done_ns"]))
                self.assertRegex(row["address"], r"^127\.0\.0\.1:\d+$")
        self.assertEqual({row["source"] for row in self.measured("first")}, {f"127.0.3.{n}" for n in (1, 2, 3, 4)})
        self.assertFalse((self.run_of_all.out / "attempts.csv.part").exists())

    def raw(self, path):
        """{histogram: its values}, from the rows alone."""
        rows = self.measured(path)
        answered = [row for row in rows if row["http_status"] != "0"]
        values = {phase: [int(row[f"{phase}_ns"]) for row in answered if row[f"{phase}_ns"]] for phase in PHASES}
        values["service"] = [int(row["done_ns"]) - int(row["sent_ns"]) for row in answered]
        values["lateness"] = [int(row["sent_ns"]) - int(row["due_ns"]) for row in rows]
        values["latency"] = [int(row["done_ns"]) - int(row["due_ns"]) if row["outcome"] == "ok" else math.inf for row in rows]
        return {name: of for name, of in values.items() if of}

    def test_percentiles_are_those_of_a_sort_of_the_raw_attempts(self):
        compared = 0
        for name, path in self.run_of_all.results["paths"].items():
            for histogram, values in self.raw(name).items():
                stated = path["histograms"][histogram]
                self.assertEqual(stated["count"], sum(value != math.inf for value in values), histogram)
                for key, percent in QUANTILES.items():
                    true = percentile(values, percent)
                    with self.subTest(f"{name} {histogram} {key}"):
                        compared += 1
                        if true == math.inf:
                            self.assertIsNone(stated[key])
                        else:
                            self.assertLessEqual(abs(stated[key] - true), max(1, true * RESOLUTION))
        print(f"{compared} percentiles equal a sort of the raw attempts")
        self.assertGreaterEqual(compared, 60)

    def test_percentiles_are_those_of_another_reader_of_the_hlog(self):
        done = subprocess.run([reports_lab.need_tool("node"), reports_lab.HERE / "readers" / "read_hlog.js",
                               self.run_of_all.out / "latency.hlog"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        read = json.loads(done.stdout)
        compared = 0
        for name, values in ((name, self.raw(name)) for name in self.run_of_all.results["paths"]):
            for histogram, raw in values.items():
                finite = [value for value in raw if value != math.inf]
                tag = read[f"{name}.{histogram}"]
                self.assertEqual(tag["count"], len(finite))
                for key, percent in QUANTILES.items():
                    with self.subTest(f"{name} {histogram} {key}"):
                        compared += 1
                        true = percentile(finite, percent)
                        self.assertLessEqual(abs(tag[key] - true), max(1, true * RESOLUTION))
        print(f"{compared} percentiles of hdr-histogram-js equal a sort of the raw attempts")


if __name__ == "__main__":
    unittest.main()
