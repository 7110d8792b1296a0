"""Shards are added up and judged again; two earlier runs are compared only when they were measured alike; a hopeless run
ends early and has failed."""
# ctest: sanitize

import json
import unittest

import lab

SCENARIO = """
schema = 1
name = "shards"
[receiver]
status = { 200 = 80, 503 = 20 }
delay = "1ms"
[[stage]]
rate = "100/s"
for = "%s"
[retry]
schedule = "none"
[limits]
max_lateness = "10s"
"""
TOLERANT = '[[expect]]\nmetric = "attempts.http.503.rate"\nbelow = "50%"\n'


class Merge(unittest.TestCase):
    def run_of(self, text, *options):
        return lab.hookdrill(self, "run", lab.scenario(self, text), *options)

    def test_shards_of_several_seeds_are_one_run(self):
        shards = [self.run_of(SCENARIO % "1s" + TOLERANT, "--seed", seed) for seed in (1, 2, 3)]
        out = lab.scratch(self) / "merged"
        merged = lab.hookdrill(self, "merge", *(shard.out for shard in shards), "--out", out, out=out)
        self.assertEqual(merged.exit, 0, merged.said())
        total = {}
        for shard in shards:
            for code, count in shard.outcomes().items():
                total[code] = total.get(code, 0) + count
        self.assertEqual(merged.outcomes(), total)
        self.assertEqual(merged.path()["deliveries"]["planned"], 300)
        self.assertEqual(merged.results["environment"]["merged"], "3 runs")
        self.assertIn("the receiver's ledger holds every delivered update",
                      [row["name"] for row in merged.results["verdicts"]])
        self.assertTrue((out / "report.html").exists())

    def test_the_same_shard_twice_is_a_mistake(self):
        shard = self.run_of(SCENARIO % "200ms" + TOLERANT)
        merged = lab.hookdrill(self, "merge", shard.out, shard.out, "--out", lab.scratch(self) / "merged")
        self.assertEqual(merged.exit, 2)
        self.assertIn("the same run", merged.stderr)


class EarlierRuns(unittest.TestCase):
    def setUp(self):
        text = SCENARIO % "2s" + TOLERANT
        file = lab.scenario(self, text)
        self.before = lab.hookdrill(self, "run", file)
        self.after = lab.hookdrill(self, "run", file)

    def test_two_runs_of_one_scenario_are_compared(self):
        run = lab.hookdrill(self, "compare", self.before.out, self.after.out)
        self.assertIn(run.exit, (0, 1), run.said())
        self.assertIn("not interleaved", run.stdout)
        rows = {row["metric"]: row for row in run.results["comparison"]}
        self.assertIn("latency.p50", rows)
        self.assertEqual(rows["drop.rate"]["difference"], 0)
        self.assertEqual(sorted(run.results["paths"]), ["direct-after", "direct-before"])

    def test_a_slower_run_fails(self):
        # By more than what else this machine may do during one of two runs that come one after the other.
        scenario = lab.scenario(self, SCENARIO.replace('"1ms"', '"500ms"') % "2s" + TOLERANT)
        run = lab.hookdrill(self, "run", scenario)
        refused = lab.hookdrill(self, "compare", self.before.out, run.out)
        self.assertEqual(refused.exit, 2, "another scenario is another measurement")
        self.assertIn("sha256", refused.stderr)
        told = lab.hookdrill(self, "compare", self.before.out, run.out, "--different-environments")
        self.assertEqual(told.exit, 1, told.said())
        row = next(row for row in told.results["comparison"] if row["metric"] == "service.p50")
        self.assertEqual(row["answer"], "worse")

    def test_another_environment_is_refused_unless_told(self):
        other = json.loads((self.after.out / "results.json").read_text())
        other["environment"]["kernel"] = "Linux 2.6.32"
        file = self.after.out / "results.json"
        file.write_text(json.dumps(other))
        run = lab.hookdrill(self, "compare", self.before.out, self.after.out)
        self.assertEqual(run.exit, 2)
        self.assertIn("Linux 2.6.32", run.stderr)
        self.assertIn("--different-environments", run.stderr)
        self.assertIn(lab.hookdrill(self, "compare", self.before.out, self.after.out, "--different-environments").exit, (0, 1))


class Hopeless(unittest.TestCase):
    def test_a_run_in_which_most_fails_ends_early(self):
        text = SCENARIO.replace("200 = 80, 503 = 20", "200 = 5, 503 = 95") % "10m"
        run = lab.hookdrill(self, "run", lab.scenario(self, text + '[abort_when]\nfailed = "50%"\n'), seconds=60)
        self.assertEqual(run.exit, 1, run.said())
        self.assertIn("abort_when", run.stdout)
        deliveries = run.path()["deliveries"]
        self.assertEqual(deliveries["planned"], 60000)
        self.assertGreater(deliveries["abandoned"], 50000)
        self.assertEqual(deliveries["planned"], sum(deliveries[key] for key in ("delivered", "expired", "abandoned")))


if __name__ == "__main__":
    unittest.main()
