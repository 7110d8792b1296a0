"""A planted loss is measured as what it is: the small version of loss_proof.py, which does a hundred runs of each."""

import unittest

import loss_proof

RUNS = 3


class LossKind(unittest.TestCase):
    def plant(self, kind, share):
        figures = loss_proof.planted(kind, share, RUNS, jobs=1)
        # Each of the tests behind a kind errs once in a thousand runs: all but one must be right.
        self.assertGreaterEqual(figures.told, RUNS - 1, figures)
        self.assertEqual(figures.untouched, 0, figures)
        return figures

    def test_connections_dropped_are_told_and_their_share_is_right(self):
        figures = self.plant("flow", 0.18)
        connections = 1000 * RUNS
        five_deviations = 5 * (0.18 * 0.82 / connections) ** 0.5
        self.assertAlmostEqual(figures.dropped / connections, 0.18, delta=five_deviations)

    def test_packets_dropped_are_told(self):
        self.plant("packet", 0.18)

    def test_senders_dropped_are_told(self):
        self.plant("source", 0.18)

    def test_without_a_planted_loss_nothing_is_lost(self):
        path, results = loss_proof.fresh_connections(5000)
        self.assertEqual(path["attempts"]["outcomes"], {"ok": 5000}, results)
        self.assertEqual(path["drop"]["kind"], "none")
        self.assertEqual(path["drop"]["dropped"], 0)


if __name__ == "__main__":
    unittest.main()
