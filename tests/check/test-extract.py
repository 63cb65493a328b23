# bfft: bfft-extract against torchaudio, scipy and what it is asked for.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-extract.py BFFT-EXTRACT [--kills N] [--files N]

Arrays against published definitions, JSON, tables, ranges, names; damaged
files; kill -9 at any moment, N times; flat memory over N files, of which one in
a hundred is damaged. Without arguments short versions of the last two."""
import argparse
import csv
import json
import os
import random
import resource
import signal
import subprocess
import tempfile
import time
import wave

import numpy as np
import scipy.signal

import mel_definitions as oracle

parser = argparse.ArgumentParser()
parser.add_argument('tool')
parser.add_argument('--kills', type=int, default=12)
parser.add_argument('--files', type=int, default=300)
options = parser.parse_args()
TOOL = os.path.abspath(options.tool)
SPEECH = oracle.speech()


def run(*arguments, status=0, errors=0):
    """standard output; @errors lines on standard error (None: any)"""
    done = subprocess.run([TOOL, *map(str, arguments)], capture_output=True,
                          timeout=250)
    said = done.stderr.decode()
    assert done.returncode == status, (arguments, done.returncode, said)
    assert errors is None or said.count('\n') == errors, (arguments, said)
    return done.stdout


def write_wav(name, samples, rate=16000):
    """[n] or [n, channels], 16 bits"""
    os.makedirs(os.path.dirname(os.path.abspath(name)), exist_ok=True)
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    with wave.open(name, 'wb') as f:
        f.setparams((channels, 2, rate, 0, 'NONE', ''))
        f.writeframes(np.round(samples * 32768).clip(-32768, 32767)
                      .astype('<i2').tobytes())


def strict(line):
    def refuse(word):
        raise ValueError(word)
    return json.loads(line, parse_constant=refuse)


def check_arrays():
    write_wav('speech.wav', SPEECH)
    for preset, (rate, _, definition, unit) in oracle.PRESETS.items():
        run('--preset', preset, '--rate', rate, 'speech.wav', '-o', 'a.npy',
            errors=None)
        if rate == 16000:  # others are resampled, which is not their subject
            got, wanted = np.load('a.npy'), definition(SPEECH.astype(float))
            if preset == 'openwakeword':
                got = oracle.top_db(got)
            oracle.agree(preset, got.astype(float), wanted, unit)
    run('-e', 'bfftwelch', '-p', 'n-fft=512', '-p', 'segments=0', '-p',
        'window=hann', '-p', 'detrend=none', 'speech.wav', '-o', 'a.npy',
        '-p', 'segments=8')
    n = 512 + 7 * 256
    wanted = np.array([scipy.signal.welch(
        SPEECH[i:i + n].astype(float), 16000, 'hann', 512, detrend=False)[1]
        for i in range(0, len(SPEECH) - n + 1, n)])
    got = np.load('a.npy')[:len(wanted)]
    error = np.abs(got - wanted).max(1) / wanted.max(1)
    assert error.max() < 1e-5, error.max()
    print(f'bfftwelch against scipy: {error.max():.1e}')


def check_shapes():
    stereo = np.stack([SPEECH, SPEECH[::-1] / 2], 1)
    write_wav('stereo.wav', stereo)
    common = ['--preset', 'whisper']
    run(*common, 'speech.wav', '-o', 'mono.npy')
    frames = len(np.load('mono.npy'))
    for arguments, shape in (
            (['stereo.wav'], (frames, 80)),
            (['stereo.wav', '-p', 'multi-channel=true'], (frames, 2, 80)),
            (['speech.wav', '-p', 'multi-channel=true'], (frames, 1, 80)),
            (['speech.wav', '-p', 'frames=50'], (frames // 50, 50, 80)),
            (['speech.wav', '-p', 'frames=50', '-p',
              'tensor-layout=bands-frames'], (frames // 50, 80, 50))):
        run(*common, *arguments, '-o', 'a.npy')
        array = np.load('a.npy')
        assert array.shape == shape and array.dtype == np.float32, (
            arguments, array.shape)
        assert array.flags.c_contiguous and np.isfinite(array).all()
    for channel in 0, 1:
        run(*common, '--channel', channel, 'stereo.wav', '-o', 'a.npy')
        write_wav('alone.wav', stereo[:, channel])
        run(*common, 'alone.wav', '-o', 'b.npy')
        assert np.array_equal(np.load('a.npy'), np.load('b.npy'))
    run(*common, '--channel', 2, 'stereo.wav', '-o', 'x.npy', status=1,
        errors=1)
    assert not os.path.exists('x.npy')


def check_ranges():
    subprocess.run(['gst-launch-1.0', '-q', 'filesrc', 'location=speech.wav',
                    '!', 'wavparse', '!', 'flacenc', '!', 'filesink',
                    'location=speech.flac'], check=True)
    for name in 'speech.wav', 'speech.flac':
        for start, length in (0, 1), (1.5, 2), (1, 0), (0.333, 0.5):
            a = round(start * 16000)
            part = SPEECH[a:a + round(length * 16000) if length else None]
            write_wav('part.wav', part)
            run('--preset', 'whisper', 'part.wav', '-o', 'wanted.npy')
            run('--preset', 'whisper', '--start', start, '--duration', length,
                name, '-o', 'a.npy')
            a, b = np.load('a.npy'), np.load('wanted.npy')
            assert a.shape == b.shape and np.abs(a - b).max() < 1e-5, (
                name, start, length, a.shape, b.shape)


def check_text():
    write_wav('silent.wav', np.zeros(16000))
    lines = run('-e', 'bfftspectrum', '-p', 'threshold=-400', 'silent.wav')
    rows = [strict(line) for line in lines.splitlines()]
    assert len(rows) == 10 and rows[0]['input'] == 'silent.wav'
    assert len(rows[3]['magnitude']) == 128
    assert rows[3]['timestamp'] == 300000000
    names = ['-e', 'bfftwelch', '-p', 'n-fft=256', '-p', 'peaks=3']
    rows = [strict(line) for line in run(*names, 'speech.wav').splitlines()]
    run(*names, 'speech.wav', '-o', 'a.npy')
    array = np.load('a.npy')
    assert np.array_equal(array, np.float32([r['psd'] for r in rows]))
    assert {'bin', 'frequency', 'power'} == set(rows[0]['peaks'][0])
    run(*names, 'speech.wav', '-o', 'a.csv')
    with open('a.csv') as f:
        header, *table = csv.reader(f)
    assert header[:3] == ['time', 'duration', 'band_0']
    assert np.array_equal(np.float32(table)[:, 2:], array)
    done = subprocess.run([TOOL, 'speech.wav', '-o', 'a.png'], timeout=60,
                          capture_output=True)
    if b'without cairo' not in done.stderr:
        with open('a.png', 'rb') as f:
            assert f.read(8) == b'\x89PNG\r\n\x1a\n' and done.returncode == 0
    odd = 'odd "\\\n\x01\udcff.wav'
    os.link('speech.wav', odd)
    assert 'odd "\\\n\x01\ufffd.wav' in strict(
        run(*names, odd).splitlines()[0])['input']
    os.remove(odd)
    run('--preset', 'whisper', '--duration', 0.5, '--source',
        'audiotestsrc is-live=true ! audio/x-raw,rate=44100', '-o', 'a.npy')
    assert np.load('a.npy').shape == (51, 80), np.load('a.npy').shape


def check_names():
    for name in 'in/a.wav', 'in/deep/b.wav', 'in/.hidden.wav', 'other/a.wav':
        write_wav(name, SPEECH[:8000])
    os.link('speech.flac', 'in/a.flac')
    with open('in/notes.txt', 'w') as f:
        f.write('not sound')
    os.symlink('..', 'in/deep/circle')
    long = 'x' * 247 + '.wav'  # names have 255 bytes at most
    write_wav(long, SPEECH[:8000])
    run(long, '-o', 'long/')
    assert os.listdir('long') == [long + '.npy']

    def found(folder):
        return sorted(os.path.relpath(os.path.join(d, f), folder)
                      for d, _, files in os.walk(folder) for f in files)
    run('in', '-o', 'one')
    assert found('one') == ['a.flac.npy', 'a.wav.npy', 'deep/b.wav.npy']
    run('in', 'other', '-o', 'two', '-j', 3)
    assert found('two') == ['in/a.flac.npy', 'in/a.wav.npy',
                            'in/deep/b.wav.npy', 'other/a.wav.npy']
    run(os.path.abspath('in/a.wav'), '-o', 'three/')
    assert found('three') == ['in/a.wav.npy']
    before = os.stat('one/a.wav.npy').st_mtime_ns
    os.remove('one/deep/b.wav.npy')
    run('in', '-o', 'one', '--resume')
    assert found('one') == ['a.flac.npy', 'a.wav.npy', 'deep/b.wav.npy']
    assert os.stat('one/a.wav.npy').st_mtime_ns == before


def check_arguments():
    for arguments in (
            [], ['--no-such'], ['a', '--rate', '-1'], ['a', '-j', '-2'],
            ['a', '-j', '1025'],
            ['a', '--format', 'mp3'], ['a', '-e', 'nosuch'],
            ['a', '-p', 'hop'], ['a', '-p', 'nosuch=1'], ['a', '-p', 'hop=x'],
            ['a', '-p', 'n-mels=0'], ['a', '--preset', 'nosuch'],
            ['a', '--start', '-1'], ['a', '--start', 'nan'],
            ['a', '--duration', '1e30'], ['a', '--channel', '-7'],
            ['a', '--format', 'npy'], ['a', 'b', '--format', 'csv'],
            ['a', '--resume'], ['--source', 'fakesrc', 'a'],
            ['speech.wav', '-o', './speech.wav'], ['a', 'b', '-o', 'speech.wav'],
            ['a', '-e', 'fakesrc'],
            ['a', '-e', 'spectrum', '-o', 'b.npy']):
        assert not run(*arguments, status=2, errors=1)
    assert b'Examples' in run('--help')
    assert b'bfft-extract 0.' in run('--version')
    os.makedirs('empty', exist_ok=True)
    run('empty', '-o', 'x', status=1, errors=1)
    run('nothere.wav', status=1, errors=1)
    for output in '/dev/null/a.npy', '/dev/full', 'speech.wav/x/':
        run('speech.wav', '--format', 'npy', '-o', output, status=1, errors=1)
    run('--source', 'nosuch', status=1, errors=1)
    random.seed(17)  # words in any order end with a status, never a signal
    words = ['-e', 'bfftmel', '-p', 'hop=7', '--rate', '0', '99999999999', '-o',
             '', '-', 'speech.wav', '--format', 'csv', 'npy', '--start', '1e8',
             '--duration', '.1', '--channel', '0', '--preset', 'kaldi', '%s',
             '--resume', '-j', '1', '--', '=', 'http:', 'file:///nothere']
    for _ in range(40):
        chosen = random.choices(words, k=random.randint(1, 6))
        done = subprocess.run([TOOL, *chosen], capture_output=True, timeout=60)
        assert done.returncode in (0, 1, 2), (chosen, done)
    for name in '%s', '=', '-', '1', '0', 'npy', 'csv':
        if os.path.isfile(name):
            os.remove(name)


def check_kills(kills):
    """no half file has a final name, whenever it is killed"""
    for i in range(8):
        write_wav(f'kill/{i}.wav', np.tile(SPEECH, 4))
    run('kill', '-o', 'whole', '-j', 2)
    random.seed(9)
    whole = 0
    for i in range(kills):
        child = subprocess.Popen([TOOL, 'kill', '-o', 'killed', '-j', '2'])
        time.sleep(random.uniform(0.02, 0.3))
        child.kill()
        child.wait()
        for name in os.listdir('killed') if os.path.isdir('killed') else []:
            if not name.startswith('.'):
                assert np.array_equal(np.load(f'killed/{name}'),
                                      np.load(f'whole/{name}'))
                os.remove(f'killed/{name}')
                whole += 1
    run('kill', '-o', 'killed', '--resume')
    print(f'{kills} x kill -9: {whole} files, all of them whole')
    child = subprocess.Popen([TOOL, 'kill', 'kill', '-o', 'stopped', '-j', '1'],
                             stderr=subprocess.DEVNULL)
    time.sleep(0.1)
    child.send_signal(signal.SIGINT)
    assert child.wait() == 130
    assert not any(name.startswith('.') for _, _, files in os.walk('stopped')
                   for name in files)


def check_impatience():
    """a second signal ends what waits for a pipe that nobody writes to"""
    os.mkfifo('pipe.wav')
    for number in signal.SIGINT, signal.SIGTERM:
        child = subprocess.Popen([TOOL, 'pipe.wav', '-o', 'pipe.npy'])
        time.sleep(0.5)
        child.send_signal(number)
        time.sleep(0.5)
        assert child.poll() is None
        child.send_signal(number)
        assert child.wait(20) == -number


def peak(folder, files, damaged):
    """most memory that it took (KB) for @folder; checks the counts"""
    before, memory = time.monotonic(), 0
    with open('said', 'w') as said:
        child = subprocess.Popen([TOOL, '--preset', 'whisper', folder, '-o',
                                  folder + '.out', '-j', '2'], stderr=said)
    while child.poll() is None:
        with open(f'/proc/{child.pid}/status') as f:
            memory = max([memory] + [int(line.split()[1]) for line in f
                                     if line.startswith('VmHWM')])
        time.sleep(0.01)
    with open('said') as f:
        said = f.readlines()
    assert child.returncode == (1 if damaged else 0)
    assert len(said) == damaged + (damaged > 0), said[-3:]
    assert len(os.listdir(folder + '.out')) == files - damaged
    print(f'{files} files, {damaged} of them damaged: '
          f'{time.monotonic() - before:.1f} s, {memory} KB')
    return memory


def check_memory(files):
    def make(folder, count):
        damaged = 0
        for i in range(count):
            name = f'{folder}/{i}.wav'
            write_wav(name, SPEECH[i % 16000:][:8000])
            if i % 100 == 50:
                damaged += 1
                with open(name, 'r+b') as f:
                    f.write(os.urandom(60) if damaged % 2 else b'')
                    f.truncate(3000 if damaged % 2 else 0)
        return damaged
    few = peak('few', files // 4, make('few', files // 4))
    all_ = peak('many', files, make('many', files))
    # what the loading of plugins and the pools of threads differ by
    assert all_ < few + 4096 + files // 4, (few, all_)


resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
with tempfile.TemporaryDirectory() as work:
    os.chdir(work)
    check_arrays()
    check_shapes()
    check_ranges()
    check_text()
    check_names()
    check_arguments()
    check_kills(options.kills)
    check_memory(options.files)
    os.chdir('/')
