#!/bin/sh
# bfft: formats C files as GStreamer does, and finds functions that do not fit a screen.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh tests/gst-indent.sh [--check] [FILE.c...]
#
# Without files: all of the tree's. With --check nothing is written; what would
# change is printed, and the exit status is 1 if anything would, or 77 with
# another GNU indent than 2.2.12 (Debian 12's), since they do not always agree.
set -eu

options='--braces-on-if-line --case-brace-indentation0 --case-indentation2
  --braces-after-struct-decl-line --line-length80 --no-tabs --cuddle-else
  --dont-line-up-parentheses --continuation-indentation4 --honour-newlines
  --tab-size8 --indent-level2 --leave-preprocessor-space'

check=false
if [ "${1:-}" = --check ]; then
  check=true
  shift
  long=$(cd "$(dirname "$0")/.." && find gst models -name '*.[ch]' | LC_ALL=C sort | xargs awk '
    /^\{/ { start = FNR }
    /^\}/ { if (start && FNR - start - 1 > 60) print FILENAME ":" start ": " FNR - start - 1 " lines"; start = 0 }')
  if [ -n "$long" ]; then
    echo "functions of more than 60 lines:"
    echo "$long"
    exit 1
  fi
  version=$(indent --version) || :
  if [ "$version" != 'GNU indent 2.2.12' ]; then
    echo "$version, not 2.2.12: not checked"
    exit 77
  fi
fi
if [ $# = 0 ]; then
  cd "$(dirname "$0")/.."
  set -- $(find gst models orc tests -name '*.c' | LC_ALL=C sort)
fi

# Twice: the second pass settles what the first one moved. The name of a quark
# is no subtraction: its dashes look like letters to indent for that long.
format () {
  sed '/^G_DEFINE_QUARK/s/-/$/g' | indent $options | indent $options |
    sed '/^G_DEFINE_QUARK/s/[$]/-/g'
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
status=0
for file; do
  format < "$file" > "$work/formatted.c"
  if cmp -s "$file" "$work/formatted.c"; then
    continue
  elif $check; then
    diff -u --label "$file" --label "$file (gst-indent)" "$file" "$work/formatted.c" || :
    status=1
  else
    cat "$work/formatted.c" > "$file"
    echo "$file"
  fi
done
exit $status
