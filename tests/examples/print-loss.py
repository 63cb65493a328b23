#!/usr/bin/env python3
# bfft: an application that draws how a training goes while it goes.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""print-loss.py SOUND WEIGHTS [PICTURE]

Fits a network to SOUND, faster than real time and unheard, and draws its loss,
logarithmic, downwards; afterwards into PICTURE too. Leaves the network in
WEIGHTS and a sidecar for bfft-report beside it.
"""
import math
import sys

import example  # first: it says which package is missing

POWERS = range(-7, 2)   # powers of ten that are drawn,
DECADE = 6              # and how wide each is
PIPELINE = ('audioconvert ! bffttrain name=train mode=sync variant=domain init=perturbed '
            'interval=20 ! fakesink')


def show(structure):
    """Draws one line, returns what it shows."""
    step, loss, state = (structure.get_value(name) for name in
                         ('step', 'total-loss', 'state'))
    place = DECADE * (math.log10(max(loss, sys.float_info.min)) - POWERS[0])
    place = int(min(max(place, 0), DECADE * (len(POWERS) - 1)))
    note = '' if state == 'training' else '  ' + state
    print(f'{step:7} {loss:10.3g}  ' + ' ' * place + '*' + note, flush=True)
    return step, loss


def train(sound, weights):
    """Returns the steps and losses that were shown."""
    pipeline = example.listen(sound, PIPELINE)
    pipeline.get_by_name('train').props.location = weights
    print('   step       loss  ' +
          ''.join(f'1e{power}'.ljust(DECADE) for power in POWERS))
    return [show(result) for result in example.results(pipeline)
            if result.get_name() == 'bffttrain']


def draw(plt, curve, picture):
    figure, axes = plt.subplots(figsize=(8, 4), dpi=100, layout='constrained')
    axes.semilogy(*zip(*curve))
    axes.set(xlabel='step', ylabel='loss')
    figure.savefig(picture)
    print(picture)


def main(sound, weights, picture):
    if picture:     # asked for before the work is done
        import matplotlib
        matplotlib.use('agg')
        import matplotlib.pyplot as plt
    curve = train(sound, weights)
    if picture and curve:
        draw(plt, curve, picture)


main(*example.arguments(__doc__))
