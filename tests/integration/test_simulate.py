"""`hookdrill simulate` over many values and seeds: a table, JSON and a page; and the shipped scenarios say what their comments
promise."""

import json
import unittest

import lab

SCENARIOS = lab.ROOT / "scenarios"
SHORT = ("--set", "stage.steady.for=30s", "--set", "stage.burst.for=1s")


class Simulate(unittest.TestCase):
    def test_a_sweep_has_a_point_for_each_value(self):
        run = lab.hookdrill(self, "simulate", SCENARIOS / "vps-drop.toml", *SHORT, "--json",
                            "--sweep", "paths.direct.model.drop.share=0:0.4:0.1")
        self.assertEqual(run.exit, 1, run.said())
        sweep = json.loads(run.stdout)
        self.assertEqual([point["value"] for point in sweep["points"]], ["0", "0.1", "0.2", "0.3", "0.4"])
        self.assertEqual(sweep["points"][0]["verdict"], "pass")
        dropped = [point["drop"]["dropped"] for point in sweep["points"]]
        self.assertEqual(dropped, sorted(dropped))
        self.assertEqual(sweep, json.loads((run.out / "sweep.json").read_text()))
        page = (run.out / "sweep.html").read_text()
        self.assertEqual(page.count("<figure"), 2)
        self.assertNotIn("<script", page)

    def test_its_table_fits_a_terminal(self):
        run = lab.hookdrill(self, "simulate", SCENARIOS / "outage-2h.toml", "--set", "stage.0.rate=1/s",
                            "--sweep", "retry.schedule=none,guide,graph-36h,whatsapp-7d")
        self.assertIn("drained", run.stdout)
        self.assertLessEqual(max(map(len, run.stdout.splitlines()[:8])), 100, run.stdout)

    def test_a_mistake_in_a_sweep_is_told_at_once(self):
        for sweep, why in (("stage.0.rate=1/s:5/m:1/s", "same unit"), ("nothing", "key.path"),
                           ("paths.direct.model.drop.sahre=0.1,0.2", "share")):
            run = lab.hookdrill(self, "simulate", SCENARIOS / "vps-drop.toml", "--sweep", sweep)
            self.assertEqual(run.exit, 2, run.said())
            self.assertIn(why, run.stderr)

    def simulate(self, name, *changes):
        words = [word for change in changes for word in ("--set", change)]
        return lab.hookdrill(self, "simulate", SCENARIOS / f"{name}.toml", *words)

    def lost(self, name, *changes):
        path = next(iter(self.simulate(name, *changes).results["paths"].values()))
        return path["deliveries"]["expired"] / path["deliveries"]["planned"]

    def test_vps_drop_tells_which_losses_cost_messages(self):
        by_source = "paths.direct.model.drop.by=source"
        self.assertLess(self.lost("vps-drop"), 0.0002)
        self.assertAlmostEqual(self.lost("vps-drop", "retry.schedule=none"), 0.18, delta=0.01)
        self.assertEqual(self.lost("vps-drop", "paths.direct.model.drop.by=packet"), 0)
        self.assertLess(self.lost("vps-drop", by_source), 0.0005)
        self.assertAlmostEqual(self.lost("vps-drop", by_source, "retry.sender=same"), 0.19, delta=0.01)
        self.assertAlmostEqual(self.lost("vps-drop-sticky"), 0.19, delta=0.01)
        self.assertEqual(self.lost("vps-drop-proxy"), 0)

    def test_a_server_too_slow_for_its_backlog_never_recovers(self):
        for workers, over in ((8, True), (2, True), (1, False)):
            run = self.simulate("outage-2h", f"paths.direct.model.capacity.workers={workers}")
            sick = max(run.path()["sick_times"], key=lambda time: time["until_s"] - time["from_s"])
            self.assertEqual(sick["over"], over, run.said())
        self.assertIn("did not end while deliveries were due", run.stdout)

    def test_the_other_scenarios_lose_what_their_comments_say(self):
        self.assertEqual(self.lost("ddos-limit"), 0)
        self.assertAlmostEqual(self.lost("ddos-limit", "paths.direct.source=127.0.1.1-127.0.1.5"), 0.085, delta=0.01)
        self.assertEqual(self.lost("proxy-down"), 0)
        self.assertAlmostEqual(self.lost("upstream-502", "paths.proxy.model.by=delivery"), 0.05, delta=0.005)
        self.assertEqual(self.lost("retry-36h"), 0)
        self.assertAlmostEqual(self.lost("retry-36h", "retry.schedule=guide"), 49_050 / 86_400, delta=0.001)
        self.assertEqual(self.simulate("cert-expired").outcomes(), {"tls.certificate": 240})


if __name__ == "__main__":
    unittest.main()
