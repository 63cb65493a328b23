#!/usr/bin/env python3
# bfft: a microphone that is matched to another: before, after and the truth.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plot-match.py SOUND PICTURE.png

SOUND goes to a reference as it is, and to a device through a filter that is
known (a small loudspeaker under a cloth), 30 ms late and with noise of its own.
bffttrain fits a curve to both; the picture has the true inverse of the filter,
what was fitted, and the third-octave levels of the device beside the reference
before and after bfftfilter.
"""
import tempfile

import example  # first: it says which package is missing
import matplotlib
import numpy as np
from scipy import signal
from scipy.io import wavfile

matplotlib.use('Agg')
import matplotlib.pyplot as plt  # noqa: E402

N_FFT = 1024


def make_channels(sound, folder):
    """device.wav, reference.wav of one rate; the path's taps."""
    example.play(example.listen(
        sound, 'audioconvert ! audio/x-raw,format=F32LE,channels=1 ! wavenc '
        f'! filesink location={folder}/reference.wav'))
    rate, x = wavfile.read(f'{folder}/reference.wav')
    half = rate / 2
    f = np.array([0, 150, 400, 1200, 3000, 5000, 9000, half]) / half
    h = signal.firwin2(127, f, 10 ** (np.array([-40, -25, 0, 4, -3, -8, -25, -32]) / 20))
    d = np.concatenate((np.zeros(round(.03 * rate)), np.convolve(x, h)))[:len(x)]
    d += 1e-3 * x.std() * np.random.default_rng(1).normal(size=len(x))
    wavfile.write(f'{folder}/device.wav', rate, d.astype(np.float32))
    return rate, h


def gains(path):
    """Of a curve, by docs/weights.md."""
    import json
    import struct
    data = open(path, 'rb').read()
    size, = struct.unpack('<Q', data[:8])
    begin, end = json.loads(data[8:8 + size])['freq_mask']['data_offsets']
    mask = np.frombuffer(data[8 + size:][begin:end], np.float32).reshape(-1, 2)
    return mask[:N_FFT // 2 + 1, 0]


def thirds(path):
    rate, x = wavfile.read(path)
    f, p = signal.welch(x.astype(float), rate, nperseg=8192)
    c = 1000 * 10 ** (np.arange(-9, 13) / 10)
    c = c[c < rate / 2.3]
    return c, np.array([10 * np.log10(p[(f >= a / 10 ** .05) & (f < a * 10 ** .05)]
                                      .sum() + 1e-20) for a in c])


def main(sound, picture):
    with tempfile.TemporaryDirectory() as folder:
        rate, h = make_channels(sound, folder)
        weights = f'{folder}/mic.safetensors'
        told = [result for result in example.results(example.launch(
            f'audiointerleave name=both ! bffttrain reference-channel=1 mode=sync '
            f'n-fft={N_FFT} interval=1 location={weights} ! fakesink '
            f'filesrc location={folder}/device.wav ! wavparse ! both.sink_0 '
            f'filesrc location={folder}/reference.wav ! wavparse ! both.sink_1'))
            if result.has_field('match-err')]
        if not told:
            example.fail(f'{sound} is too short or too quiet to match anything')
        example.play(example.launch(
            f'filesrc location={folder}/device.wav ! wavparse ! bfftfilter '
            f'model-location={weights} max-gain=60 ! wavenc ! filesink '
            f'location={folder}/matched.wav'))
        fitted = 20 * np.log10(gains(weights))
        levels = {n: thirds(f'{folder}/{n}.wav') for n in
                  ('reference', 'device', 'matched')}
    f = np.arange(N_FFT // 2 + 1) * rate / N_FFT
    true = -20 * np.log10(np.abs(np.fft.rfft(h, N_FFT)))
    fig, (a, b) = plt.subplots(2, 1, figsize=(8, 7), sharex=True)
    a.semilogx(f[1:], true[1:], 'k', lw=3, alpha=.3, label='the truth')
    a.semilogx(f[1:], fitted[1:], 'C0', lw=1.2, label='fitted')
    a.set_ylabel('gain, dB re 1')
    c, want = levels['reference']
    for name, style, label in (('device', 'C3o-', 'before'), ('matched', 'C2o-', 'after')):
        b.semilogx(c, levels[name][1] - want, style, label=label)
    b.axhline(0, color='k', lw=3, alpha=.3)
    b.set_ylabel('device beside reference,\nthird octaves, dB')
    b.set_xlabel('frequency, Hz')
    b.set_xlim(100, rate / 2)
    for axis in a, b:
        axis.grid(True, which='both', alpha=.2)
        axis.legend()
    fig.tight_layout()
    fig.savefig(picture, dpi=90)
    heard = (c > 200) & (c < 7000)
    off = fitted - true
    print('fitted curve: %.2f dB rms off the truth from 200 Hz to 7 kHz' %
          np.sqrt(np.mean(off[(f > 200) & (f < 7000)] ** 2)))
    for name in 'device', 'matched':
        print('%s: third octaves %.1f dB off the reference at most' %
              (name, np.abs(levels[name][1] - want)[heard].max()))
    print(f'match-err {told[-1].get_value("match-err"):.3f} dB')


main(*example.arguments(__doc__))
