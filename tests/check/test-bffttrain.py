#!/usr/bin/env python3
# bfft: bffttrain in whole pipelines.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Weights and sidecar survive kill -9 at any moment; the files that a training
leaves do what was trained, as numpy sees it; an analyser downstream adopts
each checkpoint. BFFT_KILLS sets how often it is killed."""
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import numpy as np
import gi
gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

import networks
import pipelines

Gst.init(None)


def run(line, seconds=60):
    pipeline = Gst.parse_launch(line)
    bus = pipeline.get_bus()
    pipeline.set_state(Gst.State.PLAYING)
    messages = []
    while True:
        message = bus.timed_pop(seconds * Gst.SECOND)
        assert message, 'the pipeline hangs'
        messages.append(message)
        if message.type in (Gst.MessageType.EOS, Gst.MessageType.ERROR):
            break
    pipeline.set_state(Gst.State.NULL)
    return messages


def check_accuracy(directory):
    path = os.path.join(directory, 'w.safetensors')
    rng = np.random.default_rng(1)
    worst = {}
    for init, n, seconds in (('perturbed', 64, 20), ('perturbed', 256, 60),
                             ('perturbed', 1024, 200), ('random', 64, 20),
                             ('random', 256, 250)):
        buffers = seconds * 44100 // 1024
        run(f'audiotestsrc wave=white-noise num-buffers={buffers} ! '
            f'bffttrain mode=sync variant=domain init={init} n-fft={n} '
            f'location={path} ! fakesink')
        weights = networks.read(path)[1]
        x = rng.normal(0, 1, (64, n))
        exact = np.fft.fft(x)
        error = np.linalg.norm(networks.spectrum(weights, x) - exact)
        worst[init, n] = error / np.linalg.norm(exact)
        assert worst[init, n] < 1e-4, (init, n, worst[init, n])
    return worst


def wait_for_models(pipeline):
    """Models are taken in another thread, which logs it: no buffer goes to the
    element `follower` before the model that came before it is there."""
    sent, taken = [], []

    def log(category, level, file, function, line, thing, message, *_):
        if "the stream's model" in message.get():
            taken.append(1)

    def probe(_, info):
        if info.type & Gst.PadProbeType.BUFFER:
            end = time.monotonic() + 60
            while len(taken) < len(sent) and time.monotonic() < end:
                time.sleep(0.001)
        elif info.get_event().has_name('bfft-model'):
            sent.append(1)
        return Gst.PadProbeReturn.OK

    Gst.debug_set_threshold_for_name('bfftmel', Gst.DebugLevel.INFO)
    Gst.debug_add_log_function(log, None)
    pipeline.get_by_name('follower').get_static_pad('sink').add_probe(
        Gst.PadProbeType.BUFFER | Gst.PadProbeType.EVENT_DOWNSTREAM, probe)


def check_follow():
    """In one pipeline bfftmel, which runs what is learned so far, comes nearer
    and nearer to the exact transform of the same sound."""
    rng = np.random.default_rng(5)
    samples = rng.normal(0, 0.1, 20 * 16000).astype(np.float32)
    mel = 'bfftmel n-fft=256 win-length=256 hop=256 n-mels=40 log-mode=whisper'
    exact = pipelines.tensors(mel, samples, 16000)[0]
    followed = pipelines.tensors(
        'bffttrain mode=sync n-fft=256 init=perturbed perturbation=0.5 '
        'variant=learned sparsity-weight=0 train-q8=false '
        'checkpoint-interval=20 '
        f'! {mel} variant=learned follow-model=true name=follower', samples, 16000,
        prepare=wait_for_models)[0]
    assert followed.shape == exact.shape
    # Until the first model comes it runs the exact network.
    errors = np.sqrt(np.mean((followed - exact) ** 2, (1, 2)))
    first = 20 * 8 + 8
    assert errors[:20 * 8 - 8].max() < 1e-5, errors[:first].max()
    course = [np.mean(part) for part in np.array_split(errors[first:], 4)]
    assert course[0] > 1e-3, course
    assert course[3] < course[2] < course[1] < course[0], course
    assert course[3] < course[0] / 10, course
    return course


def check_kill(directory, times):
    path = os.path.join(directory, 'k.safetensors')
    sidecar = os.path.join(directory, 'k.json')
    rng = random.Random(3)
    for _ in range(times):
        process = subprocess.Popen(
            ['gst-launch-1.0', '-q', 'audiotestsrc', 'wave=white-noise', '!',
             'bffttrain', 'mode=sync', 'n-fft=64', 'checkpoint-interval=1',
             'landscape=false', f'location={path}', '!', 'fakesink'])
        for _ in range(2000):
            if os.path.exists(path) or process.poll() is not None:
                break
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.15))
        process.kill()
        process.wait()
        metadata, values = networks.read(path)
        assert metadata['n_fft'] == '64' and 'trainer.state' in values
        if os.path.exists(sidecar):
            json.load(open(sidecar, encoding='utf-8'))
        for name in os.listdir(directory):
            if name not in ('k.safetensors', 'k.json'):
                os.unlink(os.path.join(directory, name))


def check_story(directory):
    """A sidecar says what was heard, by which program, when, and from which step
    on weights were rounded: gates in the second half, int8 once it is warm."""
    sound = os.path.join(directory, 'a b.wav')
    path = os.path.join(directory, 's.safetensors')
    run('audiotestsrc wave=pink-noise num-buffers=100 ! wavenc ! '
        f'filesink location="{sound}"')
    for variant, key, since in (('pruned', 'hard_gates_since', 31),
                                ('learned', 'int8_since', 1),
                                ('domain', None, None)):
        before = datetime.datetime.now(datetime.timezone.utc)
        run(f'filesrc location="{sound}" ! wavparse ! audioconvert ! bffttrain '
            f'mode=sync variant={variant} n-fft=64 steps=60 train-q8=true '
            f'location={path} ! fakesink')
        with open(path.replace('.safetensors', '.json'),
                  encoding='utf-8') as file:
            bfft = json.load(file)['models'][0]['bfft']
        assert bfft['source'] == pathlib.Path(sound).as_uri(), bfft['source']
        assert os.path.basename(__file__) in bfft['command'], bfft['command']
        date = datetime.datetime.fromisoformat(bfft['date'].replace('Z', '+00:00'))
        assert abs((date - before).total_seconds()) < 60
        marks = {k: bfft[k] for k in ('hard_gates_since', 'int8_since')
                 if k in bfft}
        assert marks == ({key: since} if key else {}), (variant, marks)


def main():
    times = int(os.environ.get('BFFT_KILLS', '20'))
    with tempfile.TemporaryDirectory() as directory:
        worst = check_accuracy(directory)
        course = check_follow()
    with tempfile.TemporaryDirectory() as directory:
        check_story(directory)
        check_kill(directory, times)
    text = ', '.join(f'{i} {n}: {e:.1e}' for (i, n), e in worst.items())
    print('following, log-mel error in quarters: '
          + ', '.join(f'{e:.1e}' for e in course))
    print(f'{times} kills survived; relative errors {text}')


if __name__ == '__main__':
    sys.exit(main())
