#!/bin/sh
# bfft: the examples find a tone where it is.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   check-examples.sh PYTHON PRINT-LOUDEST   (with the plugin where GStreamer looks)
set -eu

python=$1
print_loudest=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

gst-launch-1.0 -q audiotestsrc freq=1000 samplesperbuffer=4800 num-buffers=30 \
  ! audio/x-raw,rate=48000 ! wavenc ! filesink location="$work/tone.wav"

# expect NUMBER TEXT: the text is on so many lines of the output.
expect () {
  found=$(grep -c -- "$2" "$work/output") || :
  if [ "$found" != "$1" ]; then
    echo "expected $1 lines with '$2' of:"
    cat "$work/output"
    exit 1
  fi
}

"$print_loudest" "$work/tone.wav" > "$work/output"
expect 3 ' 1000 Hz '
"$python" "$here/print-spectrum.py" "$work/tone.wav" > "$work/output"
expect 3 ' s  *1000 Hz '

gst-launch-1.0 -q filesrc location="$work/tone.wav" ! wavparse \
  ! bfftspectrum bands=241 interval=10000000 hop=480 \
  ! other/tensors,format=static ! filesink location="$work/tensors"
"$python" "$here/plot-tensors.py" "$work/tensors" "$work/picture.png" \
  --bands 241 --step 0.01 > "$work/output"
expect 1 '300 results of 241 numbers'
test -s "$work/picture.png"

"$python" "$here/print-tones.py" "$work/tone.wav" > "$work/output"
expect 6 ' s    1000.00 Hz   -2.6 dB'
"$python" "$here/print-levels.py" "$work/tone.wav" 97.0 > "$work/output"
expect 1 'LAeq '
expect 2 ' 92.1 .* 92.1 '
"$python" "$here/plot-psd.py" "$work/tone.wav" "$work/psd.png" > "$work/output"
expect 1 ' 1000.00 Hz '
expect 1 'from scipy: [0-9.]*e-0[67] of'
test -s "$work/psd.png"
"$python" "$here/plot-levels.py" "$work/tone.wav" "$work/levels.png" > "$work/output"
expect 1 'the loudest at 1000 Hz: -'
test -s "$work/levels.png"
gst-launch-1.0 -q audiotestsrc wave=white-noise num-buffers=150 ! audio/x-raw,rate=48000 \
  ! tee name=t  t. ! queue ! mix.sink_0  t. ! queue ! volume volume=0.5 ! mix.sink_1 \
  interleave name=mix ! audioconvert ! wavenc ! filesink location="$work/stereo.wav"
"$python" "$here/plot-transfer.py" "$work/stereo.wav" "$work/transfer.png" > "$work/output"
expect 1 'channel 1: -6.02 dB, coherence 1.000'
test -s "$work/transfer.png"
sh "$here/../sound.sh" "$work/sound.wav"
"$python" "$here/plot-match.py" "$work/sound.wav" "$work/match.png" > "$work/output"
expect 1 '^fitted curve: 0.0[0-9] dB rms'
expect 1 '^matched: third octaves 0.[0-9] dB'
test -s "$work/match.png"
