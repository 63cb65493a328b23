# bfft: weights files against an independent reader and writer.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files written here are read with Python's json and struct and the other way
round, bit for bit; bfft-inspect's figures are computed again in numpy."""
import ctypes
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

import numpy as np

from oracle import lib

VARIANTS = ('reference butterfly stockham q8 unitary domain pruned '
            'fused-spectral learned').split()
TYPES = {'F32': '<f4', 'F16': '<f2', 'I8': '<i1'}
INSPECT = sys.argv[1]
rng = np.random.default_rng(1)
uint, pointer = ctypes.c_uint, ctypes.c_void_p


class Network(ctypes.Structure):
    _fields_ = [('variant', ctypes.c_int), ('n_fft', uint), ('stages', uint),
                ('half', uint), ('twiddles', pointer), ('gates', pointer),
                ('freq_mask', pointer), ('denoiser_scale', pointer),
                ('denoiser_bias', pointer), ('unitary', pointer),
                ('q8', pointer), ('q8_scale', ctypes.c_float),
                ('hard_gates', ctypes.c_int), ('gate_threshold', ctypes.c_float),
                ('sample_rate', uint), ('n_mels', uint),
                ('train_steps', ctypes.c_uint64)]


class Error(ctypes.Structure):
    _fields_ = [('domain', ctypes.c_uint32), ('code', ctypes.c_int),
                ('message', ctypes.c_char_p)]


lib.bfft_network_new_exact.restype = ctypes.POINTER(Network)
lib.bfft_weights_load.restype = ctypes.POINTER(Network)
lib.bfft_network_unref.argtypes = [ctypes.POINTER(Network)]


def shapes(n):
    stages, half = n.bit_length() - 1, n // 2
    return {'twiddle.packed': (stages, half, 2), 'gates': (stages, half),
            'freq_mask': (n, 2), 'denoiser.scale': (n, 2),
            'denoiser.bias': (n, 2), 'unitary.matrices': (stages, half, 8),
            'twiddle.q8': (stages, half, 2)}


FIELDS = {'twiddle.packed': 'twiddles', 'gates': 'gates',
          'freq_mask': 'freq_mask', 'denoiser.scale': 'denoiser_scale',
          'denoiser.bias': 'denoiser_bias', 'unitary.matrices': 'unitary',
          'twiddle.q8': 'q8'}


def arrays(network):
    """The network's own memory as numpy arrays, by tensor name."""
    found = {}
    for name, shape in shapes(network.n_fft).items():
        address = getattr(network, FIELDS[name])
        if address:
            kind = ctypes.c_int8 if name == 'twiddle.q8' else ctypes.c_float
            memory = (kind * int(np.prod(shape))).from_address(address)
            found[name] = np.ctypeslib.as_array(memory).reshape(shape)
    return found


def read(path):
    with open(path, 'rb') as file:
        length, = struct.unpack('<Q', file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    metadata = header.pop('__metadata__')
    end = 0
    tensors = {}
    for name, entry in sorted(header.items(), key=lambda e: e[1]['data_offsets']):
        begin, after = entry['data_offsets']
        assert begin == end, name
        end = after
        kind = np.dtype(TYPES[entry['dtype']])
        assert (8 + length + begin) % kind.itemsize == 0, name
        tensors[name] = np.frombuffer(data[begin:end], kind).reshape(entry['shape'])
    assert end == len(data) and length % 8 == 0
    return metadata, tensors


def write(path, metadata, tensors, padding=0, order=1):
    """@tensors: name -> (dtype label, array); data in order, header reversed
    with @order = -1."""
    header, data = [], b''
    for name, (dtype, array) in tensors.items():
        raw = array.tobytes()
        header.append((name, {'dtype': dtype, 'shape': list(array.shape),
                              'data_offsets': [len(data), len(data) + len(raw)]}))
        data += raw
    header.insert(0, ('__metadata__', metadata))
    text = json.dumps(dict(header[::order]), indent=padding or None).encode()
    text += b' ' * padding
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + data)


def load(path):
    error = ctypes.POINTER(Error)()
    network = lib.bfft_weights_load(path.encode(), ctypes.byref(error))
    assert network, error.contents.message
    return network


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def metadata_of(variant, n, **more):
    return {'format': 'bfft', 'version': '1', 'n_fft': str(n),
            'variant': VARIANTS[variant], **more}


