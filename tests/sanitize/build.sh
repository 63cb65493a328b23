#!/bin/sh
# bfft: builds what runs under a sanitizer; quick when that is done already.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   build.sh address|thread BUILD
#
# `address` is AddressSanitizer with leaks and UndefinedBehaviorSanitizer; with
# clang, warnings are errors and the fuzz targets are built as well. Several may
# ask for the same BUILD at once.
set -eu

kind=$1
build=$2
source=$(cd "$(dirname "$0")/../.." && pwd)
programs='soak/check-soak|check/check-[a-z-]*'
case $kind in
  address)
    set -- -Db_sanitize=address,undefined
    programs="$programs|kernels/test-[a-z-]*|fuzz/fuzz-[a-z]*"
    if command -v clang > /dev/null; then
      export CC=clang
      set -- "$@" -Dwerror=true -Dfuzz=enabled
    fi ;;
  thread) set -- -Db_sanitize=thread ;;
  *) echo "build.sh: address or thread, not '$kind'" >&2; exit 2 ;;
esac

mkdir -p "$build"
exec 9> "$build.lock"
flock 9
{
  [ -f "$build/build.ninja" ] ||
    meson setup "$build" "$source" -Dtests=enabled -Db_lundef=false "$@"
  # shellcheck disable=SC2046
  ninja -C "$build" gst/libgstbfft.so $(ninja -C "$build" -t targets all |
    sed -nE "s,^(tests/($programs)): .*,\1,p")
} > "$build.log" 2>&1 || {
  cat "$build.log"
  exit 1
}
