#!/usr/bin/env python3
# bfft: Welch's method beside scipy's, on the same samples, on one thread.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench-welch.py BENCH-WELCH [--json]

BENCH-WELCH is the program beside this file, in the build. Ten minutes of noise
at 48 kHz: segments of 1024, half of each shared; then the same samples as 64
channels at 1 kHz.
"""
import os

for name in 'OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS':
    os.environ[name] = '1'

import json  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402

import numpy as np  # noqa: E402
import scipy.signal  # noqa: E402

RATE, SECONDS, N_FFT, CHANNELS = 48000, 600, 1024, 64
PUBLISHED_BATCH = 40    # us, an Apple laptop's core

# key, what it is, peer's key
ROWS = [
    ('library', 'library, per segment', 'scipy'),
    ('library-gstfft', 'library on GstFFT, per segment', 'scipy'),
    ('library-median', 'library, median, per segment', 'scipy-median'),
    ('element-long', 'element, one result, per segment', 'scipy'),
    ('element-tensors', 'element, results of 8 as tensors, per segment',
     'scipy'),
    ('element-peaks', 'element, results of 8, 16 peaks, per segment', 'scipy'),
    ('element', 'element, results of 8, PSD and peaks, per segment', 'scipy'),
    ('element-octaves', 'element, third octaves, A, tensors, per segment',
     'scipy'),
    ('library-csd', 'library, csd of two channels, per segment', 'scipy-csd'),
    ('element-csd', 'element, csd, one result, per segment', 'scipy-csd'),
    ('element-transfer', 'element, transfer, results of 8, tensors',
     'scipy-csd'),
    ('element-coherence', 'element, coherence, results of 8, tensors',
     'scipy-coherence'),
    ('element-weighting', 'element, results of 8, only the level, A', 'scipy'),
    ('element-long-2', 'element, two densities, one result, per segment',
     None),
    ('library-64', 'library, 64 channels, per segment', 'scipy-64'),
    ('element-64', 'element, 64 channels, one result, per segment',
     'scipy-64'),
    ('result-ultra', 'a result of 1 segment (ultra)', None),
    ('result-fast', 'a result of 2 segments (fast)', None),
    ('result-full', 'a result of 8 segments (full)', None),
    ('result-sliding', 'a result of 8 for each new segment', None),
    ('batch', '32 frames of 256, ultra, 16 peaks', 'published'),
    ('batch-detrend', '  with constant detrending', 'published'),
]


def cpu_us(call, rounds=3):
    best = np.inf
    for _ in range(rounds):
        start = time.process_time()
        call()
        best = min(best, (time.process_time() - start) * 1e6)
    return best


def scipy_us(x, rate, average='mean', other=None,
             pair=scipy.signal.csd):
    """CPU per segment of the densities of x, or of pair with other; long recordings in pieces that fit the cache best."""
    step = N_FFT // 2
    best = np.inf
    for piece in 8, 64, x.shape[-1] // step - 1:
        n = (piece + 1) * step
        starts = range(0, x.shape[-1] - n + 1, piece * step)
        us = cpu_us(lambda: [
            scipy.signal.welch(x[..., s:s + n], rate, nperseg=N_FFT,
                               average=average) if other is None else
            pair(x[s:s + n], other[s:s + n], rate, nperseg=N_FFT)
            for s in starts])
        best = min(best, us / (len(starts) * piece * (x.size // x.shape[-1])))
    return best


def measure(program):
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, RATE * SECONDS).astype(np.float32)
    with tempfile.NamedTemporaryFile() as file:
        x.tofile(file.name)
        ours = json.loads(subprocess.run(
            [program, '--json', file.name], check=True,
            stdout=subprocess.PIPE).stdout)
    ours['scipy'] = scipy_us(x, RATE)
    ours['scipy-median'] = scipy_us(x, RATE, 'median')
    ours['scipy-csd'] = scipy_us(x[:x.size // 2], RATE, other=x[x.size // 2:])
    ours['scipy-coherence'] = scipy_us(
        x[:x.size // 2], RATE, other=x[x.size // 2:], pair=scipy.signal.coherence)
    ours['scipy-64'] = scipy_us(x.reshape(CHANNELS, -1), 1000)
    ours['published'] = PUBLISHED_BATCH
    return ours


def main(program, as_json=''):
    us = measure(program)
    if as_json:
        print(json.dumps(us, indent=2))
        return
    print(f'{"us of CPU":<52}{"bfft":>8}{"peer":>8}{"ratio":>7}  peer')
    for key, label, peer in ROWS:
        line = f'{label:<52}{us[key]:8.3f}'
        if peer:
            line += f'{us[peer]:8.3f}{us[peer] / us[key]:7.2f}  {peer}'
        print(line)


main(*sys.argv[1:])
