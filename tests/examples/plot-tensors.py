#!/usr/bin/env python3
# bfft: draws the feature buffers of an analyser over time.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plot-tensors.py TENSORS PICTURE --bands N --step SECONDS [--OPTION VALUE ...]

TENSORS holds results of one channel as `... ! filesink` writes them: float32,
N to a result.
"""
from pathlib import Path

import example  # first: it says which package is missing
import matplotlib

matplotlib.use('agg')
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402


def main():
    parser = example.parser(__doc__)
    parser.add_argument('--bands', type=int, required=True, help='numbers to a result')
    parser.add_argument('--step', type=float, required=True, help='seconds between results')
    parser.add_argument('--top', type=float, help='where the last band is, in Hz')
    parser.add_argument('--label', default='', help='what the numbers are')
    parser.add_argument('--range', type=float, default=90, help='how far below the largest is black')
    args = parser.parse_args()

    data = Path(args.tensors).read_bytes()
    if not data or len(data) % (4 * args.bands):
        example.fail(f'{args.tensors} does not hold results of {args.bands} numbers')
    values = np.frombuffer(data, np.float32).reshape(-1, args.bands)
    print(f'{len(values)} results of {args.bands} numbers, '
          f'{values.min():.1f} to {values.max():.1f}')

    top = args.bands - 1 if args.top is None else args.top
    figure, axes = plt.subplots(figsize=(10, 4.5), dpi=100, layout='constrained')
    image = axes.imshow(values.T, origin='lower', aspect='auto', cmap='magma',
                        extent=[0, len(values) * args.step, 0, top],
                        vmin=values.max() - args.range, interpolation='antialiased')
    axes.set_xlabel('time / s')
    axes.set_ylabel('band' if args.top is None else 'frequency / Hz')
    figure.colorbar(image, label=args.label)
    figure.savefig(args.picture)
    print(args.picture)


main()
