"""What this machine could not do is never a loss: out of local ports or descriptors, the run is untrusted (exit code 3), no
connection counts as dropped, and the report says what to raise."""

import unittest

import lab

# The receiver takes its time, so that 300 connections are open at once. An attempt ends soon after it: whatever waits in a
# queue of our own would be seen as a loss.
SCENARIO = """
schema = 1
name = "own-limits"
[endpoint]
url = "{scheme}://localhost/webhook"
[receiver]
tls = {tls}
delay = "1s"
[deliveries]
max_in_flight = 2000
[retry]
schedule = "none"
attempt_timeout = "1300ms"
[[stage]]
rate = "300/s"
for = "3s"
[[expect]]
metric = "drop.rate"
below = "1%"
[limits]
max_lateness = "1s"
"""


class OwnLimits(unittest.TestCase):
    def spoilt(self, code, advice, *, tls=False, prefix):
        text = SCENARIO.format(scheme="https" if tls else "http", tls="true" if tls else "false")
        run = lab.hookdrill(self, "run", lab.scenario(self, text), prefix=prefix)
        self.assertEqual(run.exit, 3, run.said())
        self.assertEqual(run.results["verdict"], "untrusted")
        self.assertEqual(set(run.outcomes()), {"ok", code})
        self.assertEqual(sum(run.outcomes().values()), 900)
        drop = run.path()["drop"]
        self.assertEqual(drop["dropped"], 0)
        self.assertEqual(drop["of"], run.outcomes()["ok"])
        self.assertEqual(drop["kind"], "none")
        self.assertIn(advice, " ".join(run.results["untrusted_because"]))

    def test_too_few_local_ports(self):
        space = lab.Namespace(self)
        few = ["sh", "-c", 'echo "40000 40050" > /proc/sys/net/ipv4/ip_local_port_range; exec "$@"', "sh"]
        self.spoilt("client.ports", "more source addresses", prefix=[*space.prefix, *few])

    def test_too_few_descriptors(self):
        self.spoilt("client.fds", "ulimit -n", prefix=["prlimit", "--nofile=150:150"])

    def test_too_few_descriptors_with_tls(self):
        self.spoilt("client.fds", "ulimit -n", tls=True, prefix=["prlimit", "--nofile=150:150"])


if __name__ == "__main__":
    unittest.main()
