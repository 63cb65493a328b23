#!/usr/bin/env python3
# bfft: keeps the C that builds without orcc use.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""update-dist.py [--check] [ORCC]

Writes bfft-FAMILY-dist.c and bfft-FAMILY-dist.h beside each bfft-FAMILY.orc.
With --check nothing is written: it is an error (exit status 1) when a file was
not made from the .orc file as it is now, and, where this orcc is the version
that made it, when orcc does not make the same of it again.

Use the oldest ORC that is supported (0.4.33): newer ones run what it makes.
"""
import hashlib
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
MODES = {'.c': '--implementation', '.h': '--header'}


def orcc_version(orcc):
    try:
        return subprocess.check_output([orcc, '--version'], text=True,
                                       stderr=subprocess.STDOUT).split()[-1]
    except OSError:
        return None


def first_lines(source, version):
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    return (f'/* bfft: {source.name} as orcc {version} compiles it; see update-dist.py.\n'
            f' * sha256 of the source: {digest}\n'
            ' * SPDX-License-Identifier: LGPL-2.1-or-later */\n')


def made_by(text):
    words = text.split(' as orcc ', 1)
    return words[1].split()[0] if len(words) == 2 else None


def compile_orc(orcc, source, suffix):
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / 'output'
        command = [orcc, '--include', 'glib.h', MODES[suffix], '-o', output, source]
        complaints = subprocess.check_output(command, text=True, stderr=subprocess.STDOUT)
        if complaints:      # with which orcc does not fail
            sys.exit(f'{source.name}: {complaints}')
        return output.read_text(encoding='utf-8')


def check(source, dist, orcc, version):
    """Returns: what is wrong with dist, or None."""
    if not dist.exists():
        return 'is missing'
    text = dist.read_text(encoding='utf-8')
    maker = made_by(text)
    if not text.startswith(first_lines(source, maker)):
        return f'was not made from the present {source.name}'
    if maker != version:
        print(f'{dist.name}: made by orcc {maker}; this is {version or "none"}, '
              'so only the hash of its source was compared')
    elif text != first_lines(source, version) + compile_orc(orcc, source, dist.suffix):
        return f'differs from what orcc {version} makes'
    return None


def main(arguments):
    checking = '--check' in arguments
    orcc = next((a for a in arguments if a != '--check'), 'orcc')
    version = orcc_version(orcc)
    if not checking and not version:
        sys.exit(f'{orcc} cannot be run')

    faults = 0
    for source in sorted(HERE.glob('bfft-*.orc')):
        for suffix in MODES:
            dist = source.with_name(source.stem + '-dist' + suffix)
            if checking:
                fault = check(source, dist, orcc, version)
                if fault:
                    print(f'{dist.name} {fault}: run orc/update-dist.py', file=sys.stderr)
                    faults += 1
            else:
                dist.write_text(first_lines(source, version)
                                + compile_orc(orcc, source, suffix), encoding='utf-8')
    return 1 if faults else 0


sys.exit(main(sys.argv[1:]))
