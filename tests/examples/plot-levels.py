#!/usr/bin/env python3
# bfft: a sound's levels in bands, with bfftwelch.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plot-levels.py SOUND PICTURE.png [FRACTION [WEIGHTING [OFFSET]]]

Draws the levels of all of SOUND in bands of 1 / FRACTION octave (3) as bars on a
logarithmic axis with nominal frequencies; bands of less than three bins, whose
levels say little, are pale.
"""
import example  # first: it says which package is missing
import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt  # noqa: E402


def analyse(sound, fraction, weighting, offset):
    """The one result, which ends with the sound."""
    for result in example.results(example.listen(
            sound, 'audioconvert ! audio/x-raw,channels=1 '
            '! bfftwelch n-fft=16384 segments=100000 message-psd=false '
            f'octave-fraction={fraction} weighting={weighting} '
            f'level-offset={offset} ! fakesink')):
        return result
    example.fail(f'{sound} is shorter than 16384 samples')


def main(sound, picture, fraction, weighting, offset):
    fraction, weighting, offset = fraction or 3, weighting or 'none', offset or 0
    result = analyse(sound, fraction, weighting, offset)
    f, bins, labels, levels = (list(result.get_value(name)) for name in (
        'band-frequencies', 'band-bins', 'band-labels', 'levels'))
    half = 10 ** (0.15 / fraction)
    bottom = max(min(levels), max(levels) - 80) - 3
    plt.figure(figsize=(10, 4))
    for level, mid, wide in zip(levels, f, bins):
        plt.bar(mid / half, max(level - bottom, 0), mid * (half - 1 / half),
                bottom, align='edge', edgecolor='white', color='black',
                alpha=1 if wide >= 3 else 0.3)
    every = max(1, len(f) // 32)
    plt.xscale('log')
    plt.minorticks_off()
    plt.xticks(f[::every], labels[::every], rotation=90)
    plt.xlabel('nominal mid-band frequency, Hz')
    plt.ylabel(('dB' if offset else 'dB re full scale') +
               ('' if weighting == 'none' else f' ({weighting.upper()})'))
    plt.title(f'total {result.get_value("level"):.1f} dB')
    plt.tight_layout()
    plt.savefig(picture)
    loudest = max(range(len(f)), key=levels.__getitem__)
    print(f'{len(f)} bands, the loudest at {labels[loudest]} Hz: '
          f'{levels[loudest]:.1f} dB')


main(*example.arguments(__doc__, FRACTION=int, OFFSET=float))
