#!/usr/bin/env python3
# bfft: makes the weights in this folder, and their sidecars.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""make.py [FOLDER [MODEL ...]]

Speaks (tests/benchmarks/voices.sh: espeak-ng, sox), trains a network for each
entry of MODELS on it, and leaves MODEL.safetensors and MODEL.json in FOLDER, by
default here. Training is in sync mode: the same sound, seed, kernels and kind of
processor give the same weights, byte for byte. In sidecars the times differ.
Those here were made with espeak-ng 1.51, sox 14.4.2 and ORC 0.4.33 (SSE).

With the plugin where GStreamer looks.
"""
import pathlib
import subprocess
import sys
import tempfile

import gi
import numpy as np

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
VOICES = HERE / '../benchmarks/voices.sh'
RATE = 16000
BATCH = 8
CAPS = f'audio/x-raw,format=F32LE,layout=interleaved,channels=1,rate={RATE}'

# n-fft, how many times the sound is heard, other properties
MODELS = {
    # twiddles and matrices that were wrong, repaired by listening
    'speech-domain-256': (256, 2, 'variant=domain init=perturbed'),
    'speech-unitary-64': (64, 1, 'variant=unitary init=perturbed'),
}


def speak():
    with tempfile.TemporaryDirectory() as folder:
        train, test = (pathlib.Path(folder, name) for name in ('a', 'b'))
        subprocess.run(['sh', VOICES, train, test], check=True)
        return train.read_bytes()


def structure_of(event):
    """Python with GStreamer 1.26 has it in a `with` only."""
    structure = event.get_structure()
    if hasattr(structure, '__enter__'):
        return structure.__enter__()
    return structure


def train(sound, folder, name):
    """The weights as they go downstream: bare of what a resume would need."""
    n_fft, times, properties = MODELS[name]
    samples = len(sound) // np.dtype(np.float32).itemsize
    steps = times * samples // (n_fft * BATCH)
    pipeline = Gst.parse_launch(
        f'appsrc name=src format=time max-bytes=0 caps="{CAPS}" ! bffttrain '
        f'name={name} mode=sync n-fft={n_fft} batch={BATCH} steps={steps} '
        f'{properties} ! fakesink name=sink sync=false')
    pipeline.get_by_name(name).props.sidecar_location = str(
        folder / (name + '.json'))
    pipeline.set_state(Gst.State.PLAYING)
    source = pipeline.get_by_name('src')
    for _ in range(times):
        source.emit('push-buffer', Gst.Buffer.new_wrapped(sound))
    source.emit('end-of-stream')
    message = pipeline.get_bus().timed_pop_filtered(
        Gst.CLOCK_TIME_NONE, Gst.MessageType.EOS | Gst.MessageType.ERROR |
        Gst.MessageType.WARNING)
    if message.type != Gst.MessageType.EOS:
        sys.exit(message.get_structure().to_string())
    event = pipeline.get_by_name('sink').get_static_pad('sink') \
        .get_sticky_event(Gst.EventType.CUSTOM_DOWNSTREAM_STICKY, 0)
    weights = structure_of(event).get_value('model').get_data()
    pipeline.set_state(Gst.State.NULL)
    (folder / (name + '.safetensors')).write_bytes(weights)
    print(f'{name}: {steps} steps, {len(weights)} bytes')


def main(folder=HERE, *names):
    Gst.init(None)
    folder = pathlib.Path(folder)
    sound = speak()
    for name in names or MODELS:
        train(sound, folder, name)


main(*sys.argv[1:])
