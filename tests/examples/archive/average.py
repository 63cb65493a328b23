#!/usr/bin/env python3
# bfft: the mean of networks that were fitted to shards of an archive.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""average.py RESULT WEIGHTS...

All must be of the same variant and n-fft, and must have been trained from the
same start. Twiddles are put back on the unit circle; int8 copies of them and
the trainers' states are left out, and made anew by whoever reads the result.
"""
import json
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import example  # noqa: E402  first: it says which package is missing
import numpy as np  # noqa: E402

LEFT_OUT = ('twiddle.q8', 'twiddle.q8_scale', 'trainer.state')


def read(filename):
    """Returns: (metadata, {name: array})"""
    data = Path(filename).read_bytes()
    try:
        start = 8 + struct.unpack('<Q', data[:8])[0]
        header = json.loads(data[8:start])
        metadata = header.pop('__metadata__')
        metadata['n_fft'], metadata['variant']
        return metadata, {
            name: np.frombuffer(data[start:][slice(*entry['data_offsets'])], '<f4')
            .reshape(entry['shape'])
            for name, entry in header.items() if name not in LEFT_OUT}
    except (struct.error, ValueError, LookupError, TypeError, AttributeError):
        example.fail(f'{filename} is no file of weights')


def write(filename, metadata, tensors):
    header, data = {'__metadata__': metadata}, b''
    for name, tensor in sorted(tensors.items()):
        raw = tensor.astype('<f4').tobytes()
        header[name] = {'dtype': 'F32', 'shape': list(tensor.shape),
                        'data_offsets': [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(filename, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + data)


def main(result, filenames):
    networks = [read(filename) for filename in filenames]
    metadata = dict(networks[0][0])
    for (other, tensors), filename in zip(networks, filenames):
        for key in ('n_fft', 'variant'):
            if other[key] != metadata[key]:
                example.fail(f'{key} is {other[key]} in {filename}, '
                             f'but {metadata[key]} in {filenames[0]}')
        if tensors.keys() != networks[0][1].keys():
            example.fail(f'{filename} has other tensors than {filenames[0]}')
    steps = [int(other.get('train_steps', 0)) for other, _ in networks]
    metadata['train_steps'] = str(sum(steps))
    mean = {name: np.mean([tensors[name] for _, tensors in networks], axis=0)
            for name in networks[0][1]}
    if 'twiddle.packed' in mean:
        length = np.linalg.norm(mean['twiddle.packed'], axis=-1, keepdims=True)
        mean['twiddle.packed'] /= np.maximum(length, 1e-12)
    write(result, metadata, mean)


main(*example.arguments(__doc__))
