#!/usr/bin/env python3
# bfft: third-octave levels of a file or microphone, with bfftwelch.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""print-levels.py [SOUND [OFFSET]]

Prints a line a second for SOUND, or for what the microphone hears until Ctrl-C:
LAeq and the A-weighted level of each third of an octave, dB. OFFSET is what a
calibrator gave (docs/bfftwelch.md); without it levels are relative to full
scale, where a sine reads -3.0.
"""
import example  # first: it says which package is missing
from example import Gst

RATE = 48000
# eight segments of 1/4 s begin in a second, and the next eight follow them
WELCH = (f'audioconvert ! audioresample ! audio/x-raw,rate={RATE},channels=1 '
         f'! bfftwelch n-fft={RATE // 4} segments=8 hop={RATE} '
         'octave-fraction=3 weighting=a message-psd=false message-peaks=false '
         'level-offset={} ! fakesink')
LOWEST, HIGHEST = 50, 10000


def label(text):
    value = float(text)
    return f'{value / 1000:g}k' if value >= 1000 else text


def show(structure, first):
    shown = [i for i, f in enumerate(structure.get_value('band-frequencies'))
             if LOWEST * 0.98 < f < HIGHEST * 1.02]
    if first:
        labels = list(structure.get_value('band-labels'))
        print('    s  LAeq ' + ''.join(f'{label(labels[i]):>6}' for i in shown))
    levels = list(structure.get_value('levels'))
    time = structure.get_value('timestamp') / Gst.SECOND
    print(f'{time:5.0f} {structure.get_value("level"):5.1f} ' +
          ''.join(f'{max(levels[i], -99.9):6.1f}' for i in shown), flush=True)


def main(sound, offset):
    pipeline = example.listen(sound, WELCH.format(offset or 0))
    for i, result in enumerate(example.results(pipeline)):
        show(result, i == 0)


main(*example.arguments(__doc__, OFFSET=float))
