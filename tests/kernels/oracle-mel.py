# bfft: mel filterbanks and log-mel features against torchaudio and definitions.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Filterbanks: torchaudio.functional.melscale_fbanks and the published Slaney
and HTK formulas. Features: each preset against its published definition in
numpy or torchaudio, in double precision, on speech, music, silence and clips
that are shorter than a frame; cepstra, derivatives, PCEN and windows too."""
import ctypes
import itertools
import warnings

import numpy as np
import torch
import torchaudio
from torchaudio.compliance import kaldi

import mel_definitions as oracle
from mel_definitions import NEPER, agree, published_bank, speech
from oracle import floats, lib

SCALES = 'slaney', 'htk', 'kaldi'
PRESETS = 'none', *oracle.PRESETS

uint, double, pointer = ctypes.c_uint, ctypes.c_double, ctypes.c_void_p
long = ctypes.c_int64


class MelSpec(ctypes.Structure):
    _fields_ = [('rate', uint), ('n_fft', uint), ('n_mels', uint),
                ('scale', uint), ('norm', uint), ('f_min', double),
                ('f_max', double), ('gain', double)]


class Options(ctypes.Structure):
    _fields_ = [(name, double if name in (
        'sample_scale', 'pre_emphasis', 'f_min', 'f_max', 'log_guard',
        'log_floor', 'top_db', 'pcen_gain', 'pcen_bias', 'pcen_power',
        'pcen_time_constant', 'pcen_eps', 'lifter', 'norm_mean', 'norm_scale')
        else ctypes.c_int if name == 'frame_offset' else uint)
        for name in """rate n_fft win_length hop window symmetric left_aligned
            symmetry align center frame_offset pad_mode sample_scale remove_dc
            pre_emphasis pre_emphasis_mode power n_mels scale norm f_min f_max
            log_mode log_guard log_floor top_db pcen_gain pcen_bias pcen_power
            pcen_time_constant pcen_eps n_mfcc lifter dct_norm deltas
            delta_window frames frames_hop fill layout normalize norm_mean
            norm_scale""".split()]


class PlanSpec(ctypes.Structure):
    _fields_ = [('n_fft', uint), ('variant', uint), ('execution', uint),
                ('network', pointer), ('window', pointer), ('first_bin', uint),
                ('n_bins', uint), ('rate', uint)]


for name in ('bfft_mel_new', 'bfft_mel_get_filter', 'bfft_logmel_new',
             'bfft_logmel_preset', 'bfft_logmel_get_options', 'bfft_plan_new',
             'bfft_features_new', 'bfft_features_slot', 'bfft_features_push',
             'bfft_features_flush'):
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
        'bfft_logmel_options_bands': [pointer],
        'bfft_logmel_options_fill_up': [pointer, long, pointer],
        'bfft_logmel_run': [pointer] * 4,
        'bfft_logmel_run_edge': [pointer] * 3 + [uint, long, long,
                                                     pointer],
        'bfft_features_new': [pointer, uint, uint, uint, pointer],
        'bfft_features_free': [pointer],
        'bfft_features_slot': [pointer, uint],
        'bfft_features_push': [pointer],
        'bfft_features_flush': [pointer]}.items():
    getattr(lib, name).argtypes = kinds
lib.bfft_logmel_options_fill_up.restype = long


def our_bank(rate, n_fft, n_mels, scale, norm, f_min, f_max):
    """[bins, n_mels]"""
    spec = MelSpec(rate, n_fft, n_mels, SCALES.index(scale), norm is None,
                   f_min, f_max, 1)
    mel = lib.bfft_mel_new(ctypes.byref(spec), None)
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
        for bank in wanted:
            peak = np.where(bank.max(0) < 1e-6, 1, bank.max(0))
            worst = max(worst, (np.abs(ours - bank) / peak).max())
        equal += 1
        empty += (ours.max(0) == 0).any()
    assert worst < 1e-6 and equal > 900 and empty > 50, (worst, equal, empty)
    print(f'{equal} filterbanks within {worst:.1e} of torchaudio and the '
          f'formulas, {empty} of them with an empty band')


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
    """[results, numbers] through the C library, frame by frame, as the element
    does it: @x is a whole stream"""
    options = Options.from_address(
        lib.bfft_logmel_preset(PRESETS.index(preset)))
    options = Options.from_buffer_copy(options)
    for key, value in changes.items():
        assert hasattr(options, key), key
        setattr(options, key, value)
    logmel = lib.bfft_logmel_new(ctypes.byref(options), rate, 0, None)
    assert logmel, (preset, changes)
    options = Options.from_address(lib.bfft_logmel_get_options(logmel))
    where = ctypes.byref(options)
    spec = PlanSpec(variant=variant)
    lib.bfft_logmel_fill_plan_spec(logmel, ctypes.byref(spec))
    plan = lib.bfft_plan_new(ctypes.byref(spec), None)
    features = lib.bfft_features_new(where, rate, 1, 0, None)
    length = lib.bfft_logmel_options_frame_length(where)
    padding = lib.bfft_logmel_options_padding(where)
    size = options.frames * lib.bfft_logmel_options_bands(where)
    n = ctypes.c_uint64()
    silence = lib.bfft_logmel_options_fill_up(where, len(x), ctypes.byref(n))
    results = []

    def take(result):
        if result:
            results.append(np.array((ctypes.c_float * size).from_address(
                result), np.float64))
        return result

    for t in range(n.value):
        start = t * options.hop - padding
        low = min(max(start - 1, 0), max(len(x) - length - 1, 0))
        high = min(start + length, len(x)) if start >= 0 else len(x)
        high = max(min(high, low + length + 1), low)
        part = np.append(x[low - 1] if low else np.float32(0), x[low:high])
        address = part.ctypes.data + 4
        slot = lib.bfft_features_slot(features, 0)
        if start >= 0 and start + length <= len(x):
            lib.bfft_logmel_run(logmel, plan, address + 4 * (start - low),
                                    slot)
        else:
            lib.bfft_logmel_run_edge(logmel, plan, address, high - low,
                                         silence, start - low, slot)
        take(lib.bfft_features_push(features))
    while take(lib.bfft_features_flush(features)):
        pass
    lib.bfft_features_free(features)
    lib.bfft_plan_free(plan)
    lib.bfft_logmel_free(logmel)
    return np.array(results).reshape(-1, size)


def rms(a):
    return np.sqrt(np.mean(a ** 2))


def check_presets(variant):
    for preset, (rate, window, definition, unit) in oracle.PRESETS.items():
        for name, x in oracle.sounds(rate, window).items():
            wanted = definition(x.astype(np.float64))
            # its floor is below the loudest band of all that it is given
            whole = preset == 'openwakeword' and len(wanted)
            got = ours(preset, x, variant, rate, frames=whole or 1)
            agree(f'{preset}, {name}', got.reshape(-1, wanted.shape[1]),
                  wanted, unit)


def check_float32(variant):
    """as near to the definition as torchaudio in float32"""
    x = speech()
    exact = x.astype(np.float64)
    got = ours('torchaudio', x, variant)
    to_db = torchaudio.transforms.AmplitudeToDB('power')
    wanted = oracle.torchaudio_db(exact)
    single = to_db(oracle.torchaudio_mel(x)).numpy().T
    assert rms(got - wanted) < 3 * rms(single - wanted)  # chirp-z
    got, wanted = ours('kaldi', x, variant), oracle.kaldi_fbank(exact)
    assert rms(got - wanted) < 2 * rms(oracle.kaldi_fbank(x) - wanted)
    for n_mels in 80, 128:
        log, clip = oracle.whisper(exact, n_mels)
        got = ours('whisper', x, variant, n_mels=n_mels)
        frame = (np.maximum(log, log.max(1, keepdims=True) - 8) + 4) / 4
        assert np.abs(got - frame).max() < 1e-4
        agree("whisper with its clip's floor",
              np.maximum(got, got.max() - 2), clip, 40)


def check_options():
    """what no preset sets, each against torchaudio"""
    x = speech()[:48000]
    exact = x.astype(np.float64)
    mel = oracle.torchaudio_mel(
        exact, n_fft=512, win_length=400, hop_length=160, n_mels=64, power=1,
        f_min=60, f_max=7600, center=False, norm='slaney', mel_scale='htk')
    mel = mel.numpy().T
    common = dict(n_fft=512, win_length=400, n_mels=64, power=1, f_min=60,
                  scale=1)
    for f_max in 7600, -400:
        agree('magnitude, log10', ours('none', x, f_max=f_max, **common),
              np.log10(np.maximum(mel, 1e-10)), 20)
    agree('magnitude, dB', ours('none', x, f_max=7600, log_mode=2, **common),
          20 * np.log10(np.maximum(mel, 1e-10)), 1)
    got = ours('none', x, f_max=7600, log_mode=5, **common)
    assert np.abs(got - mel).max() < 1e-6 * mel.max()
    loud = ours('none', x, f_max=7600, sample_scale=1e12, **common)
    agree('full scale at 1e12', loud - 12, np.log10(np.maximum(mel, 1e-22)), 20)
    for log_mode, unit, scale in ((0, 20, 20), (1, 2 * NEPER, 2 * NEPER),
                                  (2, 1, 1)):
        got = ours('none', x, f_max=7600, log_mode=log_mode, top_db=60,
                   **common)
        db = 20 * np.log10(np.maximum(mel, 1e-10))
        agree(f'top-db, log-mode {log_mode}', got * scale,
              np.maximum(db, db.max(1, keepdims=True) - 60), 1)


def check_kaldi():
    """torchaudio.compliance.kaldi, ends cut and mirrored"""
    x = speech()[:32000]
    exact = x.astype(np.float64)
    fbank = oracle.kaldi_fbank(
        exact, num_mel_bins=40, window_type='hamming', use_power=False,
        preemphasis_coefficient=0, remove_dc_offset=False, low_freq=100,
        high_freq=7000)
    agree('kaldi, other options',
          ours('kaldi', x, n_mels=40, window=1, pre_emphasis=0, remove_dc=0,
               f_min=100, f_max=7000, power=1), fbank, 2 * NEPER)
    for bins, high, snip, n in itertools.product(
            (23, 80, 128), (0, -400), (True, False),
            (400, 401, 559, 560, 640, 32000)):
        common = dict(snip_edges=snip, num_mel_bins=bins, high_freq=high)
        changes = dict(n_mels=bins, f_max=high)
        if not snip:
            changes |= dict(frame_offset=80 - 200, pad_mode=1)
        case = f'kaldi, {bins} bins to {high}, snip_edges {snip}, {n} samples'
        agree(case, ours('kaldi', x[:n], **changes),
              oracle.kaldi_fbank(exact[:n], **common), NEPER)
        for lifter in 0, 22:
            wanted = oracle.kaldi_features('mfcc', exact[:n], num_ceps=13,
                                           cepstral_lifter=lifter, **common)
            got = ours('kaldi', x[:n], n_mfcc=13, lifter=lifter, **changes)
            close(f'mfcc, lifter {lifter}', got, wanted,
                  5e-5 * np.abs(wanted).max())


def close(name, got, wanted, limit):
    assert got.shape == wanted.shape, (name, got.shape, wanted.shape)
    error = np.abs(got - wanted).max(initial=0)
    assert error < limit, (name, error)
    print(f'{name}: {len(got)} results within {error:.1e}')


def check_cepstra():
    x = speech()[:32000]
    exact = x.astype(np.float64)
    db = oracle.librosa(exact)
    whole = dict(frames=len(db), top_db=80)
    for norm, code, lifter, n in itertools.product(
            ('ortho', None), (1, 0), (0, 22, 40.5), (1, 13, 20, 128)):
        if (norm is None) == (code == 0):
            wanted = oracle.cepstra(oracle.top_db(db), n, norm, lifter)
            close(f'librosa mfcc, {n}, {norm}, lifter {lifter}',
                  ours('librosa', x, n_mfcc=n, lifter=lifter, dct_norm=code,
                       **whole).reshape(len(db), n),
                  wanted, 2e-5 * np.abs(wanted).max())
    for norm in 'ortho', None:
        mfcc = torchaudio.transforms.MFCC(
            16000, 13, norm=norm, melkwargs=dict(n_mels=80)).double()
        wanted = mfcc(torch.from_numpy(exact)).numpy().T
        close(f'torchaudio MFCC, {norm}',
              ours('torchaudio', x, n_mfcc=13, dct_norm=1 if norm else 0,
                   frames=len(wanted), top_db=80).reshape(-1, 13), wanted,
              2e-5 * np.abs(wanted).max())
    log = oracle.kaldi_fbank(exact, num_mel_bins=26)
    htk = np.sqrt(2 / 26) * log @ np.cos(
        np.pi / 26 * np.outer(np.arange(26) + 0.5, np.arange(13)))
    htk *= 1 + 11 * np.sin(np.pi * np.arange(13) / 22)
    close("HTK's cepstra", ours('kaldi', x, n_mels=26, n_mfcc=13, dct_norm=3,
                                lifter=22), htk, 2e-3)


def check_deltas():
    x = speech()
    for preset, n_mfcc, window, n in itertools.product(
            ('kaldi', 'torchaudio'), (0, 13), (3, 5, 9),
            (400, 720, 1200, 16000)):
        static = ours(preset, x[:n], n_mfcc=n_mfcc)
        first = oracle.deltas(static, window)
        second = oracle.deltas(first, window)
        wanted = np.concatenate([static, first, second], 1)
        for order in 1, 2:
            common = dict(n_mfcc=n_mfcc, deltas=order, delta_window=window)
            got = ours(preset, x[:n], **common)
            part = wanted[:, :static.shape[1] * (1 + order)]
            close(f'{preset}, {n_mfcc} cepstra, {order} deltas of {window}',
                  got, part, 1e-5 * np.abs(part).max())
            for frames, hop in (3, 0), (4, 1), (2, 5):
                got = ours(preset, x[:n], frames=frames, frames_hop=hop,
                           **common)
                close('... in windows', got, windows(part, frames, hop),
                      1e-5 * np.abs(part).max())


def check_pcen():
    x = oracle.music()
    for scale, changes in ((1, {}), (2.0 ** 31, {}), (1, dict(power=0)),
                           (1, dict(bias=0, gain=0.8)),
                           (1, dict(power=0.25, bias=10, eps=1e-3)),
                           (1, dict(time_constant=0.06))):
        mel = ours('librosa', x, log_mode=5, power=1, sample_scale=scale)
        got = ours('librosa', x, log_mode=4, power=1, sample_scale=scale,
                   **{f'pcen_{key}': value for key, value in changes.items()})
        wanted = oracle.pcen(mel, 16000, 512, **changes)
        close(f'PCEN, {scale:g}, {changes}', got, wanted,
              5e-6 * np.abs(wanted).max())


def windows(frames, length, hop):
    """[windows, length * bands]"""
    hop = hop or length
    n = (len(frames) - length) // hop + 1
    return np.array([frames[i * hop:i * hop + length].ravel()
                     for i in range(max(n, 0))]).reshape(
                         -1, length * frames.shape[1])


def check_windows():
    x = speech()[:20000]
    for preset, frames, hop in itertools.product(
            ('whisper', 'kaldi', 'sherpa-onnx'), (2, 5, 76), (0, 1, 8, 90)):
        one = ours(preset, x, log_mode=0)
        wanted = windows(one, frames, hop)
        common = dict(log_mode=0, frames=frames, frames_hop=hop)
        got = ours(preset, x, **common)
        assert (got == wanted).all() and got.shape == wanted.shape
        turned = ours(preset, x, layout=1, **common)
        shape = -1, frames, one.shape[1]
        assert (turned.reshape(-1, one.shape[1], frames).transpose(0, 2, 1)
                == wanted.reshape(shape)).all()
        got = ours(preset, x, normalize=1, **common).reshape(shape)
        w = wanted.reshape(shape)
        close(f"{preset}, {frames} every {hop}, NeMo's normalisation", got,
              (w - w.mean(1, keepdims=True))
              / (w.std(1, ddof=1, keepdims=True) + 1e-5), 1e-4)
        got = ours(preset, x, norm_mean=-4.2677393, norm_scale=9.1379948,
                   **common)
        close('... two constants', got, (wanted + 4.2677393) / 9.1379948, 1e-5)
        got = ours(preset, x, top_db=30, **common)
        close('... a floor', got, np.maximum(
            wanted, wanted.max(1, keepdims=True) - 3), 1e-5)


def check_fill():
    """silence is appended before frames are mirrored"""
    x = speech()
    for preset, frames, hop, n in itertools.product(
            ('whisper', 'kaldi', 'sherpa-onnx', 'nemo'), (1, 7, 50), (0, 3),
            (0, 1, 159, 160, 200, 201, 400, 1600, 8000, 8001)):
        hop = hop or frames
        start, centre = {'kaldi': (0, 200), 'sherpa-onnx': (-120, 80)}.get(
            preset, (-200, 0))
        got = ours(preset, x[:n], log_mode=0, frames=frames, frames_hop=hop,
                   fill=1)
        count = sum(k * hop * 160 + centre < n for k in range(100000 // 160))
        assert len(got) == count, (preset, frames, hop, n, len(got), count)
        if count == 0:
            continue
        last = (count - 1) * hop + frames
        end = last * 160 if start < 0 else (last - 1) * 160 + 400
        padded = np.append(x[:n], np.zeros(max(end - n, 0), np.float32))
        wanted = windows(ours(preset, padded, log_mode=0), frames, hop)
        assert len(wanted) >= count
        np.testing.assert_allclose(got, wanted[:count], atol=1e-6)
    print('windows are filled up with silence')
    for seconds in 0.1, 5, 29.9, 30, 47:
        clip = np.resize(x, int(seconds * 16000))
        got = ours('whisper', clip, 1, frames=3000, fill=1, layout=1)
        wanted = oracle.openai_whisper(clip.astype(np.float64)).T.ravel()
        assert len(got) == np.ceil(seconds / 30)
        error = np.abs(got[0] - wanted).reshape(80, 3000)
        if seconds > 30:  # a stream goes on where a trimmed clip reflects
            error = error[:, :-1]
        assert error.max() < 1e-4, (seconds, error.max())
        print(f'openai/whisper, {seconds} s: within {error.max():.1e}')


with warnings.catch_warnings():
    warnings.simplefilter('ignore')  # torchaudio, of empty bands
    check_banks()
check_kaldi_banks()
for variant in 0, 1:  # reference, butterfly
    check_presets(variant)
    check_float32(variant)
check_options()
check_kaldi()
check_cepstra()
check_deltas()
check_pcen()
check_windows()
check_fill()
