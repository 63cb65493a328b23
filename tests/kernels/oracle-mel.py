# bfft: mel filterbanks and log-mel features against torchaudio and definitions.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Filterbanks: torchaudio.functional.melscale_fbanks and the published Slaney
and HTK formulas. Features of real speech: each preset against torchaudio, or
against its published definition in numpy, all in double precision."""
import ctypes
import itertools
import warnings

import numpy as np
import torch
import torchaudio
from torchaudio.compliance import kaldi

from mel_definitions import (NEPER, agree, kaldi_fbank, librosa, nemo,
                             published_bank, speech, torchaudio_mel, whisper)
from oracle import floats, lib

SCALES = 'slaney', 'htk', 'kaldi'
PRESETS = 'none', 'whisper', 'librosa', 'torchaudio', 'kaldi', 'nemo'

uint, double, pointer = ctypes.c_uint, ctypes.c_double, ctypes.c_void_p


class MelSpec(ctypes.Structure):
    _fields_ = [('rate', uint), ('n_fft', uint), ('n_mels', uint),
                ('scale', uint), ('norm', uint), ('f_min', double),
                ('f_max', double), ('gain', double)]


class Options(ctypes.Structure):
    _fields_ = [('n_fft', uint), ('win_length', uint), ('hop', uint),
                ('window', uint), ('symmetric', uint), ('left_aligned', uint),
                ('n_mels', uint), ('scale', uint), ('norm', uint),
                ('f_min', double), ('f_max', double), ('sample_scale', double),
                ('remove_dc', uint), ('pre_emphasis', double),
                ('pre_emphasis_mode', uint), ('power', uint),
                ('log_mode', uint), ('log_guard', double),
                ('log_floor', double), ('center', uint), ('pad_mode', uint)]


class PlanSpec(ctypes.Structure):
    _fields_ = [('n_fft', uint), ('variant', uint), ('execution', uint),
                ('network', pointer), ('window', pointer), ('first_bin', uint),
                ('n_bins', uint), ('complex_frames', uint)]


for name in ('bfft_mel_new', 'bfft_mel_get_filter', 'bfft_logmel_new',
             'bfft_logmel_preset', 'bfft_logmel_get_options', 'bfft_plan_new'):
    getattr(lib, name).restype = pointer
for name, kinds in {
        'bfft_mel_free': [pointer], 'bfft_logmel_free': [pointer],
        'bfft_plan_free': [pointer],
        'bfft_mel_get_filter': [pointer, uint, pointer, pointer],
        'bfft_logmel_new': [pointer, uint, uint, pointer],
        'bfft_logmel_get_options': [pointer],
        'bfft_logmel_fill_plan_spec': [pointer, pointer],
        'bfft_plan_new': [pointer, pointer],
        'bfft_logmel_options_frame_length': [pointer],
        'bfft_logmel_options_padding': [pointer],
        'bfft_logmel_process': [pointer] * 4,
        'bfft_logmel_process_edge': [pointer] * 3 + [uint, ctypes.c_int,
                                                     pointer]}.items():
    getattr(lib, name).argtypes = kinds


def our_bank(rate, n_fft, n_mels, scale, norm, f_min, f_max):
    """[bins, n_mels], or None where a band is empty"""
    spec = MelSpec(rate, n_fft, n_mels, SCALES.index(scale), norm is None,
                   f_min, f_max, 1)
    mel = lib.bfft_mel_new(ctypes.byref(spec), None)
    if mel is None:
        return None
    bank = np.zeros((n_fft // 2 + 1, n_mels))
    first, n = uint(), uint()
    for m in range(n_mels):
        run = lib.bfft_mel_get_filter(mel, m, ctypes.byref(first),
                                      ctypes.byref(n))
        bank[first.value:first.value + n.value, m] = (
            ctypes.c_float * n.value).from_address(run)
    lib.bfft_mel_free(mel)
    return bank


def torch_bank(rate, n_fft, n_mels, scale, norm, f_min, f_max):
    return torchaudio.functional.melscale_fbanks(
        n_fft // 2 + 1, f_min, f_max, n_mels, rate, norm, scale).numpy()


def check_banks():
    worst, equal, empty = 0, 0, 0
    rates = {8000: (0, 4000), 11025: (50, 5000), 16000: (0, 8000),
             22050: (20, 11025), 44100: (0, 16000), 48000: (100, 24000)}
    for (rate, (low, high)), n_fft, n_mels, scale, norm in itertools.product(
            rates.items(), (256, 400, 480, 512, 1024, 2048, 4096),
            (13, 23, 40, 64, 80, 128), ('slaney', 'htk'), ('slaney', None)):
        case = rate, n_fft, n_mels, scale, norm, low, high
        ours = our_bank(*case)
        wanted = [published_bank(*case)]
        if rate % 2 == 0:  # torchaudio takes rate // 2 for the last bin
            wanted.append(torch_bank(*case))
        if ours is None:
            assert (wanted[0].max(0) < 1e-6).any(), case
            empty += 1
            continue
        for bank in wanted:
            worst = max(worst, (np.abs(ours - bank) / bank.max(0)).max())
        equal += 1
    assert worst < 1e-6 and equal > 600 and empty > 50, (worst, equal, empty)
    print(f'{equal} filterbanks within {worst:.1e} of torchaudio and the '
          f'formulas, {empty} refused for an empty band')


def check_kaldi_banks():
    worst = 0
    for rate, n_fft, n_mels, low, high in (
            (16000, 512, 80, 20, 8000), (16000, 512, 23, 20, 7600),
            (8000, 256, 40, 0, 4000), (48000, 2048, 128, 64, 20000)):
        ours = our_bank(rate, n_fft, n_mels, 'kaldi', None, low, high)
        bank, _ = kaldi.get_mel_banks(n_mels, n_fft, rate, low, high, 100,
                                      -500, 1)
        worst = max(worst, np.abs(ours[:-1] - bank.numpy().T).max())
        assert (ours[-1] < 1e-6).all()
    assert worst < 1e-6, worst
    print(f"Kaldi's filterbanks within {worst:.1e}")


def ours(preset, x, variant=0, rate=16000, **changes):
    """[frames, n_mels] through the C library, frame by frame"""
    index = PRESETS.index(preset)
    options = Options.from_address(lib.bfft_logmel_preset(index))
    options = Options.from_buffer_copy(options)
    for key, value in changes.items():
        setattr(options, key, value)
    logmel = lib.bfft_logmel_new(ctypes.byref(options), rate, 0, None)
    assert logmel, (preset, changes)
    options = Options.from_address(lib.bfft_logmel_get_options(logmel))
    spec = PlanSpec(variant=variant)
    lib.bfft_logmel_fill_plan_spec(logmel, ctypes.byref(spec))
    plan = lib.bfft_plan_new(ctypes.byref(spec), None)
    options = ctypes.byref(options)
    length = lib.bfft_logmel_options_frame_length(options)
    padding = lib.bfft_logmel_options_padding(options)
    hop, n_mels = options._obj.hop, options._obj.n_mels
    n = 1 + (len(x) + 2 * padding - length) // hop
    out = np.empty((n, n_mels), np.float32)
    for t in range(n):
        start = t * hop - padding
        low, high = max(start, 0), min(start + length, len(x))
        if start < 0:
            high = min(high + 1, len(x))
        elif start + length > len(x):
            low -= 1
        part = np.append(x[low - 1] if low else np.float32(0), x[low:high])
        address = part.ctypes.data + 4
        if start >= 0 and start + length <= len(x):
            lib.bfft_logmel_process(logmel, plan, address, floats(out[t]))
        else:
            lib.bfft_logmel_process_edge(logmel, plan, address, high - low,
                                         start - low, floats(out[t]))
    lib.bfft_plan_free(plan)
    lib.bfft_logmel_free(logmel)
    return out.astype(np.float64)


def rms(a):
    return np.sqrt(np.mean(a ** 2))


def check_presets(variant):
    x = speech()
    exact = x.astype(np.float64)
    for n_mels in 80, 128:
        log, clip = whisper(exact, n_mels)
        got = ours('whisper', x, variant, n_mels=n_mels)
        frame = (np.maximum(log, log.max(1, keepdims=True) - 8) + 4) / 4
        agree(f'whisper, {n_mels} bands', got, frame, 40)
        agree("whisper with its clip's floor",
              np.maximum(got, got.max() - 2), clip, 40)
        assert np.abs(got - frame).max() < 1e-4
    agree('librosa', ours('librosa', x, variant), librosa(exact), 1)
    agree('nemo', ours('nemo', x, variant), nemo(exact), NEPER)

    got = ours('torchaudio', x, variant)
    to_db = torchaudio.transforms.AmplitudeToDB('power')
    wanted = to_db(torchaudio_mel(exact)).numpy().T
    agree('torchaudio', got, wanted, 1)
    single = to_db(torchaudio_mel(x)).numpy().T
    assert rms(got - wanted) < 3 * rms(single - wanted)  # chirp-z

    got = ours('kaldi', x, variant)
    wanted = kaldi_fbank(exact)
    agree('kaldi', got, wanted, NEPER)
    assert rms(got - wanted) < 2 * rms(kaldi_fbank(x) - wanted)


def check_options():
    """what no preset sets, each against torchaudio"""
    x = speech()[:48000]
    exact = x.astype(np.float64)
    mel = torchaudio_mel(exact, n_fft=512, win_length=400, hop_length=160,
                         n_mels=64, power=1, f_min=60, f_max=7600,
                         center=False, norm='slaney', mel_scale='htk')
    mel = mel.numpy().T
    common = dict(n_fft=512, win_length=400, n_mels=64, power=1, f_min=60,
                  f_max=7600, scale=1)
    agree('magnitude, log10', ours('none', x, **common),
          np.log10(np.maximum(mel, 1e-10)), 20)
    agree('magnitude, dB', ours('none', x, log_mode=2, **common),
          20 * np.log10(np.maximum(mel, 1e-10)), 1)
    got = ours('none', x, log_mode=4, **common)
    assert np.abs(got - mel).max() < 1e-6 * mel.max()
    fbank = kaldi_fbank(exact, num_mel_bins=40, window_type='hamming',
                        preemphasis_coefficient=0, remove_dc_offset=False,
                        low_freq=100, high_freq=7000, use_power=False)
    agree('kaldi, other options',
          ours('kaldi', x, n_mels=40, window=1, pre_emphasis=0, remove_dc=0,
               f_min=100, f_max=7000, power=1), fbank, 2 * NEPER)


with warnings.catch_warnings():
    warnings.simplefilter('ignore')  # torchaudio, of empty bands
    check_banks()
check_kaldi_banks()
for variant in 0, 1:  # reference, butterfly
    check_presets(variant)
check_options()
