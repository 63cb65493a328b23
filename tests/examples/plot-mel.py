#!/usr/bin/env python3
# bfft: the mel spectrogram of a sound as a picture.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plot-mel.py SOUND PICTURE [PROPERTY=VALUE ...]

The properties are bfftmel's: plot-mel.py a.wav a.png n-mels=128 mel-scale=htk
"""
import sys

import gi
import matplotlib
import numpy as np

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

matplotlib.use('agg')
import matplotlib.pyplot as plt  # noqa: E402


def mel_spectrogram(sound, properties):
    """dB, [frames, bands], and the time of each frame"""
    pipeline = Gst.parse_launch(
        'filesrc name=file ! decodebin ! audioconvert ! '
        'bfftmel post-messages=false log-mode=db ' + ' '.join(properties) +
        ' ! other/tensors ! appsink name=sink sync=false')
    pipeline.get_by_name('file').props.location = sound
    sink = pipeline.get_by_name('sink')
    pipeline.set_state(Gst.State.PLAYING)
    frames, times = [], []
    while sample := sink.emit('pull-sample'):
        buffer = sample.get_buffer()
        data = buffer.extract_dup(0, buffer.get_size())
        frames.append(np.frombuffer(data, np.float32))
        times.append(buffer.pts / Gst.SECOND)
    error = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    if error:
        sys.exit(error.parse_error()[0].message)
    return np.array(frames), times


def main():
    Gst.init(None)
    frames, times = mel_spectrogram(sys.argv[1], sys.argv[3:])
    figure, axes = plt.subplots(figsize=(10, 4), dpi=100, layout='constrained')
    image = axes.imshow(frames.T, origin='lower', aspect='auto', cmap='magma',
                        vmin=frames.max() - 80, extent=(
                            times[0], times[-1], 0, frames.shape[1]))
    axes.set_xlabel('time / s')
    axes.set_ylabel('mel band')
    figure.colorbar(image, label='dB')
    figure.savefig(sys.argv[2])
    print(f'{sys.argv[2]}: {len(frames)} frames of {frames.shape[1]} bands')


main()
