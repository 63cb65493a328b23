# bfft: networks by the definitions in docs/network.md and docs/weights.md.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""read(path): metadata and tensors of a weights file; spectrum(tensors, x): what
a network of twiddles or matrices alone makes of frames, in double precision."""
import json
import struct

import numpy as np

TYPES = {'F32': np.float32, 'I8': np.int8, 'U8': np.uint8}


def read(path):
    """Fails on any file that is not whole."""
    data = open(path, 'rb').read()
    length, = struct.unpack('<Q', data[:8])
    header = json.loads(data[8:8 + length])
    body = data[8 + length:]
    metadata = header.pop('__metadata__')
    assert max(e['data_offsets'][1] for e in header.values()) == len(body)
    return metadata, {
        name: np.frombuffer(body[slice(*e['data_offsets'])],
                            TYPES[e['dtype']]).reshape(e['shape'])
        for name, e in header.items()}


def complex_of(pairs):
    return pairs[..., 0] + 1j * pairs[..., 1].astype(float)


def matrices(tensors):
    """[stages, half, 4]: m00 m01 m10 m11 of each butterfly"""
    if 'unitary.matrices' in tensors:
        m = tensors['unitary.matrices']
        return complex_of(m.reshape(*m.shape[:2], 4, 2))
    w = complex_of(tensors['twiddle.packed'])
    return np.stack([np.ones_like(w), w, np.ones_like(w), -w], -1)


def spectrum(tensors, x):
    m = matrices(tensors)
    stages, half, _ = m.shape
    order = [int(f'{i:0{stages}b}'[::-1], 2) for i in range(2 * half)]
    x = x[:, order].astype(complex)
    j = np.arange(half)
    for s in range(stages):
        top = 2 * 2**s * (j // 2**s) + j % 2**s
        bottom = top + 2**s
        a, b = x[:, top], x[:, bottom]
        x[:, top] = m[s, :, 0] * a + m[s, :, 1] * b
        x[:, bottom] = m[s, :, 2] * a + m[s, :, 3] * b
    return x
