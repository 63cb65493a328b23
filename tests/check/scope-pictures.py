# bfft: the pictures of bfftscope in docs/ are what it draws.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""scope-pictures.py DOCS [--write]

Plays 10 s of a melody, noise and a glide through bfftscope and compares a picture
of each style with DOCS/scope-STYLE.png, or writes that. With a tolerance for
fonts, which differ from system to system."""
import pathlib
import sys
import tempfile

import gi
import numpy as np

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

Gst.init(None)
RATE, SECONDS, FPS = 48000, 10, 50
PICTURES = {'waterfall': '', 'spectrum': 'palette=ice', 'bands': ''}


def melody():
    """Plucked notes with harmonics and vibrato, [n]"""
    random, t = np.random.RandomState(1), np.arange(RATE * SECONDS) / RATE
    sound = np.zeros_like(t)
    for i in range(24):
        begin, base = .4 * i + .2, 110 * 2 ** ([0, 3, 7, 12, 10, 7, 15, 19][i % 8] / 12)
        u = t[t >= begin] - begin
        phase = 2 * np.pi * base * u + .6 * np.sin(2 * np.pi * 5.5 * u)
        for k in range(1, 25):
            sound[t >= begin] += .25 / k ** 1.4 * np.exp(-u * (1.2 + .35 * k)) * np.sin(k * phase) \
                * (1 - np.exp(-100 * u)) ** 2
    for begin in np.arange(.8, SECONDS, .8):
        u = np.clip(t - begin, 0, None)
        sound += .12 * random.randn(len(t)) * np.exp(-30 * u) * (1 - np.exp(-300 * u))
    glide = 200 * 80 ** (t / SECONDS)
    sound += .03 * np.sin(2 * np.pi * np.cumsum(glide) / RATE) + 3e-5 * random.randn(len(t))
    return (.7 * sound / np.abs(sound).max()).astype('<f4')


def draw(sound, settings, style, path):
    pipeline = Gst.parse_launch(
        f'appsrc name=src caps=audio/x-raw,format=F32LE,layout=interleaved,rate={RATE},channels=1 '
        f'format=time ! bfftscope style={style} {settings} ! '
        f'video/x-raw,width=800,height=450,framerate={FPS}/1 ! identity name=last ! videoconvert ! '
        f'video/x-raw,format=RGB ! pngenc compression-level=9 ! filesink location={path}')
    # of all the pictures one, when a note has just begun
    last = pipeline.get_by_name('last').get_static_pad('sink')
    last.add_probe(Gst.PadProbeType.BUFFER, lambda pad, info: Gst.PadProbeReturn.OK if abs(
        info.get_buffer().pts / Gst.SECOND - 9.48) < .5 / FPS else Gst.PadProbeReturn.DROP)
    pipeline.set_state(Gst.State.PLAYING)
    src = pipeline.get_by_name('src')
    for i in range(0, len(sound), 4800):
        buf = Gst.Buffer.new_wrapped(sound[i:i + 4800].tobytes())
        buf.pts = i * Gst.SECOND // RATE
        src.emit('push-buffer', buf)
    src.emit('end-of-stream')
    message = pipeline.get_bus().timed_pop_filtered(60 * Gst.SECOND,
                                                    Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    assert message and message.type == Gst.MessageType.EOS, message and message.parse_error()


def read(path):
    """[height, width, 3]"""
    pipeline = Gst.parse_launch(f'filesrc location={path} ! pngdec ! videoconvert ! '
                                'video/x-raw,format=RGB ! appsink name=sink sync=false')
    pipeline.set_state(Gst.State.PLAYING)
    sample = pipeline.get_by_name('sink').emit('pull-sample')
    caps, buf = sample.get_caps()[0], sample.get_buffer()
    data = np.frombuffer(buf.extract_dup(0, buf.get_size()), np.uint8)
    pipeline.set_state(Gst.State.NULL)
    return data.reshape(caps['height'], caps['width'], 3).astype(int)


def main():
    docs, sound = pathlib.Path(sys.argv[1]), melody()
    with tempfile.TemporaryDirectory() as folder:
        for style, settings in PICTURES.items():
            page = docs / f'scope-{style}.png'
            path = page if '--write' in sys.argv else pathlib.Path(folder) / page.name
            draw(sound, settings, style, path)
            off = np.abs(read(path) - read(page))
            assert off.mean() < 1 and (off > 40).mean() < .01, \
                f'{page} is not what bfftscope draws: {off.mean()}; scope-pictures.py --write'


main()
