#!/usr/bin/env python3
# bfft: translates the .orc files, the source of every kernel, for the build.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""make-kernels.py MODE OUTPUT FAMILY.orc...

Writes, for MODE
  header  the struct BfftKernels, a pointer to each kernel
  c       all kernels in plain C and a table of them, BFFT_KERNELS, to be
          compiled once for each tier of processors
  orc     a table of what orcc made of them; each has ORC compile it when it is
          first run, and leaves ORC's code by bfft_program_leave ()
  calls   for tests: each kernel called by its name on arrays of any type

In C each instruction gives a constant of its own, which the compiler's
vectoriser likes best. Arrays may be the same or apart, as for ORC: within an
element all is read before anything is written.
"""
import re
import sys

NOTE = '/* Made by orc/make-kernels.py; not to be edited. */\n'

# Types of the values: what an element is in C, and what arrays hold of it.
ELEMENTS = {'float': ('gfloat', 4), 'double': ('gdouble', 8), 'orc_int8': ('gint8', 1),
            'orc_int16': ('gint16', 2), 'orc_int32': ('gint32', 4)}
C_TYPES = {'f': 'gfloat', 'd': 'gdouble', 'i': 'gint32', 'h': 'gint16', 'b': 'gint8'}
OF_ELEMENT = {'gfloat': 'f', 'gdouble': 'd', 'gint8': 'b', 'gint16': 'h', 'gint32': 'i'}

# opcode: types of the results, types of the operands, expressions
OPCODES = {
    'addf': ('f', 'ff', '{0} + {1}'), 'subf': ('f', 'ff', '{0} - {1}'),
    'mulf': ('f', 'ff', '{0} * {1}'), 'divf': ('f', 'ff', '{0} / {1}'),
    'minf': ('f', 'ff', '{0} < {1} || {0} != {0} ? {0} : {1}'),
    'maxf': ('f', 'ff', '{0} > {1} || {0} != {0} ? {0} : {1}'),
    'sqrtf': ('f', 'f', 'sqrtf ({0})'), 'cmpeqf': ('i', 'ff', '-({0} == {1})'),
    'cmpltf': ('i', 'ff', '-({0} < {1})'), 'cmplef': ('i', 'ff', '-({0} <= {1})'),
    'addd': ('d', 'dd', '{0} + {1}'), 'muld': ('d', 'dd', '{0} * {1}'),
    'addl': ('i', 'ii', '(guint32) {0} + {1}'), 'subl': ('i', 'ii', '(guint32) {0} - {1}'),
    'shll': ('i', 'ii', '(guint32) {0} << {1}'), 'shrsl': ('i', 'ii', '{0} >> {1}'),
    'andl': ('i', 'ii', '{0} & {1}'), 'andnl': ('i', 'ii', '~{0} & {1}'),
    'orl': ('i', 'ii', '{0} | {1}'), 'xorl': ('i', 'ii', '{0} ^ {1}'),
    'convlf': ('f', 'i', '(gfloat) {0}'), 'convdf': ('f', 'd', '(gfloat) {0}'),
    'convfd': ('d', 'f', '(gdouble) {0}'), 'convsbw': ('h', 'b', '{0}'), 'convswl': ('i', 'h', '{0}'),
}
STARTS = '''#include <glib.h>
#include <math.h>
#include <string.h>
#include "bfft-kernels.h"

static inline gint32
bits (gfloat x)
{
  gint32 i;

  memcpy (&i, &x, sizeof (i));
  return i;
}

static inline gfloat
number (gint32 i)
{
  gfloat x;

  memcpy (&x, &i, sizeof (x));
  return x;
}

/* Samples that a buffer holds may start at any byte. */
typedef gint16 gint16_any __attribute__((aligned (1)));
typedef gint32 gint32_any __attribute__((aligned (1)));
typedef gdouble gdouble_any __attribute__((aligned (1)));

#define ROW(pointer, stride) (pointer = (gpointer) ((gchar *) pointer + stride))

'''


class Array:
    """A destination or source; `parts` numbers of C type `type` to an element."""

    def __init__(self, kind, number, size, name, type_name):
        self.name, self.c = name, f'{kind[0]}{number}'
        self.type, width = ELEMENTS[type_name]
        self.parts = size // width
        self.const = 'const ' if kind == 'source' else ''

    def arguments(self, is_2d):
        yield f'{self.const}{self.type} * restrict {self.c}'
        if is_2d:
            yield f'gint {self.c}_stride'


class Kernel:
    def __init__(self, name):
        self.name, self.is_2d, self.code = name, False, []
        self.arrays, self.params = {}, {}

    def arrays_in_order(self):      # destinations first, as orcc has them
        return sorted(self.arrays.values(), key=lambda a: a.c)

    def arguments(self):
        args = [arg for a in self.arrays_in_order() for arg in a.arguments(self.is_2d)]
        args += [f'gfloat {p}' for p in self.params.values()] + ['gint n'] + ['gint m'] * self.is_2d
        return ', '.join(args)


def parse(filename):
    kernel = None
    for number, line in enumerate(open(filename, encoding='utf-8'), 1):
        words = line.split('#')[0].replace(',', ' ').split()
        if not words:
            continue
        word, rest = words[0], words[1:]
        try:
            if word == '.function':
                if kernel:
                    yield kernel
                kernel = Kernel(rest[0].replace('bfft_orc_', '', 1))
            elif word == '.flags':
                kernel.is_2d = rest == ['2d']
            elif word in ('.dest', '.source'):
                n = 1 + sum(a.c[0] == word[1] for a in kernel.arrays.values())
                kernel.arrays[rest[1]] = Array(word[1:], n, int(rest[0]), rest[1], rest[2])
            elif word == '.floatparam':
                kernel.params[rest[1]] = f'p{len(kernel.params) + 1}'
            elif word != '.temp':
                kernel.code.append((word, rest))
        except (KeyError, IndexError, AttributeError):
            sys.exit(f'{filename}:{number}: not understood: {line}')
    if kernel:
        yield kernel


class Translation:
    """One kernel's instructions as C constants; values are (C name, type)."""

    def __init__(self, kernel):
        self.kernel, self.values, self.stored = kernel, {}, {}
        self.reads, self.lines = {}, []

    def constant(self, type_, expression):
        name = f'v{len(self.lines)}'
        self.lines.append(f'const {C_TYPES[type_]} {name} = {expression};')
        return name, type_

    def element(self, array):
        """Returns: its numbers, read once."""
        if array.name in self.stored:
            return self.stored[array.name]
        if array.name not in self.reads:
            at = [f'{array.c}[i]'] if array.parts == 1 else [
                f'{array.c}[{array.parts} * i{f" + {j}" if j else ""}]' for j in range(array.parts)]
            names = [f'{array.c}_{j}' for j in range(array.parts)]
            self.reads[array.name] = [(v, f'const {array.type} {v} = {e};') for v, e in zip(names, at)]
        names = [f'{array.c}_{j}' for j in range(array.parts)]
        return [(v, OF_ELEMENT[array.type]) for v in names]

    def operand(self, word):
        """Returns: a list of values, of which pairs have two."""
        if word in self.kernel.arrays:
            return self.element(self.kernel.arrays[word])
        if word in self.kernel.params:
            return [(self.kernel.params[word], 'f')]
        if word in self.values:
            return self.values[word]
        return [(word, 'i' if re.fullmatch(r'\d+|0x[0-9a-fA-F]+', word) else 'constant')]

    def converted(self, value, to):
        name, type_ = value
        if type_ == 'constant':
            return name + 'f' if to == 'f' else name
        if (type_, to) == ('f', 'i'):
            return f'bits ({name})'
        if (type_, to) == ('i', 'f'):
            return f'number ({name})'
        assert type_ == to, (self.kernel.name, value, to)
        return name

    def may_be_nan(self, word):
        return word in self.values or word in self.kernel.arrays

    def set(self, word, values):
        if word in self.kernel.arrays:
            self.stored[word] = values
        else:
            self.values[word] = values

    def instruction(self, opcode, words):
        if re.fullmatch('load[bwlq]|store[bwlq]', opcode):
            self.set(words[0], self.operand(words[1]))
        elif opcode in ('splitql', 'splitlw'):
            low, high = self.operand(words[2])
            self.set(words[0], [high])
            self.set(words[1], [low])
        elif opcode == 'mergelq':
            self.set(words[0], [self.operand(w)[0] for w in words[1:]])
        else:
            result, types, expression = OPCODES[opcode]
            operands = [self.converted(self.operand(w)[0], t) for w, t in zip(words[1:], types)]
            if opcode == 'subf' and words[1] == words[2]:
                expression = '{0} * 0.0f'   # the same, and nothing to contract with
            if opcode in ('minf', 'maxf') and not self.may_be_nan(words[2]):
                # an instruction of SSE that gives the second operand for NaN
                sign = {'minf': '<', 'maxf': '>'}[opcode]
                expression = f'{{1}} {sign} {{0}} ? {{1}} : {{0}}'
            self.set(words[0], [self.constant(result, expression.format(*operands))])

    def body(self):
        for opcode, words in self.kernel.code:
            self.instruction(opcode, words)
        stores = []
        for word, values in self.stored.items():
            array = self.kernel.arrays[word]
            for j, value in enumerate(values):
                at = f'{array.parts} * i + {j}' if array.parts > 1 else 'i'
                stores.append(f'{array.c}[{at}] = {self.converted(value, OF_ELEMENT[array.type])};')
        used = ' '.join(self.lines + stores)
        for name, line in (read for reads in self.reads.values() for read in reads):
            if re.search(rf'\b{name}\b', used):
                yield line
        yield from self.lines + stores


