#!/usr/bin/env python3
# bfft: the strongest tones of a file or microphone, with bfftwelch.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""print-tones.py [SOUND]

Prints a table of the strongest tones of SOUND, or of what the microphone hears
until Ctrl-C, two lines a second: frequencies, refined between the bins of the
transform, and levels against a sine of full scale, which are those of the
nearest bin and so up to 1.4 dB low.
"""
import math

import example  # first: it says which package is missing
from example import Gst

TONES = 3
RATE = 48000
WELCH = (f'audioconvert ! audioresample ! audio/x-raw,rate={RATE} '
         '! bfftwelch n-fft=8192 overlap=0.5 segments=4 '
         f'hop={RATE // 2} scaling=spectrum message-psd=false strategy=full '
         f'peaks={TONES} min-frequency=20 ! fakesink')


def cell(peak):
    # the mean square of a sine of full scale is 1/2
    level = 10 * math.log10(max(2 * peak.get_value('power'), 1e-12))
    return f'{peak.get_value("frequency"):9.2f} Hz {level:6.1f} dB'


def show(structure):
    time = structure.get_value('timestamp') / Gst.SECOND
    cells = [cell(peak) for peak in structure.get_value('peaks')]
    print(f'{time:8.2f} s  ' + '  '.join(cells), flush=True)


for result in example.results(example.listen(*example.arguments(__doc__), WELCH)):
    show(result)
