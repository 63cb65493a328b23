#!/bin/sh
# bfft: makes the speech that training is measured with.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh voices.sh TRAIN TEST
#
# Six synthetic voices into TRAIN, three others with another text into TEST;
# mono float32 at 16 kHz. The same bytes each time with espeak-ng 1.51 (Debian 12),
# whose figures are in docs/; 1.52 (Debian 13) speaks a little otherwise each time.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

train_text='The quick brown fox jumps over the lazy dog. She sells sea shells by
  the sea shore, and the shells she sells are surely from the sea. A transform
  turns a signal into a sum of tones, and each of them has an amplitude and a
  phase. When the weather is fine, people walk along the river and look at the
  boats that pass slowly under the bridges. Seven hundred and forty three trains
  left the station before noon on Friday.'
test_text='Nobody had expected the clocks to be wrong on a cold morning. Please
  bring four cups of hot coffee, three sandwiches, and the newspaper from
  yesterday. Machines that listen must first of all learn which noise to ignore.
  Under the old oak tree a child was singing quietly to itself.'

speak () {
  espeak-ng -v "$2" -s "$3" -p "$4" -w "$work/spoken.wav" "$5"
  sox -D "$work/spoken.wav" -r 16000 -c 1 -e floating-point -b 32 -t raw - gain -3 \
    >> "$1"
}

: > "$1"
speak "$1" en-us 140 35 "$train_text"
speak "$1" en-gb 148 42 "$train_text"
speak "$1" en-gb-scotland 156 49 "$train_text"
speak "$1" en-029 164 56 "$train_text"
speak "$1" en-us+f3 172 63 "$train_text"
speak "$1" en-gb+m3 180 70 "$train_text"
: > "$2"
speak "$2" en-gb-x-rp+f4 150 40 "$test_text"
speak "$2" en-us+m7 160 50 "$test_text"
speak "$2" en-gb+f2 170 60 "$test_text"