def header(kernels):
    yield '#pragma once\n#include <glib.h>\n\ntypedef struct\n{\n'
    for kernel in kernels:
        yield f'  void (*{kernel.name}) ({kernel.arguments()});\n'
    yield '} BfftKernels;\n'


def table(kernels, name, prefix):
    yield f'const BfftKernels {name} = {{\n'
    for kernel in kernels:
        yield f'  .{kernel.name} = {prefix}{kernel.name},\n'
    yield '};\n'


def c(kernels):
    yield STARTS
    for kernel in kernels:
        loop = ['for (gint i = 0; i < n; i++) {'] + ['  ' + line for line in Translation(kernel).body()] + ['}']
        if kernel.is_2d:
            rows = [f'ROW ({a.c}, {a.c}_stride);' for a in kernel.arrays_in_order()]
            loop = ['for (; m > 0; m--) {'] + ['  ' + line for line in loop + rows] + ['}']
        arguments = re.sub(r'(const g(int16|int32|double)) ', r'\1_any ', kernel.arguments())
        yield f'static void\nrun_{kernel.name} ({arguments})\n{{\n'
        yield ''.join(f'  {line}\n' for line in loop) + '}\n\n'
    yield 'extern const BfftKernels BFFT_KERNELS;\n\n'
    yield from table(kernels, 'BFFT_KERNELS', 'run_')