def check_written(path):
    """What the library writes, Python reads."""
    count = 0
    for variant, label in enumerate(VARIANTS):
        for n in 2, 16, 256, 2048:
            network = lib.bfft_network_new_exact(variant, n)
            for name, array in arrays(network.contents).items():
                if array.dtype == np.int8:
                    array[...] = rng.integers(-127, 128, array.shape)
                else:
                    array[...] = rng.random(array.shape)
            network.contents.train_steps = 2**63 + 1
            network.contents.sample_rate = 48000
            network.contents.gate_threshold = 0.7
            assert lib.bfft_weights_save(network, path.encode(), None)
            metadata, tensors = read(path)
            wanted = arrays(network.contents)
            if 'twiddle.q8' in wanted:
                scale = tensors.pop('twiddle.q8_scale')
                assert scale.shape == (1,)
                assert scale[0] == np.float32(network.contents.q8_scale)
            assert set(tensors) == set(wanted)
            for name, array in wanted.items():
                assert same(tensors[name], array), (label, n, name)
                count += array.size
            assert ('hard_gate_threshold' in metadata) == (label == 'pruned')
            if label == 'pruned':
                text = metadata.pop('hard_gate_threshold')
                assert np.float32(text) == np.float32(0.7)
            assert metadata == metadata_of(variant, n, sample_rate='48000',
                                           train_steps=str(2**63 + 1))
            lib.bfft_network_unref(network)
    return count


def tensors_of(variant, n, dtype):
    """Random tensors of all kinds that the variant may have."""
    label = VARIANTS[variant]
    names = {'unitary': ['unitary.matrices'], 'pruned': ['gates'],
             'q8': ['twiddle.q8'], 'fused-spectral': ['freq_mask'],
             'learned': ['gates', 'freq_mask', 'denoiser.scale',
                         'denoiser.bias', 'twiddle.q8']}.get(label, [])
    tensors = {}
    for name in ['twiddle.packed'] + names:
        shape = shapes(n)[name]
        if name == 'twiddle.q8':
            array = rng.integers(-127, 128, shape).astype('<i1')
            tensors['twiddle.q8_scale'] = dtype, np.array([0.0071], TYPES[dtype])
            tensors[name] = 'I8', array
        else:
            tensors[name] = dtype, rng.random(shape).astype(TYPES[dtype])
    return tensors


def check_read(path):
    """What Python writes, the library reads: both types, other orders,
    padding, unknown tensors."""
    count = 0
    for variant in range(len(VARIANTS)):
        for n, dtype, padding, order in ((2, 'F32', 0, 1), (16, 'F16', 3, -1),
                                         (512, 'F32', 1, -1), (1024, 'F16', 8, 1)):
            tensors = tensors_of(variant, n, dtype)
            # F32 before F16 before I8 keeps all aligned
            wanted = dict(tensors)
            tensors = {'z': ('F64', rng.random(3)), **tensors,
                       'unknown': ('X9', np.arange(5, dtype='<i1'))}
            write(path, metadata_of(variant, n), tensors, padding, order)
            network = load(path)
            found = arrays(network.contents)
            if 'twiddle.q8_scale' in wanted:
                _, scale = wanted.pop('twiddle.q8_scale')
                assert network.contents.q8_scale == np.float32(scale[0])
            assert set(found) == set(wanted)
            for name, (_, array) in wanted.items():
                if array.dtype != np.int8:
                    array = array.astype(np.float32)
                assert same(found[name], array), (VARIANTS[variant], n, name)
                count += array.size
            assert lib.bfft_weights_save(network, path.encode(), None)
            for name, array in arrays(network.contents).items():
                assert same(read(path)[1][name], array)
            lib.bfft_network_unref(network)
    return count


def check_every_half(path):
    """All 63488 finite F16 values as freq_mask (n 32768 has 65536 places)."""
    n = 32768
    bits = np.arange(65536, dtype='<u2')
    bits[(bits & 0x7c00) == 0x7c00] = 0
    mask = bits.view('<f2').reshape(n, 2)
    write(path, metadata_of(VARIANTS.index('fused-spectral'), n), {
        'twiddle.packed': ('F16', np.zeros(shapes(n)['twiddle.packed'], '<f2')),
        'freq_mask': ('F16', mask)})
    network = load(path)
    found = arrays(network.contents)['freq_mask']
    assert same(found, mask.astype(np.float32))
    lib.bfft_network_unref(network)


