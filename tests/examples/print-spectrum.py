#!/usr/bin/env python3
# bfft: an application that listens to bfftspectrum's messages.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""print-spectrum.py SOUND

Plays SOUND, faster than real time and unheard, and prints once a second which
frequencies stand out.
"""
import example  # first: it says which package is missing
from example import Gst

BANDS = 2401        # 10 Hz apart at 48 kHz
LOUDEST = 3
PIPELINE = (f'audioconvert ! bfftspectrum bands={BANDS} window=hann interval=1000000000 threshold=-100 '
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


for result in example.results(example.listen(*example.arguments(__doc__), PIPELINE)):
    show(result)
