#!/usr/bin/env python3
# bfft: an application that trains on a sound and listens with what it learned.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""follow-training.py SOUND WEIGHTS

Fits a network to SOUND, unheard, while bfftmel behind it measures the same
stream with each checkpoint as soon as there is one. Prints how the training
goes, and leaves the weights in WEIGHTS and a sidecar beside it.
"""
import example  # first: it says which package is missing
import numpy as np
from example import Gst

N_FFT = 512
PIPELINE = ('audioconvert ! audioresample ! audio/x-raw,rate=16000,channels=1 '
            f'! bffttrain name=train n-fft={N_FFT} mode=sync interval=5 '
            'checkpoint-interval=5 landscape=false '
            f'! bfftmel name=mel n-fft={N_FFT} follow-model=true '
            'post-messages=false '
            '! other/tensors,format=static '
            '! appsink name=sink sync=false emit-signals=true')


class App:
    def __init__(self, sound, weights):
        self.frames = {}        # number of frames by variant
        self.loudest = -np.inf
        self.pipeline = example.listen(sound, PIPELINE)
        self.pipeline.get_by_name('train').props.location = weights
        self.mel = self.pipeline.get_by_name('mel')
        self.pipeline.get_by_name('sink').connect('new-sample', self.on_frame)

    def on_frame(self, sink):
        """In the streaming thread."""
        mel = np.frombuffer(example.data(sink.emit('pull-sample')), np.float32)
        variant = self.mel.props.stats['variant']
        self.frames[variant] = self.frames.get(variant, 0) + 1
        self.loudest = max(self.loudest, mel.max())
        return Gst.FlowReturn.OK

    def on_training(self, structure):
        """In the main thread."""
        if structure.get_name() == 'bffttrain':
            print('step {step:5d}   loss {total-loss:8.4f}   '
                  'open gates {active-gates}   {state}'.format(**{
                      key: structure.get_value(key) for key in (
                          'step', 'total-loss', 'active-gates', 'state')}))
        elif structure.get_name() == 'bffttrain-checkpoint':
            print(f'step {structure.get_value("step"):5d}   '
                  f'{structure.get_value("location")}')

    def run(self):
        for result in example.results(self.pipeline):
            self.on_training(result)
        for variant, count in self.frames.items():
            print(f'{count} frames by {variant}')


App(*example.arguments(__doc__)).run()
