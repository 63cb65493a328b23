#!/bin/sh
# bfft: the applications that change their network while they play.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   check-embedding.sh PYTHON LIVE-FEATURES   (GST_PLUGIN_PATH is set)
set -eu

python=$1
live_features=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# four seconds
gst-launch-1.0 -q audiotestsrc freq=440 samplesperbuffer=1600 num-buffers=40 \
  ! audio/x-raw,rate=16000,channels=1 ! wavenc ! filesink location="$work/a.wav"

"$python" "$here/follow-training.py" "$work/a.wav" "$work/a.safetensors" \
  > "$work/output"
cat "$work/output"
grep -q '^step  *5   loss .* training$' "$work/output"
grep -q "^step  *5   $work/a.safetensors" "$work/output"
grep -q 'frames by butterfly$' "$work/output"
grep -q 'frames by learned$' "$work/output"
test -s "$work/a.json"

"$python" "$here/read-metas.py" "$work/a.wav" > "$work/output"
cat "$work/output"
test "$(grep -c ' dB  *43[0-9] Hz$\| dB  *44[0-9] Hz$' "$work/output")" = 8
grep -q '^64000 samples of audio$' "$work/output"

# After 1 s the network is the trained one, and no frame is lost on the way.
"$live_features" "$work/a.wav" "$work/a.safetensors" > "$work/output"
cat "$work/output"
grep -q ' 100 frames, loudest band .* (butterfly)$' "$work/output"
grep -q '^ 3.4[0-9] s   350 frames, loudest band .* (learned)$' "$work/output"

# A file that is none: a warning, and on with the network there was.
echo nonsense > "$work/b.safetensors"
"$live_features" "$work/a.wav" "$work/b.safetensors" > "$work/output" 2> "$work/warning"
cat "$work/warning"
grep -q 'b.safetensors' "$work/warning"
grep -q ' 350 frames, loudest band .* (butterfly)$' "$work/output"
