# bfft: bfftfilter in pipelines.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The input comes out as it was, at its time, in every format; gains are those
of the curve; models are swapped without a click."""
import os
import struct
import tempfile
import time
import json

import gi
import numpy as np

gi.require_version('Gst', '1.0')
gi.require_version('GstApp', '1.0')
gi.require_version('GstController', '1.0')
from gi.repository import GLib, Gst, GstApp, GstController  # noqa: E402,F401

Gst.init(None)
RATE = 48000
DTYPES = {'S16LE': np.int16, 'S32LE': np.int32, 'F32LE': np.float32,
          'F64LE': np.float64}
rng = np.random.default_rng(3)


def curve_file(path, n, rate, gains, turn=0.):
    """A fused-spectral network by docs/weights.md: twiddles that are exact, or
    turned by an angle, which leaves no curve; this mask."""
    stages, half = n.bit_length() - 1, n // 2
    k = np.arange(half)[None] % (1 << np.arange(stages))[:, None]
    w = np.exp(-2j * np.pi * k / (2 << np.arange(stages))[:, None] + 1j * turn)
    twiddles = np.stack((w.real, w.imag), -1).astype('<f4')
    gains = np.concatenate((gains, gains[-2:0:-1]))
    mask = np.repeat(gains[:, None], 2, 1).astype('<f4')
    header, body = {'__metadata__': {
        'format': 'bfft', 'version': '1', 'n_fft': str(n),
        'variant': 'fused-spectral', 'sample_rate': str(rate)}}, b''
    for name, a in ('twiddle.packed', twiddles), ('freq_mask', mask):
        header[name] = {'dtype': 'F32', 'shape': a.shape,
                        'data_offsets': [len(body), len(body) + a.nbytes]}
        body += a.tobytes()
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    open(path, 'wb').write(struct.pack('<Q', len(text)) + text + body)
    return path


def to_bytes(x, fmt):
    if fmt == 'S24LE':
        return x.astype('<i4').view(np.uint8).reshape(*x.shape, 4)[..., :3].tobytes()
    return x.astype(DTYPES[fmt]).tobytes()


def from_bytes(data, fmt, channels):
    if fmt == 'S24LE':
        a = np.frombuffer(data, np.uint8).reshape(-1, 3)
        a = np.concatenate((np.zeros((len(a), 1), np.uint8), a), 1)
        return a.copy().view('<i4').reshape(-1, channels) >> 8
    return np.frombuffer(data, DTYPES[fmt]).reshape(-1, channels)


class Play:
    """Pushes samples [n][channels] through a bin and keeps what comes out."""

    def __init__(self, launch, fmt='F32LE', channels=1, rate=RATE):
        self.fmt, self.channels, self.rate = fmt, channels, rate
        self.pipeline = Gst.parse_launch(
            f'appsrc name=src format=time ! {launch} ! appsink name=sink '
            'sync=false max-buffers=0')
        self.src, self.sink = map(self.pipeline.get_by_name, ('src', 'sink'))
        self.src.set_property('caps', Gst.Caps.from_string(
            f'audio/x-raw,format={fmt},layout=interleaved,rate={rate},'
            f'channels={channels},channel-mask=(bitmask)0'))
        self.pipeline.set_state(Gst.State.PLAYING)
        self.at = 0

    def push(self, x, size=1000, start=0, flags=0):
        for i in range(0, len(x), size):
            buf = Gst.Buffer.new_wrapped(to_bytes(x[i:i + size], self.fmt))
            buf.pts = start + (self.at + i) * Gst.SECOND // self.rate
            buf.offset = 5000 + self.at + i
            buf.set_flags(flags)
            self.src.emit('push-buffer', buf)
        self.at += len(x)

    def end(self):
        self.src.emit('end-of-stream')
        parts, self.times, self.offsets = [], [], []
        # Without an end there was an error.
        while sample := self.sink.emit('try-pull-sample', 3 * Gst.SECOND):
            buf = sample.get_buffer()
            data = from_bytes(buf.extract_dup(0, buf.get_size()), self.fmt,
                              self.channels)
            self.times.append((buf.pts, buf.duration, len(data)))
            self.offsets.append((buf.offset, buf.offset_end))
            parts.append(data)
        bus, self.said = self.pipeline.get_bus(), []
        self.error = None
        while message := bus.pop_filtered(Gst.MessageType.WARNING | Gst.MessageType.ERROR):
            if message.type == Gst.MessageType.WARNING:
                self.said.append(message.parse_warning()[0].message)
            else:
                self.error = self.error or message
        self.ended = self.sink.get_property('eos')
        self.pipeline.set_state(Gst.State.NULL)
        assert self.ended or self.error
        return np.concatenate(parts) if parts else np.zeros((0, self.channels))


def decibels(error, signal):
    return 20 * np.log10(np.sqrt(np.mean(error ** 2.) / np.mean(signal ** 2.))
                         + 1e-30)


def check_identity():
    n = 64
    while n <= 8192:
        for overlap in (.5, .75, .9) if n == 512 else (.75,):
            for channels in 1, 2, 3:
                x = rng.uniform(-.5, .5, (20011, channels)).astype(np.float32)
                p = Play(f'bfftfilter n-fft={n} overlap={overlap}', channels=channels)
                p.push(x, 777)
                y = p.end()
                assert y.shape == x.shape, (n, y.shape)
                assert decibels(y - x, x) < -120, (n, decibels(y - x, x))
                at = 0
                for (pts, duration, count), offsets in zip(p.times, p.offsets):
                    assert offsets == (5000 + at, 5000 + at + count)
                    assert abs(pts - at * Gst.SECOND / RATE) <= 1
                    assert abs(pts + duration - (at + count) * 1e9 / RATE) <= 2
                    at += count
        n *= 2


def check_formats():
    for fmt, full in (('S16LE', 2 ** 15), ('S24LE', 2 ** 23),
                      ('S32LE', 2 ** 31), ('F32LE', 1), ('F64LE', 1)):
        for layout in '', 'audioconvert ! audio/x-raw,layout=non-interleaved ! ':
            # audioconvert takes up to 63.
            for channels in 2, 62 if layout else 64:
                x = rng.uniform(-1, 1, (4001, channels)) * .999 * full
                if fmt[0] == 'S':
                    x = np.round(x)
                back = ' ! audioconvert dithering=none ! audio/x-raw,layout=interleaved'
                p = Play(layout + 'bfftfilter n-fft=256' + (back if layout else ''),
                         fmt, channels)
                p.push(x.astype(np.int64) if fmt[0] == 'S' else x, 1013)
                y = p.end()
                assert y.shape == x.shape, (fmt, layout, y.shape, p.error)
                worst = np.abs(y - x).max() / full
                assert worst <= 2e-6, (fmt, layout, worst)
                if fmt in ('S16LE',):
                    assert np.array_equal(x, y)


def check_short():
    """Streams shorter than a frame, and none at all."""
    for count in 0, 1, 100, 1023, 1024, 1025:
        x = rng.uniform(-1, 1, (count, 1)).astype(np.float32)
        p = Play('bfftfilter')
        p.push(x)
        y = p.end()
        assert y.shape == x.shape and np.abs(y - x).max(initial=0) < 1e-6


def check_gaps():
    """A jump in time, silence by flag, bad samples."""
    x = rng.uniform(-1, 1, (5000, 1)).astype(np.float32)
    p = Play('bfftfilter n-fft=512')
    p.push(x)
    p.push(x, start=10 * Gst.SECOND)
    y = p.end()
    assert len(y) == 10000
    assert np.abs(y - np.concatenate((x, x))).max() < 1e-6
    second = [t for t in p.times if t[0] >= 10 * Gst.SECOND]
    assert sum(t[2] for t in second) == 5000
    assert second[0][0] == 10 * Gst.SECOND + 5000 * Gst.SECOND // RATE

    p = Play('bfftfilter n-fft=512')
    p.push(x)
    p.push(x, flags=Gst.BufferFlags.GAP)
    y = p.end()
    assert np.abs(y[5000:]).max() < 1e-6 and np.abs(y[:5000] - x).max() < 1e-6

    bad = x.copy()
    bad[2000], bad[2001] = np.nan, np.inf
    p = Play('bfftfilter n-fft=512')
    p.push(bad)
    y = p.end()
    ok = np.isfinite(bad)
    assert np.isfinite(y).all() and np.abs(y - bad)[ok].max() < 1e-6


def starts(times):
    """Where the output does not go on where it was."""
    return [pts for (pts, *_), (last, length, _) in zip(times[1:], times)
            if abs(pts - last - length) > 1]


def check_times():
    """The analysers' rule: a source with a clock of its own is followed, a hole
    that stays for a second or that DISCONT tells of is one."""
    x = rng.uniform(-1, 1, (2 * RATE, 1)).astype(np.float32)
    for hole, flags, cuts in (0, 0, 0), (30, 0, 0), (300, 0, 1), (300, 'D', 1), (1500, 0, 1):
        p = Play('bfftfilter n-fft=512')
        p.push(x[:RATE // 2])
        p.push(x[RATE // 2:RATE // 2 + 1000], start=hole * Gst.MSECOND,
               flags=Gst.BufferFlags.DISCONT if flags else 0)
        p.push(x[RATE // 2 + 1000:], start=hole * Gst.MSECOND)
        y = p.end()
        # Sound is neither lost nor made, wherever a piece ends.
        assert y.shape == x.shape and decibels(y - x, x) < -120, hole
        cut = starts(p.times)
        assert len(cut) == cuts, (hole, cut)
        if cuts:
            late = Gst.SECOND if hole < 1000 and not flags else 0
            at = Gst.SECOND // 2 + hole * Gst.MSECOND + late
            assert 0 <= cut[0] - at < 30 * Gst.MSECOND, (hole, cut)
        last, length, _ = p.times[-1]
        assert abs(last + length - 2 * Gst.SECOND - hole * Gst.MSECOND) < 2, hole
    # 2 % slow for 2 s, and no cut
    p = Play('bfftfilter n-fft=512')
    for i in range(0, len(x), 1000):
        p.push(x[i:i + 1000], start=i * Gst.SECOND // RATE // 50)
    y = p.end()
    assert decibels(y - x, x) < -120
    last, length, count = p.times[-1]
    assert abs(last + length - 2.04e9) < 1e6, last
    at = 0
    for pts, _, count in p.times:
        assert abs(pts - at * 1.02e9 / RATE) < 1e6, (at, pts)
        at += count


def tone(f, count=RATE // 2, rate=RATE):
    return (.1 * np.sin(2 * np.pi * f * np.arange(count) / rate))[:, None]


def level(f, launch, rate=RATE):
    p = Play(launch, rate=rate)
    x = tone(f, rate=rate)
    p.push(x.astype(np.float32))
    y = p.end()
    assert p.error is None, p.error.parse_error()
    m = slice(rate // 10, -rate // 10)
    return decibels(y[m], x[m])


def check_curve(folder):
    """Gains of the curve at another n-fft and rate; mix, max-gain, smoothing."""
    f = np.arange(257) * RATE / 512
    db = 12 * np.sin(f / 3000) - 6 - 40 * (f > 15000)
    path = curve_file(folder + '/c.safetensors', 512, RATE, 10 ** (db / 20))
    base = f'bfftfilter model-location={path} '
    for n in 0, 256, 1024, 4096:
        for at in 1000, 3000, 5625, 9000:
            for rate in 48000, 44100, 96000:
                want = np.interp(at, f, db)
                got = level(at, base + f'n-fft={n}', rate)
                # Gains across a frame's main lobe are not quite the same.
                assert abs(got - want) < (.5 if n == 256 else .15), (n, at, got, want)
    assert abs(level(20000, base) + 24) < .05
    assert abs(level(20000, base + 'max-gain=60') - np.interp(20000, f, db)) < .3
    assert abs(level(4712, base + 'max-gain=3') - 3) < .05
    assert abs(level(4712, base + 'mix=0')) < 1e-3
    half = 20 * np.log10(.5 + .5 * 10 ** (np.interp(9000, f, db) / 20))
    assert abs(level(9000, base + 'mix=0.5') - half) < .1
    k = np.arange(257)
    around = (k >= 96 * 2 ** -.5) & (k <= 96 * 2 ** .5)
    assert abs(level(9000, base + 'smoothing=1') - db[around].mean()) < .3
    return path


def check_refusals(folder):
    bad = folder + '/bad.safetensors'
    open(bad, 'wb').write(b'nothing')
    for launch, word in ((f'bfftfilter model-location={bad}', bad),
                         ('bfftfilter n-fft=1000', 'power of two'),
                         (f'bfftfilter model-location={folder}/no', '/no')):
        p = Play(launch)
        p.push(tone(1000).astype(np.float32))
        p.end()
        assert p.error and word in p.error.parse_error()[0].message, word


def check_latency():
    p = Gst.parse_launch('audiotestsrc is-live=true ! audio/x-raw,rate=48000 ! '
                         'bfftfilter n-fft=4096 ! fakesink name=s sync=true')
    p.set_state(Gst.State.PLAYING)
    p.get_state(Gst.SECOND * 5)
    query = Gst.Query.new_latency()
    assert p.query(query)
    live, least, most = query.parse_latency()
    # audiotestsrc has a buffer of 1024 samples, the sink 20 ms to work.
    own = least - 1024e9 / 48000 - 20e6
    assert live and abs(own - 4096e9 / 48000) < 2000, own
    message = p.get_bus().timed_pop_filtered(
        Gst.SECOND, Gst.MessageType.ERROR | Gst.MessageType.QOS)
    assert message is None, message.get_structure().to_string()
    p.set_state(Gst.State.NULL)


def second(x):
    return np.abs(np.diff(x[:, 0].astype(float), 2)).max()


def check_swaps(folder):
    """A hundred models, and mix and max-gain all the time, without a click."""
    flat = [curve_file(f'{folder}/{i}.safetensors', 512, RATE,
                       np.full(257, g)) for i, g in enumerate((1., .25))]
    p = Play('bfftfilter name=f n-fft=1024 model-location=' + flat[0])
    f = p.pipeline.get_by_name('f')
    x = tone(1000, 302400).astype(np.float32)
    p.push(x[:1000])
    swaps = 0
    for i in range(1, 303):
        p.push(x[i * 1000:(i + 1) * 1000])
        while p.src.get_property('current-level-bytes') > 0:
            pass
        if i % 3 == 0 and swaps < 100:
            swaps += 1
            f.set_property('model-location', flat[swaps % 2])
    y = p.end()
    assert swaps >= 99 and len(y) == len(x)
    # Both gains were heard, and no edge between.
    rms = np.sqrt((y[2400:-2400].reshape(-1, 480) ** 2).mean(1))
    assert rms.max() > .069 and rms.min() < .03, (rms.max(), rms.min())
    assert second(y) <= 1.02 * second(x), second(y) / second(x)

    for name, low, high in ('mix', 0, 1), ('max-gain', 0, 24):
        p = Play('bfftfilter name=f model-location=' + flat[1])
        f = p.pipeline.get_by_name('f')
        source = GstController.InterpolationControlSource()
        source.set_property('mode', GstController.InterpolationMode.NONE)
        f.add_control_binding(GstController.DirectControlBinding.new_absolute(
            f, name, source))
        for i in range(60):
            source.set(i * Gst.SECOND // 10, (low, high)[i % 2])
        p.push(x)
        y = p.end()
        rms = np.sqrt((y[2400:-2400].reshape(-1, 480) ** 2).mean(1))
        assert rms.max() > .069 and rms.min() < .03, name
        assert second(y) <= 1.02 * second(x), name


def check_follow(folder):
    """The stream's model plays; one for another n-fft or rate, which is no curve,
    is one warning, however often it comes."""
    other = [curve_file(f'{folder}/{n}-{rate}', n, rate, np.full(n // 2 + 1, .25), 1e-3)
             for n, rate in ((256, RATE), (1024, 16000))]
    for path, gain, words in ((folder + '/1.safetensors', -12.04, None),
                              (other[0], 0, 'is for n-fft 256 and is not used'),
                              (other[1], -12.04, f'trained at 16000 Hz and runs at {RATE} Hz')):
        p = Play('bfftfilter follow-model=true name=f')
        pad = p.pipeline.get_by_name('f').get_static_pad('sink')
        x = tone(1000).astype(np.float32)
        p.push(x)
        while p.src.get_property('current-level-bytes') > 0:
            pass
        for _ in range(3):
            model = Gst.Structure.new_empty('bfft-model')
            model.set_value('model', GLib.Bytes.new(open(path, 'rb').read()))
            pad.send_event(Gst.Event.new_custom(
                Gst.EventType.CUSTOM_DOWNSTREAM_STICKY, model))
            time.sleep(.3)
        p.push(x)
        y = p.end()
        assert abs(decibels(y[-5000:], x[-5000:]) - gain) < .05, (path, decibels(y[-5000:], x[-5000:]))
        assert abs(decibels(y[5000:15000], x[5000:15000])) < .01
        assert len(p.said) == (words is not None) and all(words in t for t in p.said), p.said


with tempfile.TemporaryDirectory() as folder:
    check_identity()
    check_formats()
    check_short()
    check_gaps()
    check_times()
    check_curve(folder)
    check_refusals(folder)
    check_latency()
    check_swaps(folder)
    check_follow(folder)
print('bfftfilter passes')
