#!/usr/bin/env bash
# Installs what the build needs, builds hookdrill, and plays a short scenario against the receiver that comes with it.
set -euo pipefail
cd "$(dirname "$0")"

scripts/install-packages.sh build
scripts/build.sh release

out=out/quickstart
echo
echo "$ build/release/hookdrill run scenarios/quickstart.toml --out $out"
status=0
build/release/hookdrill run scenarios/quickstart.toml --out "$out" || status=$?

case $status in
  0) verdict="pass: every expectation of the scenario holds" ;;
  1) verdict="fail: an expectation of the scenario does not hold" ;;
  3) verdict="untrusted: this machine could not keep to the plan" ;;
  *) verdict="no verdict (exit code $status)" ;;
esac
echo
[[ -f $out/report.html ]] && echo "Page:    $out/report.html"
[[ -f $out/results.json ]] && echo "Results: $out/results.json"
echo "Verdict: $verdict"
exit "$status"
