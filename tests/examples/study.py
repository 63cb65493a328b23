#!/usr/bin/env python3
# bfft: trains and compares all variants of the network on a sound.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""study.py SOUND FOLDER [--steps N] [--report PROGRAM] [PROPERTY=VALUE ...]

Gives each variant of the network a task that it is for, and a verdict. Those
that are trained learn from SOUND, which is repeated as often as it takes: domain
and unitary recover from random angles, pruned closes gates of an exact network,
learned gets scales for int8 twiddles. Then all nine measure SOUND: complex
spectra are compared with numpy's in double precision, log-mel features with those
by GstFFT, both with what needs no training. Ends in FOLDER/study.json, a sidecar
with nine models, and FOLDER/study.html, the report of it. The properties are
bffttrain's:

    study.py a.wav out n-fft=512 learning-rate=1e-3
"""
import json
import subprocess
import sys
from pathlib import Path

import example  # first: it says which package is missing
import numpy as np
from example import Gst

UNTRAINED = 'reference', 'butterfly', 'stockham', 'q8', 'fused-spectral'
TRAINED = 'domain', 'unitary', 'pruned', 'learned'
OWN = {'domain': {'init': 'perturbed'}, 'unitary': {'init': 'perturbed'},
       'pruned': {'sparsity-weight': 0.1}, 'learned': {'sparsity-weight': 0}}
RATE = 16000
RUNS = 7                # of which the fastest counts
MEASURED = 60 * RATE    # samples, at most, on which variants are compared
AUDIO = (f'audio/x-raw,format=F32LE,rate={RATE},channels=1,'
         'layout=interleaved')


def setting(text):
    name, value = text.split('=', 1)
    return name, value


def decode(sound, raw):
    example.play(example.listen(
        sound, f'audioconvert ! audioresample ! {AUDIO} ! filesink location="{raw}"'))
    return np.fromfile(raw, np.float32)


def feed(source, samples, wanted):
    """Repeats samples until there are as many as wanted."""
    whole = Gst.Buffer.new_wrapped(samples.tobytes())
    for first in range(0, wanted, len(samples)):
        buffer = whole.copy_region(Gst.BufferCopyFlags.MEMORY, 0,
                                   whole.get_size())
        buffer.pts = first * Gst.SECOND // RATE
        source.emit('push-buffer', buffer)
    source.emit('end-of-stream')


def train(variant, samples, options):
    """Leaves weights and a sidecar; returns the model in it, with the relative
    error of the spectrum at the first step."""
    properties = dict({'interval': 1}, **OWN[variant])
    properties.update(options.property)
    pipeline = example.launch(
        f'appsrc name=src format=time max-bytes=0 caps="{AUDIO}" '
        f'! bffttrain name=train variant={variant} mode=sync '
        f'steps={options.steps} location="{options.weights(variant)}" '
        + ' '.join(f'{name}={value}' for name, value in properties.items())
        + ' ! fakesink')
    trainer = pipeline.get_by_name('train').props
    feed(pipeline.get_by_name('src'), samples,
         options.steps * trainer.batch * trainer.n_fft)
    live = sys.stdout.isatty()
    start = None
    for structure in example.results(pipeline):
        if structure.get_name() != 'bffttrain':
            continue
        step = structure.get_value('step')
        start = start or structure.get_value('spec-rms')
        if live or step == options.steps:
            print(f'\r{variant:8} step {step:6}   '
                  f'loss {structure.get_value("total-loss"):10.3g}',
                  end='', flush=True)
    print()
    model = read_model(options.weights(variant).with_suffix('.json'))
    return dict(model, start=start)


def read_model(sidecar):
    model, = json.loads(sidecar.read_text())['models']
    return model


def get_spectrum(structure):
    magnitude, phase = (np.array(list(structure.get_value(name)))
                        for name in ('magnitude', 'phase'))
    return magnitude * np.exp(1j * phase)


def measure_spectra(network, samples, n_fft):
    """Returns what bfftspectrum says of frames that follow one another."""
    pipeline = example.launch(
        f'appsrc name=src format=time max-bytes=0 caps="{AUDIO}" '
        f'! bfftspectrum {network} bands={n_fft // 2 + 1} window=rectangular '
        f'interval={n_fft * Gst.SECOND // RATE} magnitude-unit=amplitude '
        'message-phase=true ! fakesink')
    feed(pipeline.get_by_name('src'), samples, len(samples))
    return n_fft * np.array([get_spectrum(structure) for structure in
                             example.results(pipeline)])


def measure_mel(network, samples, n_fft, n_mels, folder):
    """Returns what bfftmel says, and the model in its sidecar."""
    raw, sidecar = folder / 'mel.f32', folder / 'mel.json'
    pipeline = example.launch(
        f'appsrc name=src format=time max-bytes=0 caps="{AUDIO}" '
        f'! bfftmel {network} win-length={n_fft} n-mels={n_mels} '
        f'post-messages=false sidecar-location="{sidecar}" '
        f'! other/tensors,format=static ! filesink location="{raw}"')
    feed(pipeline.get_by_name('src'), samples, len(samples))
    example.play(pipeline)
    return np.fromfile(raw, np.float32), read_model(sidecar)


def mean_time(measured):
    return measured[1]['bfft']['run']['ns_per_frame_mean']


def measure(variant, samples, n_fft, n_mels, options):
    """Spectra, features and model; the model of the fastest of several runs,
    as the machine may do something else besides."""
    network = f'n-fft={n_fft} variant={variant}'
    if variant in TRAINED:
        network += f' model-location="{options.weights(variant)}"'
    runs = [measure_mel(network, samples, n_fft, n_mels, options.folder)
            for _ in range(RUNS)]
    mel, model = min(runs, key=mean_time)
    return measure_spectra(network, samples, n_fft), mel, model


def compare(samples, n_fft, n_mels, options):
    """Returns a model for each variant, with its largest errors."""
    frames = len(samples) // n_fft
    exact = np.fft.rfft(samples[:frames * n_fft].reshape(frames, n_fft)
                        .astype(float))
    models = []
    for variant in UNTRAINED + TRAINED:
        spectra, mel, model = measure(variant, samples, n_fft, n_mels, options)
        if variant == 'reference':
            mel_reference = mel
        difference = mel - mel_reference
        model['model_id'] = variant
        model['spec-rms'] = float(np.linalg.norm(spectra - exact)
                                  / np.linalg.norm(exact))
        model['mel-rms'] = float(np.sqrt(np.mean(difference ** 2)))
        model['final_spec_err'] = float(abs(spectra - exact).max())
        model['final_mel_err'] = float(abs(difference).max())
        models.append(model)
    return models


def add_training(model, trained):
    """What only the run that trained the model can know."""
    for key in 'batch', 'train_steps', 'loss_curve', 'landscape':
        model[key] = trained[key]
    for key in 'loss_recorded', 'loss_every', 'loss_not_finite':
        model['bfft']['thinning'][key] = trained['bfft']['thinning'][key]
    model['bfft']['settings'].update(trained['bfft']['settings'])


def recovered(model, _, start):
    end = model['spec-rms']
    verdict = ('recovered' if end < 1e-3 else 'on its way' if end < start / 10
               else 'not recovered: more steps or richer sound')
    return (f'spectrum wrong by {start:.2g} before, {end:.2g} after: {verdict}. '
            'Exact weights need no training')


def judge_pruned(model, others, _):
    still = model['bfft']['active_butterflies']
    total = others['butterfly']['bfft']['active_butterflies']
    ratio = time_of(model) / time_of(others['butterfly'])
    worth = still < total and ratio < 1
    return (f'{total - still} of {total} butterflies gone, spectrum wrong by '
            f'{model["spec-rms"]:.2g}, {ratio:.2g} times the time: '
            + ('worth it' if worth else 'leave it exact'))


def judge_learned(model, others, _):
    plain = others['q8']['mel-rms']
    better = 'worth it' if model['mel-rms'] < 0.8 * plain else 'take q8'
    return (f'log-mel wrong by {model["mel-rms"]:.2g}, q8 without training '
            f'{plain:.2g}: {better}')


def judge_exact(model, others, _):
    ratio = time_of(others['reference']) / time_of(model)
    return (f'spectrum wrong by {model["spec-rms"]:.1g}, '
            f'{ratio:.2g} times as fast as GstFFT')


def judge_q8(model, *_):
    twiddles = model['params']['twiddles']
    return (f'{twiddles} bytes of twiddles instead of {4 * twiddles}, error '
            f'{20 * np.log10(model["spec-rms"]):.0f} dB re the spectrum')


TASKS = {
    'reference': ('be the yardstick', lambda model, *_:
                  f'GstFFT: {time_of(model) / 1000:.2f} us a frame of log-mel'),
    'butterfly': ('compute the spectrum', judge_exact),
    'stockham': ('compute it without bit reversal', judge_exact),
    'q8': ('keep weights small', judge_q8),
    'fused-spectral': ('filter by a curve, of which there is none here',
                       judge_exact),
    'domain': ('recover turned twiddles', recovered),
    'unitary': ('recover turned matrices', recovered),
    'pruned': ('leave out what this sound does not need', judge_pruned),
    'learned': ('fit int8 twiddles to log-mel', judge_learned),
}


def time_of(model):
    return model['bfft']['run']['ns_per_frame_mean']


def give_verdicts(models, trained):
    others = {model['variant']: model for model in models}
    for model in models:
        task, judge = TASKS[model['variant']]
        start = trained.get(model['variant'], {}).get('start')
        model['bfft']['settings'].update(
            {'task': task, 'verdict': judge(model, others, start)})
    for model in models:
        del model['spec-rms'], model['mel-rms']


def show(models):
    print('\nvariant         steps  parameters  open  us/frame'
          '  spectrum error  log-mel error')
    for model in models:
        bfft = model['bfft']
        print(f'{model["variant"]:14} {model["train_steps"]:6} '
              f'{model["params"]["total_params"]:11} '
              f'{bfft["active_butterflies"]:5} '
              f'{bfft["run"]["ns_per_frame_mean"] / 1000:9.2f} '
              f'{model["final_spec_err"]:15.2g} {model["final_mel_err"]:14.2g}')
    print()
    for model in models:
        settings = model['bfft']['settings']
        print(f'{model["variant"]}, to {settings["task"]}:\n'
              f'    {settings["verdict"]}')


def main():
    parser = example.parser(__doc__, FOLDER=Path, PROPERTY=setting)
    parser.add_argument('--steps', type=int, default=5000)
    parser.add_argument('--report', default='bfft-report')
    options = parser.parse_intermixed_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    options.weights = lambda name: options.folder / f'{name}.safetensors'

    samples = decode(options.sound, options.folder / 'sound.f32')
    trained = {name: train(name, samples, options) for name in TRAINED}
    first = trained[TRAINED[0]]
    models = compare(samples[:MEASURED], first['n_fft'],
                     first['bfft']['n_mels'], options)
    for model in models:
        if model['variant'] in TRAINED:
            add_training(model, trained[model['variant']])
    give_verdicts(models, trained)
    show(models)
    study = options.folder / 'study.json'
    study.write_text(json.dumps({'models': models}))
    page = study.with_suffix('.html')
    subprocess.run([options.report, study, '-o', page], check=True)
    print(f'\n{page}')


main()
