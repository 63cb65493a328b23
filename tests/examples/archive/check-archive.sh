#!/bin/sh
# bfft: what docs/archive.md shows, tried on a small archive.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   check-archive.sh PYTHON BFFT-REPORT BFFT-INSPECT BFFT-EXTRACT
#                                                      (GST_PLUGIN_PATH is set)
#
# Programs that are not installed (parallel, Slurm, mosquitto) are left out,
# which is said; so is Slurm for those who are not root.
set -eu

export PYTHON="$1"
report=$(realpath "$2")
inspect=$(realpath "$3")
PATH=$(dirname "$(realpath "$4")"):$PATH
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work"
port=$((20000 + $$ % 10000))
mkdir sounds

for number in 1 2 3 4 5; do
  gst-launch-1.0 -q audiotestsrc wave=pink-noise samplesperbuffer=1600 num-buffers=30 \
    ! audio/x-raw,rate=16000,channels=1 ! wavenc ! filesink location="sounds/a $number.wav"
done
ls -d "$work"/sounds/* > list

# there PROGRAM...
there () {
  for program; do
    command -v "$program" > /dev/null || {
      echo "no $program here: not tried"
      return 1
    }
  done
}

# complete FOLDER: five files of 301 frames of 80 floats, and their sidecars.
complete () {
  test "$(cat "$1"/*.f32 | wc -c)" = $((5 * 301 * 80 * 4))
  test "$("$report" --text "$1"/*.json | grep -c 's   *301  *0 ')" = 5
  echo "$1: complete"
}

echo "== bfft-extract: a folder, a list, what is missing"
bfft-extract --preset whisper --resume sounds -o folder/
xargs -d '\n' bfft-extract --preset whisper --resume -o features/ < list
test "$(find features -name '*.npy' | wc -l)" = 5
rm features/sounds/a\ 3.wav.npy
xargs -d '\n' bfft-extract --preset whisper --resume -o features/ < list
diff -r folder features/sounds
if there parallel; then
  parallel --will-cite -X -j 4 bfft-extract -j 1 --preset whisper --resume -o parallel-features/ {} < list
  diff -r features parallel-features
fi

echo "== one after the other"
mkdir serial
xargs -d '\n' -n 1 sh "$here/features.sh" serial < list
complete serial

if there parallel; then
  echo "== GNU parallel"
  mkdir parallel
  parallel --will-cite --jobs 2 --joblog log --resume-failed \
    sh "$here/features.sh" parallel < list 2> /dev/null
  complete parallel
  cmp "serial/a 1.f32" "parallel/a 1.f32"
fi

if there sbatch slurmctld slurmd munged && [ "$(id -u)" = 0 ]; then
  echo "== Slurm"
  mkdir slurm
  sh "$here/slurm-here.sh" sbatch --wait --array=0-1 --output="$work/slurm.log" --wrap "
    awk 'NR % 2 == '\$SLURM_ARRAY_TASK_ID '$work/list' |
      xargs -d '\\n' -n 1 sh $here/features.sh $work/slurm" || {
        cat slurm.log
        exit 1
      }
  complete slurm
fi

echo "== two shards of a training, one of them interrupted"
head -n 1 list > first
train='noise-snr=5 landscape=false'
sh "$here/train-shard.sh" whole list 0 2 $train
sh "$here/train-shard.sh" shard-0 first 0 1 $train
sh "$here/train-shard.sh" shard-0 list 0 2 $train
sh "$here/train-shard.sh" shard-1 list 1 2 $train
"$inspect" shard-0.safetensors | grep 'train_steps  *69$'
cmp whole.safetensors shard-0.safetensors
"$PYTHON" "$here/average.py" mean.safetensors shard-0.safetensors shard-1.safetensors
"$inspect" mean.safetensors | grep 'train_steps  *115$'
sh "$here/judge.sh" "$(head -n 1 list)" 256 shard-0.safetensors shard-1.safetensors \
  mean.safetensors -- noise-snr=5 | tee judged
test "$(wc -l < judged)" = 4
"$report" shard-0.json shard-1.json -o report.html

if gst-inspect-1.0 --exists tcpserversrc && gst-inspect-1.0 --exists gdppay; then
  echo "== features over TCP"
  gst-launch-1.0 -q tcpserversrc host=127.0.0.1 port=$port ! gdpdepay \
    ! other/tensors,format=static ! filesink location=received &
  receiver=$!
  sleep 1
  gst-launch-1.0 -q filesrc location="$(head -n 1 list)" ! wavparse \
    ! bfftmel preset=whisper post-messages=false ! other/tensors,format=static \
    ! gdppay ! tcpclientsink host=127.0.0.1 port=$port
  wait $receiver
  cmp received "serial/a 1.f32"
fi

if PATH=$PATH:/usr/sbin there mosquitto mosquitto_sub &&
    "$PYTHON" -c 'import paho.mqtt' 2> /dev/null; then
  echo "== telemetry over MQTT"
  PATH=$PATH:/usr/sbin mosquitto -p $port > mosquitto.log 2>&1 &
  broker=$!
  trap 'kill $broker; rm -rf "$work"' EXIT
  sleep 1
  mosquitto_sub -p $port -t 'lab/#' -v -C 3 -W 20 > heard &
  listener=$!
  sleep 1
  "$PYTHON" "$here/publish.py" lab 127.0.0.1:$port "audiotestsrc num-buffers=48 \
    samplesperbuffer=1000 ! audio/x-raw,rate=48000 ! bfftwelch name=motor \
    message-psd=false peaks=1 ! fakesink"
  wait $listener
  cat heard
  test "$(grep -c '^lab/motor .*"frequency": 440\.' heard)" = 3
fi
echo "== done"
