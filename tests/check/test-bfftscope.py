# bfft: what bfftscope shows is where its axis says, when it was heard.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-bfftscope.py FOLDER"""
import json
import os
import struct
import sys

import gi
import numpy as np

gi.require_version('Gst', '1.0')
gi.require_version('GstApp', '1.0')
from gi.repository import GLib, Gst, GstApp  # noqa: E402,F401

Gst.init(None)
RATE = 48000
FORMAT = 'BGRx' if sys.byteorder == 'little' else 'xRGB'
STYLES = 'waterfall', 'spectrum', 'bands'
SIZES = (64, 64), (1280, 720), (333, 517), (1, 1), (3840, 2160)


def sine(frequency, seconds, rate=RATE, amplitude=1):
    return amplitude * np.sin(2 * np.pi * frequency / rate * np.arange(int(rate * seconds)) + .3)


class Run:
    """A pipeline from arrays to pictures."""

    def __init__(self, settings, width=320, height=240, fps='30/1', rate=RATE, audio='F32LE',
                 before='', timed=True):
        self.rate, self.audio, self.timed, self.sent = rate, audio, timed, 0
        self.pipeline = Gst.parse_launch(
            f'appsrc name=src format=time {before} ! bfftscope name=scope {settings} ! '
            f'capsfilter name=video ! appsink name=sink sync=false')
        self.src, self.scope, self.sink, self.video = map(
            self.pipeline.get_by_name, ('src', 'scope', 'sink', 'video'))
        self.size(width, height, fps)
        self.src.set_property('caps', Gst.Caps.from_string(
            f'audio/x-raw,format={audio},layout=interleaved,rate={rate},channels=1'))
        self.pipeline.set_state(Gst.State.PLAYING)

    def size(self, width, height, fps='30/1'):
        self.video.set_property('caps', Gst.Caps.from_string(
            f'video/x-raw,format={FORMAT},width={width},height={height},framerate={fps}'))

    def push(self, samples, size=1024):
        for i in range(0, len(samples), size):
            chunk = np.asarray(samples[i:i + size], np.float32)
            if self.audio == 'S16LE':
                chunk = np.round(chunk * 32767).astype('<i2')
            buf = Gst.Buffer.new_wrapped(chunk.tobytes())
            if self.timed:
                buf.pts = self.sent * Gst.SECOND // self.rate
            self.sent += len(chunk)
            self.src.emit('push-buffer', buf)

    def pull(self):
        sample = self.sink.emit('pull-sample')
        if sample is None:
            return None
        caps, buf = sample.get_caps()[0], sample.get_buffer()
        width, height = caps['width'], caps['height']
        words = np.frombuffer(buf.extract_dup(0, buf.get_size()), np.uint32)
        assert not np.any(words >> 24)
        words = words.reshape(height, width)
        return buf.pts, np.stack([words >> s & 255 for s in (16, 8, 0)], -1).astype(int)

    def finish(self):
        """The pictures that are left: times, [n, height, width, 3]"""
        self.src.emit('end-of-stream')
        rest = []
        while (picture := self.pull()) is not None:
            rest.append(picture)
        message = self.pipeline.get_bus().pop_filtered(
            Gst.MessageType.ERROR | Gst.MessageType.WARNING)
        self.pipeline.set_state(Gst.State.NULL)
        assert message is None, (message.parse_error() if message.type == Gst.MessageType.ERROR
                                 else message.parse_warning())
        return [t for t, _ in rest], [p for _, p in rest]


def show(settings, samples, **how):
    run = Run(settings, **how)
    run.push(samples)
    return run.finish()


def place(scale, f, low, high):
    """Part of the axis below f, by the scales' definitions."""
    bend = {'log': np.log2, 'linear': float, 'mel': lambda x: 2595 * np.log10(1 + x / 700)}[scale]
    return (bend(f) - bend(low)) / (bend(high) - bend(low))


def depth(picture, height=80, threshold=300):
    """How far below the top the first bright pixel is, height where there is none."""
    bright = (picture.sum(-1) > threshold).any(1)
    return np.argmax(bright) / len(picture) * height if bright.any() else height


