#!/usr/bin/env python3
# bfft: measures a sound with every element, beside what each is compared with.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""quickstart.py SOUND [--folder FOLDER] [--tones HZ,HZ] [--rounds N] [--build BUILD]

Prints what was measured, a verdict for each element, and lines to paste next.
Pictures, a report, a fitted curve and sounds go into FOLDER. The exit status is
1 if a verdict is bad. --tones says where the sound is known to have tones.
"""
import argparse
import json
import os
import pathlib
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import time

import gi
import numpy as np
import scipy.io.wavfile
import scipy.signal

import quickstart_pictures as pictures

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

LONGEST, SHORTEST = 60, 3   # seconds that are measured
CURVE = 1024                # n-fft of the fitted curve
NOISE_DB = -60              # of the device's own noise, re its sound


ALL = Gst.MessageType.ELEMENT | Gst.MessageType.EOS | Gst.MessageType.ERROR


def play(launch, on_message=None, wanted=ALL):
    """Plays to the end; a failure ends the program with a sentence."""
    try:
        pipeline = Gst.parse_launch(launch)
    except gi.repository.GLib.Error as error:
        sys.exit(f'quickstart.py: {error.message}')
    bus = pipeline.get_bus()
    pipeline.set_state(Gst.State.PLAYING)
    while (message := bus.timed_pop_filtered(Gst.CLOCK_TIME_NONE, wanted)) and \
            message.type == Gst.MessageType.ELEMENT:
        if on_message:
            on_message(message.get_structure())
    pipeline.set_state(Gst.State.NULL)
    if message.type == Gst.MessageType.ERROR:
        error = message.parse_error()[0].message
        sys.exit(f'quickstart.py: {message.src.get_name()}: {error}')


class Sound:
    """The first minute of a file: samples [n, channels] at its own rate, as a
    WAV file that every pipeline below reads."""

    def __init__(self, name, folder):
        self.work = folder
        self.uri = pathlib.Path(name).resolve().as_uri()
        self.wav = folder / 'heard.wav'
        decoded = folder / 'decoded.wav'
        play(f'uridecodebin uri={self.uri} caps=audio/x-raw ! audioconvert '
             '! audio/x-raw,format=F32LE,layout=interleaved '
             f'! wavenc ! filesink location={decoded}')
        try:
            self.rate, x = scipy.io.wavfile.read(decoded)
        except ValueError:
            x = []
        if not len(x):
            sys.exit(f'quickstart.py: there is no sound in {name}')
        x = x.reshape(len(x), -1)
        x = np.nan_to_num(x[:LONGEST * self.rate])
        self.seconds = len(x) / self.rate
        self.x = np.resize(x, (max(len(x), SHORTEST * self.rate), x.shape[1]))
        self.silent = not np.abs(x).max() > 1e-4
        scipy.io.wavfile.write(self.wav, self.rate, self.x)
        peak = 20 * np.log10(max(np.abs(x).max(), 1e-10))
        print(f'{self.seconds:.1f} s, {self.rate} Hz, channels: {x.shape[1]}, peak '
              + ('below -80' if self.silent else f'{peak:.1f}') + ' dB re full scale'
              + (f'; repeated to {len(self.x) / self.rate:.1f} s' if len(self.x) > len(x) else ''))

    @property
    def mono(self):
        return self.x.mean(1)

    def source(self):
        return f'filesrc location={self.wav} ! wavparse'


def tensors(wav, launch):
    """Float32 of all results, flat."""
    raw = wav.with_name('results.f32')
    play(f'filesrc location={wav} ! wavparse ! {launch} ! other/tensors,format=static ! filesink location={raw}')
    return np.fromfile(raw, np.float32)


def check_spectrum(sound, folder):
    found = {'spectrum': [], 'bfftspectrum': []}
    play(f'{sound.source()} ! tee name=t '
         't. ! queue ! spectrum threshold=-100 ! fakesink '
         't. ! queue ! bfftspectrum threshold=-100 ! fakesink',
         lambda s: found[s.get_name()].append(list(s.get_value('magnitude'))))
    theirs, ours = (np.array(found[name]) for name in ('spectrum', 'bfftspectrum'))
    off = np.abs(ours - theirs).max() if ours.shape == theirs.shape else np.inf
    bands = 513
    levels = tensors(sound.wav, f'bfftspectrum bands={bands} window=hann threshold=-120 '
                     'interval=20000000').reshape(-1, bands)
    pictures.spectrum(folder / 'spectrum.png', levels, sound.rate, .02)
    return off < .05, (f'the levels of GstFFT\'s `spectrum`, {ours.shape[0]} results of '
                       f'{ours.shape[1]} bands: {off:.1g} dB apart at most')


def whisper_definition(x):
    """log_mel_spectrogram (pad_or_trim (x)) of openai/whisper, in double:
    [3000, 80]."""
    def to_hz(m):
        return np.where(m < 15, m * 200 / 3, 1000 * 6.4 ** ((m - 15) / 27))
    x = np.pad(x[:480000], (0, max(0, 480000 - len(x))))
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(x, 200, mode='reflect'), 400)[::160]
    power = np.abs(np.fft.rfft(frames[:-1] * scipy.signal.get_window('hann', 400))) ** 2
    edges = to_hz(np.linspace(0, 15 + 27 * np.log(8) / np.log(6.4), 82))
    bank = np.stack([np.interp(np.fft.rfftfreq(400, 1 / 16000), edges[m:m + 3], [0, 1, 0])
                     for m in range(80)], 1) * 2 / (edges[2:] - edges[:-2])
    log = np.log10(np.maximum(power @ bank, 1e-10))
    return (np.maximum(log, log.max() - 8) + 4) / 4


def check_mel(sound, folder):
    wav = sound.work / '16k.wav'
    play(f'{sound.source()} ! audioconvert ! audioresample '
         '! audio/x-raw,format=F32LE,rate=16000,channels=1 '
         f'! wavenc ! filesink location={wav}')
    _, x = scipy.io.wavfile.read(wav)
    ours = tensors(wav, 'bfftmel preset=whisper frames=3000 fill=silence '
                   'post-messages=false')[:240000].reshape(3000, 80)
    off = np.abs(ours - whisper_definition(x.astype(float))).max()
    frames = min(3000, len(x) // 160 + 1)
    pictures.mel(folder / 'mel.png', ours[:frames], .01)
    return off < 1e-3, ('Whisper\'s features equal the published definition (numpy, double): '
                        f'{off:.1g} apart at most, 3000 frames of 80 bands')


def check_welch(sound, folder, tones):
    n = 1 << int(np.log2(sound.rate / 5))
    segments = (len(sound.x) - n) // (n // 2) + 1
    found = []
    play(f'{sound.source()} ! bfftwelch n-fft={n} segments={segments} peaks=40 ! fakesink',
         found.append)
    ours = np.array(list(found[0].get_value('psd')))
    f, theirs = scipy.signal.welch(sound.mono.astype(float), sound.rate, nperseg=n)
    off = np.abs(ours - theirs).max() / max(theirs.max(), 1e-30)
    peaks = [(p.get_value('frequency'), p.get_value('power'))
             for p in found[0].get_value('peaks')]
    if tones:
        peaks = [min(peaks, key=lambda p: abs(p[0] - tone)) for tone in tones]
        good = all(abs(p[0] - tone) < sound.rate / n / 4 for p, tone in zip(peaks, tones))
        said = 'tones of ' + ' and '.join(f'{t:g}' for t in tones) + ' Hz found at '
    else:
        good, said = True, 'strongest at '
        peaks = [] if sound.silent else peaks[:3]
    said += ' and '.join(f'{p[0]:.2f} Hz' for p in peaks) if peaks else 'no frequency'
    pictures.welch(folder / 'welch.png', f, ours, theirs, peaks)
    return good and (off < 1e-5 or sound.silent), (
        f'scipy.signal.welch\'s density: {off:.1g} of the largest bin apart at most; {said}')


def cpu_seconds(wav, chain):
    """Of this process, for one play through eight of chain. Messages go over the
    bus and are dropped."""
    branches = ' '.join([f't. ! {chain} ! fakesink async=false'] * 8)
    start = time.process_time()
    play(f'filesrc location={wav} ! wavparse ! tee name=t {branches}',
         wanted=Gst.MessageType.EOS | Gst.MessageType.ERROR)
    return time.process_time() - start


def check_speed(sound, _, rounds):
    """Eight elements beside one another, less eight that do nothing; the least of
    rounds in which they take turns. An interval is a window of 1024."""
    wav = sound.work / 'minute.wav'
    x = np.resize(sound.mono, 60 * 48000)
    scipy.io.wavfile.write(wav, 48000, (x * 32767).clip(-32768, 32767).astype(np.int16))
    settings = 'bands=513 interval=21333334 threshold=-120'
    chains = {'none': 'identity silent=true',
              'messages': f'bfftspectrum {settings}',
              'tensors': f'bfftspectrum {settings} post-messages=false '
                         '! other/tensors,format=static',
              'their messages': f'spectrum {settings}',
              'nothing': f'spectrum {settings} post-messages=false'}
    least = dict.fromkeys(chains, np.inf)
    for _ in range(rounds):
        for key, chain in chains.items():
            least[key] = min(least[key], cpu_seconds(wav, chain))
    ratio = [(least[theirs] - least['none']) / max(least[ours] - least['none'], 1e-9)
             for theirs, ours in (('their messages', 'messages'), ('nothing', 'tensors'))]
    return ratio[0] > 1, (
        f'{ratio[0]:.1f} times as fast as `spectrum` on this machine (messages of 513 bands), '
        f'{ratio[1]:.0f} times with tensors where `spectrum` delivers nothing')


def make_device(sound, folder):
    """device.wav, reference.wav: the sound through a small loudspeaker under a
    cloth, 30 ms late and with noise; the filter's taps."""
    x, half = sound.mono.astype(float), sound.rate / 2
    knots = [(0, -40), (150, -25), (400, 0), (1200, 4), (3000, -3), (5000, -8), (9000, -25)]
    knots = [(f, db) for f, db in knots if f < half]
    knots.append((half, knots[-1][1] - 3))
    f, db = np.array(knots).T
    taps = scipy.signal.firwin2(127, f / half, 10 ** (db / 20))
    if len(x) < 20 * sound.rate:
        x = np.resize(x, 20 * sound.rate)
    y = np.concatenate((np.zeros(round(.03 * sound.rate)), np.convolve(x, taps)))[:len(x)]
    y += 10 ** (NOISE_DB / 20) * y.std() * np.random.default_rng(1).normal(size=len(y))
    for name, samples in ('reference', x), ('device', y):
        scipy.io.wavfile.write(folder / f'{name}.wav', sound.rate, samples.astype(np.float32))
    return taps


