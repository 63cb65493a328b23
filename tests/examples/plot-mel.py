#!/usr/bin/env python3
# bfft: the mel spectrogram of a sound as a picture.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plot-mel.py SOUND PICTURE [PROPERTY=VALUE ...]

The properties are bfftmel's: plot-mel.py a.wav a.png n-mels=128 mel-scale=htk
"""
import example  # first: it says which package is missing
import matplotlib
import numpy as np

matplotlib.use('agg')
import matplotlib.pyplot as plt  # noqa: E402


def mel_spectrogram(sound, properties):
    """dB, [frames, bands], and the time of each frame"""
    samples = list(example.samples(example.listen(
        sound, 'audioconvert ! bfftmel name=mel post-messages=false log-mode=db '
        + ' '.join(properties) + ' ! other/tensors ! appsink name=sink sync=false')))
    return (np.array([np.frombuffer(example.data(sample), np.float32) for sample in samples]),
            [sample.get_buffer().pts / example.Gst.SECOND for sample in samples])


def main(sound, picture, properties):
    frames, times = mel_spectrogram(sound, properties)
    if not len(frames):
        example.fail(f'{sound} is shorter than a frame')
    figure, axes = plt.subplots(figsize=(10, 4), dpi=100, layout='constrained')
    image = axes.imshow(frames.T, origin='lower', aspect='auto', cmap='magma',
                        vmin=frames.max() - 80, extent=(
                            times[0], times[-1], 0, frames.shape[1]))
    axes.set_xlabel('time / s')
    axes.set_ylabel('mel band')
    figure.colorbar(image, label='dB')
    figure.savefig(picture)
    print(f'{picture}: {len(frames)} frames of {frames.shape[1]} bands')


main(*example.arguments(__doc__))
