#!/usr/bin/env python3
# bfft: an application that listens to bfftspectrum's messages.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""print-spectrum.py SOUND

Plays SOUND, faster than real time and unheard, and prints once a second which
frequencies stand out.
"""
import pathlib
import sys

import gi
gi.require_version('Gst', '1.0')
from gi.repository import Gst

BANDS = 2401        # 10 Hz apart at 48 kHz
LOUDEST = 3
PIPELINE = ('uridecodebin uri={} ! audioconvert '
            f'! bfftspectrum bands={BANDS} window=hann interval=1000000000 threshold=-100 '
            '! fakesink')


def peaks(levels):
    """Returns: (band, level) of the local maxima of levels, loudest first."""
    found = [(i, levels[i]) for i in range(1, len(levels) - 1)
             if levels[i - 1] < levels[i] >= levels[i + 1]]
    return sorted(found, key=lambda peak: -peak[1])


def show(structure):
    levels = list(structure.get_value('magnitude'))
    step = structure.get_value('rate') / (2 * (BANDS - 1))
    time = structure.get_value('stream-time') / Gst.SECOND
    text = '   '.join(f'{band * step:7.0f} Hz {level:6.1f} dB'
                      for band, level in peaks(levels)[:LOUDEST])
    print(f'{time:6.2f} s   {text}')


def main(sound):
    Gst.init(None)
    uri = pathlib.Path(sound).resolve().as_uri()
    pipeline = Gst.parse_launch(PIPELINE.format(uri))
    pipeline.set_state(Gst.State.PLAYING)
    bus = pipeline.get_bus()
    wanted = Gst.MessageType.ELEMENT | Gst.MessageType.EOS | Gst.MessageType.ERROR
    failure = None
    while True:
        message = bus.timed_pop_filtered(Gst.CLOCK_TIME_NONE, wanted)
        if message.type == Gst.MessageType.ELEMENT:
            if message.has_name('bfftspectrum'):
                show(message.get_structure())
        else:
            if message.type == Gst.MessageType.ERROR:
                failure = message.parse_error().gerror.message
            break
    pipeline.set_state(Gst.State.NULL)
    return failure


sys.exit(main(sys.argv[1]))
