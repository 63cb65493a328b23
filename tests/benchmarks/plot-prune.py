#!/usr/bin/env python3
# bfft: what pruning costs and gains, as a picture.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench-prune --json SOUND... | plot-prune.py PICTURE.png

Active butterflies and time per frame against the errors of log-mel and of the
spectrum; a line for each sound, a point for each sparsity-weight.
"""
import itertools
import json
import pathlib
import sys

import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt  # noqa: E402

ERRORS = {'mel': 'log-mel error, root mean square',
          'spectrum': 'spectrum error, relative'}
COSTS = {'active': 'active butterflies', 'ns': 'ns per frame'}
MARKERS = 'osD^v'


def main(picture):
    rows = json.load(sys.stdin)
    figure, axes = plt.subplots(2, 2, sharex='col', sharey='row',
                                figsize=(10, 6.5), layout='constrained')
    sounds = itertools.groupby(rows, lambda row: row['sound'])
    for marker, (sound, points) in zip(MARKERS, sounds):
        points = list(points)
        for (i, cost), (j, error) in itertools.product(
                enumerate(COSTS), enumerate(ERRORS)):
            axes[i, j].plot([p[error] for p in points],
                            [p[cost] for p in points], marker + '-',
                            markersize=5, label=pathlib.Path(sound).stem)
            if marker == MARKERS[0] and i == 0:
                for p in points:
                    axes[i, j].annotate(f'{p["sparsity"]:g}',
                                        (p[error], p[cost]), (0, -13),
                                        textcoords='offset points',
                                        fontsize='small', ha='center')
    for axis in axes.flat:
        axis.set(xscale='log')
        axis.set_ylim(bottom=-90 if axis in axes[0] else 0)
        axis.grid(alpha=0.3)
    for axis, label in zip(axes[1], ERRORS.values()):
        axis.set_xlabel(label)
    for axis, label in zip(axes[:, 0], COSTS.values()):
        axis.set_ylabel(label)
    axes[0, 0].legend(loc='lower left')
    figure.suptitle('Pruned networks, n = 256; numbers are the sparsity-weight')
    figure.savefig(picture, dpi=100)


main(*sys.argv[1:])
