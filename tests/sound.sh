#!/bin/sh
# bfft: makes the sound that the examples are tried on.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh tests/sound.sh OUTPUT.wav
#
# Four synthetic voices in three languages speak one after the other, over a
# quiet 1 kHz and a 3150 Hz tone and a tone that glides from 300 Hz to 20 kHz.
# 48 kHz, 16 bits, mono. The same bytes each time with espeak-ng 1.51 (Debian 12);
# 1.52 (Debian 13) speaks a little otherwise each time. Needs sox too.
set -eu

output=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
rate=48000

number=0
speak () {
  number=$((number + 1))
  espeak-ng -v "$1" -s "$2" -p "$3" -w "$work/spoken.wav" "$4"
  sox -D "$work/spoken.wav" -r $rate -c 1 "$work/voice$number.wav" \
    gain -n -6 pad 0.2 0.3
}

speak en-us 160 45 "A fast Fourier transform is a stack of butterflies,
  and every one of them turns two numbers into two others."
speak en-gb+f3 165 60 "Its twiddle factors can be learned from what is heard."
speak de 150 35 "Schnelle Wellen, leise Töne, und ein wenig Rauschen."
speak fr+f2 155 55 "Chaque fréquence a sa place dans le spectre."
sox "$work"/voice?.wav "$work/voices.wav"

seconds=$(soxi -D "$work/voices.wav")
sox -D -R -n -r $rate -c 1 -b 16 "$work/tones.wav" \
  synth "$seconds" sine 1000 synth "$seconds" sine mix 3150 \
  synth "$seconds" sine mix 300/20000 gain -n -30
sox -D -m "$work/voices.wav" "$work/tones.wav" -b 16 "$output"
