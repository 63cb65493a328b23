#!/usr/bin/env python3
# bfft: Welch's method and its peaks against scipy.signal.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""PSDs of noise, tones, chirps and speech equal scipy.signal.welch's to 1e-5
of the largest bin, cross spectra csd()'s and coherence()'s; peaks equal
find_peaks', fully sorted; refined frequencies are those of the tones; band
levels are those of numpy's integration and of Butterworth filters, weightings
those of the standard's table; distortion and noise those that were added."""
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
CSD, COHERENCE, TRANSFER = range(1, 4)
EXECUTION_AUTO, EXECUTION_C = 0, 2
BUTTERFLY = 1


class PlanSpec(ctypes.Structure):
    _fields_ = [('n_fft', ctypes.c_uint), ('variant', ctypes.c_int),
                ('execution', ctypes.c_int), ('network', ctypes.c_void_p),
                ('window', ctypes.POINTER(ctypes.c_float)),
                ('first_bin', ctypes.c_uint), ('n_bins', ctypes.c_uint),
                ('rate', ctypes.c_uint)]


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
                ('peaks_only', ctypes.c_int), ('cross', ctypes.c_int),
                ('reference', ctypes.c_uint)]


class Schedule(ctypes.Structure):
    _fields_ = [('segments', ctypes.c_uint), ('step', ctypes.c_uint),
                ('span', ctypes.c_uint), ('hop', ctypes.c_uint),
                ('block', ctypes.c_uint)]


class Peak(ctypes.Structure):
    _fields_ = [('bin', ctypes.c_uint), ('offset', ctypes.c_double),
                ('power', ctypes.c_float)]


class LevelSpec(ctypes.Structure):
    _fields_ = [('n_fft', ctypes.c_uint),
                ('window', ctypes.POINTER(ctypes.c_float)),
                ('rate', ctypes.c_uint), ('scaling', ctypes.c_int),
                ('fraction', ctypes.c_uint), ('weighting', ctypes.c_int),
                ('offset', ctypes.c_double)]


class Band(ctypes.Structure):
    _fields_ = [('frequency', ctypes.c_double), ('low', ctypes.c_double),
                ('high', ctypes.c_double), ('bins', ctypes.c_double),
                ('label', ctypes.c_char * 16)]


class Tone(ctypes.Structure):
    _fields_ = [('thd', ctypes.c_double), ('snr', ctypes.c_double)]


lib.bfft_levels_new.restype = ctypes.c_void_p
lib.bfft_levels_free.argtypes = [ctypes.c_void_p]
lib.bfft_levels_get_bands.restype = ctypes.POINTER(Band)
lib.bfft_levels_get_bands.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
lib.bfft_levels_run.restype = ctypes.c_double
lib.bfft_levels_run.argtypes = [
    ctypes.c_void_p, ctypes.POINTER(ctypes.c_float),
    ctypes.POINTER(ctypes.c_float)]
lib.bfft_weighting_gain.restype = ctypes.c_double
lib.bfft_weighting_gain.argtypes = [ctypes.c_int, ctypes.c_double]
lib.bfft_tone_measure.restype = Tone
lib.bfft_tone_measure.argtypes = [
    ctypes.POINTER(ctypes.c_float), ctypes.c_uint, ctypes.c_uint,
    ctypes.POINTER(Peak)]
lib.bfft_welch_add_together.argtypes = [
    ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint]
lib.bfft_welch_finish_together.argtypes = [
    ctypes.c_void_p, ctypes.POINTER(ctypes.c_float),
    ctypes.POINTER(ctypes.c_float)]
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


class Welch:
    """A BfftWelch with its plan; keywords are the spec's fields."""

    def __init__(self, n_fft, window='hann', detrend='constant',
                 scaling='density', average='mean', **fields):
        self.window = np.empty(n_fft, np.float32)
        lib.bfft_window_fill(WINDOWS.index(window), 1, floats(self.window),
                             n_fft)
        fields = {'segments': 8, 'overlap': 0.5, 'channels': 1,
                  'strategy': FULL, 'sample_scale': 1, **fields}
        plan_spec = PlanSpec(n_fft=n_fft, variant=BUTTERFLY,
                             execution=fields.get('execution', EXECUTION_AUTO),
                             window=floats(self.window))
        self.plan = lib.bfft_plan_new(ctypes.byref(plan_spec), None)
        spec = Spec(n_fft=n_fft, window=floats(self.window),
                    detrend=DETRENDS.index(detrend),
                    scaling=SCALINGS.index(scaling),
                    average=AVERAGES.index(average), **fields)
        self.welch = lib.bfft_welch_new(ctypes.byref(spec),
                                        ctypes.c_void_p(self.plan), None)
        self.schedule = Schedule()
        assert self.welch and lib.bfft_welch_make_schedule(
            ctypes.byref(spec), ctypes.byref(self.schedule), None)

    def blocks(self, start):
        """(first sample, segments) of the blocks of a result."""
        s = self.schedule
        for i in range(0, s.segments, s.block):
            yield start + i * s.step, min(s.block, s.segments - i)

    def __del__(self):
        lib.bfft_welch_free(self.welch)
        lib.bfft_plan_free(self.plan)


