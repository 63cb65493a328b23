#!/bin/sh
# bfft: clang's vectors do what GCC's do, and it has nothing to complain of.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh tests/static/clang.sh TREE BUILD
#
# Builds the library and the tests of what is compiled for each tier with clang,
# and runs them on every tier of this machine.
set -eu

tree=$1
build=$2
programs='test-decibel test-mel test-network test-train test-welch'

[ -f "$build/build.ninja" ] ||
  CC=clang meson setup -Dtests=enabled -Dwerror=true "$build" "$tree"
targets=gst/libgstbfft.so
for program in $programs test-tiers; do
  targets="$targets tests/kernels/$program"
done
ninja -C "$build" $targets
"$build/tests/kernels/test-tiers" "$tree"/orc/*.orc
for program in $programs; do
  for tier in baseline avx2 avx512; do
    BFFT_CPU=$tier "$build/tests/kernels/$program" || exit 1
    [ "$(uname -m)" = x86_64 ] || break
  done
done
