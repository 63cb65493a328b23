# bfft: the seeds from which the fuzzer of weights files starts.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""make-corpus-weights.py DIRECTORY

Writes a small good file of every variant (n_fft 2 to 8), with the options of
the format, and files with one fault each. corpus/weights was made by this;
inputs that once failed are kept beside them."""
import json
import os
import struct
import sys

VARIANTS = ('reference butterfly stockham q8 unitary domain pruned '
            'fused-spectral learned').split()
SIZES = {'F64': 8, 'F32': 4, 'F16': 2, 'I8': 1}


def product(shape):
    result = 1
    for length in shape:
        result *= length
    return result


def shapes(n):
    stages, half = n.bit_length() - 1, n // 2
    return {'twiddle.packed': [stages, half, 2], 'gates': [stages, half],
            'freq_mask': [n, 2], 'denoiser.scale': [n, 2],
            'denoiser.bias': [n, 2], 'unitary.matrices': [stages, half, 8],
            'twiddle.q8_scale': [1], 'twiddle.q8': [stages, half, 2]}


def container(header, data=b''):
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    return struct.pack('<Q', len(text)) + text + data


def weights(n, variant, names=('twiddle.packed',), dtype='F32', **more):
    header = {'__metadata__': {'format': 'bfft', 'version': '1', 'n_fft': str(n),
                               'variant': variant, **more}}
    data = b''
    for name in names:
        kind = 'I8' if name == 'twiddle.q8' else dtype
        shape = shapes(n)[name]
        # 0.5 in F32 and F16, 1 in I8
        one = {'F32': b'\0\0\0?', 'F16': b'\08', 'I8': b'\1', 'F64': b'\0' * 8}
        start = len(data)
        data += one[kind] * product(shape)
        header[name] = {'dtype': kind, 'shape': shape,
                        'data_offsets': [start, len(data)]}
    return header, data


def good():
    own = {'unitary': ['unitary.matrices'], 'pruned': ['gates'],
           'fused-spectral': ['freq_mask'],
           'q8': ['twiddle.q8_scale', 'twiddle.q8'],
           'learned': ['gates', 'freq_mask', 'denoiser.scale', 'denoiser.bias',
                       'twiddle.q8_scale', 'twiddle.q8']}
    for variant in VARIANTS:
        names = ['twiddle.packed'] + own.get(variant, [])
        yield variant, weights(2, variant, names, train_steps='7')
    yield 'learned-4-f16', weights(4, 'learned', ['gates', 'twiddle.packed'],
                                   'F16', hard_gate_threshold='0.25')
    yield 'pruned-8', weights(8, 'pruned', sample_rate='8000', n_mels='3')
    yield 'q8-only', weights(4, 'q8', own['q8'])
    header, data = weights(2, 'q8')
    header['unknown'] = {'dtype': 'U8', 'shape': [1], 'data_offsets': [8, 9]}
    yield 'unknown', (header, data + b'x')


def bad():
    yield 'n-fft', weights(2, 'q8', n_fft='131072')
    yield 'dtype', weights(2, 'q8', dtype='F64')
    yield 'gates', weights(2, 'q8', ['twiddle.packed', 'gates'])
    header, data = weights(2, 'q8')
    header['twiddle.packed']['data_offsets'] = [0, 2**63 - 1]
    yield 'offsets', (header, data)
    header, data = weights(2, 'q8')
    header['unknown'] = {'dtype': 'Z', 'shape': [[]], 'data_offsets': [8, 8]}
    yield 'shape', (header, data)
    header, data = weights(2, 'q8')
    header['twiddle.packed']['shape'] = [1] * 40 + [2]
    yield 'dimensions', (header, data)
    header, data = weights(2, 'q8')
    header['\ud800'] = {'dtype': 'U8', 'shape': [0], 'data_offsets': [8, 8]}
    yield 'surrogate', (header, data)
    header, data = weights(2, 'q8')
    header['unknown'] = {'dtype': 'U8', 'shape': [2**64], 'data_offsets': [8, 8]}
    yield 'integer', (header, data)
    header, data = weights(2, 'q8')
    header['unknown'] = {'dtype': 'U8', 'shape': [1], 'data_offsets': [0, 1]}
    header['twiddle.packed']['data_offsets'] = [1, 9]
    yield 'aligned', (header, b'x' + data)


def main(directory):
    os.makedirs(directory, exist_ok=True)
    files = {f'good-{name}': container(*file) for name, file in good()}
    files.update({f'bad-{name}': container(*file) for name, file in bad()})
    files['bad-length'] = b'\xff' * 8 + b'{}'
    files['bad-depth'] = struct.pack('<Q', 80) + b'{"":' + b'[' * 76
    files['bad-twice'] = struct.pack('<Q', 24) + b'{"a":1.5e-3,"\\u0061":[]}'
    for name, content in files.items():
        with open(os.path.join(directory, name), 'wb') as file:
            file.write(content)


main(*sys.argv[1:])
