# bfft: matching against paths that are known.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""One sound goes to a reference as it is, and through a FIR, a delay and noise
to a device. The gain that was fitted is compared with the FIR's response over
the bins that both hear, beside the closed form sqrt (mean P_ref / mean P_dev)
of aligned frames, and the delay with the peak of the path's own phase
transform. Usage: oracle-match.py VOICES.SH [--table]"""
import ctypes as c
import subprocess
import sys
import tempfile

import numpy as np
from scipy import signal
from oracle import floats, lib

AUTO = -2 ** 31
V = c.c_void_p
lib.bfft_match_new.restype = V
lib.bfft_match_save_state.restype = V


class Options(c.Structure):
    _fields_ = [('n_fft', c.c_uint), ('rate', c.c_uint), ('delay', c.c_int),
                ('execution', c.c_int)]


class Report(c.Structure):
    _fields_ = [('delay', c.c_double), ('refused', c.c_int),
                ('before', c.c_double), ('after', c.c_double),
                ('heard', c.c_uint)]


def speech16():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(['sh', sys.argv[1], folder + '/a', folder + '/b'],
                       check=True)
        return [np.fromfile(folder + '/' + f, np.float32).astype(float)
                for f in 'ab']


def pink(count, rng):
    spectrum = np.fft.rfft(rng.normal(size=count))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    x = np.fft.irfft(spectrum, count)
    return .1 * x / x.std()


def path(kind, rate):
    """FIRs with a range of 40 dB."""
    half = rate / 2
    if kind == 'cloth':
        h = signal.firwin2(63, [0, .1, .3, .6, 1], [1, 1, .3, .05, .01])
    elif kind == 'loudspeaker':
        h = signal.firwin2(127, [0, 150 / half, 400 / half, .4, .7, 1],
                           [.01, .05, 1, 1, .3, .2])
    elif kind == 'resonances':
        t = np.arange(128)
        h = 1. * (t == 0)
        for f, decay, a in (.05, .97, .5), (.12, .95, .4), (.3, .96, .3):
            h += a * decay ** t * np.sin(2 * np.pi * f * t + .3)
        h *= np.hanning(256)[128:]
    elif kind == 'telephone':
        h = signal.firwin2(127, np.array([0, 200, 300, 3400, 4200, half]) /
                           half, [.01, .02, 1, 1, .01, .01])
    else:
        h = signal.firwin(16, .45)
    return h


def make(x, h, rate, delay, snr, rng):
    """reference, device"""
    shift = round(delay * rate)
    d = np.convolve(x, h)[:len(x)]
    d = np.concatenate((np.zeros(max(shift, 0)), d, np.zeros(max(-shift, 0))))
    d = d[max(-shift, 0):][:len(x)]
    noise = 10 ** (-snr / 20) * x.std()
    return (x + noise * rng.normal(size=len(x)),
            d + noise * rng.normal(size=len(x)), shift, [noise, noise])


def phat_peak(h):
    H = np.fft.rfft(h, 1 << 16)
    lag = np.argmax(np.fft.irfft(H / (np.abs(H) + 1e-9)))
    return lag if lag < 1 << 15 else lag - (1 << 16)


def match(ref, dev, n, rate, delay=AUTO, cut=4801):
    m = lib.bfft_match_new(c.byref(Options(n, rate, delay, 0)))
    ref, dev = ref.astype(np.float32), dev.astype(np.float32)
    for i in range(0, len(ref), cut):
        a, b = ref[i:i + cut].copy(), dev[i:i + cut].copy()
        lib.bfft_match_feed(V(m), floats(a), floats(b), len(a))
    return m


def result(m, n):
    gains, trust = (np.zeros(n // 2 + 1, np.float32) for _ in range(2))
    report = Report()
    lib.bfft_match_get_gains(V(m), floats(gains), floats(trust))
    lib.bfft_match_get_report(V(m), c.byref(report))
    return 20 * np.log10(gains), trust, report


def powers(x, n):
    w = signal.get_window('hann', n)
    f = np.lib.stride_tricks.sliding_window_view(x, n)[::n // 4]
    return np.mean(np.abs(np.fft.rfft(f * w)) ** 2, 0), (w ** 2).sum()


def closed(ref, dev, n, lag):
    a, b = max(-lag, 0), max(lag, 0)
    count = len(ref) - a - b
    (pr, _), (pd, _) = (powers(x[s:s + count], n) for x, s in ((ref, a), (dev, b)))
    return 10 * np.log10(pr / pd)


def heard(x, h, n, noise):
    """Bins that both hear 10 dB above their noises' rms."""
    p, w = powers(x, n)
    H = np.abs(np.fft.rfft(h, n)) ** 2
    ok = (p > 10 * noise[0] ** 2 * w) & (p * H > 10 * noise[1] ** 2 * w)
    ok[0] = ok[-1] = False
    return ok


