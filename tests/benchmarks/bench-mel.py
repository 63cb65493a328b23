#!/usr/bin/env python3
# bfft: a frame of bfftmel against a frame of torchaudio.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench-mel.py BENCH-MEL [--json] [--minutes N] [--rounds N] [--openblas DIR]

Real speech, 16 kHz mono float32: n_fft 512, window 400, hop 160, 80 Slaney
bands, log10; MFCC are 13 of them. BENCH-MEL (from the build) times bfftmel and
its kernel. The peer is torchaudio on one thread, with OpenBLAS (its strongest:
Debian's libopenblas0-pthread, in DIR if it is not installed) and with Debian's
reference BLAS, over all samples in one call and in pieces of 30 s, which suit
the caches better. Programs take turns and the least of the rounds counts. CPU
time.
"""
import argparse
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import wave

import numpy as np

SPEECH = '/usr/share/pocketsphinx/test/data/librivox/'


def speech(minutes):
    parts = []
    for name in sorted(os.listdir(SPEECH)):
        if name.endswith('.wav'):
            with wave.open(SPEECH + name) as f:
                parts.append(np.frombuffer(f.readframes(f.getnframes()), '<i2'))
    x = np.concatenate(parts).astype(np.float32) / 32768
    return np.resize(x, int(minutes * 60 * 16000))


# What runs in a process of its own, with its own BLAS.
PEER = """
import sys, time, numpy, scipy.signal, torch, torchaudio
torch.set_num_threads(1)
torch.set_grad_enabled(False)
x = torch.from_numpy(numpy.fromfile(sys.argv[1], numpy.float32))
common = dict(n_fft=512, win_length=400, hop_length=160, n_mels=80,
              center=False, norm='slaney', mel_scale='slaney')
mel = torchaudio.transforms.MelSpectrogram(16000, **common)
mfcc = torchaudio.transforms.MFCC(16000, 13, log_mels=True, melkwargs=common)
def pcen(x):
    # as librosa.pcen() does it with its defaults
    S = mel(x).numpy()
    t = 0.4 * 16000 / 160
    b = (numpy.sqrt(1 + 4 * t * t) - 1) / (2 * t * t)
    M = scipy.signal.lfilter([b], [1, b - 1], S, axis=-1)
    return 2 ** 0.5 * numpy.expm1(0.5 * numpy.log1p(
        S * numpy.exp(-0.98 * (numpy.log(1e-6) + numpy.log1p(M / 1e-6))) / 2))
programs = {'': lambda x: torch.log10(torch.clamp(mel(x), min=1e-10)),
            ' MFCC 13': mfcc, ' and scipy PCEN': pcen}
for name, program in programs.items():
    for piece, suffix in (len(x), ', one call'), (30 * 16000, ', 30 s pieces'):
        program(x[:piece])
        frames, spent = 0, time.process_time()
        for start in range(0, len(x), piece):
            frames += program(x[start:start + piece]).shape[-1]
        spent = time.process_time() - spent
        print(f'torchaudio{name}{suffix}\\t{1e6 * spent / frames}')
"""


def blas_folders(openblas):
    """name: where its libblas.so.3 is; only those that are there"""
    triplet = sysconfig.get_config_var('MULTIARCH') or ''
    folders = {'OpenBLAS': openblas or f'/usr/lib/{triplet}/openblas-pthread',
               'reference BLAS': f'/usr/lib/{triplet}/blas'}
    for name, folder in folders.items():
        if not os.path.exists(folder + '/libblas.so.3'):
            print(f'no {name} in {folder}', file=sys.stderr)
    return {name: folder for name, folder in folders.items()
            if os.path.exists(folder + '/libblas.so.3')}


def peers(samples, folders):
    """microseconds per frame of each"""
    times = {}
    for name, folder in folders.items():
        env = os.environ | {'LD_LIBRARY_PATH': folder,
                            'OPENBLAS_NUM_THREADS': '1'}
        lines = subprocess.run(
            [sys.executable, '-c', PEER, samples], check=True, env=env,
            capture_output=True, text=True).stdout.splitlines()
        for line in lines:
            program, value = line.split('\t')
            times[f'{program}, {name}'] = float(value)
    return times


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('bench')
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--minutes', type=float, default=10)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--openblas')
    args = parser.parse_args()

    x = speech(args.minutes)
    folders = blas_folders(args.openblas)
    results = {}
    with tempfile.NamedTemporaryFile(suffix='.f32') as samples:
        x.tofile(samples)
        samples.flush()
        for _ in range(args.rounds):
            times = json.loads(subprocess.run(
                [args.bench, samples.name, '1'], check=True,
                capture_output=True).stdout)
            times |= peers(samples.name, folders)
            for name, value in times.items():
                results[name] = min(value, results.get(name, value))

    def best(peer):
        return min(v for k, v in results.items() if k.startswith(peer))
    bases = {name: best('torchaudio MFCC' if 'mfcc' in name or 'MFCC' in name else
                        'torchaudio and scipy PCEN' if 'pcen' in name or 'PCEN' in name
                        else 'torchaudio,') for name in results}
    if args.json:
        print(json.dumps({name: {'us_per_frame': round(value, 4),
                                 'ratio': round(bases[name] / value, 3),
                                 'peer_us': round(bases[name], 4)}
                          for name, value in results.items()}, indent=2))
        return
    print(f'{"":48}{"us / frame":>12}{"best peer /":>14}')
    for name, value in sorted(results.items(), key=lambda item: -item[1]):
        print(f'{name:48}{value:12.3f}{bases[name] / value:14.2f}')


main()
