# bfft: matching in pipelines, and what it is for.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Usage: test-match.py VOICES.SH. A device hears speech through a FIR; bffttrain
fits a curve; other speech through the device and bfftfilter has the reference's
third-octave levels; bfftmel takes the curve at its own n-fft; checkpoints go on,
refusals are said."""
import json
import os
import subprocess
import sys
import tempfile

import gi
import numpy as np
from scipy import signal

gi.require_version('Gst', '1.0')
gi.require_version('GstApp', '1.0')
from gi.repository import GLib, Gst, GstApp  # noqa: E402,F401
from networks import read  # noqa: E402
from pipelines import tensors  # noqa: E402

Gst.init(None)
RATE = 16000
H = signal.firwin2(63, [0, .1, .3, .6, 1], [1, 1, .3, .1, .05])
LAG = 480 + 31


def run(samples, launch, rate=RATE, wanted=True):
    """Element messages, warnings and error of a run over [n][channels]."""
    samples = np.asarray(samples, np.float32)
    p = Gst.parse_launch(f'appsrc name=src format=time ! {launch}')
    src, sink = p.get_by_name('src'), p.get_by_name('sink')
    src.set_property('caps', Gst.Caps.from_string(
        f'audio/x-raw,format=F32LE,layout=interleaved,rate={rate},'
        f'channels={samples.shape[1]},channel-mask=(bitmask)0'))
    p.set_state(Gst.State.PLAYING)
    for i in range(0, len(samples), 4000):
        buf = Gst.Buffer.new_wrapped(samples[i:i + 4000].tobytes())
        buf.pts = i * Gst.SECOND // rate
        src.emit('push-buffer', buf)
    src.emit('end-of-stream')
    out = []
    while sink and (s := sink.emit('try-pull-sample', 5 * Gst.SECOND)):
        b = s.get_buffer()
        out.append(np.frombuffer(b.extract_dup(0, b.get_size()), np.float32))
    messages, warnings, error = [], [], None
    kinds = Gst.MessageType
    while True:
        m = p.get_bus().timed_pop_filtered(60 * Gst.SECOND, kinds.ELEMENT |
                                           kinds.WARNING | kinds.ERROR | kinds.EOS)
        assert m
        if m.type == kinds.ELEMENT:
            messages.append(m.get_structure().copy())
        elif m.type == kinds.WARNING:
            warnings.append(m.parse_warning()[0].message)
        else:
            error = m.parse_error()[0].message if m.type == kinds.ERROR else None
            break
    p.set_state(Gst.State.NULL)
    return messages, warnings, error, np.concatenate(out) if out else None


def device(x):
    d = np.convolve(x, H)[:len(x)]
    d = np.concatenate((np.zeros(480), d))[:len(x)]
    rng = np.random.default_rng(2)
    return d + 1e-3 * x.std() * rng.normal(size=len(x))


def thirds(x):
    """Levels in dB of the third octaves from 125 Hz to 6.3 kHz."""
    f, p = signal.welch(x, RATE, nperseg=4096)
    bands = 1000 * 10 ** (np.arange(-9, 9) / 10)
    return np.array([10 * np.log10(p[(f >= c * 10 ** -.05) & (f < c * 10 ** .05)]
                                   .sum()) for c in bands])


def gains_of(path):
    meta, t = read(path)
    assert meta['variant'] == 'fused-spectral' and meta['sample_rate'] == str(RATE)
    mask = t['freq_mask']
    assert np.array_equal(mask[:, 0], mask[:, 1])
    return mask[:len(mask) // 2 + 1, 0]


def off(path):
    """dB rms and at most between the gain and the truth, 100 Hz to 7 kHz."""
    g = gains_of(path)
    n = 2 * (len(g) - 1)
    f = np.arange(len(g)) * RATE / n
    e = 20 * np.log10(g * np.abs(np.fft.rfft(H, n)))[(f > 100) & (f < 7000)]
    return np.sqrt(np.mean(e ** 2)), np.abs(e).max()


def fields(s):
    return {s.nth_field_name(i): s.get_value(s.nth_field_name(i))
            for i in range(s.n_fields())}


def main(folder):
    subprocess.run(['sh', sys.argv[1], folder + '/a', folder + '/b'], check=True)
    x, other = (np.fromfile(folder + f, np.float32).astype(float)
                for f in ('/a', '/b'))
    x, other = x[:60 * RATE], other[:20 * RATE]
    two = np.stack((device(x), x), 1)
    path = folder + '/mic.safetensors'
    train = f'bffttrain reference-channel=1 n-fft=512 location={path} '

    for mode in 'sync', 'async queue-frames=4000':
        messages, warnings, error, _ = run(two, f'{train} mode={mode} ! fakesink')
        assert not warnings and not error, (warnings, error)
        told = [fields(m) for m in messages if m.get_name() == 'bffttrain']
        last = told[-1]
        assert last['variant'] == 'fused-spectral'
        assert abs(last['delay'] - LAG) <= 1, last['delay']
        assert last['match-err'] < .2 and last['unmatched-err'] > 5, last
        assert 'match-err' not in told[0] or told[0]['heard-bins'] > 0
        rms, most = off(path)
        print('%s: %.3f dB rms, %.2f at most off, match-err %.3f' %
              (mode, rms, most, last['match-err']))
        assert rms < .25 and most < 1.5
        if mode == 'sync':
            first = open(path, 'rb').read()
    model = json.load(open(folder + '/mic.json'))['models'][0]
    assert float(model['bfft']['settings']['delay']) == round(last['delay'], 6) \
        or abs(float(model['bfft']['settings']['delay']) - LAG) <= 1
    assert model['loss_curve'][-1]['total_loss'] > 0
    plots = {p['title']: p for p in model['bfft']['plots']}
    fitted, = plots['Fitted gain']['lines']
    places = np.rint(np.array(plots['Fitted gain']['x']) * 512 / RATE).astype(int)
    want = 20 * np.log10(gains_of(path))[places]
    assert np.abs(np.array(fitted['y']) - want).max() < 1e-3
    assert min(fitted['confidence']) < .5 and max(fitted['confidence']) > .9
    before, after = (np.array(line['y'], float) for line in
                     plots['Reference over the other channels']['lines'])
    assert np.nanmax(np.abs(before - after - want)) < 1e-3
    for y, err in (before, 'unmatched-err'), (after, 'match-err'):
        # without the few bins left out at the top of the axis
        assert abs(np.sqrt(np.nanmean(y ** 2)) / last[err] - 1) < .5, err

    # The same bytes again, also when it stops on the way and goes on.
    run(two, f'{train} mode=sync ! fakesink')
    assert open(path, 'rb').read() == first
    half = 512 * 8 * 100
    run(two[:half], f'{train} mode=sync ! fakesink')
    run(two[half:], f'{train} mode=sync resume-location={path} ! fakesink')
    assert open(path, 'rb').read() == first
    error = run(two[:9000], f'bffttrain n-fft=1024 reference-channel=1 mode=sync '
                f'resume-location={path} ! fakesink')[2]
    assert path in error, error

    # Other speech sounds like the reference.
    heard = device(other)
    fixed = run(heard[:, None], f'bfftfilter model-location={path} max-gain=40 '
                '! appsink name=sink sync=false')[3]
    assert len(fixed) == len(heard)
    want, raw, got = (thirds(s) for s in (other[:-LAG], heard[LAG:], fixed[LAG:]))
    signal_there = want > want.max() - 50
    worst = np.abs(got - want)[signal_there].max()
    print('third octaves: %.1f dB off before, %.2f after, in %d bands' %
          (np.abs(raw - want)[signal_there].max(), worst, signal_there.sum()))
    assert worst < 1

    # Features with the curve are those of the reference.
    launch = 'bfftmel preset=whisper '
    a, b, c = (tensors(l, s, RATE)[0][:, 0] for l, s in
               ((launch, other[:-LAG]), (launch, heard[LAG:]),
                (launch + f'model-location={path}', heard[LAG:])))
    loud = a > a.max() - 1.5
    before, after = (np.mean(np.abs(v - a)[loud]) for v in (b, c))
    print('log-mel (Whisper): %.3f off before, %.3f after' % (before, after))
    assert after < .3 * before
    # The model follows the stream into a filter.
    heard_by_filter = run(two, f'{train} mode=sync checkpoint-interval=20 ! '
                          'audioconvert mix-matrix="<<(float)1,(float)0>>" ! '
                          'audio/x-raw,channels=1 ! '
                          'bfftfilter follow-model=true n-fft=512 max-gain=40 ! '
                          'appsink name=sink sync=false')[3]
    want, got = thirds(x[-6 * RATE:-LAG]), thirds(heard_by_filter[LAG - 6 * RATE:])
    follow = np.abs(got - want)[want > want.max() - 50].max()
    print('followed: %.2f dB off' % follow)
    assert follow < 1

    # Refusals.
    stranger = np.stack((other, x[:len(other)]), 1)
    messages, warnings, error, _ = run(
        stranger, 'bffttrain reference-channel=0 n-fft=512 mode=sync '
        f'interval=10 location={folder}/no.safetensors ! fakesink')
    assert len(warnings) == 1 and 'share no sound' in warnings[0], warnings
    assert all(m.get_value('match-err') is None for m in messages)
    assert np.all(gains_of(folder + '/no.safetensors') == 1)
    for launch, word in (
            ('reference-channel=2', 'audiointerleave'),
            ('reference-channel=1 variant=domain', 'fused-spectral'),
            ('reference-channel=1 n-fft=500', 'power of two'),
            ('reference-channel=1 reference-delay=2000000', 'reference-delay')):
        error = run(two[:9000], f'bffttrain {launch} ! fakesink')[2]
        assert error and word in error, (launch, error)
    last = [m for m in run(two[:20 * RATE], f'bffttrain reference-channel=1 '
                           f'reference-delay={LAG} mode=sync ! fakesink')[0]][-1]
    assert last.get_value('delay') == LAG


with tempfile.TemporaryDirectory() as folder:
    main(folder)
