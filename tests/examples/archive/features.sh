#!/bin/sh
# bfft: Whisper's features of one file of an archive.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   features.sh FOLDER SOUND
#
# Writes FOLDER/NAME.f32 (float32, [frames][80]) and FOLDER/NAME.json, the
# sidecar with what it took. A result is there in full or not at all: it gets
# its name when it is complete, so that what was interrupted can be told from
# what is done.
set -eu

. "$(dirname "$0")/common.sh"
arguments 2 "$@"
mkdir -p "$1"
name=$(basename "$2")
out=$1/${name%.*}
launch "$2" audio/x-raw,rate=16000,channels=1 \
  ! bfftmel preset=whisper post-messages=false sidecar-location="$out.json" \
  ! other/tensors,format=static ! filesink location="$out.part" > /dev/null
mv "$out.part" "$out.f32"
