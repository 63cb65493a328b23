#!/usr/bin/env python3
# bfft: an application that trains on a sound and listens with what it learned.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""follow-training.py SOUND WEIGHTS

Fits a network to SOUND, unheard, while bfftmel behind it measures the same
stream with each checkpoint as soon as there is one. Prints how the training
goes, and leaves the weights in WEIGHTS and a sidecar beside it.
"""
import sys

import gi
import numpy as np
gi.require_version('Gst', '1.0')
gi.require_version('GstApp', '1.0')
from gi.repository import GLib, Gst, GstApp  # noqa: E402, F401

N_FFT = 512
PIPELINE = ('filesrc name=file ! decodebin ! audioconvert ! audioresample '
            '! audio/x-raw,rate=16000,channels=1 '
            f'! bffttrain name=train n-fft={N_FFT} mode=sync interval=5 '
            'checkpoint-interval=5 landscape=false '
            f'! bfftmel name=mel n-fft={N_FFT} follow-model=true '
            'post-messages=false '
            '! other/tensors,format=static '
            '! appsink name=sink sync=false emit-signals=true')


class App:
    def __init__(self, sound, weights):
        self.loop = GLib.MainLoop()
        self.frames = {}        # number of frames by variant
        self.loudest = -np.inf
        self.failed = False
        self.pipeline = Gst.parse_launch(PIPELINE)
        self.pipeline.get_by_name('file').props.location = sound
        self.pipeline.get_by_name('train').props.location = weights
        self.mel = self.pipeline.get_by_name('mel')
        self.pipeline.get_by_name('sink').connect('new-sample', self.on_frame)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect('message', self.on_message)

    def on_frame(self, sink):
        """In the streaming thread."""
        buffer = sink.emit('pull-sample').get_buffer()
        mel = np.frombuffer(buffer.extract_dup(0, buffer.get_size()), np.float32)
        variant = self.mel.props.stats['variant']
        self.frames[variant] = self.frames.get(variant, 0) + 1
        self.loudest = max(self.loudest, mel.max())
        return Gst.FlowReturn.OK

    def on_message(self, bus, message):
        """In the main thread."""
        if message.type == Gst.MessageType.ELEMENT:
            self.on_training(message.get_structure())
        elif message.type == Gst.MessageType.WARNING:
            print(message.parse_warning()[0].message, file=sys.stderr)
        elif message.type == Gst.MessageType.ERROR:
            print(message.parse_error()[0].message, file=sys.stderr)
            self.failed = True
            self.loop.quit()
        elif message.type == Gst.MessageType.EOS:
            self.loop.quit()

    def on_training(self, structure):
        if structure.get_name() == 'bffttrain':
            print('step {step:5d}   loss {total-loss:8.4f}   '
                  'open gates {active-gates}   {state}'.format(**{
                      key: structure.get_value(key) for key in (
                          'step', 'total-loss', 'active-gates', 'state')}))
        elif structure.get_name() == 'bffttrain-checkpoint':
            print(f'step {structure.get_value("step"):5d}   '
                  f'{structure.get_value("location")}')

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)
        for variant, count in self.frames.items():
            print(f'{count} frames by {variant}')
        return self.failed


Gst.init(None)
if len(sys.argv) != 3:
    sys.exit(__doc__)
sys.exit(App(*sys.argv[1:]).run())
