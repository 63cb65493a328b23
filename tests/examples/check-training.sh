#!/bin/sh
# bfft: the examples that train show a loss that falls, and end in a report.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   check-training.sh PYTHON PRINT-LOSS BFFT-REPORT SCHEMA   (GST_PLUGIN_PATH is set)
set -eu

python=$1
print_loss=$2
report=$3
schema=$4
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# 10 s are 234 steps
gst-launch-1.0 -q audiotestsrc wave=pink-noise samplesperbuffer=4800 num-buffers=100 \
  ! audio/x-raw,rate=48000,channels=1 ! wavenc ! filesink location="$work/a.wav"

"$print_loss" "$work/a.wav" "$work/c.safetensors" > "$work/output"
cat "$work/output"
awk 'NR == 2 { first = $2 }
  END { if (NR != 12 || $1 != 220 || $2 > first / 10) exit 1 }' "$work/output"
"$python" "$here/print-loss.py" "$work/a.wav" "$work/python.safetensors" \
  "$work/picture.png" > "$work/output.python"
sed '$d' "$work/output.python" | diff "$work/output" -
test -s "$work/picture.png"
cmp "$work/c.safetensors" "$work/python.safetensors"
if "$print_loss" "$work/none.wav" "$work/none"; then exit 1; fi

"$python" "$here/study.py" "$work/a.wav" "$work/study" --steps 300 \
  --report "$report" n-fft=64
grep -q '9 models from 1 sidecar' "$work/study/study.html"
"$python" - "$work/study/study.json" "$schema" <<'END'
import json
import sys

import jsonschema

study, schema = (json.load(open(name)) for name in sys.argv[1:])
jsonschema.validate(study, schema)
models = {model['variant']: model for model in study['models']}
assert len(models) == 9
error = {name: model['final_spec_err'] for name, model in models.items()}
for name in 'reference', 'butterfly', 'stockham', 'fused-spectral':
    assert 0 < error[name] < 1e-5, error
assert 1e-3 < error['q8'] < 1, error
for name in 'domain', 'unitary', 'pruned', 'learned':
    model = models[name]
    assert model['train_steps'] == 300 == model['loss_curve'][-1]['step']
assert all(model['bfft']['settings']['verdict'] for model in models.values())
assert 'after: recovered' in models['domain']['bfft']['settings']['verdict']
first, last = (models['domain']['loss_curve'][i]['total_loss']
               for i in (0, -1))
assert last < first / 10, (first, last)
END
