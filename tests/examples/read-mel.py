#!/usr/bin/env python3
# bfft: Whisper's features of a sound, read with one reshape.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""read-mel.py SOUND [BANDS]

Writes the frames of `bfftmel preset=whisper` into a file of raw float32 and
reads them with numpy: [frames, bands]. Then does the two things that Whisper
does to a whole clip: it drops the last frame and raises what is more than 8
(here 2, after the division by 4) below the loudest to that.
"""
import tempfile

import example  # first: it says which package is missing
import numpy as np


def features(sound, bands):
    with tempfile.NamedTemporaryFile() as raw:
        example.play(example.listen(
            sound, 'audioconvert ! audioresample ! audio/x-raw,rate=16000,channels=1 '
            f'! bfftmel preset=whisper n-mels={bands} post-messages=false '
            f'! other/tensors ! filesink location={raw.name}'))
        return np.fromfile(raw.name, np.float32).reshape(-1, bands)


def main(sound, bands):
    frames = features(sound, bands or 80)
    if len(frames) < 2:
        example.fail(f'{sound} is shorter than two frames')
    clip = np.maximum(frames[:-1], frames[:-1].max() - 2)
    print(f'{clip.shape[0]} frames of {clip.shape[1]} bands, '
          f'{clip.min():.3f} to {clip.max():.3f}')


main(*example.arguments(__doc__, BANDS=int))
