#!/bin/sh
# bfft: which lines of models/ and gst/ the tests run.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh tests/coverage.sh [BUILD]
#
# Builds without optimisation and with counters into BUILD (build-coverage),
# runs the tests, and prints a table of the files with the lines that were not
# run, and the figure for each folder. BUILD/coverage/index.html has the sources.
# Needs what tests/run.sh installs, and gcovr.
set -eu

tree=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$tree/build-coverage}

[ -f "$build/build.ninja" ] ||
  meson setup "$build" "$tree" --buildtype=debug -Db_coverage=true \
    -Dtests=enabled -Dc_args=-O0
ninja -C "$build" --quiet
find "$build" -name '*.gcda' -delete
status=0
# All that calls this build, but once: "(C)" is the same with other kernels.
meson test -C "$build" --no-rebuild --list --suite kernels --suite oracle \
  --suite elements --suite examples | sed -n '/(C)$/d; s/^bfft:[a-z]* \/ //p' | sort -u |
  xargs -d '\n' meson test -C "$build" --no-rebuild --timeout-multiplier 4 \
    --num-processes 2 || status=$?

cd "$tree"
mkdir -p "$build/coverage"
gcovr --root . --filter models/ --filter gst/ \
  --html-details "$build/coverage/index.html" \
  --json-summary "$build/coverage.json" --txt "$build/coverage.txt" "$build"
cat "$build/coverage.txt"
"${PYTHON:-python3}" - "$build/coverage.json" << 'END'
import json, sys
files = json.load(open(sys.argv[1]))['files']
for folder in ('gst/', 'models/'):
    mine = [f for f in files if f['filename'].startswith(folder)]
    covered = sum(f['line_covered'] for f in mine)
    total = sum(f['line_total'] for f in mine)
    print(f'{folder:8s} {covered} of {total} lines, {100 * covered / total:.1f} %')
END
exit $status
