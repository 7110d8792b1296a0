"""The shipped proxy, nginx with an allow-list by the first path segment, in front of a webhook over TLS: it answers 404,
403 and 502 as it should, and compare finds that it loses nothing while the direct path loses what was planted."""
# ctest: serial

import os
import subprocess
import unittest

import lab


class ProxyVsDirect(unittest.TestCase):
    def test_the_script_from_start_to_end(self):
        out = lab.scratch(self) / "out"
        done = subprocess.run(
            [lab.ROOT / "scenarios" / "proxy-vs-direct" / "run.sh", "--out", out, "--set", "stage.messages.for=8s",
             "--set", "compare.blocks=20", "--set", "limits.max_lateness=10s"],
            env={**os.environ, "HOOKDRILL": lab.PROGRAM}, capture_output=True, text=True, timeout=200)
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


if __name__ == "__main__":
    unittest.main()
