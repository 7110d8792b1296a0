#!/usr/bin/env bash
# Configures and builds one preset: scripts/build.sh release|dev|asan|tsan [target ...]. Shows progress as one line a
# step, and the compiler's words only when something is wrong.
set -euo pipefail
cd "$(dirname "$0")/.."

preset=${1:?usage: scripts/build.sh release|dev|asan|tsan [target ...]}
shift
targets=()
[[ $# -eq 0 ]] || targets=(--target "$@")

log=build/$preset/build.log
mkdir -p "build/$preset"
started=$SECONDS
echo "Building $preset (the first time takes minutes; log: $log) ..."
if ! { cmake --preset "$preset" && cmake --build --preset "$preset" "${targets[@]}"; } >"$log" 2>&1; then
  grep -m 5 -A 12 -E '(error|Error|FAILED)( |:)' "$log" >&2 || tail -n 40 "$log" >&2
  echo "The build of preset $preset failed; the whole log is $log" >&2
  exit 1
fi
echo "Built $preset in $((SECONDS - started)) s."
