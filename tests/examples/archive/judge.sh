#!/bin/sh
# bfft: how good networks are on a sound that they were not fitted to.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   judge.sh SOUND N-FFT WEIGHTS... [-- PROPERTY=VALUE...]
#
# Prints, for each of WEIGHTS and for the exact network, the mean loss of a
# training on SOUND that changes nothing. PROPERTYs are those of the training
# (noise-snr, variant).
set -eu

. "$(dirname "$0")/common.sh"
arguments 3 "$@"
sound=$1
n_fft=$2
shift 2
weights=
for argument; do
  shift
  [ "$argument" != -- ] || break
  weights="$weights $argument"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# loss NAME PROPERTY...
loss () {
  name=$1
  shift
  launch "$sound" audio/x-raw,rate=16000 ! bffttrain n-fft="$n_fft" \
    mode=sync interval=1 checkpoint-interval=0 learning-rate=0 \
    gate-learning-rate=0 landscape=false "$@" ! fakesink > "$work/log"
  sed -n 's/.* total-loss=(double)\([^,]*\),.*/\1/p' "$work/log" |
    awk -v name="$name" '{ s += $1 } END { printf "%.5f %s\n", s / NR, name }'
}

loss "(exact)" "$@"
for file in $weights; do
  "${PYTHON:-/usr/bin/python3}" "$(dirname "$0")/average.py" "$work/a.safetensors" "$file"
  loss "$file" resume-location="$work/a.safetensors" "$@"
done