def welch(x, rate, n_fft, *args, **fields):
    """All results of x, [results, bins]."""
    x = np.ascontiguousarray(x, np.float32)
    names = ('window', 'segments', 'overlap', 'hop', 'detrend', 'scaling',
             'average', 'strategy', 'execution')
    self = Welch(n_fft, rate=rate, **dict(zip(names, args)), **fields)
    span, hop = self.schedule.span, self.schedule.hop
    results = []
    for start in range(0, len(x) - span + 1, hop):
        psd = np.empty(n_fft // 2 + 1, np.float32)
        for at, n in self.blocks(start):
            lib.bfft_welch_add(self.welch, 0, floats(x[at:]), n)
        lib.bfft_welch_finish(self.welch, 0, floats(psd))
        results.append(psd)
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


def check_cross(rng):
    """csd and transfer within 1e-5 of scipy's largest value, coherence within
    1e-4 where both channels have power. Returns: the largest errors."""
    worst = np.zeros(3)
    for n_fft, channels, options in cross_cases():
        reference = channels // 2
        x = rng.standard_normal((channels, 12 * n_fft)).astype(np.float32)
        x[1:] += 2 * x[:1]
        x[0, 5:] += 0.5 * x[-1, :-5]
        others = np.delete(x, reference, 0)
        for kind in range(1, 4):
            if kind == COHERENCE and options.get('average') == 'median':
                continue
            self = Welch(n_fft, rate=1000, channels=channels, cross=kind,
                         reference=reference, **options)
            hop, span = self.schedule.hop, self.schedule.span
            for start in range(0, x.shape[1] - span + 1, hop):
                psd, got = together(self, x, n_fft, start, kind)
                part = slice(start, start + span)
                want_psd, want = expected_cross(
                    x[reference, part], x[:, part], others[:, part], n_fft,
                    kind, **options)
                assert np.abs(psd - want_psd).max() <= 1e-5 * want_psd.max()
                heard = psd > {CSD: -1, COHERENCE: 1e-6, TRANSFER: 1e-12}[
                    kind] * psd.max(1, keepdims=True)
                heard = heard[reference] & np.delete(heard, reference, 0)
                got, want = got[heard], want[heard]
                assert np.isfinite(got).all() and len(got) > n_fft // 3
                error = np.abs(got - want).max()
                error /= 1 if kind == COHERENCE else np.abs(want).max()
                worst[kind - 1] = max(worst[kind - 1], error)
    assert worst[0] <= 1e-5 and worst[1] <= 1e-4 and worst[2] <= 1e-5, worst
    return worst


def cross_cases():
    for n_fft in 16, 64, 100, 127, 256, 400, 1000, 1024, 2048, 4096:
        yield n_fft, 2, {}
    for channels in 3, 5, 8, 64:
        yield 128, channels, {}
    for detrend, scaling, average in itertools.product(DETRENDS, SCALINGS,
                                                       AVERAGES):
        yield 200, 3, {'detrend': detrend, 'scaling': scaling,
                       'average': average}
    for window in filter(None, WINDOWS):
        yield 256, 2, {'window': window}
    for segments, overlap, hop, average in itertools.product(
            (2, 7, 17, 20), (0, 0.5, 0.75), (0, 64, 96), AVERAGES):
        if segments * (1 - overlap) < 11:
            yield 128, 2, {'segments': segments, 'overlap': overlap,
                           'hop': hop, 'average': average}
    yield 128, 2, {'execution': EXECUTION_C}


def together(self, x, n_fft, start, kind):
    """psd [channels, bins] and complex or real cross [others, bins]."""
    channels, bins = len(x), n_fft // 2 + 1
    psd = np.empty((channels, bins), np.float32)
    cross = np.empty((channels - 1, bins, 1 if kind == COHERENCE else 2),
                     np.float32)
    for at, n in self.blocks(start):
        samples = (ctypes.POINTER(ctypes.c_float) * channels)(
            *[floats(row[at:]) for row in x])
        lib.bfft_welch_add_together(self.welch, samples, n)
    lib.bfft_welch_finish_together(self.welch, floats(psd), floats(cross))
    if kind == COHERENCE:
        return psd, cross[..., 0]
    return psd, cross[..., 0] + 1j * cross[..., 1]


def expected_cross(x, all_, others, n_fft, kind, window='hann',
                   overlap=0.5, detrend='constant', scaling='density',
                   average='mean', **_):
    x, all_, others = (np.float64(v) for v in (x, all_, others))
    settings = {'window': window, 'nperseg': n_fft,
                'noverlap': int(n_fft * overlap), 'detrend': detrend}
    raw = 1
    if scaling == 'raw':
        raw = 1000 * (scipy.signal.get_window(window, n_fft) ** 2).sum()
        scaling = 'density'
    _, psd = scipy.signal.welch(all_, 1000, scaling=scaling, average=average,
                                **settings)
    if kind == COHERENCE:
        return psd * raw, scipy.signal.coherence(x, others, 1000,
                                                 **settings)[1]
    settings.update(scaling=scaling, average=average)
    _, want = scipy.signal.csd(x, others, 1000, **settings)
    if kind == TRANSFER:
        return psd * raw, want / scipy.signal.welch(x, 1000, **settings)[1]
    return psd * raw, want * raw


# IEC 61672-1:2013, table 3: nominal frequency, A and C weighting, dB.
WEIGHTINGS = """
10 -70.4 -14.3, 12.5 -63.4 -11.2, 16 -56.7 -8.5, 20 -50.5 -6.2, 25 -44.7 -4.4,
31.5 -39.4 -3.0, 40 -34.6 -2.0, 50 -30.2 -1.3, 63 -26.2 -0.8, 80 -22.5 -0.5,
100 -19.1 -0.3, 125 -16.1 -0.2, 160 -13.4 -0.1, 200 -10.9 0.0, 250 -8.6 0.0,
315 -6.6 0.0, 400 -4.8 0.0, 500 -3.2 0.0, 630 -1.9 0.0, 800 -0.8 0.0,
1000 0 0, 1250 0.6 0.0, 1600 1.0 -0.1, 2000 1.2 -0.2, 2500 1.3 -0.3,
3150 1.2 -0.5, 4000 1.0 -0.8, 5000 0.5 -1.3, 6300 -0.1 -2.0, 8000 -1.1 -3.0,
10000 -2.5 -4.4, 12500 -4.3 -6.2, 16000 -6.6 -8.5, 20000 -9.3 -11.2"""


def check_weightings():
    rows = [list(map(float, row.split())) for row in WEIGHTINGS.split(',')]
    assert len(rows) == 34
    for i, (nominal, *dbs) in enumerate(rows):
        f = 10 ** ((10 + i) / 10)
        assert abs(f / nominal - 1) < 0.02
        for weighting, db in zip((1, 2), dbs):
            got = 10 * np.log10(lib.bfft_weighting_gain(weighting, f))
            assert abs(got - db) <= 0.0501, (f, weighting, got, db)
    assert lib.bfft_weighting_gain(1, 0) == lib.bfft_weighting_gain(2, 0) == 0


class Levels:
    def __init__(self, welch_, n_fft, rate, fraction, scaling='density',
                 weighting=0, offset=0):
        self.spec = LevelSpec(n_fft=n_fft, window=floats(welch_.window),
                              rate=rate, scaling=SCALINGS.index(scaling),
                              fraction=fraction, weighting=weighting,
                              offset=offset)
        self.levels = lib.bfft_levels_new(ctypes.byref(self.spec), None)
        assert self.levels
        n = ctypes.c_uint()
        bands = lib.bfft_levels_get_bands(self.levels, ctypes.byref(n))
        self.bands = [(b.frequency, b.low, b.high, b.bins, b.label.decode())
                      for b in bands[:n.value]]

    def run(self, psd):
        levels = np.empty(max(len(self.bands), 1), np.float32)
        total = lib.bfft_levels_run(self.levels, floats(psd), floats(levels))
        return total, levels[:len(self.bands)]

    def __del__(self):
        lib.bfft_levels_free(self.levels)


def check_bands():
    """Frequencies, edges and labels by the standard's formulas."""
    some = Welch(65536, rate=48000)
    r10 = [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8]
    for fraction in 1, 2, 3, 6, 12, 24:
        bands = Levels(some, 65536, 48000, fraction).bands
        f, low, high, bins, labels = zip(*bands)
        x = fraction * np.log10(np.array(f) / 1000) / 0.3
        x -= 0.5 if fraction % 2 == 0 else 0
        assert np.abs(x - np.round(x)).max() < 1e-9
        assert (np.diff(np.round(x)) == 1).all()
        edge = 10 ** (0.15 / fraction)
        np.testing.assert_allclose(np.array(high) / f, edge, rtol=1e-12)
        np.testing.assert_allclose(np.array(f) / low, edge, rtol=1e-12)
        np.testing.assert_allclose(
            bins, (np.array(high) - low) * 65536 / 48000, rtol=1e-12)
        assert bins[0] >= 1 > bins[0] / edge ** 2
        assert high[-1] <= 24000 < high[-1] * edge ** 2
        for frequency, label in zip(f, labels):
            nominal, digits = float(label), len(label.strip('0').replace(
                '.', '').strip('0'))
            assert abs(nominal / frequency - 1) < 0.03, (label, frequency)
            mantissa = nominal / 10 ** np.floor(np.log10(nominal) + 1e-9)
            if fraction in (1, 3):
                assert min(abs(mantissa - r) for r in r10) < 1e-6, label
            else:
                assert digits <= (3 if mantissa < 5 else 2), label
    labels = [b[4] for b in Levels(some, 65536, 48000, 1).bands]
    assert labels[-10:] == ['31.5', '63', '125', '250', '500', '1000', '2000',
                            '4000', '8000', '16000'], labels
    assert '1060' in [b[4] for b in Levels(some, 65536, 48000, 6).bands]


def integrate(psd, f, low, high):
    """The step function of a density from low to high."""
    edges = np.concatenate([[0], (f[1:] + f[:-1]) / 2, [f[-1]]])
    mass = np.concatenate([[0], np.cumsum(psd * f[1])])
    return np.interp(high, edges, mass) - np.interp(low, edges, mass)


def filtered(x, rate, low, high):
    """Mean square behind a Butterworth band, as an IEC class 1 filter set has
    them; without the start."""
    sos = scipy.signal.butter(6, (low, high), 'band', fs=rate, output='sos')
    y = scipy.signal.sosfilt(sos, x)
    return (y[len(y) // 8:] ** 2).mean()


def pink(rng, n):
    spectrum = np.fft.rfft(rng.standard_normal(n))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    return np.fft.irfft(spectrum, n) * 100


def check_levels(rng):
    """Returns: the largest differences, dB, from the integral of scipy's PSD
    and from filters."""
    rate, n_fft, n = 48000, 8192, 2 ** 19
    f = np.fft.rfftfreq(n_fft, 1 / rate)
    t = np.arange(n) / rate
    signals_ = [rng.standard_normal(n), pink(rng, n)]
    signals_ += [np.sin(2 * np.pi * tone * t) for tone in (
        1000, 1000 * 10 ** 0.05, 1000 * 10 ** 0.15, 1000 * 10 ** 0.6)]
    worst = [0, 0]
    segments = n // (n_fft // 2) - 1
    for number, x in enumerate(signals_):
        for fraction, scaling in itertools.product((1, 3, 6, 24), SCALINGS):
            self = Welch(n_fft, rate=rate, segments=segments)
            psd = welch(x, rate, n_fft, segments=segments,
                        scaling=scaling)[0][0]
            levels = Levels(self, n_fft, rate, fraction, scaling)
            total, got = levels.run(psd)
            _, density = scipy.signal.welch(np.float32(x), rate, nperseg=n_fft)
            assert abs(total - 10 * np.log10(density.sum() * f[1])) < 0.01
            for (mid, low, high, bins, _), level in zip(levels.bands, got):
                want = 10 * np.log10(integrate(density, f, low, high))
                if bins < 8 or want < total - 70:
                    continue
                worst[0] = max(worst[0], abs(level - want))
                if fraction > 3 or scaling != 'density':
                    continue
                # no power of a tone is left where filters only begin to fall
                if number < 2 or want > total - 6:
                    want = 10 * np.log10(filtered(x, rate, low, high))
                    worst[1] = max(worst[1], abs(level - want))
    assert worst[0] < 0.1 and worst[1] < 0.3, worst
    return worst


def check_totals():
    """A full-scale sine reads -3.01 dB, weighted or not; the weighting is that
    at its frequency, the offset is added."""
    rate, n_fft = 48000, 4096
    t = np.arange(n_fft) / rate
    for f in 93.75, 1000.0, 1001.7, 9996.0:
        psd = welch(np.sin(2 * np.pi * f * t), rate, n_fft, segments=1)[0][0]
        for weighting in 0, 1, 2:
            self = Welch(n_fft, rate=rate)
            total, levels = Levels(self, n_fft, rate, 0, weighting=weighting,
                                   offset=97.0103).run(psd)
            want = 94 + 10 * np.log10(lib.bfft_weighting_gain(weighting, f))
            assert len(levels) == 0
            assert abs(total - want) < 0.02 + (f < 100) * 0.1, (total, want)
    error = ctypes.c_void_p()
    spec = LevelSpec(n_fft=2, rate=8000, fraction=24)
    assert not lib.bfft_levels_new(ctypes.byref(spec), ctypes.byref(error))


def expected_tone(psd, reach, bin_, position):
    """THD and SNR by sets of bins."""
    n, free = len(psd), np.ones(len(psd), bool)

    def take(centre):
        here = np.zeros(n, bool)
        here[max(0, int(centre) - reach):int(centre) + reach + 1] = True
        here &= free
        free[here] = False
        return psd[here].astype(float).sum()

    tone = take(bin_)
    harmonics = sum(take(np.floor(h * position + 0.5)) for h in range(2, 11)
                    if h * position < n - 1)
    take(0)
    noise = psd[free].astype(float).mean() * n if free.any() else np.nan
    with np.errstate(divide='ignore'):
        return 10 * np.log10(harmonics / tone), 10 * np.log10(tone / noise)


def check_tone(rng):
    """Against sets of bins on any PSD, and against what was put in."""
    for _ in range(500):
        n = int(rng.integers(3, 600))
        psd = rng.chisquare(2, n).astype(np.float32)
        reach = int(rng.integers(1, 9))
        peak = Peak(int(rng.integers(1, n)), rng.uniform(-0.5, 0.5), 1)
        got = lib.bfft_tone_measure(floats(psd), n, reach, ctypes.byref(peak))
        want = expected_tone(psd, reach, peak.bin, peak.bin + peak.offset)
        np.testing.assert_allclose((got.thd, got.snr), want, atol=1e-6)
    none = lib.bfft_tone_measure(floats(psd), n, reach, None)
    assert np.isnan(none.thd) and np.isnan(none.snr)
    n_fft, n = 8192, 2 ** 19
    t = np.arange(n)
    for window, limit in ('hann', 56), ('blackmanharris', 75):
        for position in 300.0, 300.37, 500.5:
            for snr, thd in (30, -40), (limit, -50), (limit - 10, -30):
                w = 2 * np.pi * position / n_fft
                third = 10 ** (thd / 20) * np.sqrt(0.5)
                x = np.sin(w * t) + third * (np.sin(2 * w * t + 1) +
                                             np.sin(3 * w * t + 2))
                x += rng.standard_normal(n) * np.sqrt(0.5) * 10 ** (-snr / 20)
                psd = welch(x, 1, n_fft, window, segments=127)[0][0]
                peak = find_peaks(psd, 1)[0]
                got = lib.bfft_tone_measure(
                    floats(psd), len(psd),
                    lib.bfft_tone_reach(WINDOWS.index(window)),
                    ctypes.byref(peak))
                # harmonics are counted with the noise in their bins
                reach = lib.bfft_tone_reach(WINDOWS.index(window))
                share = 9 * (2 * reach + 1) / len(psd)
                want = 10 * np.log10(10 ** (thd / 10) +
                                     share * 10 ** (-snr / 10))
                assert abs(got.thd - want) < 0.3, (window, want, got.thd)
                assert abs(got.snr - snr) < 0.5, (window, snr, got.snr)


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
        if psd[0] == psd.max() > psd[1]:
            all_ = [0, *all_]
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
    cross = check_cross(rng)
    check_weightings()
    check_bands()
    levels = check_levels(rng)
    check_totals()
    check_tone(rng)
    tones = {(snr, segments): check_tones(rng, snr, segments)
             for snr, segments in ((40, 8), (20, 8), (20, 16), (0, 64))}
    assert tones[40, 8].max() < 0.01
    # eight segments leave noise that in one try of a thousand reaches further
    assert np.quantile(tones[20, 8], 0.99) < 0.05
    assert tones[20, 16].max() < 0.05
    assert np.quantile(tones[0, 64], 0.99) < 0.5
    print('csd, coherence, transfer within ' +
          ', '.join(f'{e:.1e}' for e in cross) + ' of scipy; bands within '
          f'{levels[0]:.3f} dB of integrals, {levels[1]:.2f} of filters')
    print(f'PSD within {worst:.1e} of scipy; errors of refined frequencies, '
          'bins, largest / rms: ' + ', '.join(
              f'{snr} dB, {segments} segments '
              f'{e.max():.3f} / {np.sqrt((e ** 2).mean()):.3f}'
              for (snr, segments), e in tones.items()))


main()
