#!/usr/bin/env python3
# bfft: Whisper's features of a sound, read with one reshape.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""read-mel.py SOUND [BANDS]

Writes the frames of `bfftmel preset=whisper` into a file of raw float32 and
reads them with numpy: [frames, bands]. Then does the two things that Whisper
does to a whole clip: it drops the last frame and raises what is more than 8
(here 2, after the division by 4) below the loudest to that.
"""
import subprocess
import sys
import tempfile

import numpy as np


def features(sound, bands):
    with tempfile.NamedTemporaryFile() as raw:
        subprocess.run(
            ['gst-launch-1.0', '-q', 'filesrc', f'location={sound}',
             '!', 'decodebin', '!', 'audioconvert', '!', 'audioresample',
             '!', 'audio/x-raw,rate=16000,channels=1',
             '!', 'bfftmel', 'preset=whisper', f'n-mels={bands}',
             'post-messages=false',
             '!', 'other/tensors', '!', 'filesink', f'location={raw.name}'],
            check=True)
        return np.fromfile(raw.name, np.float32).reshape(-1, bands)


def main():
    bands = int(sys.argv[2]) if len(sys.argv) > 2 else 80
    frames = features(sys.argv[1], bands)
    clip = np.maximum(frames[:-1], frames[:-1].max() - 2)
    print(f'{clip.shape[0]} frames of {clip.shape[1]} bands, '
          f'{clip.min():.3f} to {clip.max():.3f}')


main()
