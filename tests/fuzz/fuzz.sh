#!/bin/sh
# bfft: fuzzes one target, or all, with clang's libFuzzer, ASan and UBSan.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   fuzz.sh SECONDS BUILD [TARGET...]
#
# Builds in BUILD (see ../sanitize/build.sh); what was found to be of interest
# stays in BUILD/found-TARGET and serves the next run. A finding ends the run with the input that made it
# in BUILD and its report.
set -eu

seconds=$1
build=$2
shift 2
top=$(cd "$(dirname "$0")/../.." && pwd)
here=$top/tests/fuzz
[ $# -gt 0 ] || set -- weights sidecar elements

sh "$top/tests/sanitize/build.sh" address "$build"

export ASAN_OPTIONS=fast_unwind_on_malloc=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export LSAN_OPTIONS="suppressions=$top/tests/sanitize/leaks.supp:print_suppressions=0"
for target; do
  found=$build/found-$target
  mkdir -p "$found"
  dictionary=
  [ ! -f "$here/$target.dict" ] || dictionary=-dict=$here/$target.dict
  if "$build/tests/fuzz/fuzz-$target" $dictionary -max_total_time="$seconds" \
    -artifact_prefix="$build/" "$found" "$here/corpus/$target" \
    > "$build/fuzz-$target.log" 2>&1; then
    echo "ok      $target: $(grep '^Done' "$build/fuzz-$target.log")"
  else
    echo "FAILED  $target"
    tail -60 "$build/fuzz-$target.log"
    exit 1
  fi
done
