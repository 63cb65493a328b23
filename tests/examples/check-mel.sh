#!/bin/sh
# bfft: the examples of bfftmel say what they should.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   check-mel.sh PYTHON   (GST_PLUGIN_PATH is set)
set -eu

python=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# two seconds
gst-launch-1.0 -q audiotestsrc freq=440 samplesperbuffer=1600 num-buffers=20 \
  ! audio/x-raw,rate=16000,channels=1 ! wavenc ! filesink location="$work/a.wav"

"$python" "$here/read-mel.py" "$work/a.wav" > "$work/output"
cat "$work/output"
grep -q '^200 frames of 80 bands' "$work/output"
"$python" "$here/plot-mel.py" "$work/a.wav" "$work/a.png" n-mels=40 \
  > "$work/output"
cat "$work/output"
grep -q ': 197 frames of 40 bands' "$work/output"
test -s "$work/a.png"

# a model hears the middle of "unless to be rather cold hearted and rather
# selfish is to be ill disposed"
status=0
"$python" "$here/hear-words.py" > "$work/output" 2> "$work/error" || status=$?
cat "$work/output" "$work/error"
if [ "$status" = 1 ]; then
  grep -q 'apt-get install' "$work/error"
else
  test "$status" = 0
  grep -q 'rather cold hearted and rather selfish is to' "$work/output"
fi
