#!/usr/bin/env python3
# bfft: an application that takes audio with its spectra attached.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""read-metas.py SOUND

Receives the audio of SOUND as an application that plays, cuts or sends it
would, with what bfftspectrum measured attached to the buffers, and prints for
every half second of audio how loud and how bright it is. (Brightness: the
frequency that halves the power.)
"""
import sys

import gi
import numpy as np
gi.require_version('Gst', '1.0')
gi.require_version('GstApp', '1.0')
from gi.repository import Gst, GstApp  # noqa: E402, F401

BANDS = 1025
PIPELINE = ('filesrc name=file ! decodebin ! audioconvert '
            '! audio/x-raw,format=F32LE,channels=1 '
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
    Gst.init(None)
    pipeline = Gst.parse_launch(PIPELINE)
    pipeline.get_by_name('file').props.location = sound
    sink = pipeline.get_by_name('sink')
    pipeline.set_state(Gst.State.PLAYING)
    samples = 0
    while sample := sink.emit('pull-sample'):
        buffer = sample.get_buffer()
        samples += buffer.get_size() // 4
        meta = buffer.get_custom_meta('GstBfftMeta')
        if meta:
            for result in meta.get_structure().get_value('results'):
                show(result)
    error = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    if error:
        sys.exit(error.parse_error()[0].message)
    print(f'{samples} samples of audio')


main(sys.argv[1])
