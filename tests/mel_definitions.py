# bfft: the mel features of published models.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What bfftmel is compared with: published definitions in numpy, in double
precision, and torchaudio. Features are [frames, bands]."""
import wave

import numpy as np
import scipy.fft
import scipy.signal
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


def cut(x, length, hop):
    if len(x) < length:
        return np.empty((0, length))
    return np.lib.stride_tricks.sliding_window_view(x, length)[::hop]


def spectrogram(x, n_fft, hop, window, mode=None):
    """power [frames, bins] in double"""
    if mode:
        x = np.pad(x, n_fft // 2, mode=mode)
    return np.abs(np.fft.rfft(cut(x, n_fft, hop) * window)) ** 2


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


def kaldi_features(kind, x, scale=32768, **kwargs):
    """torchaudio's, and where it refuses a clip shorter than a window, what
    Kaldi's NumFrames() and ExtractWindow() make of it"""
    kwargs = dict(dither=0, snip_edges=True) | kwargs
    if len(x) < 400 and kwargs['snip_edges']:
        return np.empty((0, kwargs['num_mel_bins']))
    if len(x) < 400:
        end = (len(x) + 80) // 160 * 160 + 240 - 120
        x = np.pad(x, (120, end - len(x)), mode='symmetric')
        kwargs['snip_edges'] = True
    return getattr(kaldi, kind)(torch.from_numpy(x[None] * scale),
                                **kwargs).numpy()


def kaldi_fbank(x, **kwargs):
    return kaldi_features('fbank', x, **dict(num_mel_bins=80) | kwargs)


def sherpa_onnx(x):
    """sherpa-onnx/csrc/features.h: snip_edges false, high_freq -400"""
    return kaldi_fbank(x, scale=1, snip_edges=False, high_freq=-400)


def ast(x):
    """transformers' ASTFeatureExtractor, before its two constants"""
    return kaldi_fbank(x, scale=1, num_mel_bins=128, htk_compat=True,
                       window_type='hanning', use_energy=False)


def top_db(db, below=80):
    return np.maximum(db, db.max() - below) if db.size else db


def openwakeword(x):
    """torchlibrosa's Spectrogram (center false) and LogmelFilterBank"""
    power = spectrogram(x * 32768, 512, 160, centred(hann(400), 512))
    bank = published_bank(16000, 512, 32, 'slaney', 'slaney', 60, 3800)
    return top_db(10 * np.log10(np.maximum(power @ bank, 1e-10)))


def tensorflow_bank(rate, bins, n_mels, f_min, f_max):
    """tf.signal.linear_to_mel_weight_matrix: straight over mel, no bin 0"""
    def mel(f): return 1127 * np.log1p(f / 700)
    edges = np.linspace(mel(f_min), mel(f_max), n_mels + 2)
    m = mel(np.linspace(0, rate / 2, bins))[1:, None]
    up = (m - edges[:-2]) / (edges[1:-1] - edges[:-2])
    down = (edges[2:] - m) / (edges[2:] - edges[1:-1])
    return np.pad(np.maximum(0, np.minimum(up, down)), ((1, 0), (0, 0)))


def yamnet(x):
    """research/audioset/yamnet/features.py"""
    magnitude = np.abs(np.fft.rfft(cut(x, 400, 160) * hann(400), 512))
    return np.log(magnitude @ tensorflow_bank(16000, 257, 64, 125, 7500)
                  + 0.001)


def clap(x):
    """transformers' ClapFeatureExtractor, rand_trunc"""
    power = spectrogram(x, 1024, 480, hann(1024), 'reflect')
    bank = published_bank(48000, 1024, 64, 'slaney', 'slaney', 50, 14000)
    return 10 * np.log10(np.maximum(power @ bank, 1e-10))


def musicnn(x):
    """musicnn/extractor.py, without its rounding to float16"""
    power = spectrogram(x, 512, 256, hann(512), 'reflect')
    bank = published_bank(16000, 512, 96, 'slaney', 'slaney', 0, 8000)
    return np.log10(10000 * (power @ bank) + 1)


def whisper_frames(x):
    log = whisper(x, 80)[0]
    return (np.maximum(log, log.max(1, keepdims=True) - 8) + 4) / 4


def torchaudio_db(x):
    """also of clips that torch.stft does not want to mirror"""
    mel = torchaudio_mel(np.pad(x, 200, mode='reflect'), center=False)
    return 10 * np.log10(np.maximum(mel.numpy().T, 1e-10))


