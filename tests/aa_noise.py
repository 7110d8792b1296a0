#!/usr/bin/env python3
"""How often `compare` finds a difference where there is none: the same path against itself on real sockets, over many
seeds. Fails when more than 5 of 100 judged metrics are called better or worse. Takes about five minutes.

    tests/aa_noise.py [seeds]        HOOKDRILL names another program than build/dev/hookdrill
"""

import collections
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "integration"))
import lab  # noqa: E402

FALSE_SHARE_MAX = 0.05

PLAN = """
schema = 1
name = "aa"
[receiver]
delay = "2ms"
drop = { of = "reset", share = 0.05 }
[[stage]]
rate = "250/s"
for = "2s"
arrivals = "poisson"
[limits]
max_lateness = "10s"
[compare]
blocks = 20
"""


def main():
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    answers, false = collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "aa.toml"
        file.write_text(PLAN)
        for seed in range(1, seeds + 1):
            done = subprocess.run([lab.PROGRAM, "compare", file, "--aa", "--seed", str(seed), "--quiet", "--out",
                                   folder + "/out"], capture_output=True, text=True, timeout=120)
            if done.returncode not in (0, 1, 3):
                sys.exit(f"seed {seed}: exit {done.returncode}\n{done.stderr}")
            for row in json.loads((pathlib.Path(folder) / "out" / "results.json").read_text())["comparison"]:
                answers[row["answer"]] += 1
                if row["answer"] in ("better", "worse"):
                    false.append(f"seed {seed}: {row['metric']} {row['answer']} (p = {row['p']:.4f})")
    judged = sum(answers.values())
    print("\n".join(false))
    print(f"{seeds} seeds, {judged} judged metrics: {dict(answers)}; {len(false)} false differences, "
          f"{100 * len(false) / judged:.2f} in 100")
    sys.exit(len(false) > FALSE_SHARE_MAX * judged)


if __name__ == "__main__":
    main()