def check_left_out(path):
    """twiddle.packed alone, or twiddle.q8 alone."""
    for variant, label in enumerate(VARIANTS):
        for dtype in 'F32', 'F16':
            n = 64
            w = rng.uniform(-1, 1, shapes(n)['twiddle.packed']).astype(TYPES[dtype])
            write(path, metadata_of(variant, n), {'twiddle.packed': (dtype, w)})
            network = load(path)
            found = arrays(network.contents)
            w = w.astype(np.float32)
            assert same(found.pop('twiddle.packed'), w)
            if label == 'unitary':
                m = found.pop('unitary.matrices')
                one = np.ones_like(w[..., :1])
                zero = 0 * one
                exact = np.concatenate([one, zero, w, one, zero, -w], axis=-1)
                assert same(m, exact)
            if label == 'q8':
                q = found.pop('twiddle.q8')
                scale = network.contents.q8_scale
                largest = np.hypot(w[..., 0], w[..., 1]).max()
                assert abs(scale - largest / 127) <= 1e-7 * scale
                assert np.abs(q - w / np.float32(scale)).max() <= 0.5001
            for name, array in found.items():
                assert np.all(array == (name != 'denoiser.bias')), name
            lib.bfft_network_unref(network)
    q = rng.integers(-127, 128, shapes(n)['twiddle.q8']).astype('<i1')
    write(path, metadata_of(VARIANTS.index('q8'), n), {
        'twiddle.q8_scale': ('F32', np.array([0.0071], '<f4')),
        'twiddle.q8': ('I8', q)})
    network = load(path)
    assert same(arrays(network.contents)['twiddle.packed'],
                q.astype(np.float32) * np.float32(0.0071))
    lib.bfft_network_unref(network)


def inspect(*arguments):
    return subprocess.run([INSPECT, *arguments], capture_output=True, text=True)


def check_inspect(path):
    variant, n = VARIANTS.index('learned'), 128
    tensors = tensors_of(variant, n, 'F32')
    more = {'z\n': ('F64', rng.random(3)), **tensors}
    controls = ''.join(map(chr, range(1, 0xa0)))
    write(path, metadata_of(variant, n, n_mels='40', hard_gate_threshold='0.25',
                            note=controls), more)
    result = inspect('--json', path, path)
    assert result.returncode == 0 and not result.stderr, result.stderr
    facts, again = json.loads(result.stdout)
    assert facts == again
    assert (facts['variant'], facts['n_fft']) == ('learned', n)
    assert facts['stages'] == 7 and facts['butterflies'] == 64
    assert [t['name'] for t in facts['tensors']] == list(more)
    for told in facts['tensors'][1:]:
        _, array = tensors[told['name']]
        assert told['shape'] == list(array.shape)
        np.testing.assert_allclose(
            [told['min'], told['max'], told['mean']],
            [array.min(), array.max(), array.astype(float).mean()], rtol=1e-6,
            atol=1e-12)
    w = tensors['twiddle.packed'][1].astype(float)
    drift = np.abs(np.hypot(w[..., 0], w[..., 1]) - 1)
    np.testing.assert_allclose(list(facts['twiddle_drift'].values()),
                               [drift.max(), drift.mean()], rtol=1e-6)
    gates = tensors['gates'][1]
    assert facts['gates'] == {'active': int((gates >= 0.25).sum()), 'total': 448,
                              'hard': True, 'threshold': 0.25}
    assert facts['params'] == {
        'twiddles': 896, 'gates': 448, 'freq_mask': 256, 'denoiser': 512,
        'unitary': 0, 'mel_filters': 40 * 65, 'q8_packed': 0,
        'total_params': 4712, 'memory_bytes': 18848}
    assert facts['params_original'] == {
        **facts['params'], 'unitary': 896, 'total_params': 5608,
        'memory_bytes': 22432}
    assert facts['metadata']['n_mels'] == '40'
    assert facts['metadata']['note'] == controls
    text = inspect(path)
    assert text.returncode == 0 and 'learned' in text.stdout
    check_text(text.stdout, facts, tensors)

    with open('/dev/full', 'w') as full:
        for arguments in [path], ['--json', path]:
            told = subprocess.run([INSPECT, *arguments], stdout=full,
                                  stderr=subprocess.PIPE, text=True)
            assert told.returncode == 1 and 'cannot write' in told.stderr

    bad = inspect('--json', path, path + '.missing')
    assert bad.returncode == 1 and len(json.loads(bad.stdout)) == 1
    assert path + '.missing' in bad.stderr
    assert inspect().returncode == 2 and inspect('--no').returncode == 2
    assert inspect('--help').returncode == 0
    assert inspect('--version').returncode == 0


def size_of(value):
    """As people read it; no size here reaches a MiB."""
    value, unit = (value / 1024, 'KiB') if value >= 1024 else (value, 'B')
    return f'{value:.3g} {unit}' if value < 100 else f'{value:.0f} {unit}'


