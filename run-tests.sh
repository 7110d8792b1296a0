#!/usr/bin/env bash
# Installs what the tests need, builds, and runs all of them. --sanitizers builds twice more, with address and undefined
# behaviour checks and with thread checks, and runs there what measures no time; that takes as long again each.
# The last line is "N passed, N failed", over all suites.
set -euo pipefail
cd "$(dirname "$0")"

presets=(dev)
case "${1-}" in
  "") ;;
  --sanitizers) presets=(asan tsan) ;;
  *) echo "usage: $0 [--sanitizers]" >&2; exit 2 ;;
esac

scripts/install-packages.sh build
scripts/install-packages.sh test

# What the tests take from npm: receivers, and readers of reports. A lock file decides what is installed, so it is only
# done again when that changed.
for folder in tests/integration/receivers/{express,libraries} tests/integration/readers; do
  cmp -s $folder/package-lock.json $folder/node_modules/.installed-from && continue
  echo "Installing what $folder needs ..."
  npm ci --prefix $folder --silent --no-audit --no-fund
  cp $folder/package-lock.json $folder/node_modules/.installed-from
done

status=0
reports=()
for preset in "${presets[@]}"; do
  scripts/build.sh "$preset"
  report=$PWD/build/$preset/tests.xml
  reports+=("$report")
  # Under a sanitizer, only the tests labelled for it: the others measure time, which a sanitizer distorts.
  selection=()
  [[ $preset == dev ]] || selection=(-L sanitize)
  echo
  echo "Testing $preset ..."
  ctest --preset "$preset" --parallel 2 "${selection[@]}" --output-junit "$report" \
    --test-output-size-passed 1000000 --test-output-size-failed 1000000 || status=1
done

echo
scripts/count-tests.py "${reports[@]}" || status=1
exit "$status"
