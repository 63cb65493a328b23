#!/bin/sh
# bfft: draws docs/report-*.png, the pictures of a report.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh tests/report-pictures.sh [BUILD]    (build/ if not given)
#
# A network with turned twiddles, gates and a mask learns from speech, which is
# heard ten times. Needs a build, espeak-ng, sox, chromium and python3-pil.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:-$top/build}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GST_PLUGIN_PATH="$build/gst" GST_REGISTRY="$work/registry"
command -v chromium > /dev/null || {
  echo 'report-pictures.sh: chromium is not installed' >&2
  exit 1
}

cd "$work"
sh "$top/tests/sound.sh" once.wav
sox once.wav speech.wav repeat 9
gst-launch-1.0 -q filesrc location=speech.wav ! wavparse ! audioconvert \
  ! audioresample ! audio/x-raw,rate=16000 ! bffttrain variant=learned \
  init=perturbed n-fft=256 sparsity-weight=0 \
  mode=sync landscape=true location=learned.safetensors ! fakesink
"$build/models/report/bfft-report" learned.json
python3 "$top/tests/browser.py" learned.html report 2200
python3 - "$top/docs" <<'END'
import glob
import os
import sys

import PIL.Image

for name in glob.glob('report-*.png'):
    picture = PIL.Image.open(name).convert('RGB')
    picture.quantize(128, dither=PIL.Image.Dither.NONE).save(
        os.path.join(sys.argv[1], name), optimize=True)
END
