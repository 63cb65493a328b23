#!/usr/bin/env python3
# bfft: no page claims a speed that the benchmarks' table has not.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""claims.py TREE: each N.Nx of README.md and of docs/performance.md must be a
ratio in docs/benchmarks.md, and that table must be a whole run's."""
import pathlib
import re
import sys

tree = pathlib.Path(sys.argv[1])
table = (tree / 'docs/benchmarks.md').read_text()
ratios = set(re.findall(r'\b\d+\.\dx', table))
good = len(ratios) > 20 and 'rehearsal' not in table
if not good:
    print('docs/benchmarks.md: not a whole run of tests/benchmarks/all.py')
for page in 'README.md', 'docs/performance.md', 'NEWS':
    for claim in re.findall(r'\b\d+\.\dx', (tree / page).read_text()):
        if claim not in ratios:
            print(f'{page}: {claim} is not in docs/benchmarks.md')
            good = False
sys.exit(not good)
