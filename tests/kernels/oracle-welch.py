#!/usr/bin/env python3
# bfft: Welch's method and its peaks against scipy.signal.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""PSDs of noise, tones, chirps and speech equal scipy.signal.welch's to 1e-5
of the largest bin; peaks equal find_peaks', fully sorted; refined frequencies
are those of the tones."""
import ctypes
import itertools
import wave

import numpy as np
import scipy.signal

from oracle import floats, lib

WINDOWS = ['hann', 'hamming', None, 'blackman', 'blackmanharris', 'nuttall',
           'flattop', None, 'boxcar']
DETRENDS = [False, 'constant', 'linear']
SCALINGS = ['density', 'spectrum', 'raw']
AVERAGES = ['mean', 'median']
SPEECH = ('/usr/share/pocketsphinx/test/data/librivox/'
          'sense_and_sensibility_01_austen_64kb-0870.wav')
AUTO, ULTRA, FAST, FULL = range(4)
EXECUTION_AUTO, EXECUTION_C = 0, 2
BUTTERFLY = 1


class PlanSpec(ctypes.Structure):
    _fields_ = [('n_fft', ctypes.c_uint), ('variant', ctypes.c_int),
                ('execution', ctypes.c_int), ('network', ctypes.c_void_p),
                ('window', ctypes.POINTER(ctypes.c_float)),
                ('first_bin', ctypes.c_uint), ('n_bins', ctypes.c_uint),
                ('complex_frames', ctypes.c_int)]


class Spec(ctypes.Structure):
    _fields_ = [('n_fft', ctypes.c_uint),
                ('window', ctypes.POINTER(ctypes.c_float)),
                ('execution', ctypes.c_int), ('first_bin', ctypes.c_uint),
                ('n_bins', ctypes.c_uint), ('rate', ctypes.c_uint),
                ('sample_scale', ctypes.c_double),
                ('channels', ctypes.c_uint), ('segments', ctypes.c_uint),
                ('overlap', ctypes.c_double), ('hop', ctypes.c_uint),
                ('detrend', ctypes.c_int), ('scaling', ctypes.c_int),
                ('average', ctypes.c_int), ('strategy', ctypes.c_int),
                ('peaks_only', ctypes.c_int)]


class Schedule(ctypes.Structure):
    _fields_ = [('segments', ctypes.c_uint), ('step', ctypes.c_uint),
                ('span', ctypes.c_uint), ('hop', ctypes.c_uint),
                ('block', ctypes.c_uint)]


class Peak(ctypes.Structure):
    _fields_ = [('bin', ctypes.c_uint), ('offset', ctypes.c_double),
                ('power', ctypes.c_float)]


lib.bfft_welch_new.restype = ctypes.c_void_p
lib.bfft_welch_free.argtypes = [ctypes.c_void_p]
lib.bfft_plan_new.restype = ctypes.c_void_p
lib.bfft_plan_free.argtypes = [ctypes.c_void_p]
lib.bfft_welch_add.argtypes = [
    ctypes.c_void_p, ctypes.c_uint, ctypes.POINTER(ctypes.c_float),
    ctypes.c_uint]
lib.bfft_welch_finish.argtypes = [
    ctypes.c_void_p, ctypes.c_uint, ctypes.POINTER(ctypes.c_float)]
lib.bfft_peak_finder_new.restype = ctypes.c_void_p
lib.bfft_peak_finder_new.argtypes = 4 * [ctypes.c_uint] + [ctypes.c_float]
lib.bfft_peak_exponent.restype = ctypes.c_float
lib.bfft_peak_finder_free.argtypes = [ctypes.c_void_p]
lib.bfft_peak_finder_run.argtypes = [
    ctypes.c_void_p, ctypes.POINTER(ctypes.c_float), ctypes.POINTER(Peak)]


def welch(x, rate, n_fft, window='hann', segments=8, overlap=0.5, hop=0,
          detrend='constant', scaling='density', average='mean',
          strategy=FULL, execution=EXECUTION_AUTO):
    """All results of x, [results, bins]."""
    x = np.ascontiguousarray(x, np.float32)
    w = np.empty(n_fft, np.float32)
    lib.bfft_window_fill(WINDOWS.index(window), 1, floats(w), n_fft)
    plan_spec = PlanSpec(n_fft=n_fft, variant=BUTTERFLY, execution=execution,
                         window=floats(w))
    plan = lib.bfft_plan_new(ctypes.byref(plan_spec), None)
    spec = Spec(n_fft=n_fft, window=floats(w), execution=execution, rate=rate,
                sample_scale=1, channels=1, segments=segments, overlap=overlap, hop=hop,
                detrend=DETRENDS.index(detrend),
                scaling=SCALINGS.index(scaling),
                average=AVERAGES.index(average), strategy=strategy)
    self = lib.bfft_welch_new(ctypes.byref(spec), ctypes.c_void_p(plan), None)
    schedule = Schedule()
    assert self and lib.bfft_welch_make_schedule(
        ctypes.byref(spec), ctypes.byref(schedule), None)
    span, hop = schedule.span, schedule.hop
    results = []
    for start in range(0, len(x) - span + 1, hop):
        psd = np.empty(n_fft // 2 + 1, np.float32)
        for i in range(0, schedule.segments, schedule.block):
            lib.bfft_welch_add(self, 0, floats(x[start + i * schedule.step:]),
                               min(schedule.block, schedule.segments - i))
        lib.bfft_welch_finish(self, 0, floats(psd))
        results.append(psd)
    lib.bfft_welch_free(self)
    lib.bfft_plan_free(plan)
    return np.array(results), span, hop


def expected(x, rate, n_fft, window, overlap, detrend, scaling, average):
    raw = scaling == 'raw'
    _, psd = scipy.signal.welch(
        np.float64(x), rate, window, n_fft, int(n_fft * overlap + 1e-6),
        detrend=detrend, scaling='density' if raw else scaling,
        average=average)
    if raw:
        psd *= rate * (scipy.signal.get_window(window, n_fft) ** 2).sum()
    return psd


def compare(x, rate, n_fft, window='hann', segments=8, overlap=0.5, hop=0,
            detrend='constant', scaling='density', average='mean',
            strategy=FULL, execution=EXECUTION_AUTO):
    """Largest error of any result, relative to its largest bin."""
    got, span, hop = welch(x, rate, n_fft, window, segments, overlap, hop,
                           detrend, scaling, average, strategy, execution)
    x = np.float32(x)
    worst = 0
    assert len(got) == (len(x) - span) // hop + 1 >= 1
    for i, psd in enumerate(got):
        want = expected(x[i * hop:i * hop + span], rate, n_fft, window,
                        overlap, detrend, scaling, average)
        error = np.abs(psd - want).max() / (want.max() or 1)
        assert np.isfinite(error)
        worst = max(worst, error)
    assert worst <= 1e-5, (worst, n_fft, window, segments, overlap, hop,
                           detrend, scaling, average)
    return worst


def speech():
    with wave.open(SPEECH) as f:
        x = np.frombuffer(f.readframes(f.getnframes()), '<i2')
    return x[:100000] / 32768


def signals(rng, n):
    t = np.arange(n)
    yield 'noise', rng.standard_normal(n)
    yield 'tones', (np.sin(0.37 * t) + 1e-3 * np.sin(1.1 * t + 1) +
                    1e-2 * np.cos(2.9 * t))
    yield 'chirp', scipy.signal.chirp(t, 0.001, n, 0.49)
    yield 'speech', speech()
    yield 'offset', 1000 + rng.standard_normal(n)
    yield 'drift', 50 * t / n - 10 + rng.standard_normal(n)
    yield 'small', 1e-6 * rng.standard_normal(n)


def check_lengths(rng):
    worst = 0
    for n_fft in (2, 3, 16, 64, 100, 127, 256, 400, 512, 1000, 1024, 2048,
                  4096, 5000, 8192):
        x = rng.standard_normal(12 * n_fft)
        for scaling, average in itertools.product(SCALINGS, AVERAGES):
            if n_fft > 3:
                worst = max(worst, compare(x, 48000, n_fft, scaling=scaling,
                                           average=average))
        worst = max(worst, compare(x, 48000, n_fft, detrend=False))
    return worst


def check_signals(rng):
    worst = 0
    for name, x in signals(rng, 6000):
        for n_fft, detrend in itertools.product((64, 250, 512), DETRENDS):
            worst = max(worst, compare(x, 16000, n_fft, detrend=detrend))
    return worst


def check_options(rng):
    worst = 0
    x = rng.standard_normal(20000) + 0.3
    for rate in 1, 250, 44100, 192000:
        worst = max(worst, compare(x, rate, 256))
    for window in filter(None, WINDOWS):
        worst = max(worst, compare(x, 1000, 256, window))
    for overlap in 0, 0.25, 0.5, 0.625, 0.75, 0.9, 0.29:
        worst = max(worst, compare(x, 1000, 100, overlap=overlap))
    for segments in 1, 2, 3, 7, 16, 17, 33, 100:
        for average in AVERAGES:
            for hop in 0, 64, 96, 1000:
                worst = max(worst, compare(x[:9000], 1000, 128, hop=hop,
                                           segments=segments, average=average))
    for execution in EXECUTION_AUTO, EXECUTION_C:
        for detrend, average in itertools.product(DETRENDS, AVERAGES):
            worst = max(worst, compare(x, 1000, 200, detrend=detrend,
                                       average=average, execution=execution))
    return worst


def check_strategies(rng):
    x = rng.standard_normal(5000)
    for strategy, segments in (ULTRA, 1), (FAST, 2), (FULL, 8), (AUTO, 8):
        got, span, _ = welch(x, 1000, 256, strategy=strategy)
        same, same_span, _ = welch(x, 1000, 256, segments=segments)
        assert span == same_span and (got == same).all()
        compare(x[:span], 1000, 256, strategy=strategy)


def find_peaks(psd, n):
    finder = lib.bfft_peak_finder_new(len(psd), 0, len(psd) - 1, n,
                                      lib.bfft_peak_exponent(0))
    peaks = (Peak * n)()
    found = lib.bfft_peak_finder_run(ctypes.c_void_p(finder), floats(psd),
                                     peaks)
    lib.bfft_peak_finder_free(finder)
    return peaks[:found]


def check_top(rng):
    """The strongest of all peaks, as find_peaks and a full sort have them."""
    for round_ in range(3000):
        psd = rng.chisquare(2, rng.integers(3, 600)).astype(np.float32)
        if round_ % 3 == 0:
            psd = np.round(psd)
        n = int(rng.integers(1, 40))
        all_, _ = scipy.signal.find_peaks(psd)
        top = sorted(all_, key=lambda k: (-psd[k], k))[:n]
        got = find_peaks(psd, n)
        assert [p.bin for p in got] == top
        assert [p.power for p in got] == [psd[k] for k in top]


def check_tones(rng, snr_db, segments=8, tries=400):
    """Errors in bins of the refined frequency of a tone in white noise, whose
    peak is snr_db above the noise in its bin."""
    n_fft, errors = 256, []
    w = scipy.signal.get_window('hann', n_fft)
    # power of an on-bin tone of amplitude a: (a sum(w) / 2)^2; of the noise:
    # variance sum(w^2)
    a = 2 * np.sqrt(10 ** (snr_db / 10) * (w ** 2).sum()) / w.sum()
    for _ in range(tries):
        tone = rng.uniform(10, n_fft / 2 - 10)
        t = np.arange(n_fft + (segments - 1) * n_fft // 2)
        x = (a * np.sin(2 * np.pi * tone / n_fft * t + rng.uniform(0, 7)) +
             rng.standard_normal(len(t)))
        psd = welch(x, n_fft, n_fft, segments=segments)[0][0]
        peaks = find_peaks(psd, 16)
        errors.append(min((abs(p.bin + p.offset - tone) for p in peaks)))
    return np.array(errors)


def main():
    rng = np.random.default_rng(5)
    worst = max(check_lengths(rng), check_signals(rng), check_options(rng))
    check_strategies(rng)
    check_top(rng)
    tones = {(snr, segments): check_tones(rng, snr, segments)
             for snr, segments in ((40, 8), (20, 8), (20, 16), (0, 64))}
    assert tones[40, 8].max() < 0.01
    # eight segments leave noise that in one try of a thousand reaches further
    assert np.quantile(tones[20, 8], 0.99) < 0.05
    assert tones[20, 16].max() < 0.05
    assert np.quantile(tones[0, 64], 0.99) < 0.5
    print(f'PSD within {worst:.1e} of scipy; errors of refined frequencies, '
          'bins, largest / rms: ' + ', '.join(
              f'{snr} dB, {segments} segments '
              f'{e.max():.3f} / {np.sqrt((e ** 2).mean()):.3f}'
              for (snr, segments), e in tones.items()))


main()
