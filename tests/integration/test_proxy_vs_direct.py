"""The shipped proxy, nginx with an allow-list by the first path segment, in front of a webhook over TLS: it answers 404,
403 and 502 as it should, and compare finds that it loses nothing while the direct path loses what was planted."""
# ctest: serial

import os
import subprocess
import unittest

import lab

SCRIPT = lab.ROOT / "scenarios" / "proxy-vs-direct" / "run.sh"


class ProxyVsDirect(unittest.TestCase):
    def test_losses_by_a_packet_filter(self):
        if os.geteuid() != 0:
            self.skipTest("only root can have a network namespace with a packet filter of its own")
        said = self.run_script()
        if "by receiver" in said:
            self.skipTest("the kernel gives root no network namespace with a packet filter here")
        self.assertIn("18% of the direct connections, by nftables", said)

    def test_losses_by_the_receiver(self):
        self.assertIn("18% of the direct connections, by receiver", self.run_script(LOSS="receiver"))

    def test_a_mistyped_kind_of_loss_is_told(self):
        done = subprocess.run([SCRIPT], env={**os.environ, "LOSS": "nft"}, capture_output=True, text=True, timeout=20)
        self.assertEqual((done.returncode, done.stderr), (2, 'LOSS is "nft"; expected nftables or receiver\n'))

    def run_script(self, **environment):
        """What it says, after everything of it was checked."""
        out = lab.scratch(self) / "out"
        done = subprocess.run(
            [SCRIPT, "--out", out, "--set", "stage.messages.for=6s",
             "--set", "compare.blocks=20", "--set", "limits.max_lateness=10s"],
            env={**os.environ, "HOOKDRILL": lab.PROGRAM, **environment}, capture_output=True, text=True, timeout=200)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        for line in ("proxy  /  HTTP 404", "/unknown.example.test/webhooks/whatsapp/test  HTTP 403",
                     "/down.example.test/webhooks/whatsapp/test  HTTP 502"):
            self.assertIn(line, done.stdout)
        results = lab.results_of(out)
        verdicts = {row["name"]: row["status"] for row in results["verdicts"]}
        self.assertEqual(verdicts["direct.drop.rate below 1%"], "fail")
        self.assertEqual(verdicts["proxy.drop.rate below 1%"], "pass")
        rows = {row["metric"]: row for row in results["comparison"]}
        self.assertEqual(rows["drop.rate"]["answer"], "better")
        self.assertLessEqual(rows["drop.rate"]["low"], -0.18 + 0.02)
        self.assertGreaterEqual(rows["drop.rate"]["high"], -0.18 - 0.02)
        self.assertGreater(rows["service.p50"]["high"], 5e6, "nginx and its way add 5 ms at least")
        for path in ("direct", "proxy"):
            self.assertEqual([f["severity"] for f in results["findings"] if f["path"] == path], ["pass"], "challenge")
        self.assertNotIn(lab.APP_SECRET, done.stdout + done.stderr)
        return done.stdout


if __name__ == "__main__":
    unittest.main()
