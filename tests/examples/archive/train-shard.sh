#!/bin/sh
# bfft: fits a network to one shard of an archive, file after file.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   train-shard.sh NAME LIST K N [PROPERTY=VALUE...]
#
# Shard K (from 0) of N has every Nth line of LIST. Writes NAME.safetensors and
# NAME.json. From file to file the training goes on exactly where it was; run
# again after an interruption it goes on with the first file that was not done
# (NAME.done has those that were).
set -eu

. "$(dirname "$0")/common.sh"
arguments 4 "$@"
name=$1
list=$2
shard=$3
shards=$4
shift 4
[ -r "$list" ] || fail "cannot read $list"

touch "$name.done"
awk -v n="$shards" -v k="$shard" '(NR - 1) % n == k' "$list" > "$name.todo"
while read -r sound; do
  ! grep -qxF -e "$sound" "$name.done" || continue
  resume=
  [ ! -s "$name.done" ] || resume=resume-location=$name.safetensors
  launch "$sound" audio/x-raw,rate=16000 ! bffttrain mode=sync \
    checkpoint-interval=0 location="$name.safetensors" $resume "$@" ! fakesink > /dev/null
  echo "$sound" >> "$name.done"
done < "$name.todo"
rm "$name.todo"
