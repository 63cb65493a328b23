#!/usr/bin/env python3
# bfft: a frame of bfftmel against a frame of torchaudio.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench-mel.py BENCH-MEL [--json] [--minutes N] [--rounds N]

Ten minutes of real speech, 16 kHz mono float32: n_fft 512, window 400, hop
160, 80 Slaney bands, log10. BENCH-MEL (from the build) times bfftmel and its
kernel, torchaudio runs here on one thread, once over all samples in one call
and once in pieces of 30 s, which suit the caches better; programs take turns
and the least of the rounds counts. CPU time.
"""
import argparse
import json
import os
import subprocess
import tempfile
import time
import wave

import numpy as np
import torch
import torchaudio

SPEECH = '/usr/share/pocketsphinx/test/data/librivox/'


def speech(minutes):
    parts = []
    for name in sorted(os.listdir(SPEECH)):
        if name.endswith('.wav'):
            with wave.open(SPEECH + name) as f:
                parts.append(np.frombuffer(f.readframes(f.getnframes()), '<i2'))
    x = np.concatenate(parts).astype(np.float32) / 32768
    return np.resize(x, int(minutes * 60 * 16000))


def torchaudio_time(mel, x, piece):
    """microseconds per frame"""
    frames, spent = 0, time.process_time()
    for start in range(0, len(x), piece):
        out = torch.log10(torch.clamp(mel(x[start:start + piece]), min=1e-10))
        frames += out.shape[-1]
    return 1e6 * (time.process_time() - spent) / frames


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('bench')
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--minutes', type=float, default=10)
    parser.add_argument('--rounds', type=int, default=5)
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    x = speech(args.minutes)
    mel = torchaudio.transforms.MelSpectrogram(
        16000, n_fft=512, win_length=400, hop_length=160, n_mels=80,
        center=False, norm='slaney', mel_scale='slaney')
    results = {}
    with tempfile.NamedTemporaryFile(suffix='.f32') as samples:
        x.tofile(samples)
        samples.flush()
        tensor = torch.from_numpy(x)
        for _ in range(args.rounds):
            times = json.loads(subprocess.run(
                [args.bench, samples.name, '1'], check=True,
                capture_output=True).stdout)
            times['torchaudio'] = torchaudio_time(mel, tensor, len(x))
            times['torchaudio, 30 s pieces'] = torchaudio_time(
                mel, tensor, 30 * 16000)
            for name, value in times.items():
                results[name] = min(value, results.get(name, value))

    base = results['torchaudio']
    if args.json:
        print(json.dumps({name: {'us_per_frame': round(value, 4),
                                 'ratio': round(base / value, 3)}
                          for name, value in results.items()}, indent=2))
        return
    print(f'{"":28}{"us / frame":>12}{"torchaudio /":>14}')
    for name, value in sorted(results.items(), key=lambda item: -item[1]):
        print(f'{name:28}{value:12.3f}{base / value:14.2f}')


main()
