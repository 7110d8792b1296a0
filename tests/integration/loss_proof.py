#!/usr/bin/env python3
"""Plants losses of known share and kind on real loopback sockets and counts how often they are measured rightly.

Each run: 1,000 fresh connections over plain HTTP from 200 source addresses to the embedded receiver, whose socket filter
drops their SYNs in the kernel. Nothing but the SYN decides, so TLS would only cost time. Attempts last 1.3 s: Linux sends
a SYN again after 1 s, and without a repeated SYN lost packets and lost connections look the same.

    loss_proof.py                     100 runs of each share and kind: about half an hour on two cores
    loss_proof.py --runs 5 --shares 18 --kinds flow
    loss_proof.py --fresh 100000      as many connections with nothing planted: not one may be reported lost

Exits with 1 when a figure is below what it must be.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("HOOKDRILL", str(ROOT / "build" / "dev" / "hookdrill"))
KINDS = ("flow", "packet", "source")

SCENARIO = """
schema = 1
name = "loss-proof"
[endpoint]
url = "http://localhost/webhook"
[receiver]
tls = false
drop = { share = 0, by = "flow" }
[paths.direct]
source = ["127.0.1.1-127.0.1.200"]
[deliveries]
max_in_flight = 4000
[retry]
schedule = "none"
attempt_timeout = "1300ms"
[[stage]]
rate = "2000/s"
for = "500ms"
[[expect]]
metric = "attempts.total"
at_least = 1
[limits]
max_lateness = "500ms"      # what is measured here is loss, not time
"""


def run(seed, *overrides, seconds=60):
    """One run in a folder of its own; the path's part of results.json, and the verdict."""
    with tempfile.TemporaryDirectory(prefix="hookdrill-proof-") as folder:
        scenario = pathlib.Path(folder) / "loss-proof.toml"
        scenario.write_text(SCENARIO)
        argv = [PROGRAM, "run", scenario, "--quiet", "--seed", str(seed), "--out", f"{folder}/out"]
        done = subprocess.run([*argv, *(word for each in overrides for word in ("--set", each))], capture_output=True,
                              text=True, timeout=seconds)
        results = pathlib.Path(folder) / "out" / "results.json"
        if not results.exists():
            raise SystemExit(f"hookdrill ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        results = json.loads(results.read_text())
        return results["paths"]["direct"], results


@dataclasses.dataclass
class Figures:
    """Of all runs with one kind and share."""

    kind: str
    share: float
    runs: int = 0
    covered: int = 0  # the interval holds the planted share
    told: int = 0  # the planted kind was named, or rightly none when no sender was hit
    untouched: int = 0  # runs in which the law hit no one
    untrusted: int = 0
    dropped: int = 0  # connections, in all runs
    said: dict = dataclasses.field(default_factory=dict)

    def add(self, path, results):
        drop = path["drop"]
        untouched = drop["dropped"] == 0 and path["attempts"]["delayed_by_lost_syn"] == 0
        self.runs += 1
        self.dropped += drop["dropped"]
        self.covered += drop["low"] <= self.share <= drop["high"]
        self.untouched += untouched
        self.told += drop["kind"] == ("none" if untouched else self.kind)
        self.untrusted += results["verdict"] == "untrusted"
        self.said[drop["kind"]] = self.said.get(drop["kind"], 0) + 1

    def line(self):
        said = ", ".join(f"{kind} {count}" for kind, count in sorted(self.said.items()))
        covered = f"{self.covered:4} of {self.runs}" if self.kind == "flow" else "          –"
        return f"{self.kind:7} {self.share:5.0%}  {covered:>12}  {self.told:6} of {self.runs}   {said}" + (
            f"; {self.untrusted} untrusted" if self.untrusted else "")

    def holds(self):
        return self.told >= 0.95 * self.runs and (self.kind != "flow" or self.covered >= 0.9 * self.runs)


def planted(kind, share, runs, jobs, first_seed=1):
    """`runs` seeded runs with this loss."""
    figures = Figures(kind, share)
    one = lambda seed: run(seed, f"receiver.drop.share={share}", f"receiver.drop.by={kind}")
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for path, results in pool.map(one, range(first_seed, first_seed + runs)):
            figures.add(path, results)
    return figures


def fresh_connections(count, rate=2000):
    """Nothing planted: (path, results) of `count` connections."""
    return run(1, "receiver.drop.share=0", f"stage.0.for={count / rate}s", f"stage.0.rate={rate}/s",
               seconds=60 + 10 * count / rate)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--shares", type=float, nargs="+", default=[1, 5, 18, 50], help="percent")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--fresh", type=int, help="so many connections without any planted loss, and nothing else")
    options = parser.parse_args()
    if options.fresh:
        path, results = fresh_connections(options.fresh)
        print(f"{path['attempts']['fresh']} fresh connections: {path['drop']['dropped']} dropped, "
              f"{path['attempts']['delayed_by_lost_syn']} delayed by a lost SYN, kind {path['drop']['kind']}, outcomes "
              f"{path['attempts']['outcomes']}, {results['duration_ns'] / 1e9:.1f} s", *results["untrusted_because"])
        return path["drop"]["dropped"] != 0 or path["attempts"]["fresh"] != options.fresh
    print("planted        interval holds it    kind told   said", flush=True)
    failed = False
    for kind in options.kinds:
        for share in options.shares:
            figures = planted(kind, share / 100, options.runs, options.jobs, options.first_seed)
            failed = failed or not figures.holds()
            print(figures.line(), flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
