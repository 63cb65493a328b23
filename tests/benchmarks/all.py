#!/usr/bin/python3
# bfft: every claim about speed, measured, as one table.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""all.py BUILD [--quick] [--only PART] [--into PAGE [--append]] [--openblas DIR] [--prefix COMMAND]

Runs every benchmark of speed against its peer in the strongest configuration
that Debian has, one after the other, and prints a page of one table; --into
writes it (docs/benchmarks.md), --append behind what is there, of another system,
and --only is the name of one function below. OpenBLAS, where it is not installed, is fetched
from Debian's archive into a temporary folder. --prefix is put before each
program: 'flock LOCK taskset -c 1'. --quick does less, to see that all runs; its
figures are good for nothing.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import shlex
import subprocess
import sys
import sysconfig
import tempfile

HERE = pathlib.Path(__file__).parent
PYTHON = '/usr/bin/python3' if os.path.exists('/usr/bin/python3') else sys.executable
LENGTHS = (64, 128, 256, 512, 1024, 2048, 4096, 320, 400, 480, 640, 960, 1920,
           50, 250, 450, 882, 254)


def figure(x):
    return f'{x:.0f}' if x >= 100 else f'{x:.3g}'


def output(*command):
    try:
        return subprocess.run(command, text=True, capture_output=True).stdout.strip()
    except OSError:
        return ''


class Table:
    def __init__(self, args):
        self.args, self.rows, self.missing = args, [], []
        self.bin = pathlib.Path(args.build).resolve() / 'tests/benchmarks'
        self.prefix = shlex.split(args.prefix)
        self.env = os.environ | {
            'GST_PLUGIN_PATH': f'{self.bin.parent.parent}/gst:{os.environ.get("GST_PLUGIN_PATH", "")}',
            'OMP_NUM_THREADS': '1', 'OPENBLAS_NUM_THREADS': '1'}

    def run(self, *command, tier=None, **env):
        env = self.env | env | ({'BFFT_CPU': tier} if tier else {})
        print('$', *command, '' if tier is None else f'({tier})', file=sys.stderr, flush=True)
        return subprocess.run([*self.prefix, *map(str, command)], env=env, check=True,
                              text=True, stdout=subprocess.PIPE).stdout

    def json(self, *command, **more):
        return json.loads(self.run(*command, **more))

    def add(self, what, tier, ours, peer, theirs, unit='us'):
        self.rows.append((what, tier, f'{figure(ours)} {unit}', peer, f'{figure(theirs)} {unit}',
                          f'{theirs / ours:.1f}x'))


def native():
    """The tiers that this processor has, best first, as the build names them."""
    flags = pathlib.Path('/proc/cpuinfo').read_text()
    if platform.machine() != 'x86_64':
        return ['neon'] if platform.machine() == 'aarch64' else ['baseline']
    return [tier for tier, flag in (('avx512', 'avx512vl'), ('avx2', 'avx2'), ('sse2', 'sse2'))
            if flag in flags]


def transform(table):
    lengths = LENGTHS[4:5] if table.args.quick else LENGTHS
    for tier in native():
        for row in table.json(table.bin / 'bench-transform', '--json', *lengths, tier=tier):
            what = f'frame: window, FFT and power, n = {row["n"]}'
            for peer, name in ('fftw', 'FFTW, MEASURE'), ('gstfft', 'GstFFT'):
                table.add(what, tier, row['bfft_ns'], name, row[peer + '_ns'], 'ns')


def network(table):
    for tier in native():
        programs = table.json(table.bin / 'bench-network', '--json', '--n', 1024, tier=tier)['programs']
        peer = next(p for p in programs if p['speed'] == 1)
        seen = set()
        for program in programs:
            if program is peer or program['name'] in seen:
                continue
            seen.add(program['name'])
            table.add(f'network, {program["group"]}: {program["name"]}, n = 1024', tier, program['us'],
                      'GstFFT', peer['us'])


