#!/usr/bin/env python3
# bfft: counts what a run of the tests came to.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""summary.py BUILD TEMPORARY

Reads Meson's own records of the tests that there are and of those that ran. A
test that left no result has failed, and so have the tests if they left anything
in the folder TEMPORARY. The last line reads
    N passed, N failed[, N skipped]
and the exit status is 0 when none failed and some passed.
"""
import json
import pathlib
import sys

PASSED = {'OK', 'EXPECTEDFAIL'}


def main(build, temporary):
    left = sorted(path.name for path in pathlib.Path(temporary).iterdir())
    build = pathlib.Path(build)
    expected = json.loads((build / 'meson-info/intro-tests.json').read_text())
    log = build / 'meson-logs/testlog.json'
    lines = log.read_text().splitlines() if log.exists() else []
    results = [json.loads(line) for line in lines]

    passed = [r for r in results if r['result'] in PASSED]
    skipped = [r for r in results if r['result'] == 'SKIP']
    failed = [r for r in results if r not in passed and r not in skipped]
    lost = max(len(expected) - len(results), 0)

    for r in skipped + failed:
        print(f"{r['result'].lower():>8}  {r['name']}")
    if lost:
        print(f'    lost  {lost} without a result')
    if left:
        print(f'    left  in the temporary folder: {", ".join(left)}')
        lost += 1
    if not expected:
        print('   error  there are no tests')
        lost = 1

    counts = f'{len(passed)} passed, {len(failed) + lost} failed'
    print(counts + (f', {len(skipped)} skipped' if skipped else ''))
    return 1 if failed or lost else 0


sys.exit(main(*sys.argv[1:]))