def check_text(text, facts, tensors):
    """Each figure that people read is numpy's, below the head of its column."""
    lines = text.replace('\u00a0', ' ').split('\n')

    def below(first):
        head = next(line for line in lines if line.startswith(f'  {first} '))
        rows = lines[lines.index(head) + 1:]
        return head, rows[:rows.index('')]

    w = tensors['twiddle.packed'][1].astype(float)
    drift = np.abs(np.hypot(w[..., 0], w[..., 1]) - 1)
    active = int((tensors['gates'][1] >= 0.25).sum())
    for key, value in (
            ('variant', 'learned'), ('n-fft', '128 (7 stages of 64 butterflies)'),
            ('active gates', f'{active} of 448 butterflies, hard at 0.25'),
            ('twiddle drift', f'max {drift.max():.3g}, mean {drift.mean():.3g} '
                              'from the unit circle')):
        assert f'  {key:18} {value}' in lines, (key, value, text)
    seen = {}
    head, rows = below('tensor')
    for row in rows:
        name, kind, shape, size, rest = re.fullmatch(
            r'  (\S+) +(\S+) +(\S+) +(\S+ \S+)(.*)', row).groups()
        ends = [head.index(t) + len(t) for t in ('size', 'min', 'max', 'mean')]
        for end, value in zip(ends, [size] + rest.split()):
            assert row[:end].endswith(' ' + value) and row[end:end + 1] in ' ', row
        seen[name] = kind, json.loads(shape), size, rest.split()
    for name, (kind, array) in tensors.items():
        told = seen[name]
        assert told[:3] == (kind, list(array.shape), size_of(array.nbytes)), told
        np.testing.assert_allclose(
            np.array(told[3], float),
            [array.min(), array.max(), array.astype(float).mean()], rtol=1e-5,
            atol=1e-9)
    sums = {row.split()[0]: re.split(r'  +', row.strip())[1:]
            for row in below('parameters')[1]}
    for key in facts['params']:
        once, twice = facts['params'][key], facts['params_original'][key]
        if key == 'memory_bytes':
            assert f'  {"as float32":18} {size_of(once):>12} {size_of(twice):>12}' \
                in lines, text
        else:
            assert sums[key] == [str(once), str(twice)], (key, sums)


def check_calibration(folder):
    """Calibration files of several makers, against numpy.interp; there and back."""
    f = np.array([20, 31.5, 100, 1000, 8000, 20000])
    db = np.array([-3.2, -1.1, 0.25, 0, 1.5, -4])
    lines = [('"Sens Factor =-1.3dB, SERNO: 7"\n', '%g\t%g\n', '.'),
             ('* Freq(Hz) SPL(dB) Phase(degrees)\n', '%g %g 12.5\n', '.'),
             ('; comment\n\n', '%g, %g\r\n', '.'), ('', '%g;%g\n', ','),
             ('Hz dB\n', '  %g   %g\n', ','), ('# x\n', '%g,%g,0\n', '.')]
    text, out = folder + '/mic.cal', folder + '/mic.safetensors'
    for head, form, point in lines:
        rows = [(form % pair) for pair in zip(f, db)]
        if point == ',':
            rows = [row.replace('.', ',') for row in rows]
        open(text, 'w').write(head + ''.join(reversed(rows)))
        told = inspect('-o', out, '--rate=44100', '--n-fft=1024', text)
        assert told.returncode == 0, told.stderr
        metadata, tensors = read(out)
        assert metadata['sample_rate'] == '44100'
        mask = tensors['freq_mask'].reshape(1024, 2)
        want = -np.interp(np.arange(513) * 44100 / 1024, f, db)
        assert np.array_equal(mask[:, 0], mask[:, 1])
        assert np.abs(20 * np.log10(mask[:513, 0]) - want).max() < 1e-5, form
    back = inspect('--calibration', out)
    again = np.loadtxt(back.stdout.splitlines(), comments='*')
    assert np.allclose(again[:, 0], np.arange(1, 513) * 44100 / 1024)
    assert np.abs(again[:, 1] + want[1:]).max() < 1e-5
    open(text, 'w').write(back.stdout)
    assert inspect('-o', out, '--rate=44100', '--n-fft=1024', text).returncode == 0
    assert np.abs(20 * np.log10(read(out)[1]['freq_mask'].reshape(-1, 2)[1:513, 0])
                  - want[1:]).max() < 1e-5

    open(text, 'w').write('nothing here\n')
    for arguments, word, code in ((['-o', out, text], text, 1),
                                  (['-o', out, folder + '/no'], '/no', 1),
                                  (['-o', out, '--n-fft=1000', text], 'power', 2),
                                  (['--calibration', text], text, 1)):
        told = inspect(*arguments)
        assert told.returncode == code and word in told.stderr, told
    net = lib.bfft_network_new_exact(VARIANTS.index('domain'), 64)
    assert lib.bfft_weights_save(net, out.encode(), None)
    assert 'no curve' in inspect('--calibration', out).stderr


with tempfile.TemporaryDirectory() as directory:
    check_calibration(directory)
    path = os.path.join(directory, 'weights.safetensors')
    written = check_written(path)
    read_back = check_read(path)
    check_every_half(path)
    check_left_out(path)
    check_inspect(path)
print(f'{written} numbers written and {read_back} read, all bit for bit; '
      'every finite F16 value; bfft-inspect agrees with numpy')
