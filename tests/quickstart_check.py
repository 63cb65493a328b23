#!/usr/bin/env python3
# bfft: the quickstart works for sounds of every kind, and what it says to paste runs.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""quickstart_check.py BUILD, with the plugin where GStreamer looks."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
from scipy.io import wavfile

HERE = pathlib.Path(__file__).parent
VERDICTS = ('bfftspectrum', 'bfftmel', 'bfftwelch', 'speed', 'bffttrain, bfftfilter', 'bffttrain')
PICTURES = ('spectrum.png', 'mel.png', 'welch.png')
# What the tests' machines have not got
INSTEAD = {'autovideosink': 'fakesink', 'autoaudiosrc': 'audiotestsrc num-buffers=100'}


def noise(rate, seconds, channels=1):
    x = np.random.default_rng(1).normal(size=(int(rate * seconds), channels)) * 3000
    return rate, x.astype(np.int16)


# name: sound, does it have something to fit
SOUNDS = {
    '8 kHz, short; it\'s "odd" & $HOME.wav': (noise(8000, .2), True),
    '11 kHz stereo.wav': (noise(11025, 5, 2), True),
    'silent.wav': ((48000, np.zeros((48000, 2), np.int16)), False),
}
BROKEN = {'text.wav': b'no sound\n', 'empty.wav': b''}


def run(name, folder):
    return subprocess.run([sys.executable, HERE / 'quickstart.py', name, '--folder', folder / 'out',
                           '--rounds', '1', '--build', sys.argv[1]], cwd=folder,
                          capture_output=True, text=True, timeout=300)


def check_sound(name, has_more, folder):
    result = run(name, folder)
    assert result.returncode == 0, (name, result.stdout, result.stderr)
    said = dict(re.findall(r'^good  ([^:]+): (.*)$', result.stdout, re.M))
    assert set(said) == set(VERDICTS), (name, result.stdout)
    assert ('nothing to fit' not in said['bffttrain']) == has_more, said
    for picture in (*PICTURES, *(('match.png', 'compare.png', 'mic.html') if has_more else ())):
        assert (folder / 'out' / picture).stat().st_size > 1000, (name, picture)
    lines = result.stdout.split('== To paste next\n')[1]
    assert lines.count('\n') >= (3 if has_more else 1), lines
    for here, there in INSTEAD.items():
        lines = lines.replace(here, there)
    bare = {key: os.environ[key] for key in ('PATH', 'HOME', 'GST_REGISTRY') if key in os.environ}
    pasted = subprocess.run(['bash', '-e'], input=lines, cwd='/', capture_output=True, text=True,
                            env=dict(bare, HOME=str(folder)), timeout=120)
    assert pasted.returncode == 0 and 'WARNING' not in pasted.stderr, (lines, pasted)
    print(f'{name}: {len(said)} verdicts, {len(lines.splitlines())} lines pasted')


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, ((rate, samples), has_more) in SOUNDS.items():
            wavfile.write(folder / name, rate, samples)
            check_sound(name, has_more, folder)
        for name, content in BROKEN.items():
            (folder / name).write_bytes(content)
        for name in (*BROKEN, 'missing.wav', '/'):
            result = run(name, folder)
            told = result.stderr.strip().splitlines()
            assert result.returncode == 1 and len(told) == 1, (name, result)
            assert 'quickstart.py: ' in told[0], told
            print(told[0])
    shell = subprocess.run(['sh', HERE / 'quickstart.sh', '/missing.wav'], capture_output=True,
                           text=True)
    assert shell.returncode == 1 and 'cannot read /missing.wav' in shell.stderr, shell


main()