def errors(db, h, n, ok):
    off = (db + 20 * np.log10(np.abs(np.fft.rfft(h, n)) + 1e-12))[ok]
    return np.sqrt(np.mean(off ** 2)), np.abs(off).max()


def case(name, x, kind, n, rate, delay, rms, most, spoil=None, snr=60):
    rng = np.random.default_rng(n + rate)
    h = path(kind, rate)
    ref, dev, shift, noise = make(x, h, rate, delay, snr, rng)
    if spoil:
        spoil(ref, dev, rng, noise)
    m = match(ref, dev, n, rate)
    db, trust, report = result(m, n)
    lag = shift + phat_peak(h)
    ok = heard(x, h, n, noise)
    got, plain = errors(db, h, n, ok), errors(closed(ref, dev, n, lag), h, n, ok)
    print('| %s | %s | %d | %d | %+.0f | %.3f / %.2f | %.3f / %.2f | %.2f |' %
          (name, kind, rate, n, 1e3 * delay, *got, *plain, report.after))
    faults = []
    if '-v' in sys.argv and got[1] > 1:
        off = db + 20 * np.log10(np.abs(np.fft.rfft(h, n)) + 1e-12)
        for k in np.flatnonzero(ok & (abs(off) > .6)):
            print(k, k * rate / n, off[k], trust[k])
    if abs(report.delay - lag) > 1:
        faults.append('delay %g, not %d' % (report.delay, lag))
    if got[0] > rms or got[1] > most:
        faults.append('error')
    # No worse; a fortieth of a dB is no difference.
    if got[0] > plain[0] + .025:
        faults.append('worse than the closed form')
    if spoil and got[0] > .7 * plain[0]:
        faults.append('not better than the closed form')
    lib.bfft_match_free(V(m))
    return ['%s %s %d %d: %s' % (name, kind, rate, n, f) for f in faults]


def device_noise(ref, dev, rng, noise):
    noise[1] = 10 ** (-35 / 20) * dev.std()
    dev += noise[1] * rng.normal(size=len(dev))


def reference_noise(ref, dev, rng, noise):
    noise[0] = 10 ** (-35 / 20) * ref.std()
    ref += noise[0] * rng.normal(size=len(ref))


def transient(ref, dev, rng, noise):
    at = len(dev) // 3
    dev[at:at + 4000] += 3 * rng.normal(size=4000) * np.exp(-np.arange(4000) / 800)


def early_transient(ref, dev, rng, noise):
    dev[8000:12000] += 3 * rng.normal(size=4000)


KINDS = ['cloth', 'loudspeaker', 'resonances', 'telephone', 'short']
DELAYS = [-.05, 0, .02, .15]


def follow(x, rate, ppm):
    """Two clocks: the delay at the end, where it is to be."""
    at = np.arange(int(len(x) * .999)) * (1 - ppm * 1e-6) - .01 * rate
    h = path('short', rate)
    d = np.interp(at, np.arange(len(x)), np.convolve(x, h)[:len(x)])
    m = match(x[:len(at)], d, 1024, rate)
    report = result(m, 1024)[2]
    lib.bfft_match_free(V(m))
    want = .01 * rate + (len(at) - rate / 4) * ppm * 1e-6 + phat_peak(h)
    print('clocks %d ppm apart: delay %.2f, %.2f is right' %
          (ppm, report.delay, want))
    return abs(report.delay - want) > 2, report.refused


