#!/usr/bin/env python3
# bfft: an application that takes audio with its spectra attached.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""read-metas.py SOUND

Receives the audio of SOUND as an application that plays, cuts or sends it
would, with what bfftspectrum measured attached to the buffers, and prints for
every half second of audio how loud and how bright it is. (Brightness: the
frequency that halves the power.)
"""
import example  # first: it says which package is missing
import numpy as np
from example import Gst

BANDS = 1025
PIPELINE = ('audioconvert ! audio/x-raw,format=F32LE,channels=1 '
            f'! bfftspectrum bands={BANDS} interval=500000000 window=hann '
            'magnitude-unit=power average=power attach-meta=true '
            'post-messages=false ! appsink name=sink sync=false')


def show(structure):
    power = np.array(list(structure.get_value('magnitude')))
    middle = np.searchsorted(power.cumsum(), power.sum() / 2)
    frequency = middle * structure.get_value('rate') / structure.get_value('n-fft')
    print(f'{structure.get_value("stream-time") / Gst.SECOND:6.2f} s '
          f'{10 * np.log10(power.sum() + 1e-12):7.1f} dB {frequency:7.0f} Hz')


def main(sound):
    samples = 0
    for sample in example.samples(example.listen(sound, PIPELINE)):
        buffer = sample.get_buffer()
        samples += buffer.get_size() // 4
        meta = buffer.get_custom_meta('GstBfftMeta')
        if meta:
            for result in meta.get_structure().get_value('results'):
                show(result)
    print(f'{samples} samples of audio')


main(*example.arguments(__doc__))