# preset: its rate, samples in a window, definition, dB that a unit is worth
PRESETS = {
    'whisper': (16000, 400, whisper_frames, 40),
    'librosa': (16000, 2048, librosa, 1),
    'torchaudio': (16000, 400, torchaudio_db, 1),
    'kaldi': (16000, 400, kaldi_fbank, NEPER),
    'nemo': (16000, 400, nemo, NEPER),
    'sherpa-onnx': (16000, 400, sherpa_onnx, NEPER),
    'openwakeword': (16000, 512, openwakeword, 1),
    'yamnet': (16000, 400, yamnet, 2 * NEPER),
    'ast': (16000, 400, ast, NEPER),
    'clap': (48000, 1024, clap, 1),
    'musicnn': (16000, 512, musicnn, 10),
}


def music(rate=16000, seconds=3):
    """a chord every half second: struck strings and a little noise"""
    t = np.arange(rate // 2) / rate
    random = np.random.default_rng(15)
    notes = [sum(np.exp(-t * (2 + k)) / k * np.sin(2 * np.pi * k * f * t)
                 for k in range(1, 12) for f in root * np.array([1, 5/4, 3/2])
                 if k * f < rate / 2)
             for root in 110 * 2 ** (np.array([0, 5, 7, 0, 9, 4]) / 12)]
    x = np.concatenate(notes * 4)[:seconds * rate]
    x = 0.1 * x + 1e-3 * random.standard_normal(len(x))
    return x.astype(np.float32)


def sounds(rate, window):
    """what each definition is tried on"""
    return {'speech': speech(), 'music': music(rate),
            'silence': np.zeros(rate, np.float32),
            '10 ms': speech()[4000:4000 + rate // 100],
            'one window': speech()[4000:4000 + window]}


def pcen(s, rate, hop, gain=0.98, bias=2, power=0.5, time_constant=0.4,
         eps=1e-6):
    """librosa.pcen of bands [frames, bands]"""
    t = time_constant * rate / hop
    b = (np.sqrt(1 + 4 * t ** 2) - 1) / (2 * t ** 2)
    start = scipy.signal.lfilter_zi([b], [1, b - 1])
    smooth, _ = scipy.signal.lfilter([b], [1, b - 1], s, axis=0,
                                     zi=np.tile(start, (1, s.shape[1])))
    smooth = np.exp(-gain * (np.log(eps) + np.log1p(smooth / eps)))
    if power == 0:
        return np.log1p(s * smooth)
    if bias == 0:
        return (s * smooth) ** power
    return bias ** power * np.expm1(power * np.log1p(s * smooth / bias))


def cepstra(log, n_mfcc, norm='ortho', lifter=0):
    """librosa.feature.mfcc from there on"""
    m = scipy.fft.dct(log, type=2, norm=norm, axis=1)[:, :n_mfcc]
    if lifter:
        m = m * (1 + lifter / 2 * np.sin(
            np.pi * np.arange(1, 1 + n_mfcc) / lifter))
    return m


def deltas(x, window=5):
    return torchaudio.functional.compute_deltas(
        torch.from_numpy(np.ascontiguousarray(x.T)), window).numpy().T


def pad_or_trim(x, n=480000):
    return np.pad(x[:n], (0, max(0, n - len(x))))


def openai_whisper(x, n_mels=80):
    """log_mel_spectrogram (pad_or_trim (x)): [3000, n_mels]"""
    log = whisper(pad_or_trim(x), n_mels)[0][:-1]
    return (np.maximum(log, log.max() - 8) + 4) / 4


def agree(name, a, b, decibel):
    """Logarithms of bands, in units of @decibel, within 1e-4 of the band. A
    float32 transform leaves the same error in every bin, so what is more than
    50 dB below the loudest band of its frame may err more: ten times as much
    for every 20 dB."""
    assert a.shape == b.shape, (name, a.shape, b.shape)
    if not len(b):
        return print(f'{name}: no frames')
    depth = (b.max(1, keepdims=True) - b) * decibel
    error = np.abs(a - b) * decibel / NEPER
    limit = 1e-4 * 10 ** (np.maximum(depth - 50, 0) / 20)
    assert (error < limit).all(), (name, (error / limit).max())
    print(f'{name}: {len(a)} frames, relative error '
          f'{error[depth < 50].max():.1e} down to -50 dB, {error.max():.1e} '
          'at most')
