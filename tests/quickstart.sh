#!/bin/sh
# bfft: from nothing to spectra, features, peaks and a training on real sound.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh tests/quickstart.sh [SOUND]
#
# Installs what is missing, builds, and measures SOUND (any file that GStreamer
# can decode; without one, speech and tones are synthesised). What was measured
# is printed and drawn; pictures, reports and data are left in build/quickstart,
# or in $BFFT_BUILD/quickstart.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
build=${BFFT_BUILD:-$top/build}
examples=$top/tests/examples
out=$build/quickstart
sound=${1:-$out/sound.wav}

section () {
  printf '\n== %s\n' "$*"
}

# Runs a command and shows it as it could be typed.
run () {
  printf '$ %s\n' "$*"
  "$@"
}

sh "$top/tests/setup.sh" quickstart
# Debian's own Python has what was installed, whatever else is on the PATH.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
mkdir -p "$out"
export PATH="$build/models/report:$build/models/tools:$PATH"
export GST_PLUGIN_PATH="$build/gst${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}"

if [ $# = 0 ]; then
  section "Sound: voices and tones"
  run sh "$top/tests/sound.sh" "$sound"
elif [ ! -r "$sound" ]; then
  echo "quickstart.sh: cannot read $sound" >&2
  exit 1
fi

section "bfftspectrum: what it says while the sound plays"
run "$python" "$examples/print-spectrum.py" "$sound"

section "bfftspectrum: a spectrum every 10 ms, into a file and a picture"
run gst-launch-1.0 -q filesrc location="$sound" ! decodebin ! audioconvert \
  ! audioresample ! audio/x-raw,rate=48000 ! bfftspectrum bands=1025 \
  window=hann interval=10000000 hop=480 threshold=-120 \
  ! other/tensors,format=static ! filesink location="$out/spectrum.f32"
run "$python" "$examples/plot-tensors.py" "$out/spectrum.f32" "$out/spectrum.png" \
  --bands 1025 --top 24000 --step 0.01 --label dB

section "bfftmel: a mel spectrogram"
run "$python" "$examples/plot-mel.py" "$sound" "$out/mel.png" max-frequency=8000

section "bfftwelch: power spectral density and its peaks, beside scipy's"
run "$python" "$examples/plot-psd.py" "$sound" "$out/welch.png"

section "bffttrain and bfftfilter: one microphone made to sound like another"
run "$python" "$examples/plot-match.py" "$sound" "$out/match.png"

section "bffttrain: repairs a network whose twiddles were turned, by listening"
run "$python" "$examples/print-loss.py" "$sound" "$out/repaired.safetensors"

section "What was learned, and how: a file of weights and a report"
run bfft-inspect "$out/repaired.safetensors"
run bfft-report "$out/repaired.json" -o "$out/repaired.html"

section "Each variant of the network, its task and a verdict"
run "$python" "$examples/study.py" "$sound" "$out/study" --steps 2000

section "Done"
echo "Pictures and data are in $out:"
ls "$out"
echo "Reports, for a browser:"
echo "  file://$out/repaired.html"
echo "  file://$out/study/study.html"