def spectrum(table):
    minutes = 1 if table.args.quick else 10
    for tier in native()[::2]:
        row = table.json(table.bin / 'bench-spectrum', '--json', '--minutes', minutes, tier=tier)
        us = {k: v * 1e6 / (minutes * 60 * 48000 / 1024) for k, v in row.items()}
        table.add('`bfftspectrum`, 1024 samples, messages', tier, us['bfftspectrum, messages'],
                  '`spectrum`, messages', us['spectrum, messages'])
        table.add('`bfftspectrum`, 1024 samples, tensors', tier, us['bfftspectrum, tensors'],
                  '`spectrum`, delivers nothing', us['spectrum, silent'])


def mel(table):
    short = ['--minutes', '1', '--rounds', '1'] if table.args.quick else []
    folder = ['--openblas', table.args.openblas] if table.args.openblas else []
    rows = table.json(PYTHON, HERE / 'bench-mel.py', table.bin / 'bench-mel', '--json', *short, *folder)
    for name, row in rows.items():
        if name.startswith(('bfftmel', 'kernel')):
            peer = ('torchaudio MFCC' if 'mfcc' in name else
                    "torchaudio and librosa's PCEN by scipy" if 'pcen' in name else 'torchaudio')
            where = f'`{name}`' if 'bfftmel' in name else f'library, {name}'
            table.add(f'{where}, log-mel frame', native()[0], row['us_per_frame'],
                      peer + ', OpenBLAS, 1 thread', row['peer_us'])


def welch(table):
    ours = table.json(PYTHON, HERE / 'bench-welch.py', table.bin / 'bench-welch', '--json')
    text = (HERE / 'bench-welch.py').read_text()
    for key, label, peer in re.findall(r"\('([a-z0-9-]+)', '([^']+)',\s*(?:'([^']+)'|None)\)", text):
        if peer and peer != 'published':
            name = {'scipy': 'scipy.signal.welch', 'scipy-median': 'the same, median', 'scipy-64': 'the same, 64 channels',
                    'scipy-csd': 'scipy.signal.csd', 'scipy-coherence': 'scipy.signal.coherence'}[peer]
            table.add('Welch, ' + label, native()[0], ours[key], name, ours[peer])


def train(table):
    rows = table.json(PYTHON, HERE / 'bench-train.py', table.bin / 'bench-train', '--json')
    table.add('training step, 8 x 256, twiddles', native()[0], rows[0]['us'], 'PyTorch, 1 thread',
              rows[-1]['us'])


def lines(table, script, pattern, peer):
    """Of benchmarks in Python that print sentences: (what, ratio)"""
    found = re.findall(pattern, table.run(PYTHON, HERE / script), re.M)
    if not found:
        table.missing.append(f'{script} beside {peer}, which is not here')
    for what, ours, ratio in found:
        ratio = float(ratio) if peer == 'equalizer-nbands' else 1 / float(ratio)
        table.rows.append((f'`{what}`', native()[0], ours, peer, '', f'{ratio:.1f}x'))


def filters(table):
    lines(table, 'bench-filter.py', r'^(bfftfilter[^:]*): (\d+ times real time), ([\d.]+)', 'equalizer-nbands')


def scope(table):
    for peer in 'spectrascope', 'spectrascope shader=none':
        lines(table, 'bench-scope.py', rf'^(bfftscope[^:]*): ([\d.]+ ms) a picture.* ([\d.]+) of {peer}(?:,|$)', peer)


def extract(table):
    said = table.run(PYTHON, HERE / 'bench-extract.py', table.bin.parent.parent / 'gst/tools/bfft-extract')
    one, decode, single, double = map(float, re.search(
        r'one file: ([\d.]+) s.*alone ([\d.]+) s(?s:.*): ([\d.]+) s an hour.*job, ([\d.]+) s', said).groups())
    table.add('bfft-extract, Whisper, an hour of 16 kHz WAV', native()[0], one, 'decoding alone, a part of it', decode, 's')
    table.add('the same an hour, four hours, two jobs', native()[0], double, 'one job', single, 's')