def orc(kernels):
    yield '#include "bfft-kernels.h"\n#include "bfft-program.h"\n\n'
    # What orcc writes to compile on the first call does not order that before
    # another thread's calls.
    yield 'static GMutex compiling;\n\n'
    for kernel in kernels:
        values = ', '.join(re.findall(r'(\w+)(?:,|$)', kernel.arguments()))
        call = f'bfft_orc_{kernel.name} ({values});\n'
        yield (f'void bfft_orc_{kernel.name} ({kernel.arguments()});\n\n'
               f'static void\nrun_{kernel.name} ({kernel.arguments()})\n{{\n'
               '  static gint compiled;\n\n'
               f'  if (g_atomic_int_get (&compiled)) {{\n    {call}  }} else {{\n'
               f'    g_mutex_lock (&compiling);\n    {call}'
               '    g_atomic_int_set (&compiled, 1);\n    g_mutex_unlock (&compiling);\n  }\n'
               '  bfft_program_leave ();\n}\n\n')
    yield from table(kernels, 'bfft_kernels_orc', 'run_')


def calls(kernels):
    yield '#include "bfft-kernels.h"\n#include "kernel-calls.h"\n\n'
    for kernel in kernels:
        values = []
        for i, array in enumerate(kernel.arrays_in_order()):
            values += [f'array[{i}]'] + [f'stride[{i}]'] * kernel.is_2d
        values += [f'param[{i}]' for i in range(len(kernel.params))] + ['n'] + ['m'] * kernel.is_2d
        yield (f'static void\ncall_{kernel.name} (const BfftKernels * k, gpointer * array,\n'
               '    const gint * stride, const gfloat * param, gint n, gint m)\n'
               f'{{\n  k->{kernel.name} ({", ".join(values)});\n}}\n\n')
    yield 'const KernelCall kernel_calls[] = {\n'
    for kernel in kernels:
        types = ''.join(OF_ELEMENT[a.type] + str(a.parts) for a in kernel.arrays_in_order())
        yield f'  {{"{kernel.name}", "{types}", call_{kernel.name}}},\n'
    yield '  {NULL, NULL, NULL}\n};\n'


def main(mode, output, *filenames):
    kernels = [kernel for name in filenames for kernel in parse(name)]
    with open(output, 'w', encoding='utf-8') as out:
        out.write(NOTE)
        out.writelines(globals()[mode](kernels))


main(*sys.argv[1:])
