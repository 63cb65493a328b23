#!/usr/bin/env python3
# bfft: the numbers of a training's sidecar, computed again without it.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""From the weights file and the samples alone, in numpy in double precision, by
the definitions in docs/: parameter counts, heatmap, final errors and
three points of the landscape must be those of the sidecar."""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy as np

from mel_definitions import published_bank

N, BATCH, STEPS, RATE, MELS = 256, 4, 30, 16000, 20
STAGES, HALF = 8, N // 2


def train(folder, variant):
    samples = np.random.default_rng(5).uniform(-0.5, 0.5, N * BATCH * STEPS).astype('<f4')
    samples.tofile(folder / 'sound.raw')
    subprocess.run(
        ['gst-launch-1.0', '-q', 'filesrc', f'location={folder}/sound.raw', '!', 'rawaudioparse',
         'pcm-format=f32le', f'sample-rate={RATE}', 'num-channels=1', '!', 'bffttrain', 'mode=sync',
         f'variant={variant}', f'n-fft={N}', f'batch={BATCH}', 'init=perturbed', f'n-mels={MELS}',
         'train-q8=false', f'location={folder}/w.safetensors', '!', 'fakesink'], check=True)
    # The frames of the last step: they follow one another without overlap.
    return samples[-BATCH * N:].reshape(BATCH, N).astype(float)


def read_weights(path):
    data = path.read_bytes()
    length, = struct.unpack('<Q', data[:8])
    header = json.loads(data[8:8 + length])
    assert int(header['__metadata__']['train_steps']) == STEPS
    tensors = {}
    for name, entry in header.items():
        if entry.get('dtype') == 'F32':
            start, end = (8 + length + offset for offset in entry['data_offsets'])
            tensors[name] = np.frombuffer(data[start:end], '<f4').reshape(entry['shape']).astype(float)
    return tensors


def network(tensors, x):
    """The table in docs/network.md, word for word."""
    w = tensors['twiddle.packed'] @ [1, 1j]
    gates = tensors.get('gates', np.ones((STAGES, HALF)))
    z = x[:, [int(f'{i:0{STAGES}b}'[::-1], 2) for i in range(N)]].astype(complex)
    b = np.arange(HALF)
    for s in range(STAGES):
        i0 = 2 * 2 ** s * (b // 2 ** s) + b % 2 ** s
        i1 = i0 + 2 ** s
        a, c, g = z[:, i0], z[:, i1], gates[s]
        t = w[s] * c
        z[:, i0] = g * (a + t) + (1 - g) * a
        z[:, i1] = g * (a - t) + (1 - g) * c
    one, zero = np.ones((N, 2)), np.zeros((N, 2))
    parts = np.stack([z.real, z.imag], -1) * tensors.get('freq_mask', one)
    parts = parts * tensors.get('denoiser.scale', one) + tensors.get('denoiser.bias', zero)
    return parts @ [1, 1j]


def log_mel(spectra):
    bank = published_bank(RATE, N, MELS, 'slaney', 'slaney', 0, RATE / 2)
    power = np.abs(spectra[:, :HALF + 1]) ** 2
    bank = bank if bank.shape[1] == HALF + 1 else bank.T
    logs = np.log10(np.maximum(power @ bank.T, 1e-10))
    return (np.maximum(logs, logs.max(axis=1, keepdims=True) - 8) + 4) / 4


def mel_error(tensors, frames):
    windowed = frames * (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N) / N))
    return log_mel(network(tensors, windowed)) - log_mel(np.fft.fft(windowed))


def check(variant):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        frames = train(folder, variant)
        tensors = read_weights(folder / 'w.safetensors')
        model, = json.loads((folder / 'w.json').read_text())['models']

    params = model['params']
    assert params['twiddles'] == STAGES * HALF * 2
    assert params['gates'] == (STAGES * HALF if 'gates' in tensors else 0)
    assert params['freq_mask'] == tensors.get('freq_mask', np.zeros(0)).size
    counted = sum(v for k, v in params.items() if k not in ('total_params', 'memory_bytes'))
    assert params['total_params'] == counted and params['memory_bytes'] == 4 * counted

    heatmap = model['heatmap']
    assert (heatmap['stages'], heatmap['butterflies']) == (STAGES, HALF)
    magnitude = np.linalg.norm(tensors['twiddle.packed'], axis=-1).ravel()
    np.testing.assert_allclose(heatmap['twiddle_mag'], magnitude, rtol=1e-4)
    gates = tensors.get('gates', np.ones((STAGES, HALF))).ravel()
    np.testing.assert_allclose(heatmap['gates'], gates, rtol=1e-4, atol=1e-4)

    spec_err = np.abs(network(tensors, frames) - np.fft.fft(frames)).max()
    np.testing.assert_allclose(model['final_spec_err'], spec_err, rtol=1e-3)
    mel_err = np.abs(mel_error(tensors, frames)).max()
    np.testing.assert_allclose(model['final_mel_err'], mel_err, rtol=1e-2)

    landscape = model['landscape']
    for i, j in (0, 0), (5, 5), (10, 3):
        moved = {name: values.copy() for name, values in tensors.items()}
        moved['twiddle.packed'][0, 0] += landscape['x'][i], landscape['y'][j]
        z = (mel_error(moved, frames) ** 2).mean()
        np.testing.assert_allclose(landscape['z'][j][i], z, rtol=1e-2, atol=1e-9)
    print(f'{variant}: largest spectrum error {spec_err:.3g}, log-mel error {mel_err:.3g}: as written')


for name in 'domain', 'learned':
    check(name)
