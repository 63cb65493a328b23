#!/usr/bin/env python3
# bfft: collects what orcc made of the .orc files into one table per execution.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""make-kernels.py MODE OUTPUT HEADER...

Reads the prototypes from orcc's headers and writes, for MODE
  header  the struct BfftKernels, a pointer to each kernel, and its two tables
  rename  #defines that give a second copy of each kernel, built as plain C
          with DISABLE_ORC, names of its own
  source  the two tables and bfft_kernels_init(), which has ORC compile all;
          what runs ORC's code leaves it by bfft_program_leave()
"""
import re
import sys

NOTE = '/* Made by orc/make-kernels.py; not to be edited. */\n'
KERNEL = re.compile(r'^void bfft_orc_(\w+) \((.+)\);$', re.M)
INIT = re.compile(r'^void (bfft_\w+_orc_init) \(void\);$', re.M)


def header(kernels, inits, names):
    yield '#pragma once\n#include <orc/orc.h>\n#include <orc/orc-stdint.h>\n\n'
    yield 'typedef struct\n{\n'
    for name, args in kernels:
        yield f'  void (*{name}) ({args});\n'
    yield '} BfftKernels;\n\n'
    yield 'extern const BfftKernels bfft_kernels_orc;\n'
    yield 'extern const BfftKernels bfft_kernels_c;\n\n'
    yield 'void bfft_kernels_init (void);\n'


def rename(kernels, inits, names):
    for name, _ in kernels:
        yield f'#define bfft_orc_{name} bfft_c_{name}\n'
    for name in inits:
        yield f'#define {name} {name}_c\n'


def source(kernels, inits, names):
    yield '#include "bfft-kernels.h"\n#include "bfft-program.h"\n'
    for name in names:
        yield f'#include "{name}"\n'
    yield '\n'
    for name, args in kernels:
        values = ', '.join(re.findall(r'(\w+)(?:,|$)', args))
        yield (f'static void\nrun_{name} ({args})\n{{\n  bfft_orc_{name} ({values});\n'
               '  bfft_program_leave ();\n}\n\n')
        yield f'void bfft_c_{name} ({args});\n\n'
    for table, prefix in ('orc', 'run_'), ('c', 'bfft_c_'):
        yield f'const BfftKernels bfft_kernels_{table} = {{\n'
        for name, _ in kernels:
            yield f'  .{name} = {prefix}{name},\n'
        yield '};\n\n'
    yield 'void\nbfft_kernels_init (void)\n{\n'
    for name in inits:
        yield f'  {name} ();\n'
    yield '}\n'


def main(mode, output, *headers):
    text = ''.join(open(h, encoding='utf-8').read() for h in headers)
    kernels, inits = KERNEL.findall(text), INIT.findall(text)
    names = [re.split(r'[/\\]', h)[-1] for h in headers]
    with open(output, 'w', encoding='utf-8') as out:
        out.write(NOTE)
        out.writelines(globals()[mode](kernels, inits, names))


main(*sys.argv[1:])
