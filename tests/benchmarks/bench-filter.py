#!/usr/bin/python3
# bfft: how fast bfftfilter is, beside equalizer-nbands.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""60 s of stereo at 48 kHz, float, through either, in one run; the least CPU
time of five rounds, less that of the pipeline without an element. Give the
pipeline one core: taskset -c 1 bench-filter.py"""
import time

import gi

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

Gst.init(None)
SECONDS = 60
RUNS = {'nothing': 'identity',
        'bfftfilter n-fft=1024': 'bfftfilter n-fft=1024',
        'bfftfilter n-fft=4096': 'bfftfilter n-fft=4096',
        'equalizer-nbands, 10 bands': 'equalizer-nbands num-bands=10 ' + ' '.join(
            f'band{i}::gain={g}' for i, g in enumerate((6, -6) * 5))}


def run(element):
    p = Gst.parse_launch(
        f'audiotestsrc wave=saw samplesperbuffer=4800 num-buffers={SECONDS * 10}'
        ' ! audio/x-raw,format=F32LE,rate=48000,channels=2,layout=interleaved'
        f' ! {element} ! fakesink')
    begin = time.process_time()
    p.set_state(Gst.State.PLAYING)
    p.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, Gst.MessageType.EOS |
                                   Gst.MessageType.ERROR)
    taken = time.process_time() - begin
    p.set_state(Gst.State.NULL)
    return taken


best = {name: 1e9 for name in RUNS}
for _ in range(5):
    for name, element in RUNS.items():
        best[name] = min(best[name], run(element))
peer = best['equalizer-nbands, 10 bands'] - best['nothing']
for name, taken in list(best.items())[1:]:
    taken -= best['nothing']
    print(f'{name}: {SECONDS / taken:.0f} times real time, '
          f'{peer / taken:.2f} times equalizer-nbands')
