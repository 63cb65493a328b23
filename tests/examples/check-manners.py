#!/usr/bin/env python3
# bfft: examples end with one sentence and an exit status whatever happens.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-manners.py PROGRAM...

Runs each example here and each PROGRAM with --help, without arguments, with
files that are none, without a microphone, without each package that it imports,
without the plugin, and stops it by Ctrl-C while it works. (GST_PLUGIN_PATH_1_0
is set.)
"""
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
LIMIT = 100         # s, for what takes one when the machine has nothing else to do
# The arguments of each; {} is what it reads.
ARGUMENTS = {
    'follow-training.py': '{} a.safetensors', 'hear-words.py': '{}',
    'plot-levels.py': '{} a.png', 'plot-match.py': '{} a.png', 'plot-mel.py': '{} a.png',
    'plot-psd.py': '{} a.png', 'plot-tensors.py': '{} a.png --bands 4 --step 1',
    'plot-transfer.py': '{} a.png', 'print-levels.py': '{}',
    'print-loss.py': '{} a.safetensors a.png', 'print-spectrum.py': '{}', 'print-tones.py': '{}',
    'read-mel.py': '{}', 'read-metas.py': '{}', 'study.py': '{} folder --steps 2',
    'average.py': 'mean {}', 'publish.py': 'topic {} audiotestsrc!bfftwelch!fakesink',
    'features.sh': 'folder {}', 'judge.sh': '{} 64 a.safetensors', 'slurm-here.sh': 'true',
    'train-shard.sh': 'shard {} 0 1',
    'live-features': '{} a.safetensors', 'print-loss': '{} a.safetensors',
    'print-loudest': '{}'}
HEARS = 'print-levels.py', 'print-tones.py'     # the microphone, without arguments
DATA = 'plot-tensors.py', 'average.py'          # read data, not sounds
OTHER = 'publish.py', 'slurm-here.sh'           # read none
PACKAGES = 'numpy', 'scipy', 'matplotlib', 'gi', 'paho'


def run(command, folder, interrupt=None, **environment):
    """Returns: exit status, output and what it said of errors."""
    with subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
            env={**os.environ, **environment}) as process:
        try:
            if interrupt:
                interrupt(process)
                os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            err += f'\nwas not at its end after {LIMIT} s'
    return process.returncode, out, err


class Misconduct(Exception):
    pass


def expect(what, result, status, sentence):
    """The exit status, and one line in which the sentence is."""
    lines = result[2].splitlines()
    if result[0] != status or len(lines) != 1 or not re.search(sentence, lines[0]):
        raise Misconduct(f'{what}: exit status {result[0]}, expected {status}, and one line with '
                 f'"{sentence}", but it said:\n{result[2]}{result[1][-1000:]}')


def make_inputs(folder):
    """Files that are none; a sound that lasts for days, in a file with a hole."""
    inputs = {name: folder / name for name in ('none', 'text', 'empty', 'folder', 'image.png')}
    inputs['text'].write_text('This is no sound.\n' * 100)
    inputs['empty'].touch()
    inputs['folder'].mkdir()
    subprocess.run(['gst-launch-1.0', '-q', 'videotestsrc', 'num-buffers=1', '!', 'pngenc', '!',
                    'filesink', f'location={inputs["image.png"]}'], check=True)
    subprocess.run(['gst-launch-1.0', '-q', 'audiotestsrc', 'num-buffers=10', '!', 'wavenc', '!',
                    'filesink', f'location={folder}/short.wav'], check=True)
    endless = folder / 'endless.wav'
    size = 2 ** 32 - 100
    with open(endless, 'wb') as file:
        file.write(b'RIFF' + (size + 36).to_bytes(4, 'little') + b'WAVEfmt \x10\0\0\0'
                   b'\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0data' + size.to_bytes(4, 'little'))
        file.truncate(size)
    return inputs, endless


def when_open(path):
    """Waits until a process of the group has the file open."""
    def wait(process):
        for _ in range(LIMIT * 20):
            for link in Path('/proc').glob('[0-9]*/fd/*'):
                try:
                    if os.readlink(link) == str(path) and \
                            os.getpgid(int(link.parts[2])) == process.pid:
                        return
                except OSError:
                    pass
            if process.poll() is not None:
                return
            time.sleep(0.05)
    return wait


def when_read(fifo):
    """Waits until the fifo is read, and leaves it open for writing."""
    def wait(process):
        while process.poll() is None:
            try:
                writers.append(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
                return
            except OSError:
                time.sleep(0.05)
    writers = []
    return wait


def hidden(folder, module):
    """A folder in which a Python module is missing."""
    place = folder / f'without-{module}'
    place.mkdir(exist_ok=True)
    (place / f'{module}.py').write_text(
        f'raise ModuleNotFoundError("No module named {module}", name="{module}")\n')
    return str(place)


def imports(path):
    text = path.read_text()
    return [module for module in PACKAGES if re.search(rf'^ *(import|from) {module}\b', text, re.M)
            or module == 'gi']


def try_one(command, folder, inputs, endless):
    name = Path(command[-1]).name
    arguments = ARGUMENTS[name].split()

    def with_input(path):
        if name == 'train-shard.sh':
            (folder / 'list').write_text(f'{path}\n')
            path = folder / 'list'
        return command + [word.replace('{}', str(path)) for word in arguments]

    status, out, err = run(command + ['--help'], folder)
    if status == 1 and 'apt-get install' in err and err.count('\n') == 1:
        print(f'only that: {err}', end='', flush=True)
        return
    if status or err or name.partition('.')[0] not in out or out.count('\n') < 3:
        raise Misconduct(f'{name} --help: exit status {status}, and it said:\n{out}{err}')
    bare = run(command, folder)
    if name in HEARS:
        if bare[0] != 1 or 'no microphone' not in bare[2] or bare[2].count('\n') > 1:
            raise Misconduct(f'{name} without a microphone: {bare}')
    elif name != 'hear-words.py':
        expect(f'{name} without arguments', bare, 2, 'argument|usage')
        expect(f'{name} with too many', run(with_input('a') + ['--x'] * 9, folder), 2,
               'argument|usage') if not name.endswith('.sh') else None
    if name not in OTHER:
        for kind, path in inputs.items():
            if name != 'plot-tensors.py' or kind != 'image.png':
                expect(f'{name} of {kind}', run(with_input(path), folder), 1, re.escape(path.name))
    if name.endswith('.py'):
        for module in imports(Path(command[-1])):
            expect(f'{name} without {module}', run(with_input(endless), folder, PYTHONPATH=hidden(
                folder, module)), 1, f'{module} is missing.*apt-get install python3-')
    if name not in DATA + OTHER and name != 'hear-words.py' or name == 'publish.py':
        expect(f'{name} without the plugin', run(
            with_input(endless.with_name('short.wav')), folder, GST_PLUGIN_PATH_1_0='', GST_PLUGIN_PATH='',
            GST_REGISTRY_1_0=str(folder / 'registry')), 1, 'no element|missing.*gstreamer1.0-bfft')
    if name == 'publish.py':
        expect(f'{name} without a broker', run(with_input('127.0.0.1:9'), folder), 1, '127.0.0.1')
    if name not in OTHER:
        fifo = folder / 'fifo'
        fifo.exists() or os.mkfifo(fifo)
        path, wait = (fifo, when_read(fifo)) if name in DATA else (endless, when_open(endless))
        expect(f'{name} and Ctrl-C', run(with_input(path), folder, wait), 130, 'Ctrl-C')
    print(f'{name}: all is said', flush=True)


def main(programs):
    commands = [[sys.executable, str(path)] for pattern in ('*.py', 'archive/*.py')
                for path in sorted(HERE.glob(pattern))]
    commands += [['sh', str(path)] for path in sorted(HERE.glob('archive/*.sh'))]
    commands = [command for command in commands + [[os.path.abspath(path)] for path in programs]
                if not Path(command[-1]).name.startswith(('check-', 'example.', 'common.'))]
    with tempfile.TemporaryDirectory() as folder:
        inputs, endless = make_inputs(Path(folder))

        def try_in_a_folder(command):
            own = Path(folder) / f'of-{Path(command[-1]).name}'
            own.mkdir()
            try_one(command, own, inputs, endless)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(try_in_a_folder, commands))


main(sys.argv[1:])
