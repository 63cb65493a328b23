# bfft: makes corpus/sidecar: small sidecars, good ones and bad ones.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Usage: make-corpus-sidecar.py DIRECTORY. Numbers stand for any numbers: this
is input for a parser, not a measurement."""
import copy
import json
import pathlib
import sys

KINDS = ('twiddles gates freq_mask denoiser unitary mel_filters q8_packed '
         'total_params memory_bytes').split()
PARAMS = dict(zip(KINDS, range(9)))
LOSS = {'step': 1, 'total_loss': 0.5, 'mel_err': 1e-3, 'spec_err': 2,
        'welch_err': 0, 'mean_gate': 1}
PLAIN = {'model_id': 'a', 'variant': 'butterfly', 'n_fft': 4, 'batch': 0,
         'train_steps': 0, 'params': PARAMS, 'loss_curve': [],
         'heatmap': {'stages': 2, 'butterflies': 2, 'gates': [1, 1, 1, 0.5]},
         'landscape': None, 'final_mel_err': None, 'final_spec_err': 1e-7}
FULL = dict(
    PLAIN, loss_curve=[LOSS, dict(LOSS, step=3)],
    heatmap=dict(PLAIN['heatmap'], freq_mask=[1, 0.5, -1, 2],
                 twiddle_mag=[1, 1.1, 0.9, 1]),
    landscape={'x_label': 're', 'y_label': 'im', 'x': [-1, 0, 1],
               'y': [-1, 1], 'z': [[1, 2, 3], [4, 5, 6.5]]},
    bfft={'element': 'bffttrain', 'execution': 'orc', 'bfft_version': '1',
          'gstreamer_version': '1', 'orc_version': '1', 'sample_rate': 8000,
          'n_mels': 2, 'hard_gate_threshold': 0.5, 'active_butterflies': 4,
          'active_per_stage': [2, 2], 'resident_bytes': 32,
          'run': {'frames': 1, 'dropped_frames': 0, 'ns_per_frame_mean': 1.5,
                  'ns_per_frame_max': 2},
          'params_original': PARAMS,
          'thinning': {'loss_recorded': 2, 'loss_every': 1,
                       'loss_not_finite': 0, 'butterflies_per_column': 1,
                       'bins_per_pair': 1},
          'settings': {'optimizer': 'adam'},
          'plots': [
              {'title': 'gain', 'x_label': 'Hz', 'y_label': 'dB', 'x': [1, 2],
               'lines': [{'name': 'a', 'y': [0, None], 'confidence': [0, 1]}]},
              {'title': 'levels', 'x_label': 'Hz', 'y_label': 'dB',
               'period': 360, 'x': [31.25], 'x_names': ['31.5'],
               'lines': [{'name': 'a', 'y': [-3]}, {'name': '', 'y': [9]}]}]})


def changed(path, value):
    model = copy.deepcopy(FULL)
    place = model
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return [model]


FILES = {
    'good-none': [], 'good-plain': [PLAIN], 'good-full': [FULL],
    'good-two': [PLAIN, PLAIN], 'good-unknown': [dict(PLAIN, more={'a': []})],
    'bad-stages': changed(['heatmap', 'stages'], 3),
    'bad-huge': changed(['heatmap', 'butterflies'], 1 << 31),
    'bad-axis': changed(['landscape', 'x'], [1, 1, 1]),
    'bad-row': changed(['landscape', 'z'], [[1, 2, 3], 4]),
    'bad-order': changed(['loss_curve', 1, 'step'], 1),
    'bad-entry': changed(['loss_curve', 1], None),
    'bad-text': changed(['variant'], 'x\x01'),
    'bad-character': changed(['variant'], 'x\uffff'),
    'bad-tiny-axis': changed(['landscape', 'x'], [-1, 0, 5e-324]),
    'bad-integer': changed(['final_spec_err'], 10 ** 20),
    'bad-surrogate': changed(['variant'], '\ud800x'),
    'bad-settings': changed(['bfft', 'settings'],
                            {str(i): '' for i in range(201)}),
    'bad-plot-x': changed(['bfft', 'plots', 0, 'x'], [0, 1]),
    'bad-plot-axis': changed(['bfft', 'plots', 0, 'x'], [1, 1.0000001]),
    'bad-plot-name': changed(['bfft', 'plots', 1, 'x_names'], []),
    'bad-plot-lines': changed(['bfft', 'plots', 1, 'lines'], []),
    'bad-plot-line': changed(['bfft', 'plots', 1, 'lines', 1], None),
    'bad-plot-y': changed(['bfft', 'plots', 0, 'lines', 0, 'y'], [1]),
    'bad-plot-confidence': changed(
        ['bfft', 'plots', 0, 'lines', 0, 'confidence'], [0, 1.5]),
    'bad-plot-period': changed(['bfft', 'plots', 1, 'period'], 0),
    'bad-plots': changed(['bfft', 'plots'], FULL['bfft']['plots'] * 5),
    'good-tiny': changed(['loss_curve', 0, 'total_loss'], 1e-320),
    'good-rounded': changed(['loss_curve', 0, 'total_loss'], 1.17549435e-38),
}

for name, models in FILES.items():
    text = json.dumps({'models': models}, separators=(',', ':'))
    pathlib.Path(sys.argv[1], name).write_text(text + '\n')
pathlib.Path(sys.argv[1], 'bad-depth').write_text('[' * 40)
pathlib.Path(sys.argv[1], 'bad-twice').write_text(
    '{"\\u001b[1m":1,"\\u001b[1m":2}\n')
