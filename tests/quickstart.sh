#!/bin/sh
# bfft: from nothing to spectra, features, peaks and a matched microphone.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh tests/quickstart.sh [SOUND]
#
# Installs what is missing, builds, and measures SOUND (any file that GStreamer
# can decode; without one, speech and tones are synthesised). Ends in verdicts
# and in lines to paste next; pictures, a report and data are left in
# build/quickstart, or in $BFFT_BUILD/quickstart.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
build=${BFFT_BUILD:-$top/build}
out=$build/quickstart

case ${1-} in
  -h | --help) sed -n 's/^# \{0,1\}//; 5,10p' "$0"; exit ;;
esac
if [ $# -gt 1 ]; then
  echo "quickstart.sh: one sound at most; quote names with spaces" >&2
  exit 2
elif [ $# = 1 ] && ! { [ -f "$1" ] && [ -r "$1" ]; }; then
  echo "quickstart.sh: cannot read $1" >&2
  exit 1
fi

sh "$top/tests/setup.sh" quickstart
# Debian's own Python has what was installed, whatever else is on the PATH.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
mkdir -p "$out"
export GST_PLUGIN_PATH="$build/gst${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}"
export PYTHONDONTWRITEBYTECODE=1

if [ $# = 0 ]; then
  echo "== Making a sound: voices in three languages, tones of 1000 and 3150 Hz, a glide"
  sh "$top/tests/sound.sh" "$out/sound.wav"
  set -- "$out/sound.wav" --tones 1000,3150
fi
exec "$python" "$top/tests/quickstart.py" --build "$build" --folder "$out" "$@"
