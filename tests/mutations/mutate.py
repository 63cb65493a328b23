# bfft: which test catches which fault.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""mutate.py [-q] TREE BUILD [PART]...

Puts each fault of faults.txt, or those whose line has a PART, into TREE, a copy
of the sources that is built in BUILD, and names the first test that fails with
it: one that should, then, unless -q is given, any. Left out are sanitizers,
fuzzing and the soak, which catch by luck. Faults that none catches are counted
at the end; the exit status is 1 then. A minute a fault: not part of the run.

    git worktree add /var/tmp/mutants HEAD
    BFFT_BUILD=/var/tmp/mutants/build sh /var/tmp/mutants/tests/setup.sh test
    python3 tests/mutations/mutate.py /var/tmp/mutants /var/tmp/mutants/build

A fault is three lines: the file, the tests that should fail and what is wrong;
what stands there, once; what stands there instead (\\n: the line ends).
"""
import pathlib
import re
import subprocess
import sys

SUITES = ('elements', 'oracle', 'kernels', 'examples')


def read(path):
    lines = [line for line in path.read_text().splitlines()
             if line.strip() and not line.startswith('#')]
    for head, old, new in zip(*[iter(lines)] * 3):
        file, test, what = re.fullmatch(r'(\S+) \[(.*?)\]: (.*)', head).groups()
        yield file, test, what, *(text.strip().replace('\\n', '\n') for text in (old, new))


def call(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def fails(build, *tests):
    """The first of them that fails, or None."""
    run = call('meson', 'test', '-C', build, '--maxfail=1', *tests)
    if run.returncode and 'Full log written' not in run.stdout:
        raise SystemExit(f'{tests}: {run.stdout[-2000:]}')
    for line in run.stdout.splitlines():
        if found := re.match(r'\s*\d+/\d+ (?:\w+:)?(.*?)\s+(FAIL|TIMEOUT|ERROR)\b', line):
            return found[1]
    return None


def main(*args):
    quick = args[0] == '-q'
    tree, build, *parts = args[quick:]
    tree, missed, count, stale = pathlib.Path(tree), [], 0, 0
    for file, test, what, old, new in read(pathlib.Path(__file__).with_name('faults.txt')):
        if parts and not any(part in f'{file}: {what}' for part in parts):
            continue
        path = tree / file
        text = path.read_text()
        if text.count(old) != 1:
            print(f'{file}: {what}: "{old}" stands there {text.count(old)} times', flush=True)
            stale += 1
            continue
        count += 1
        try:
            path.write_text(text.replace(old, new))
            caught = fails(build, *test.split())
            for suite in () if quick else SUITES:
                caught = caught or fails(build, '--suite', suite)
        finally:
            path.write_text(text)
        print(f'{file}: {what}: {caught or "NOT CAUGHT"}', flush=True)
        if caught is None:
            missed.append(what)
    call('ninja', '-C', build)
    print(f'{count - len(missed)} of {count} caught, {stale} to be written anew')
    return bool(missed or stale)


sys.exit(main(*sys.argv[1:]))
