"""Every shipped scenario is right, and says the same each time: its plan is explained without secrets, and in virtual time
the same seed writes the same results.json, byte for byte."""
# ctest: sanitize

import unittest

import lab

SCENARIOS = sorted((lab.ROOT / "scenarios").rglob("*.toml"))
DROPPING = lab.ROOT / "scenarios" / "vps-drop.toml"


class Scenarios(unittest.TestCase):
    def test_each_can_be_explained(self):
        for file in SCENARIOS:
            with self.subTest(file.name):
                run = lab.hookdrill(self, "explain", file)
                self.assertEqual(run.exit, 0, run.said())
                self.assertIn("Nothing was sent.", run.stdout)

    def test_each_opens_with_what_it_shows(self):
        for file in SCENARIOS:
            with self.subTest(file.name):
                self.assertTrue(file.read_text().startswith("# "))

    def test_simulated_twice_it_writes_the_same_bytes(self):
        for file in SCENARIOS:
            with self.subTest(file.name):
                first, second = (lab.hookdrill(self, "simulate", file) for _ in range(2))
                self.assertIn(first.exit, (0, 1), first.said())
                self.assertEqual(first.exit, second.exit)
                self.assertEqual(*((run.out / "results.json").read_bytes() for run in (first, second)))

    def test_another_seed_is_another_run(self):
        one, other = (lab.hookdrill(self, "simulate", DROPPING, "--seed", seed) for seed in (1, 2))
        self.assertNotEqual(one.path()["histograms"], other.path()["histograms"])


if __name__ == "__main__":
    unittest.main()