def check_place():
    """A tone is where the axis says it is, and nothing else is anywhere."""
    for scale in ('log', 'linear', 'mel'):
        for style in STYLES:
            for width, height in SIZES if scale == 'log' else SIZES[:-1]:
                _, pictures = show(f'grid=false peak-hold=false palette=gray style={style} '
                                   f'scale={scale}', sine(1000, .15), width=width, height=height)
                picture = pictures[2].sum(-1)
                # where it is highest, or the row of before
                row = 0 if style == 'waterfall' else np.argmax(picture.max(1) > 300)
                bright = np.nonzero(picture[row] == picture[row].max())[0]
                found = (bright[0] + bright[-1] + 1) / 2
                wanted = width * place(scale, 1000, 20 if scale == 'log' else 0, RATE / 2)
                slack = 1 if style != 'bands' else 1 + width / (30.8 if scale == 'log' else 32) / 2
                assert abs(found - wanted) <= slack, (scale, style, width, height, found, wanted)
                if width > 300 and style != 'bands':
                    far = np.abs(np.arange(width) - wanted) > .05 * width
                    assert not picture[:height // 4, far].any() or style == 'waterfall'
                    assert style != 'waterfall' or not picture[1, far].max() > 30


def check_grid():
    """The axis' own line of 10 kHz is where the tone is."""
    for scale in ('log', 'linear', 'mel'):
        for width, height in ((640, 480), (1280, 720), (1001, 777)):
            settings = f'style=spectrum palette=gray peak-hold=false scale={scale}'
            silent = show(settings, np.zeros(9600), width=width, height=height)[1][1].sum(-1)
            tone = show(settings, sine(10000, .2), width=width, height=height)[1][2].sum(-1)
            # below the plot's upper edge no level is reached in silence: lines
            rows = silent[height // 4:height // 2]
            lines = np.nonzero((rows > 60).mean(0) > .9)[0]
            peak = np.argmax((tone - silent)[height // 50:height // 10].sum(0))
            assert np.abs(lines - peak).min() <= 1, (scale, width, lines, peak)
            assert len(lines) >= 5


def check_level():
    """0 dB is a sine of full scale, in heights and in colours."""
    height = 400
    for audio in ('F32LE', 'S16LE'):
        for frequency in (1000, 997, 5000.7):
            for level in (0, -10, -33):
                tone = sine(frequency, .3, amplitude=10 ** (level / 20))
                for style in STYLES:
                    _, pictures = show(
                        f'grid=false peak-hold=false palette=gray style={style}', tone,
                        width=640, height=height, audio=audio)
                    picture = pictures[4].sum(-1) / 3
                    read = picture[0].max() / 255 * 80 - 80 if style == 'waterfall' else \
                        -80 * np.argmax(picture.max(1) > 100) / height
                    # of 256 colours one and a half; a bar has a part of a tone at its edge
                    slack = .47 if style == 'waterfall' else \
                        .35 if style == 'spectrum' or frequency < 5000 else 3
                    assert abs(read - level) < slack, (audio, frequency, level, style, read)
    _, pictures = show('grid=false style=spectrum palette=gray peak-hold=false reference=-20 '
                       'range=40', sine(1000, .3, amplitude=.01), width=640, height=height)
    assert abs(np.argmax(pictures[4].sum(-1).max(1) > 300) - height / 2) < 5


def check_hold():
    sound = np.concatenate([sine(1000, .3, amplitude=.1), np.zeros(RATE * 3)])
    for style in ('spectrum', 'bands'):
        for hold in (True, False):
            times, pictures = show(f'grid=false style={style} peak-hold={hold} n-fft=1024', sound)
            tops = [depth(p, threshold=200) for p in pictures]
            after = [top for t, top in zip(times, tops) if .7 <= t / Gst.SECOND <= 1.6]
            assert all(abs(top - 20) < 1 for top in after) == hold, (style, after)
            assert tops[-1] > 60


def check_times():
    """Pictures follow one another at the frame rate from the sound's first time to
    its last, and show what is heard then, to the millisecond."""
    for rate, fps, size in ((48000, '60/1', 1024), (44100, '25/1', 441), (16000, '60/1', 160),
                            (22050, '30000/1001', 7000), (8000, '50/1', 1)):
        n, d = map(int, fps.split('/'))
        run = Run('grid=false', fps=fps, rate=rate)
        run.push(np.zeros(rate), size)
        times, _ = run.finish()
        wanted = np.arange(len(times)) * Gst.SECOND * d / n
        assert len(times) == -(-n // d), (rate, fps, len(times))
        assert np.abs(times - wanted).max() < Gst.SECOND / rate + 2, (rate, fps)
    # half of a step's amplitude is in the picture at its time
    for n_fft in (512, 4096):
        sound = np.concatenate([np.zeros(RATE // 2), sine(1000, .5)])
        times, pictures = show(f'grid=false style=spectrum peak-hold=false palette=gray n-fft={n_fft}'
                               ' range=300', sound, fps='500/1', width=64, height=1200)
        first = np.argmax([(p[:int(6.2 * 4)].sum(-1) > 400).any() for p in pictures])
        heard = times[first] / Gst.SECOND + .5 / 500
        assert abs(heard - .5) <= .0021, (n_fft, heard)
    # no timestamps, and a hole of a second
    assert len(show('', np.zeros(RATE), timed=False)[0]) == 30
    run = Run('', fps='10/1')
    run.push(np.zeros(RATE))
    run.sent += 2 * RATE
    run.push(np.zeros(RATE))
    times = np.array(run.finish()[0]) / Gst.SECOND
    assert np.allclose(times, [i / 10 for i in (*range(10), *range(30, 40))], atol=.001), times


def check_changes():
    """Sizes and properties change while it plays; a waterfall goes on."""
    run = Run('grid=false palette=gray', 200, 100)
    run.push(sine(1000, .5))
    before = [run.pull() for _ in range(10)][-1][1]
    assert before[:9].any(axis=(1, 2)).all() and not before[12:].any()
    run.scope.set_property('variant', 'stockham')
    run.push(sine(1000, .5))
    after = [run.pull() for _ in range(10)][-1][1]
    assert after[:19].any(axis=(1, 2)).all() and not after[22:].any()
    run.size(100, 50)
    for name, value in (('style', 'bands'), ('scale', 'mel'), ('palette', 'ice'), ('n-fft', 777),
                        ('grid', True), ('range', 40), ('min-frequency', 100), ('n-fft', 2),
                        ('n-fft', 3), ('style', 'spectrum'), ('max-frequency', -1000),
                        ('style', 'waterfall'), ('n-fft', 131072), ('n-fft', 0)):
        Gst.util_set_object_arg(run.scope, name, str(value))
        run.push(sine(1000, .2))
    times, pictures = run.finish()
    assert pictures[-1].shape == (50, 100, 3)
    assert abs(len(times) + 20 - 30 * (1 + 14 * .2)) <= 1, len(times)
    assert np.allclose(np.diff(times) / Gst.SECOND, 1 / 30, atol=2e-3)


def weights(n_fft, gains):
    """A weights file: the exact network with a gain for each bin."""
    stages = n_fft.bit_length() - 1
    twiddles = np.array([[np.exp(-2j * np.pi * (b % 2 ** s) / 2 ** (s + 1))
                          for b in range(n_fft // 2)] for s in range(stages)])
    tensors = {'twiddle.packed': np.stack([twiddles.real, twiddles.imag], -1),
               'freq_mask': np.stack([gains, gains], -1)}
    header, body = {'__metadata__': {'format': 'bfft', 'version': '1', 'n_fft': str(n_fft),
                                     'variant': 'learned'}}, b''
    for name, values in tensors.items():
        data = values.astype('<f4').tobytes()
        header[name] = {'dtype': 'F32', 'shape': list(values.shape),
                        'data_offsets': [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    return struct.pack('<Q', len(text)) + text + body


def check_models(folder):
    """A model's mask is seen: from a file, and from the stream once it is there."""
    gains = np.ones(1024)
    gains[16:30] = gains[995:1009] = 0
    model = weights(1024, gains)
    path = os.path.join(folder, 'scope.safetensors')
    with open(path, 'wb') as file:
        file.write(model)
    settings = 'grid=false style=spectrum palette=gray peak-hold=false '
    highest = [depth(show(settings + more, sine(1031, .3))[1][4]) for more in
               ('n-fft=1024', f'model-location={path}')]
    assert highest[0] < 1 and highest[1] > 20, highest

    run = Run(settings + 'follow-model=true')
    run.push(sine(1031, .5))
    first = [run.pull() for _ in range(10)][-1][1]
    structure = Gst.Structure.new_empty('bfft-model')
    structure.set_value('model', GLib.Bytes.new(model))
    run.src.send_event(Gst.Event.new_custom(Gst.EventType.CUSTOM_DOWNSTREAM_STICKY, structure))
    for _ in range(100):
        run.push(sine(1031, .5))
        last = [run.pull() for _ in range(15)][-1][1]
        if depth(last) > 20:
            break
    else:
        assert False, 'the model of the stream is not followed'
    assert depth(first) < 1
    run.finish()

    # what bffttrain sends is taken, and what cannot be is said
    for more, expected in (('', 0), ('n-fft=512', 1)):
        pipeline = Gst.parse_launch(
            'audiotestsrc num-buffers=200 ! audio/x-raw,rate=16000 ! bffttrain n-fft=64 mode=sync '
            f'batch=2 steps=100 checkpoint-interval=20 landscape=false ! bfftscope name=scope {more} '
            'follow-model=true ! fakesink')
        pipeline.set_state(Gst.State.PLAYING)
        bus, warnings = pipeline.get_bus(), 0
        while (m := bus.timed_pop_filtered(30 * Gst.SECOND, Gst.MessageType.EOS
                                           | Gst.MessageType.ERROR | Gst.MessageType.WARNING)):
            assert m.type != Gst.MessageType.ERROR, m.parse_error()
            if m.type == Gst.MessageType.EOS:
                break
            warnings += 'n-fft' in m.parse_warning()[0].message
        pipeline.set_state(Gst.State.NULL)
        assert m and warnings == expected, (more, warnings)


def check_errors():
    for settings, word, rate in (
            ('min-frequency=3000 max-frequency=2000', 'min-frequency', RATE),
            ('model-location=/nowhere/at-all', '/nowhere/at-all', RATE),
            ('n-fft=1', 'n-fft', RATE), ('', 'at most 536870911 Hz', 536870912)):
        run = Run(settings, rate=rate)
        run.push(np.zeros(RATE))
        message = run.pipeline.get_bus().timed_pop_filtered(10 * Gst.SECOND, Gst.MessageType.ERROR)
        assert message and word in message.parse_error()[0].message, (settings, message)
        run.pipeline.set_state(Gst.State.NULL)


def check_players(folder):
    """Players find it, and playbin shows it."""
    factory = Gst.ElementFactory.find('bfftscope')
    assert factory.get_metadata('klass') == 'Visualization'
    assert Gst.ElementFactory.make('bfftscope').get_property('shader').value_nick == 'none'
    path = os.path.join(folder, 'scope.wav')
    pipeline = Gst.parse_launch('audiotestsrc num-buffers=50 ! audio/x-raw,rate=44100,channels=2 '
                                f'! wavenc ! filesink location={path}')
    pipeline.set_state(Gst.State.PLAYING)
    pipeline.get_bus().timed_pop_filtered(10 * Gst.SECOND, Gst.MessageType.EOS)
    pipeline.set_state(Gst.State.NULL)
    player = Gst.ElementFactory.make('playbin')
    sink, seen = Gst.ElementFactory.make('fakesink'), []
    sink.set_property('signal-handoffs', True)
    sink.connect('handoff', lambda _, buf, pad: seen.append(
        (buf.pts, any(buf.extract_dup(0, buf.get_size())))))
    Gst.util_set_object_arg(player, 'flags', 'audio+vis+soft-volume')
    for name, value in (('uri', Gst.filename_to_uri(path)), ('video-sink', sink),
                        ('vis-plugin', Gst.ElementFactory.make('bfftscope')),
                        ('audio-sink', Gst.ElementFactory.make('fakesink'))):
        player.set_property(name, value)
    player.set_state(Gst.State.PLAYING)
    message = player.get_bus().timed_pop_filtered(
        30 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    assert message and message.type == Gst.MessageType.EOS, message and message.parse_error()
    player.set_state(Gst.State.NULL)
    assert len(seen) >= 20 and all(bright for _, bright in seen), seen
    times = [t for t, _ in seen]
    assert times == sorted(times) and times[0] == 0



def check_backwards():
    """Each buffer is shown by itself, so that a player can start there."""
    pipeline = Gst.parse_launch('bfftscope name=scope ! video/x-raw,framerate=50/1 '
                                '! fakesink name=sink sync=false async=false signal-handoffs=true')
    seen, pad = [], pipeline.get_by_name('scope').get_static_pad('sink')
    pipeline.get_by_name('sink').connect('handoff', lambda _, buf, pad: seen.append(buf.pts))
    pipeline.set_state(Gst.State.PLAYING)
    segment = Gst.Segment()
    segment.init(Gst.Format.TIME)
    segment.rate, segment.stop = -1, Gst.SECOND
    caps = Gst.Caps.from_string('audio/x-raw,format=F32LE,layout=interleaved,rate=8000,channels=1')
    for event in (Gst.Event.new_stream_start('s'), Gst.Event.new_caps(caps),
                  Gst.Event.new_segment(segment)):
        assert pad.send_event(event)
    for i in (9, 8, 7):
        buf = Gst.Buffer.new_wrapped(bytes(4 * 800))
        buf.pts = i * Gst.SECOND // 10
        assert pad.chain(buf) == Gst.FlowReturn.OK
        assert [t * 50 // Gst.SECOND for t in seen[-5:]] == [i * 5 + k for k in range(5)], seen
    pipeline.set_state(Gst.State.NULL)
    assert len(seen) == 15


check_place()
check_grid()
check_level()
check_hold()
check_times()
check_changes()
check_models(sys.argv[1])
check_errors()
check_players(sys.argv[1])
check_backwards()