def read_curve(path):
    """Gain of each bin in dB, as docs/weights.md has it."""
    data = path.read_bytes()
    size, = struct.unpack('<Q', data[:8])
    begin, end = json.loads(data[8:8 + size])['freq_mask']['data_offsets']
    mask = np.frombuffer(data[8 + size:][begin:end], np.float32).reshape(-1, 2)
    return 20 * np.log10(np.maximum(mask[:CURVE // 2 + 1, 0], 1e-6))


def trivial_answers(folder, f, heard):
    """What takes no fitting, in dB at each frequency: nothing, one constant, one
    constant a third octave, and the ratio of both recordings' powers."""
    rate, x = scipy.io.wavfile.read(folder / 'reference.wav')
    _, y = scipy.io.wavfile.read(folder / 'device.wav')
    late = round(.03 * rate)
    power = [scipy.signal.welch(z.astype(float), rate, nperseg=CURVE)[1]
             for z in (x[:len(x) - late], y[late:])]
    closed = 10 * np.log10(power[0] / power[1])
    third = np.round(10 * np.log10(np.maximum(f, 1) / 1000)).astype(int)
    return {'nothing': 0 * f, 'one constant': closed[heard].mean() + 0 * f,
            'one constant a third octave': np.array([closed[third == i].mean() for i in third]), 'the closed form': closed}


def third_levels(path):
    rate, x = scipy.io.wavfile.read(path)
    f, p = scipy.signal.welch(x.astype(float), rate, nperseg=8192)
    centres = 1000 * 10 ** (np.arange(-7, 13) / 10)
    centres = centres[centres < min(rate / 2.3, 7000)]
    return centres, 10 * np.log10([p[(f >= c / 10 ** .05) & (f < c * 10 ** .05)].sum() + 1e-20
                                   for c in centres])


def check_match(sound, folder):
    taps = make_device(sound, folder)
    weights = folder / 'mic.safetensors'
    told = []
    play('audiointerleave name=both ! bffttrain reference-channel=1 mode=sync interval=1 '
         f'n-fft={CURVE} location={weights} ! fakesink '
         f'filesrc location={folder}/device.wav ! wavparse ! both.sink_0 '
         f'filesrc location={folder}/reference.wav ! wavparse ! both.sink_1', told.append)
    if not weights.exists() or not any(s.has_field('match-err') for s in told):
        return True, 'the sound has too little for a curve to be fitted to it'
    play(f'filesrc location={folder}/device.wav ! wavparse ! bfftfilter model-location={weights} '
         f'max-gain=60 ! wavenc ! filesink location={folder}/matched.wav')
    f = np.arange(CURVE // 2 + 1) * sound.rate / CURVE
    true = -20 * np.log10(np.abs(np.fft.rfft(taps, CURVE)))
    heard = (f > 200) & (f < min(7000, sound.rate / 2.5))
    answers = dict(trivial_answers(folder, f, heard), bffttrain=read_curve(weights))
    off = {name: np.sqrt(np.mean((curve - true)[heard] ** 2)) for name, curve in answers.items()}
    print(f'Correction, {f[heard][0]:.0f} to {f[heard][-1]:.0f} Hz, dB off the truth (rms):')
    for name, error in off.items():
        print(f'  {name:28} {error:6.2f}')
    levels = {name: third_levels(folder / f'{name}.wav')
              for name in ('reference', 'device', 'matched')}
    pictures.match(folder / 'match.png', f, true, answers['bffttrain'], levels)
    pictures.compare(folder / 'compare.png',
                     {name: scipy.io.wavfile.read(folder / f'{name}.wav')
                      for name in ('reference', 'device', 'matched')})
    subprocess.run(['bfft-report', weights.with_suffix('.json'), '-o', folder / 'mic.html'],
                   check=True)
    return off['bffttrain'] < min(off['nothing'], off['one constant']), (
        f'a microphone matched to another: {off["bffttrain"]:.2f} dB rms off the truth, '
        f'{off["nothing"]:.1f} dB before, {off["the closed form"]:.2f} dB by the closed form')


def check_training(sound, folder):
    """Twiddles that were turned learn from the sound to be an FFT again."""
    weights, errors = folder / 'repaired.safetensors', []
    seconds = 2000 * 8 * 256 / sound.rate
    wav = sound.work / 'lesson.wav'
    scipy.io.wavfile.write(wav, sound.rate, np.resize(
        sound.mono, int(seconds * sound.rate) + 1).astype(np.float32))
    play(f'filesrc location={wav} ! wavparse ! bffttrain mode=sync variant=domain init=perturbed '
         f'interval=1 steps=2000 location={weights} ! fakesink',
         lambda s: s.has_field('spec-rms') and errors.append(s.get_value('spec-rms')))
    if not errors:
        return True, 'the sound has nothing to learn from'
    start, end = errors[0], errors[-1]
    return end < start / 10, (f'a network with turned twiddles repaired by listening: spectrum wrong '
                              f'by {start:.2g} before, {end:.1g} after; exact twiddles need none')


def tools(build):
    return ':'.join(f'{build}/{part}' for part in ('gst/tools', 'models/report', 'models/tools'))


def next_lines(sound, name, folder, build):
    """What to paste next; every name is quoted, addresses have no odd signs."""
    here = shlex.quote(str(folder))
    uri = f'uridecodebin uri={shlex.quote(sound.uri)} ! audioconvert'
    lines = [f'export GST_PLUGIN_PATH={shlex.quote(str(build / "gst"))}',
             f'export PATH={shlex.quote(tools(build))}:$PATH']
    if shutil.which('bfft-extract'):
        lines.append(f'bfft-extract --preset whisper -o {here}/features.npy '
                     + shlex.quote(str(pathlib.Path(name).resolve())))
    if Gst.ElementFactory.find('bfftscope'):
        lines.append(f'gst-launch-1.0 {uri} ! bfftscope ! videoconvert ! autovideosink')
        lines.append('gst-launch-1.0 autoaudiosrc ! audioconvert ! bfftscope style=spectrum '
                     '! videoconvert ! autovideosink')
    if not sound.silent:
        n_fft = min(8192, 1 << int(np.log2(sound.seconds * sound.rate / 2)))
        lines.append(f'gst-launch-1.0 -m {uri} ! bfftwelch n-fft={n_fft} message-psd=false peaks=2 '
                     '! fakesink | grep -o "frequency.=[^,]*"')
        lines.append(f'gst-launch-1.0 -q {uri} ! bfftfilter model-location={here}/mic.safetensors '
                     f'! wavenc ! filesink location={here}/corrected.wav')
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[1])
    parser.add_argument('sound')
    parser.add_argument('--folder', type=pathlib.Path, default='build/quickstart')
    parser.add_argument('--tones', default='', help='Hz, of tones that are known to be there')
    parser.add_argument('--rounds', type=int, default=4, help='of measuring speed')
    parser.add_argument('--build', type=pathlib.Path, default='build', help='where the plugin is')
    args = parser.parse_args()
    build = args.build.resolve()
    os.environ['PATH'] = f'{tools(build)}:{os.environ["PATH"]}'
    Gst.init(None)
    args.folder.mkdir(parents=True, exist_ok=True)
    for old in 'match.png', 'compare.png', 'mic.html', 'mic.safetensors':
        (args.folder / old).unlink(missing_ok=True)
    tones = [float(f) for f in args.tones.split(',') if f]
    loud = {'bffttrain, bfftfilter': check_match, 'bffttrain': check_training}
    with tempfile.TemporaryDirectory() as work:
        sound = Sound(args.sound, pathlib.Path(work))
        verdicts = {}
        for name, check in {'bfftspectrum': check_spectrum, 'bfftmel': check_mel,
                            'bfftwelch': check_welch, 'speed': check_speed, **loud}.items():
            print(f'== Measuring: {name}', flush=True)
            if sound.silent and name in loud:
                verdicts[name] = True, 'the sound is silent: nothing to fit'
            else:
                more = {check_welch: [tones], check_speed: [args.rounds]}.get(check, [])
                verdicts[name] = check(sound, args.folder, *more)
    print('\n== Verdicts, all measured just now')
    for name, (good, text) in verdicts.items():
        print(f'{"good" if good else "BAD ":5} {name}: {text}')
    print('\n== To see, in', args.folder)
    print('   ' + '  '.join(sorted(p.name for p in args.folder.glob('*.[ph][nt][gm]*'))))
    print('\n== To paste next')
    print('\n'.join(next_lines(sound, args.sound, args.folder.resolve(), build)))
    return not all(good for good, _ in verdicts.values())


sys.exit(main())
