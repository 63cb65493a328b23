#!/bin/sh
# bfft: sets up, builds and runs every test.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh tests/run.sh
#
# Short tests run first, the sanitizers' builds and fuzzing last. Works in build/, or in $BFFT_BUILD. The last line counts the tests; the exit
# status is 0 when none failed. The full log is BUILD/meson-logs/testlog.txt.
set -u

top=$(cd "$(dirname "$0")/.." && pwd)
build=${BFFT_BUILD:-$top/build}

if ! sh "$top/tests/setup.sh" test; then
  echo "The build failed: no test could run"
  echo "0 passed, 1 failed"
  exit 1
fi

python=/usr/bin/python3
[ -x "$python" ] || python=python3

# A temporary folder of their own, in which nothing may be left.
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 130' INT TERM

echo "== Testing in $build"
rm -f "$build/meson-logs/testlog.json"
PYTHONUNBUFFERED=1 meson test -C "$build" --no-rebuild --print-errorlogs --num-processes 2
"$python" "$top/tests/summary.py" "$build" "$TMPDIR"
