#!/usr/bin/env python3
# bfft: weights that are kept do what they learned.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-pretrained.py FOLDER VOICES.sh SCHEMA.json

Weights that an earlier version learned still run. Each file in FOLDER runs in an
element and has a sidecar that is valid, and about it. On speech of voices that
none has heard they compute the spectrum, by numpy. make.py makes them again, as
good; with the same ORC on the same kind of processor they are the same bytes,
elsewhere they need not be."""
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema
import numpy as np

import networks
from pipelines import tensors

RATE, N_FFT, N_MELS = 16000, 256, 40


def check_sidecar(path, metadata, weights, schema):
    sidecar = json.loads(path.with_suffix('.json').read_text('utf-8'))
    jsonschema.validate(sidecar, schema)
    model, = sidecar['models']
    assert model['model_id'] == path.stem
    assert model['variant'] == metadata['variant']
    assert model['n_fft'] == int(metadata['n_fft'])
    assert model['train_steps'] == int(metadata['train_steps']) > 0
    assert model['loss_curve'] and model['landscape']
    # The sound ends in silence, but this is of the last that was heard.
    surface = np.array(model['landscape']['z'])
    assert surface[5, 5] == surface.min() < surface[0, 0] / 1000
    assert 'trainer.state' not in weights


def new_speech(voices):
    with tempfile.TemporaryDirectory() as folder:
        train, test = (pathlib.Path(folder, name) for name in ('a', 'b'))
        subprocess.run(['sh', voices, train, test], check=True)
        return np.fromfile(test, np.float32)


def mel_of(path, variant, n_fft, x):
    n_mels = N_MELS if n_fft == N_FFT else 16
    return tensors(
        f'bfftmel n-fft={n_fft} win-length={n_fft} hop={n_fft} '
        f'n-mels={n_mels} log-mode=whisper variant={variant} '
        f'model-location={path}', x, RATE)[0][:, 0]


def check_transform(path, variant, n_fft, weights, x, rng):
    assert np.isfinite(mel_of(path, variant, n_fft, x[:RATE])).all()
    worst = 0
    for sound in x, rng.normal(0, 1, 100 * n_fft):
        frames = sound[:len(sound) // n_fft * n_fft].reshape(-1, n_fft)
        exact = np.fft.fft(frames)
        error = networks.spectrum(weights, frames) - exact
        worst = max(worst, np.linalg.norm(error) / np.linalg.norm(exact))
    assert worst < 1e-4, (path, worst)
    return f'{worst:.1e}'


def check_remake(folder, schema, x, rng):
    """Of the one for which training is hardest: matrices that hear speech."""
    name = 'speech-unitary-64'
    with tempfile.TemporaryDirectory() as again:
        subprocess.run([sys.executable, f'{folder}/make.py', again, name],
                       check=True)
        path = pathlib.Path(again, name + '.safetensors')
        metadata, weights = networks.read(path)
        check_sidecar(path, metadata, weights, schema)
        figure = check_transform(path, 'unitary', 64, weights, x, rng)
        same = path.read_bytes() == pathlib.Path(folder, path.name).read_bytes()
    print(f'{name} made again: {figure},',
          'the same bytes' if same else 'other bytes')


def main(folder, voices, schema):
    schema = json.load(open(schema, encoding='utf-8'))
    rng = np.random.default_rng(11)
    x = new_speech(voices)
    paths = sorted(pathlib.Path(folder).glob('*.safetensors'))
    variants = set()
    for path in paths:
        metadata, weights = networks.read(path)
        variant, n_fft = metadata['variant'], int(metadata['n_fft'])
        variants.add(variant)
        check_sidecar(path, metadata, weights, schema)
        figure = check_transform(path, variant, n_fft, weights, x, rng)
        print(f'{path.stem}: {figure}')
    check_remake(folder, schema, x, rng)
    assert variants == {'domain', 'unitary'}


main(*sys.argv[1:])