def version(package):
    return output('dpkg-query', '-W', '-f', '${Version}', package)


def page(table):
    cpu = re.search(r'model name\s*: (.*)', pathlib.Path('/proc/cpuinfo').read_text())
    system = re.search(r'PRETTY_NAME="(.*)"', pathlib.Path('/etc/os-release').read_text())[1]
    packages = {'GStreamer': 'libgstreamer1.0-0', 'ORC': 'liborc-0.4-0', 'FFTW': 'libfftw3-single3',
                'scipy': 'python3-scipy', 'PyTorch': 'python3-torch', 'torchaudio': 'python3-torchaudio',
                'GCC': 'gcc'}
    versions = ', '.join(f'{k} {v}' for k, p in packages.items() if (v := version(p)))
    commit = output('git', '-C', str(HERE), 'log', '-1', '--format=%h') or 'a release'
    text = ['# Benchmarks', '',
            'One run of `tests/benchmarks/all.py BUILD --into docs/benchmarks.md` wrote this table.',
            'A ratio is the peer\'s time over ours: above 1.0x, bfft is faster. Each figure is the least of many',
            'rounds on one core; both take turns, or run one after the other. On your machine seconds differ, and ratios less.', '',
            f'- machine: {cpu[1] if cpu else platform.machine()}, tiers {", ".join(native())}; one core',
            f'- system: {system}; {versions}',
            f'- OpenBLAS: {table.openblas}', f'- bfft: {commit}', f'- date: {datetime.date.today()}', '']
    if table.args.quick:
        text += ['**A rehearsal: these figures are good for nothing.**', '']
    if table.missing:
        text += ['Not measured: ' + '; '.join(table.missing) + '.', '']
    text += ['| what | tier | bfft | peer | its time | ratio |', '|---|---|--:|---|--:|--:|']
    text += ['| ' + ' | '.join(row) + ' |' for row in table.rows]
    return '\n'.join(text) + '\n'


def fetch_openblas(args, folder):
    """Where OpenBLAS is, and what it is."""
    place = f'/usr/lib/{sysconfig.get_config_var("MULTIARCH")}/openblas-pthread'
    if not args.openblas and not os.path.exists(place + '/libblas.so.3'):
        subprocess.run('apt-get download -qq libopenblas0-pthread && dpkg -x *.deb .', shell=True, cwd=folder,
                       stderr=subprocess.DEVNULL)
        if os.path.exists(folder + place):
            args.openblas = folder + place
    used = args.openblas or place
    return ', '.join(p.name for p in pathlib.Path(used).glob('libopenblasp*')) or 'not there: reference BLAS'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('build')
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--only')
    parser.add_argument('--into')
    parser.add_argument('--append', action='store_true')
    parser.add_argument('--openblas')
    parser.add_argument('--prefix', default='')
    args = parser.parse_args()
    table = Table(args)
    with tempfile.TemporaryDirectory() as folder:
        table.openblas = fetch_openblas(args, folder)
        for part in transform, spectrum, mel, welch, train, filters, network, scope, extract:
            if args.only not in (None, part.__name__):
                continue
            try:
                part(table)
            except (subprocess.CalledProcessError, OSError) as error:
                table.missing.append(f'{part.__name__} ({error})')
                print(error, file=sys.stderr)
    if args.append:
        before, text = pathlib.Path(args.into).read_text(), page(table)
        system = re.search(r'- system: ([^;]*)', text)[1]
        pathlib.Path(args.into).write_text(f'{before}\n## {system}\n\n' + text[text.index('- machine'):])
    elif args.into:
        pathlib.Path(args.into).write_text(page(table))
    else:
        print(page(table))
    return bool(table.missing)


sys.exit(main())
