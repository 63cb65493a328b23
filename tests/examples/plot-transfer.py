#!/usr/bin/env python3
# bfft: the transfer function between two channels, with bfftwelch.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plot-transfer.py SOUND PICTURE.png

Draws magnitude, phase and coherence from the first channel of SOUND to each
other: a loudspeaker's signal and what microphones heard of it, say.
"""
import example  # first: it says which package is missing
import matplotlib
import numpy as np

matplotlib.use('Agg')
import matplotlib.pyplot as plt  # noqa: E402

WELCH = ('queue ! bfftwelch n-fft=4096 segments=100000 message-psd=false '
         'message-peaks=false cross={0} ! fakesink async=false')


def analyse(sound):
    """Frequencies, transfer functions and coherences of all of the sound."""
    pipeline = example.listen(
        sound, 'audioconvert ! tee name=t  t. ! ' + WELCH.format('transfer')
        + '  t. ! ' + WELCH.format('coherence'))
    found = {}
    for structure in example.results(pipeline):
        step = structure.get_value('frequency-step')
        for kind in 'transfer', 'coherence':
            if structure.has_field(kind):
                found[kind] = structure.get_value(kind)
    if not found:
        example.fail(f'{sound} has one channel only, or less than 4096 samples')
    transfer = np.array([list(re) + 1j * np.array(list(im))
                         for re, im in found['transfer']])
    coherence = np.array([list(c) for c in found['coherence']])
    return np.arange(transfer.shape[1]) * step, transfer, coherence


def main(sound, picture):
    f, transfer, coherence = analyse(sound)
    _, (above, middle, below) = plt.subplots(3, sharex=True, figsize=(10, 7))
    for h, c in zip(transfer, coherence):
        with np.errstate(divide='ignore'):
            above.semilogx(f[1:], 20 * np.log10(np.abs(h[1:])))
        middle.semilogx(f[1:], np.angle(h[1:], deg=True), '.', markersize=2)
        below.semilogx(f[1:], c[1:])
    above.set(ylabel='gain, dB re 1')
    middle.set(ylabel='phase, degrees', ylim=(-180, 180))
    below.set(ylabel='coherence', ylim=(0, 1.05), xlabel='frequency, Hz')
    plt.tight_layout()
    plt.savefig(picture)
    for channel, (h, c) in enumerate(zip(transfer, coherence), 1):
        print(f'channel {channel}: {20 * np.log10(np.median(np.abs(h))):.2f} dB,'
              f' coherence {np.median(c):.3f} (medians over frequency)')


main(*example.arguments(__doc__))
