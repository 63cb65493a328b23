# bfft: the mel features of Whisper, librosa, NeMo, torchaudio and Kaldi.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What bfftmel is compared with: published definitions in numpy, in double
precision, and torchaudio. Features are [frames, bands]."""
import wave

import numpy as np
import torch
import torchaudio
from torchaudio.compliance import kaldi

SPEECH = ('/usr/share/pocketsphinx/test/data/librivox/'
          'sense_and_sensibility_01_austen_64kb-0870.wav')
NEPER = 10 / np.log(10)  # dB, of power

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def speech():
    with wave.open(SPEECH) as f:
        assert f.getframerate() == 16000
        x = np.frombuffer(f.readframes(f.getnframes()), '<i2')
    return (x / 32768).astype(np.float32)


def published_bank(rate, n_fft, n_mels, scale, norm, f_min, f_max):
    """By interpolation between the edges: nothing shared with either side."""
    if scale == 'htk':
        def to_mel(f): return 1127 * np.log1p(f / 700)
        def to_hz(m): return 700 * np.expm1(m / 1127)
    else:
        def to_mel(f): return f * 3 / 200 if f < 1000 else \
            15 + 27 * np.log(f / 1000) / np.log(6.4)
        def to_hz(m): return np.where(
            m < 15, m * 200 / 3, 1000 * 6.4 ** ((m - 15) / 27))
    edges = to_hz(np.linspace(to_mel(f_min), to_mel(f_max), n_mels + 2))
    bins = np.fft.rfftfreq(n_fft, 1 / rate)
    bank = np.stack([np.interp(bins, edges[m:m + 3], [0, 1, 0])
                     for m in range(n_mels)], 1)
    return bank * 2 / (edges[2:] - edges[:-2]) if norm else bank


def spectrogram(x, n_fft, hop, window, mode=None):
    """power [frames, bins] in double"""
    if mode:
        x = np.pad(x, n_fft // 2, mode=mode)
    frames = np.lib.stride_tricks.sliding_window_view(x, n_fft)[::hop]
    return np.abs(np.fft.rfft(frames * window)) ** 2


def centred(window, n_fft):
    left = (n_fft - len(window)) // 2
    return np.pad(window, (left, n_fft - len(window) - left))


def hann(n, symmetric=False):
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / (n - symmetric))


def whisper(x, n_mels):
    """as in the Whisper release: log10, before and with the floor of a clip"""
    power = spectrogram(x, 400, 160, hann(400), 'reflect')
    bank = published_bank(16000, 400, n_mels, 'slaney', 'slaney', 0, 8000)
    log = np.log10(np.maximum(power @ bank, 1e-10))
    return log, (np.maximum(log, log.max() - 8) + 4) / 4


def librosa(x, rate=16000):
    power = spectrogram(x, 2048, 512, hann(2048), 'constant')
    bank = published_bank(rate, 2048, 128, 'slaney', 'slaney', 0, rate / 2)
    return 10 * np.log10(np.maximum(power @ bank, 1e-10))


def nemo(x):
    y = np.append(x[0], x[1:] - 0.97 * x[:-1])
    power = spectrogram(y, 512, 160, centred(hann(400, True), 512), 'constant')
    bank = published_bank(16000, 512, 80, 'slaney', 'slaney', 0, 8000)
    return np.log(power @ bank + 2.0 ** -24)


def torchaudio_mel(x, **kwargs):
    kwargs = dict(n_mels=80) | kwargs
    x = torch.from_numpy(x)
    mel = torchaudio.transforms.MelSpectrogram(16000, **kwargs)
    return mel.to(x.dtype)(x)


def kaldi_fbank(x, **kwargs):
    kwargs = dict(num_mel_bins=80, dither=0) | kwargs
    return kaldi.fbank(torch.from_numpy(x[None] * 32768), **kwargs).numpy()


def agree(name, a, b, decibel):
    """Logarithms of bands, in units of @decibel, within 1e-4 of the band. A
    float32 transform leaves the same error in every bin, so what is more than
    50 dB below the loudest band of its frame may err more: ten times as much
    for every 20 dB."""
    assert a.shape == b.shape, (name, a.shape, b.shape)
    depth = (b.max(1, keepdims=True) - b) * decibel
    error = np.abs(a - b) * decibel / NEPER
    limit = 1e-4 * 10 ** (np.maximum(depth - 50, 0) / 20)
    assert (error < limit).all(), (name, (error / limit).max())
    print(f'{name}: {len(a)} frames, relative error '
          f'{error[depth < 50].max():.1e} down to -50 dB, {error.max():.1e} '
          'at most')
