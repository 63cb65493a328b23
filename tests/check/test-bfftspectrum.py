# bfft: bfftspectrum's own settings against numpy and scipy.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Overlap, windows, lengths, units and averages; timestamps and durations."""
import numpy as np
from scipy.signal import get_window

from pipelines import Gst, tensors

RATE = 48000
INTERVAL = 2400
rng = np.random.default_rng(3)
t = np.arange(5 * INTERVAL)
audio = (0.3 * np.sin(0.4 * t) + 0.1 * rng.standard_normal(len(t))).astype('f4')

# scipy has no povey (Kaldi's own), nor GstFFT's hamming.
WINDOWS = {
    'hann': 'hann', 'hamming': 'hamming', 'blackman': 'blackman',
    'hamming-gst': ('general_hamming', 0.53836),
    'blackman-harris': 'blackmanharris', 'nuttall': 'nuttall',
    'flattop': 'flattop', 'rectangular': 'boxcar'}


def window_of(name, n):
    if name == 'povey':
        return get_window('hann', n) ** 0.85
    return get_window(WINDOWS[name], n)


def powers(x, end, n, window):
    """|X|^2 / n^2 of the n samples before end, zeros before the start."""
    frame = np.concatenate([np.zeros(n), x.astype('f8')])[end:end + n]
    return np.abs(np.fft.rfft(frame * window)) ** 2 / n ** 2


def frame_ends(i, n, hop):
    """Of the frames in interval i."""
    start, stop = i * INTERVAL, (i + 1) * INTERVAL
    if hop == 0:
        ends = list(range(start + n, stop + 1, n))
    else:
        ends = [e for e in range(n, stop + 1, hop) if e > start]
    return ends or [stop]


def expected(x, n, hop, window, unit, average, threshold, bands):
    results = []
    w = window_of(window, n)
    for i in range(len(x) // INTERVAL):
        p = np.array([powers(x, e, n, w) for e in frame_ends(i, n, hop)])
        if average == 'power':
            p = p.mean(0)
        elif unit == 'db':
            results.append(np.maximum(10 * np.log10(p), threshold).mean(0))
            continue
        else:
            p = 10 ** np.log10(p).mean(0)
        results.append({'db': np.maximum(10 * np.log10(p), threshold),
                        'power': p, 'amplitude': np.sqrt(p)}[unit])
    return np.array(results)[:, :bands]


def error(n, hop=0, window='hann', unit='db', average='db', threshold=-60,
          bands=None):
    bands = bands or n // 2 + 1
    values, times, durations = tensors(
        f'bfftspectrum n-fft={n} bands={bands} hop={hop} window={window} '
        f'magnitude-unit={unit} average={average} threshold={threshold} '
        f'interval={INTERVAL * 10**9 // RATE}', audio, RATE)
    want = expected(audio, n, hop, window, unit, average, threshold, bands)
    assert values.shape == (5, 1, bands), values.shape
    assert (times == np.arange(5) * 50_000_000).all()
    assert (durations == 50_000_000).all()
    difference = np.abs(values[:, 0] - want)
    return (difference if unit == 'db' else difference / want.max()).max()


worst = {'db': 0, 'power': 0, 'amplitude': 0}
limit = {'db': 0.01, 'power': 1e-5, 'amplitude': 1e-5}
cases = [dict(n=512, window=w) for w in [*WINDOWS, 'povey']]
cases += [dict(n=n, hop=hop, unit=unit, average=average)
          for n in (256, 400) for hop in (0, 100, 256, 1000)
          for unit in limit for average in ('db', 'power')]
# Shorter and longer than the interval, odd, not all bands, other thresholds.
cases += [dict(n=n, hop=77) for n in (2, 3, 37, 4096)]
cases += [dict(n=2400), dict(n=4096), dict(n=4096, hop=5000)]
cases += [dict(n=512, bands=40, hop=64), dict(n=256, threshold=-30, hop=32)]
for case in cases:
    e = error(**case)
    unit = case.get('unit', 'db')
    assert e <= limit[unit], (case, e)
    worst[unit] = max(worst[unit], e)

# Channels: each on its own, and their mean.
stereo = np.stack([audio, np.roll(audio, 99)], 1)
launch = ('bfftspectrum n-fft=512 bands=257 hop=128 window=hann '
          'interval=50000000 threshold=-200 multi-channel={}')
each = tensors(launch.format('true'), stereo, RATE)[0]
mixed = tensors(launch.format('false'), stereo, RATE)[0]
for values, x in ((each[:, 0], stereo[:, 0]), (each[:, 1], stereo[:, 1]),
                  (mixed[:, 0], stereo.mean(1))):
    want = expected(x, 512, 128, 'hann', 'db', 'db', -200, 257)
    assert np.abs(values - want).max() < 0.01



def changed(name, value):
    """The results of a steady tone where a property is set in an interval."""
    def prepare(pipeline):
        element = next(e for e in pipeline.iterate_elements()
                       if e.get_factory().get_name() == 'bfftspectrum')
        count = iter(range(100))

        def probe(pad, info):
            if next(count) == 4:
                element.set_property(name, value)
            return Gst.PadProbeReturn.OK
        element.get_static_pad('sink').add_probe(Gst.PadProbeType.BUFFER, probe)
    return tensors('bfftspectrum n-fft=256 bands=129 interval=50000000 threshold=-100',
                   np.sin(2 * np.pi * t / 16), RATE, 1000, prepare)


# Sums in dB do not go on as sums of powers, nor those of another interval.
loudest = changed('average', 'power')[0][:, 0, 16]
assert len(loudest) > 3 and np.ptp(loudest) < 0.1, loudest
values, _, durations = changed('interval', 20_000_000)
assert set(durations) <= {50_000_000, 20_000_000} and durations[-1] == 20_000_000, durations
assert np.ptp(values[:, 0, 16]) < 0.1, values[:, 0, 16]

print(f'{len(cases)} settings; worst errors:',
      ', '.join(f'{k} {v:.2g}' for k, v in worst.items()))
