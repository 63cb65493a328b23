#!/usr/bin/python3
# bfft: what bfftscope's pictures cost, beside spectrascope and wavescope.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""10 s of pink noise, 48 kHz stereo, as pictures of 1280x720 at 60 per second;
the least CPU time of five rounds, less that of the sound alone, for each picture
and at 60 per second as part of one core. The peers (gst-plugins-bad) are as they
are by default, and without their shader; as GstAudioVisualizer counts, they make
more pictures than asked for, so it is the picture that is compared. Give the
pipeline one core: taskset -c 1 bench-scope.py"""
import time

import gi

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

Gst.init(None)
SECONDS, FPS = 10, 60
RUNS = [f'bfftscope style={style} scale={scale}' for style in ('waterfall', 'spectrum', 'bands')
        for scale in ('log', 'linear')]
PEERS = [f'{peer} {shader}'.strip() for peer in ('spectrascope', 'wavescope')
         if Gst.ElementFactory.find(peer) for shader in ('', 'shader=none')]


def run(element):
    """Returns: (seconds, pictures)"""
    p = Gst.parse_launch(
        f'audiotestsrc wave=pink-noise samplesperbuffer=4800 num-buffers={SECONDS * 10}'
        ' ! audio/x-raw,format=S16LE,rate=48000,channels=2,layout=interleaved'
        f' ! {element} ! fakesink name=sink sync=false')
    begin = time.process_time()
    p.set_state(Gst.State.PLAYING)
    message = p.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, Gst.MessageType.EOS |
                                             Gst.MessageType.ERROR)
    taken = time.process_time() - begin
    assert message.type == Gst.MessageType.EOS, message.parse_error()
    pictures = p.get_by_name('sink').get_property('stats')['rendered']
    p.set_state(Gst.State.NULL)
    return taken, pictures


best = {}
for _ in range(5):
    for name in ['identity'] + RUNS + PEERS:
        best[name] = min(best.get(name, (9e9, 0)), run(
            name if name == 'identity' else
            f'{name} ! video/x-raw,width=1280,height=720,framerate={FPS}/1'))
for name in RUNS + PEERS:
    taken = (best[name][0] - best['identity'][0]) / best[name][1]
    print(f'{name}: {1e3 * taken:.3f} ms a picture, {100 * FPS * taken:.1f} % of a core'
          + ''.join(f', {taken / ((best[p][0] - best["identity"][0]) / best[p][1]):.2f} of {p}'
                    for p in PEERS if name in RUNS))
