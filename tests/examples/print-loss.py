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

import gi
gi.require_version('Gst', '1.0')
from gi.repository import Gst

POWERS = range(-7, 2)   # powers of ten that are drawn,
DECADE = 6              # and how wide each is
PIPELINE = ('filesrc name=file ! decodebin ! audioconvert '
            '! bffttrain name=train mode=sync variant=domain init=perturbed '
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
    """Returns the steps and losses that were shown, and what went wrong."""
    pipeline = Gst.parse_launch(PIPELINE)
    pipeline.get_by_name('file').props.location = sound
    pipeline.get_by_name('train').props.location = weights
    curve, failure = [], None
    print('   step       loss  ' +
          ''.join(f'1e{power}'.ljust(DECADE) for power in POWERS))
    pipeline.set_state(Gst.State.PLAYING)
    bus = pipeline.get_bus()
    wanted = (Gst.MessageType.ELEMENT | Gst.MessageType.WARNING |
              Gst.MessageType.ERROR | Gst.MessageType.EOS)
    while message := bus.timed_pop_filtered(Gst.CLOCK_TIME_NONE, wanted):
        if message.type == Gst.MessageType.ERROR:
            failure = message.parse_error()[0].message
            break
        if message.type == Gst.MessageType.EOS:
            break
        if message.type == Gst.MessageType.WARNING:
            print(message.parse_warning()[0].message, file=sys.stderr)
        elif message.has_name('bffttrain'):
            curve.append(show(message.get_structure()))
    pipeline.set_state(Gst.State.NULL)
    return curve, failure


def draw(curve, picture):
    import matplotlib
    matplotlib.use('agg')
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 4), dpi=100, layout='constrained')
    axes.semilogy(*zip(*curve))
    axes.set(xlabel='step', ylabel='loss')
    figure.savefig(picture)
    print(picture)


def main(sound, weights, picture=None):
    Gst.init(None)
    curve, failure = train(sound, weights)
    if picture and curve:
        draw(curve, picture)
    return failure


if len(sys.argv) not in (3, 4):
    sys.exit(__doc__)
sys.exit(main(*sys.argv[1:]))
