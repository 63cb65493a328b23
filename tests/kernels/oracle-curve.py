# bfft: curves against numpy.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A mask that is a curve, at any length and rate: interpolation in dB against
numpy.interp, smoothing against its definition, and plans against
numpy.fft.rfft times the gain."""
import ctypes as c
import numpy as np
from oracle import floats, lib

REFERENCE, STOCKHAM = 0, 2
rng = np.random.default_rng(14)


class Spec(c.Structure):
    _fields_ = [('n_fft', c.c_uint), ('variant', c.c_int),
                ('execution', c.c_int), ('network', c.c_void_p),
                ('window', c.c_void_p), ('first_bin', c.c_uint),
                ('n_bins', c.c_uint), ('rate', c.c_uint)]


for name in 'bfft_curve_new', 'bfft_plan_new', 'bfft_network_copy':
    getattr(lib, name).restype = c.c_void_p
lib.bfft_curve_smooth.argtypes = [c.c_void_p, c.c_uint, c.c_double]
V = c.c_void_p


def sample(network, n, rate):
    gains = np.zeros(n // 2 + 1, np.float32)
    lib.bfft_curve_sample(V(network), n, rate, floats(gains))
    return gains


def wanted(db, source, at):
    """numpy.interp holds the ends; DESIGN goes on with their slope."""
    out = np.interp(at, source, db)
    step = source[-1] - source[-2]
    beyond = at > source[-1]
    out[beyond] = db[-1] + (at[beyond] - source[-1]) * (db[-1] - db[-2]) / step
    return np.clip(out, -200, 200)


for n, rate, m, other in ((512, 48000, 512, 48000), (512, 48000, 400, 16000),
                          (256, 16000, 1024, 48000), (1024, 44100, 1000, 8000),
                          (2, 8000, 64, 8000), (64, 16000, 4096, 16000)):
    db = np.cumsum(rng.normal(0, 1, n // 2 + 1)).astype(np.float32) % 40 - 30
    gain = (10 ** (db / 20)).astype(np.float32)
    net = lib.bfft_curve_new(n, rate, floats(gain))
    assert lib.bfft_network_is_curve(V(net))
    got = sample(net, m, other)
    want = wanted(20 * np.log10(gain.astype(float)),
                  np.arange(n // 2 + 1) * rate / n,
                  np.arange(m // 2 + 1) * other / m)
    assert np.abs(20 * np.log10(got) - want).max() < 1e-4
    if (m, other) == (n, rate):
        assert np.array_equal(got, gain)

    # Every engine plays it, real frames of any length.
    window = np.hanning(m).astype(np.float32)
    x = rng.normal(size=m).astype(np.float32)
    exact = np.fft.rfft(x.astype(float) * window) * 10 ** (want / 20)
    for variant in REFERENCE, STOCKHAM:
        spec = Spec(m, variant, 0, net, window.ctypes.data, 0, 0, other)
        plan = lib.bfft_plan_new(c.byref(spec), None)
        power, re, im = (np.zeros(m // 2 + 1, np.float32) for _ in range(3))
        lib.bfft_plan_power(V(plan), floats(x), floats(power))
        lib.bfft_plan_spectrum(V(plan), floats(x), floats(re), floats(im))
        scale = np.linalg.norm(exact)
        assert np.linalg.norm(re + 1j * im - exact) < 1e-5 * scale
        assert np.abs(np.sqrt(power) - np.abs(exact)).max() < 1e-5 * scale
        lib.bfft_plan_free(V(plan))

    lib.bfft_network_unref(V(net))

gain = rng.uniform(.1, 10, 513).astype(np.float32)
smooth = gain.copy()
lib.bfft_curve_smooth(floats(smooth), 513, 1 / 3)
for k in 1, 7, 100, 400, 512:
    low, high = np.ceil(k * 2 ** (-1 / 6)), np.floor(k * 2 ** (1 / 6))
    db = 20 * np.log10(gain[max(1, int(low)):min(512, int(high)) + 1])
    assert abs(20 * np.log10(smooth[k]) - db.mean()) < 1e-4, k
assert smooth[0] == gain[0]

# No curves: im differs from re, negative, or no twin.
for bin, part, value in (3, 1, .5), (5, 0, -1.), (9, 0, 2.):
    net = lib.bfft_curve_new(16, 8000, floats(np.ones(9, np.float32)))

    class Network(c.Structure):
        _fields_ = [('head', c.c_uint * 4), ('twiddles', c.POINTER(c.c_float)),
                    ('gates', c.c_void_p), ('mask', c.POINTER(c.c_float))]
    mask = Network.from_address(net).mask
    mask[2 * bin + part] = value
    if bin == 9:
        mask[2 * bin + 1] = value
    assert not lib.bfft_network_is_curve(V(net))
    spec = Spec(32, STOCKHAM, 0, net, None, 0, 0, 8000)
    assert not lib.bfft_plan_new(c.byref(spec), None)
    lib.bfft_network_unref(V(net))
print('curves agree with numpy')
