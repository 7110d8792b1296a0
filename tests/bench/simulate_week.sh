#!/usr/bin/env bash
# What `hookdrill simulate` costs: a week at WhatsApp's default throughput on one core, the memory of deliveries that wait for a
# retry, and many seeds on all cores. Prints figures, which depend on the machine; fails when the same seed gives other bytes, or
# when a waiting delivery takes more than 64 bytes. Wants a release build: simulate_week.sh [build/release/hookdrill]
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "${1:-build/release/hookdrill}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TIMEFORMAT="%R s elapsed, %U s of CPU"
week=(scenarios/retry-7d.toml --set "stage.0.rate=80/s" --set "stage.0.for=7d" --quiet)
one_core=(taskset -c 0)

echo "== 7 days at 80/s, 18 % of connections lost, retries for 7 days, one core, twice"
for run in 1 2; do
  time "${one_core[@]}" "$program" simulate "${week[@]}" --out "$scratch/week$run"
done
python3 - "$scratch/week1/results.json" << 'PYTHON'
import json, sys
path = json.load(open(sys.argv[1]))["paths"]["direct"]
print(f"{path['deliveries']['planned']:,} deliveries, {path['attempts']['total']:,} attempts")
PYTHON
cmp "$scratch/week1/results.json" "$scratch/week2/results.json"
echo "byte-identical: $(sha256sum < "$scratch/week1/results.json" | cut -c1-16)"

echo "== memory: nothing gets through for a day at 20/s and 40/s"
for rate in 20 40; do
  /usr/bin/time -f %M -o "$scratch/kib$rate" "$program" simulate "${week[@]}" --set "stage.0.rate=$rate/s" --set "stage.0.for=1d" \
    --set 'paths.direct.model.drop={of="refuse"}' --out "$scratch/memory$rate" || [[ $? == 1 ]]
done
python3 - "$scratch" << 'PYTHON'
import json, pathlib, re, sys
scratch = pathlib.Path(sys.argv[1])
waiting, kib = {}, {}
for rate in (20, 40):
    said = json.loads((scratch / f"memory{rate}" / "results.json").read_text())["environment"]["retries waiting at once"]
    waiting[rate], held = map(int, re.findall(r"\d+", said))
    kib[rate] = int((scratch / f"kib{rate}").read_text().split()[-1])
    print(f"{waiting[rate]:,} deliveries wait at once: {held / waiting[rate]:.1f} bytes for each; the process has {kib[rate]:,} KiB")
    assert held <= 64 * waiting[rate], "more than 64 bytes for a waiting delivery"
more = (kib[40] - kib[20]) * 1024 / (waiting[40] - waiting[20])
print(f"the process grows by {more:.1f} bytes for each further one")
assert more <= 64, "more than 64 bytes for a waiting delivery"
PYTHON

echo "== a day at 80/s with 8 seeds: one core, then all $(nproc)"
day=(scenarios/retry-7d.toml --set "stage.0.rate=80/s" --seeds 8)
time "${one_core[@]}" "$program" simulate "${day[@]}" --out "$scratch/one" > /dev/null
time "$program" simulate "${day[@]}" --out "$scratch/all" > /dev/null
cmp "$scratch/one/sweep.json" "$scratch/all/sweep.json" && echo "byte-identical"
