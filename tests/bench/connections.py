#!/usr/bin/env python3
"""What a delivery costs the sender, in CPU time, against wrk, h2load, hey and ab: the same POST to the same nginx, on fresh and on
kept connections. Prints microseconds of user and system time per request, the smallest and the middle of some rounds, and the
ratio to hookdrill's. Only hookdrill verifies certificates, signs, and makes each body anew; the others send one file.

    tests/bench/connections.py [build/release/hookdrill] [rounds]

The figures depend on the machine; the ratios, less. Tools that are not installed are left out: apt-get install wrk
nghttp2-client hey apache2-utils.
"""

import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
import lab  # noqa: E402

PROGRAM = sys.argv[1] if len(sys.argv) > 1 else str(lab.ROOT / "build" / "release" / "hookdrill")
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
IN_FLIGHT = 16
REQUESTS = {"fresh": 3000, "kept": 40000}
RATE = 100_000  # more than any machine does: so the limit in flight decides, as it does for the others

SCENARIO = """
[deliveries]
mix = {{ text = 1 }}
connections = "{connections}"
max_in_flight = {in_flight}
[[stage]]
rate = "{rate}/s"
for = "{milliseconds}ms"
[limits]
max_lateness = "1h"
"""


def hookdrill(test, port, connections, count, root):
    plan = "workers = 1\n" + lab.endpoint_toml(port, trust=root) + SCENARIO.format(
        connections={"fresh": "fresh", "kept": "keepalive"}[connections], in_flight=IN_FLIGHT, rate=RATE,
        milliseconds=count * 1000 // RATE)
    return [PROGRAM, "run", lab.scenario(test, plan), "--quiet", "--out", lab.scratch(test) / "out"]


def wrk(test, port, connections, count, _):
    script = lab.scratch(test) / "post.lua"
    close = 'wrk.headers["Connection"] = "close"\n' if connections == "fresh" else ""
    script.write_text(f'wrk.method = "POST"\nwrk.body = io.open("{body_file(test)}"):read("*a")\n{close}'
                      'wrk.headers["Content-Type"] = "application/json"\n')
    return ["wrk", "-t1", f"-c{IN_FLIGHT}", "-d4s", "-s", script, url(port)]


def h2load(test, port, connections, count, _):
    clients = count if connections == "fresh" else IN_FLIGHT
    return ["h2load", "--h1", f"-n{count}", f"-c{clients}", "-m1", "-t1", "-d", body_file(test),
            *(["-r", "500"] if connections == "fresh" else []), url(port)]


def hey(test, port, connections, count, _):
    return ["hey", "-n", str(count), "-c", str(IN_FLIGHT), "-cpus", "1", "-m", "POST", "-D", body_file(test),
            *(["-disable-keepalive"] if connections == "fresh" else []), url(port)]


def ab(test, port, connections, count, _):
    return ["ab", "-q", "-n", str(count), "-c", str(IN_FLIGHT), "-p", body_file(test), "-T", "application/json",
            *([] if connections == "fresh" else ["-k"]), url(port)]


# How many requests were answered with 200, in each tool's own words.
ANSWERED = {hookdrill: None, wrk: r"(\d+) requests in", h2load: r"status codes: (\d+) 2xx", hey: r"\[200\]\s+(\d+) responses",
            ab: r"Complete requests:\s+(\d+)"}


def url(port):
    return f"https://localhost:{port}/webhook"


def body_file(test):
    body = lab.scratch(test) / "body.json"
    done = subprocess.run([PROGRAM, "payload", "text", "--body"], capture_output=True, check=True, timeout=20)
    body.write_bytes(done.stdout)
    return body


def cost(test, tool, port, connections, count, root):
    """Microseconds of CPU per answered request."""
    argv = [str(word) for word in tool(test, port, connections, count, root)]
    before = os.times()
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120, env={**os.environ, **lab.SECRETS})
    after = os.times()
    said = done.stdout + done.stderr
    if tool is hookdrill:
        test.assertIn(done.returncode, (0, 3), said)
        results = lab.results_of(argv[-1])
        answered = results["paths"]["direct"]["attempts"]["outcomes"]["ok"]
        answered = answered if isinstance(answered, int) else answered["count"]
        kept = results["paths"]["direct"]["attempts"]["total"] - results["paths"]["direct"]["attempts"]["fresh"]
        test.assertTrue(kept == 0 if connections == "fresh" else kept > 0.9 * answered, "connections are as asked")
    else:
        found = re.search(ANSWERED[tool], said)
        test.assertIsNotNone(found, said)
        answered = int(found[1])
    test.assertGreater(answered, 0.5 * count if tool is not wrk else 100, said)
    used = (after.children_user - before.children_user) + (after.children_system - before.children_system)
    return used / answered * 1e6


def certificates(test):
    """{name: certificate for localhost}: short signatures all the way, and as Let's Encrypt issues them to most."""
    pki = lab.pki()
    pki.issue("rsaroot", "Laboratory RSA Root", pki.CA, None, -1, 3650, key="rsa:4096")
    pki.issue("p384", "Laboratory P-384 Intermediate", pki.CA, "rsaroot", -1, 1095, key="ec:P-384")
    names = (lab.HOST, "localhost")
    return {"P-256 chain": (pki.certificate(names=names), pki.root),
            "P-256 leaf, P-384 intermediate, RSA-4096 root": (pki.certificate(names=names, issuer="p384"),
                                                              pki.folder / "rsaroot.crt")}


class Bench(unittest.TestCase):
    def runTest(self):
        tools = [tool for tool in ANSWERED if tool is hookdrill or shutil.which(tool.__name__)]
        for name, (certificate, root) in certificates(self).items():
            port = lab.free_port()
            log = lab.scratch(self) / "sessions"  # a letter for each request: "r" of a resumed session, "." of a new one
            lab.Nginx(self, "log_format session '$ssl_session_reused';",
                      lab.tls_server(port, certificate, default=True, extra=f"access_log {log} session;"))
            for connections, count in REQUESTS.items():
                figures, resumed = {tool: [] for tool in tools}, dict.fromkeys(tools, 0)
                for _ in range(ROUNDS):
                    for tool in tools:
                        os.truncate(log, 0)
                        figures[tool].append(cost(self, tool, port, connections, count, root))
                        resumed[tool] = max(resumed[tool], log.read_text().count("r") / log.stat().st_size * 2)
                ours = min(figures[hookdrill])
                print(f"\n{name}, {connections} connections: us of CPU per request")
                for tool in tools:
                    least, middle = min(figures[tool]), statistics.median(figures[tool])
                    print(f"  {tool.__name__:10} {least:8.1f} least {middle:8.1f} median   hookdrill / it: {ours / least:.2f}"
                          f"{f'   resumes {resumed[tool]:.0%} of the sessions' if resumed[tool] > 0.01 else ''}", flush=True)


if __name__ == "__main__":
    sys.argv = sys.argv[:1]
    began = time.monotonic()
    unittest.main(verbosity=0, exit=False)
    print(f"{time.monotonic() - began:.0f} s")
