#!/usr/bin/env python3
# bfft: what README.md and docs/embedding.md show runs, and says what they say.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""readme.py TREE BUILD

Each block of sh, python or c is run, in order, in a folder that looks like a tree
after the quickstart. The block without a language that follows is what it
prints; ... in it stands for anything, as where voices differ between releases of
espeak-ng. The quickstart prints the lines that are shown, but for the numbers.
What is installed and built is left to the tests that do that.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ELSEWHERE = ('sh tests/run.sh', 'sh tests/debian.sh', 'meson setup', 'cd tests/examples')
NOT_HERE = {'autovideosink': 'fakesink', 'autoaudiosrc': 'audiotestsrc num-buffers=100',
            'pulsesrc': 'audiotestsrc num-buffers=100'}
COMPILE = 'cc -x c - -o program $(pkg-config --cflags --libs gstreamer-1.0) && ./program'


def blocks(text):
    """(language, code, what it prints or None)"""
    found = re.findall(r'(?ms)^[ ]*```(\w*)\n(.*?)^[ ]*```$', text)
    for (language, code), (after, printed) in zip(found, found[1:] + [('sh', '')]):
        if language:
            yield language, code, None if after else printed


def command(language, code):
    if code.startswith('sh tests/quickstart.sh'):
        return ['/usr/bin/python3', 'tests/quickstart.py', 'build/quickstart/sound.wav',
                '--tones', '1000,3150', '--rounds', '1'], ''
    if language == 'sh':
        for name, instead in NOT_HERE.items():
            code = code.replace(name, instead)
        return ['bash', '-e', '-o', 'pipefail'], code
    return (['bash', '-c', COMPILE], code) if language == 'c' else (['/usr/bin/python3', '-'], code)


def matches(wanted, got):
    if '== Verdicts' in wanted:
        wanted, got = (re.sub(r'\d[\d.]*(e-\d+)?', '#', text) for text in (wanted, got))
        return set(wanted.splitlines()) <= set(got.splitlines())
    pattern = re.escape(wanted.strip()).replace(re.escape('...'), '.*?')
    return re.fullmatch(pattern, got.strip(), re.S)


def prepare(folder, tree, build):
    (folder / 'build/quickstart').mkdir(parents=True)
    for part in 'gst', 'models':
        (folder / 'build' / part).symlink_to(build / part)
    (folder / 'tests').symlink_to(tree / 'tests')
    subprocess.run(['sh', tree / 'tests/sound.sh', folder / 'build/quickstart/sound.wav'], check=True)


def main(tree, build):
    tools = ':'.join(str(build / part) for part in ('gst/tools', 'models/report', 'models/tools'))
    environment = dict(os.environ, GST_PLUGIN_PATH=str(build / 'gst'),
                       PATH=f'{tools}:{os.environ["PATH"]}')
    good, count = True, 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        prepare(folder, tree, build)
        for page in 'README.md', 'docs/embedding.md':
            for language, code, printed in blocks((tree / page).read_text()):
                if code.startswith(ELSEWHERE) or 'g_object_set (' in code and 'main' not in code \
                        or code.startswith('gst_'):
                    continue
                words, stdin = command(language, code)
                result = subprocess.run(words, input=stdin, cwd=folder, env=environment, text=True,
                                        capture_output=True, timeout=120)
                count += 1
                if result.returncode or printed and not matches(printed, result.stdout):
                    good = False
                    print(f'{page}:\n{code}gave {result.returncode}:\n{result.stdout}{result.stderr}')
    print(count, 'blocks')
    return not (good and count >= 5)


sys.exit(main(*(pathlib.Path(name).resolve() for name in sys.argv[1:])))