def others(x, y, rate):
    """Sounds that have nothing to do with each other are refused."""
    count = min(len(x), len(y))
    m = match(x[:count], y[:count], 512, rate)
    db, trust, report = result(m, 512)
    lib.bfft_match_free(V(m))
    return not report.refused or report.heard or db.any() or trust.any()


def state(m):
    lib.g_bytes_get_data.restype = V
    size = c.c_size_t()
    b = lib.bfft_match_save_state(V(m))
    return b, c.string_at(lib.g_bytes_get_data(V(b), c.byref(size)), size.value)


def resume(x, rate):
    """Cuts make no difference, a state goes on to the same bits, pauses teach
    nothing, NaN poisons nothing."""
    h = path('cloth', rate)
    ref, dev, _, _ = make(x[:20 * rate], h, rate, .03, 60,
                          np.random.default_rng(5))
    whole = match(ref, dev, 512, rate)
    first = match(ref[:7 * rate], dev[:7 * rate], 512, rate, cut=333)
    kept, data = state(first)
    second = lib.bfft_match_new(c.byref(Options(512, rate, AUTO, 0)))
    assert lib.bfft_match_restore_state(V(second), V(kept))
    other = lib.bfft_match_new(c.byref(Options(1024, rate, AUTO, 0)))
    assert not lib.bfft_match_restore_state(V(other), V(kept))
    a, b = (s[7 * rate:].astype(np.float32) for s in (ref, dev))
    lib.bfft_match_feed(V(second), floats(a), floats(b), len(a))
    assert np.array_equal(result(whole, 512)[0], result(second, 512)[0])
    assert state(whole)[1] == state(second)[1]

    rng = np.random.default_rng(6)
    a, b = ((1e-3 * s.std() * rng.normal(size=20 * rate)).astype(np.float32)
            for s in (ref, dev))
    lib.bfft_match_feed(V(whole), floats(a), floats(b), 3 * rate)
    before, trust, _ = result(whole, 512)
    a[rate:rate + 100] = np.nan
    lib.bfft_match_feed(V(whole), floats(a), floats(b), len(a))
    after, _, report = result(whole, 512)
    assert np.isfinite(after).all()
    moved = np.abs(after - before)[trust > .9].max()
    print('20 s of noise alone moved the gain by %.3f dB at most' % moved)
    assert moved < .05 and not report.refused


def main():
    voices, strangers = speech16()
    rng = np.random.default_rng(1)
    faults = []
    print('| sound | path | rate | n-fft | ms | fitted: rms / most dB '
          '| closed form | match-err |\n|---|---|---|---|---|---|---|---|')
    for i, (rate, up, down) in enumerate(((16000, 1, 1), (44100, 441, 160),
                                          (48000, 3, 1))):
        x = signal.resample_poly(voices[:60 * 16000], up, down)
        y = pink(20 * rate, rng)
        for j, n in enumerate((512, 1024, 2048, 4096)):
            for k in range(5) if '--table' in sys.argv else (i + j, i + j + 2):
                kind, delay = KINDS[k % 5], DELAYS[(i + j + k) % 4]
                faults += case('speech', x, kind, n, rate, delay, .25, 1.5)
                faults += case('pink noise', y, kind, n, rate, delay, .15, 1.5)
        for spoil in device_noise, reference_noise, transient, early_transient:
            faults += case('speech, ' + spoil.__name__, x, 'cloth', 1024, rate,
                           .02, .4, 2, spoil)
    for ppm in 100, -100, 30:
        for sound in x, y:
            if any(follow(sound, rate, ppm)):
                faults.append('%d ppm are not followed' % ppm)
    if others(voices, strangers, 16000) or others(
            pink(960000, rng), pink(960000, rng), 48000):
        faults.append('strangers are matched')
    resume(voices, 16000)
    for fault in faults:
        print('FAULT', fault)
    sys.exit(bool(faults))


if __name__ == '__main__':
    main()
