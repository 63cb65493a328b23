# bfft: sidecars against their schema and numpy, and the report drawn of them.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sidecars of every variant are valid by docs/sidecar.schema.json, and what is
in them is computed again: parameter counts, heatmaps and active butterflies in
numpy from the weights file, landscape points with a transform of our own. The
page and the charts that bfft-report draws of them are well-formed, use nothing
from outside, and show the numbers; where there is a Chromium, it finds nothing
wrong with the page at desktop and phone width, light and dark."""
import ctypes
import html.parser
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import jsonschema
import numpy as np

from browser import check_page as browse
from oracle import lib

REPORT, SCHEMA = sys.argv[1], json.load(open(sys.argv[2]))
VARIANTS = ('reference butterfly stockham q8 unitary domain pruned '
            'fused-spectral learned').split()
CHARTS = ('loss mel-err spec-err welch-err mean-gate plots gates twiddles '
          'mask landscape').split()
BANDS = ('40 50 63 80 100 125 160 200 250 315 400 500 630 800 1000 1250 1600 '
         '2000 2500 3150 4000 5000 6300').split()
LENGTHS = 2, 16, 256, 1024, 8192
N_MELS = 40
rng = np.random.default_rng(7)
uint, pointer, count = ctypes.c_uint, ctypes.c_void_p, ctypes.c_uint64
double, text = ctypes.c_double, ctypes.c_char_p


class Network(ctypes.Structure):
    _fields_ = [('variant', ctypes.c_int), ('n_fft', uint), ('stages', uint),
                ('half', uint), ('twiddles', pointer), ('gates', pointer),
                ('freq_mask', pointer), ('denoiser_scale', pointer),
                ('denoiser_bias', pointer), ('unitary', pointer),
                ('q8', pointer), ('q8_scale', ctypes.c_float),
                ('hard_gates', ctypes.c_int),
                ('gate_threshold', ctypes.c_float), ('sample_rate', uint),
                ('n_mels', uint), ('train_steps', count)]


class Entry(ctypes.Structure):
    _fields_ = [('step', count)] + [(name, double) for name in (
        'total_loss', 'mel_err', 'spec_err', 'welch_err', 'mean_gate')]


class Run(ctypes.Structure):
    _fields_ = [('frames', count), ('dropped_frames', count),
                ('ns_per_frame_mean', double), ('ns_per_frame_max', double)]


NetworkPointer = ctypes.POINTER(Network)
Loss = ctypes.CFUNCTYPE(double, NetworkPointer, pointer)
lib.bfft_network_new_exact.restype = NetworkPointer
lib.bfft_landscape_new.argtypes = [NetworkPointer, uint, Loss, pointer]
lib.bfft_loss_curve_add.argtypes = [pointer, ctypes.POINTER(Entry)]
lib.bfft_sidecar_add.argtypes = [pointer, text, ctypes.c_int, uint, uint,
                                 pointer]
lib.bfft_sidecar_model_set_run.argtypes = [pointer, text, text, text, text,
                                           uint, ctypes.POINTER(Run)]
lib.bfft_sidecar_model_set_loss_curve.argtypes = [pointer, pointer]
lib.bfft_sidecar_model_take_landscape.argtypes = [pointer, pointer]
lib.bfft_sidecar_model_add_setting.argtypes = [pointer, text, text]
lib.bfft_sidecar_model_take_plot.argtypes = [pointer, pointer]
lib.bfft_plot_new.argtypes = [text, text, text]
lib.bfft_plot_add_bins.argtypes = [pointer, uint, double]
lib.bfft_plot_add_x.argtypes = [pointer, uint, double, text]
lib.bfft_plot_add_line.argtypes = [pointer, text, pointer, pointer]
for name in ('landscape_new', 'loss_curve_new', 'sidecar_new', 'sidecar_add',
             'plot_new'):
    getattr(lib, 'bfft_' + name).restype = pointer
for function, kinds in ((lib.bfft_sidecar_save, [pointer, text, pointer]),
                        (lib.bfft_weights_save, [NetworkPointer, text,
                                                 pointer]),
                        (lib.bfft_sidecar_free, [pointer]),
                        (lib.bfft_loss_curve_free, [pointer]),
                        (lib.bfft_network_unref, [NetworkPointer])):
    function.argtypes = kinds


def view(address, shape):
    size = int(np.prod(shape))
    array = (ctypes.c_float * size).from_address(address)
    return np.ctypeslib.as_array(array).reshape(shape)


def shape_of(network):
    return network.stages, network.half


def perturb(network):
    """Twiddles off the circle, gates anywhere, a mask that is not 1."""
    shape = shape_of(network)
    w = view(network.twiddles, shape + (2,))
    w *= rng.uniform(0.9, 1.1, shape + (1,))
    if network.gates:
        view(network.gates, shape)[:] = rng.uniform(0, 1, shape)
    if network.freq_mask:
        mask = view(network.freq_mask, (network.n_fft, 2))
        mask[:] = rng.uniform(-1, 2, mask.shape)
    if network.unitary:
        view(network.unitary, shape + (8,))[..., 2:4] = w
        view(network.unitary, shape + (8,))[..., 6:] = -w
    if network.q8:
        lib.bfft_network_quantize(ctypes.byref(network))


def transform(network, x):
    """The network as docs/network.md has it, in double."""
    n, half = network.n_fft, network.half
    w = view(network.twiddles, shape_of(network) + (2,)) @ [1, 1j]
    if network.q8:
        size = network.stages * half * 2
        q8 = np.array((ctypes.c_int8 * size).from_address(network.q8), float)
        w = (network.q8_scale * q8).reshape(w.shape + (2,)) @ [1, 1j]
    g = np.ones(w.shape)
    if network.gates:
        g = view(network.gates, w.shape).astype(float)
        if network.hard_gates:
            g = (g >= network.gate_threshold).astype(float)
    order = [int(format(i, f'0{network.stages}b')[::-1], 2) for i in range(n)]
    x = x[order].astype(complex)
    b = np.arange(half)
    for s in range(network.stages):
        i0 = 2 * 2 ** s * (b // 2 ** s) + b % 2 ** s
        i1 = i0 + 2 ** s
        top, bottom = x[i0], x[i1]
        t = w[s] * bottom
        x[i0] = g[s] * (top + t) + (1 - g[s]) * top
        x[i1] = g[s] * (top - t) + (1 - g[s]) * bottom
    return x


def measure(network, frame):
    exact = np.fft.fft(frame)
    return np.mean(abs(transform(network, frame) - exact) ** 2)


def add_plots(model, n):
    """Gain in dB with its confidence, and levels of bands, at 16 kHz. Returns
    them."""
    gain = np.float32(20 * np.log10(rng.uniform(1e-3, 1, n // 2 + 1)))
    sure = np.float32(rng.uniform(0, 1, n // 2 + 1))
    plot = lib.bfft_plot_new(b'Gain <of & it>', b'frequency (Hz)', b'gain (dB)')
    lib.bfft_plot_add_bins(plot, n // 2 + 1, 16000 / n)
    lib.bfft_plot_add_line(plot, b'gain & <more>', gain.ctypes.data,
                           sure.ctypes.data)
    lib.bfft_sidecar_model_take_plot(model, plot)
    plot = lib.bfft_plot_new(b'Levels', b'mid-band frequency (Hz)',
                             b'level (dB re full scale)')
    for i, name in enumerate(BANDS):
        lib.bfft_plot_add_x(plot, i, 1000 * 10 ** (.1 * (i - 14)), name.encode())
    levels = np.float32(rng.uniform(-90, 0, (2, len(BANDS))))
    levels[0, 3] = -np.inf
    for c, row in enumerate(levels):
        lib.bfft_plot_add_line(plot, b'channel %d' % c, row.ctypes.data, None)
    lib.bfft_sidecar_model_take_plot(model, plot)
    return gain, sure, levels


def check_plots(model, n, written):
    """What was written is there, at the frequencies of its bins."""
    gain, sure, levels = written
    lines, bars = model['bfft']['plots']
    places = np.rint(np.array(lines['x']) * n / 16000).astype(int)
    np.testing.assert_allclose(lines['x'], places * 16000 / n, rtol=1e-5)
    assert n > 256 or (places == np.arange(1, n // 2 + 1)).all()
    line, = lines['lines']
    np.testing.assert_allclose(line['y'], gain[places], rtol=1e-5)
    np.testing.assert_allclose(line['confidence'], sure[places], atol=1e-5)
    assert bars['x_names'] == BANDS
    assert bars['lines'][0]['y'][3] is None
    got = np.array([line['y'] for line in bars['lines']], float)
    np.testing.assert_allclose(got, np.where(np.isinf(levels), np.nan, levels),
                               rtol=1e-5)


def check_bars(path, levels):
    """Bars of the chart are as high as the levels; axes have units."""
    root = xml.etree.ElementTree.fromstring(
        report('--svg', 'plots', path)[1].encode())
    svg = '{http://www.w3.org/2000/svg}'
    paths = [e for e in root.iter(svg + 'path') if 'butt' in e.get('style', '')]
    tops = [[float(y) for y in re.findall(r'L\S+ ([0-9.]+)', e.get('d'))]
            for e in paths]
    assert [len(t) for t in tops] == [len(BANDS) - 1, len(BANDS)]
    heights = np.concatenate(tops)
    wanted = levels[np.isfinite(levels)]
    slope, offset = np.polyfit(wanted, heights, 1)
    assert slope < -1 and abs(heights - slope * wanted - offset).max() < 0.1
    words = [e.text for e in root.iter(svg + 'text')]
    for word in ('Gain <of & it>', 'gain (dB)', 'frequency (Hz)', '1k', '40',
                 'level (dB re full scale)', 'channel 1'):
        assert word in words, (word, words)


def write(path, variant, n):
    """A run of n_fft @n, really measured where anything is claimed."""
    network = lib.bfft_network_new_exact(VARIANTS.index(variant), n)
    if variant != 'reference':
        perturb(network.contents)
    frame = rng.standard_normal(n)
    curve = lib.bfft_loss_curve_new()
    for step in range(1, 3000 if n == 256 else 5):
        loss = float(1 / step + rng.uniform(0, 1e-3))
        lib.bfft_loss_curve_add(curve, Entry(step, loss, loss, loss, loss,
                                             1 - step / 1e4))
    sidecar = lib.bfft_sidecar_new()
    model = lib.bfft_sidecar_add(
        sidecar, f'<{variant} & {n}>'.encode(), VARIANTS.index(variant), n,
        N_MELS, None if variant == 'reference' else network)
    lib.bfft_sidecar_model_set_run(model, b'bffttrain', b'1.22.0', b'orc',
                                   b'file:///a/speech%20one.wav', 16000, Run(100, 3, 1234.5, 99999.25))
    lib.bfft_sidecar_model_set_loss_curve(model, curve)
    lib.bfft_sidecar_model_add_setting(model, b'optimizer', b'adam')
    if n == 16:
        loss = Loss(lambda moved, _: measure(moved.contents, frame))
        lib.bfft_sidecar_model_take_landscape(
            model, lib.bfft_landscape_new(network, 5, loss, None))
    plots = add_plots(model, n)
    assert lib.bfft_sidecar_save(sidecar, str(path).encode(), None)
    weights = str(path.with_suffix('.safetensors')).encode()
    assert lib.bfft_weights_save(network, weights, None)
    lib.bfft_sidecar_free(sidecar)
    lib.bfft_loss_curve_free(curve)
    return network, frame, plots


def read_tensors(path):
    data = path.with_suffix('.safetensors').read_bytes()
    length, = struct.unpack('<Q', data[:8])
    header = json.loads(data[8:8 + length])
    tensors = {}
    for name, entry in header.items():
        if name != '__metadata__' and entry['dtype'] == 'F32':
            begin, end = entry['data_offsets']
            part = data[8 + length + begin:8 + length + end]
            tensors[name] = np.frombuffer(part, '<f4').reshape(entry['shape'])
    return tensors


def check_params(model, variant, n):
    half, stages = n // 2, int(np.log2(n))
    tw = stages * half * 2
    wanted = dict.fromkeys(
        'twiddles gates freq_mask denoiser unitary mel_filters q8_packed'
        .split(), 0)
    wanted['twiddles'] = tw
    if variant == 'unitary':
        wanted['unitary'] = stages * half * 8
    if variant == 'q8':
        wanted['q8_packed'] = tw // 2
    if variant == 'learned':
        wanted.update(gates=stages * half, freq_mask=2 * n, denoiser=4 * n,
                      mel_filters=N_MELS * (n // 2 + 1))
    for params, again in ((model['params'], 0),
                          (model['bfft']['params_original'],
                           tw * (variant not in ('reference', 'unitary')))):
        kinds = dict(wanted, unitary=wanted['unitary'] + again)
        total = sum(kinds.values())
        assert params == dict(kinds, total_params=total,
                              memory_bytes=4 * total), (variant, n)


def thin(values, columns):
    return values.reshape(len(values), columns, -1).mean(axis=-1)


def check_heatmap(model, variant, n, tensors):
    heatmap, bfft = model['heatmap'], model['bfft']
    half, stages = n // 2, int(np.log2(n))
    columns = min(half, 512)
    assert (heatmap['stages'], heatmap['butterflies']) == (stages, columns)
    assert bfft['thinning']['butterflies_per_column'] == half // columns
    gates = tensors.get('gates', np.ones((stages, half))).astype(float)
    np.testing.assert_allclose(heatmap['gates'], thin(gates, columns).ravel(),
                               rtol=6e-5)
    assert ('twiddle_mag' in heatmap) == (variant != 'reference')
    assert ('freq_mask' in heatmap) == ('freq_mask' in tensors)
    if variant == 'reference':
        return
    w = tensors['twiddle.packed'].astype(float)
    magnitude = thin(np.hypot(w[..., 0], w[..., 1]), columns)
    np.testing.assert_allclose(heatmap['twiddle_mag'], magnitude.ravel(),
                               rtol=6e-5)
    if 'freq_mask' in tensors:
        mask = tensors['freq_mask'].astype(float).T
        mask = thin(mask, min(n, 1024)).T
        np.testing.assert_allclose(heatmap['freq_mask'], mask.ravel(),
                                   rtol=6e-5, atol=1e-7)
    if variant == 'pruned':
        gates = gates >= bfft['hard_gate_threshold']
    assert bfft['active_per_stage'] == list((gates != 0).sum(axis=1))
    assert bfft['active_butterflies'] == (gates != 0).sum()


def check_curve(model, n):
    curve, thinning = model['loss_curve'], model['bfft']['thinning']
    recorded = 2999 if n == 256 else 4
    assert thinning['loss_recorded'] == recorded
    assert len(curve) <= 1000 and curve[-1]['step'] == recorded
    assert min(e['total_loss'] for e in curve) <= 1 / recorded + 1e-3


def check_landscape(model, network, frame):
    """Corners, middle and two more points."""
    landscape = model['landscape']
    moved = lib.bfft_network_copy(network)
    w = view(moved.contents.twiddles, shape_of(moved.contents) + (2,))
    w = w.reshape(-1, 2)
    start = w[5].copy()
    for row, column in (0, 0), (0, 10), (10, 0), (10, 10), (5, 5), (2, 7):
        w[5] = start + np.float32([landscape['x'][column],
                                   landscape['y'][row]])
        if moved.contents.q8:
            lib.bfft_network_quantize(moved)
        np.testing.assert_allclose(landscape['z'][row][column],
                                   measure(moved.contents, frame), rtol=1e-5)
    lib.bfft_network_unref(moved)


class Page(html.parser.HTMLParser):
    """What a page holds, and that its elements nest."""

    def __init__(self, source):
        super().__init__()
        self.open, self.words, self.targets, self.ids = [], [], [], []
        self.feed(source)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.targets += [attrs[key] for key in ('href', 'src') if key in attrs]
        self.ids += [attrs['id']] if 'id' in attrs else []
        assert tag not in ('script', 'img', 'iframe')
        if tag not in ('meta', 'link'):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def report(*args):
    done = subprocess.run([REPORT, *map(str, args)], capture_output=True,
                          encoding='utf-8', env={'LC_ALL': 'C.UTF-8'},
                          timeout=60)
    return done.returncode, done.stdout, done.stderr


def html_of(*paths):
    return report('-o', '/dev/stdout', *paths)


def check_page(paths):
    status, source, errors = html_of(*paths)
    assert status == 0 and errors == '', errors
    page = Page(source)
    words = ' '.join(page.words)
    for path in paths:
        model = json.load(open(path))['models'][0]
        assert model['model_id'] in words
        total = f"{model['params']['total_params']:,}".replace(',', '\u202f')
        assert total in words, total
    assert len(page.ids) == len(set(page.ids))
    links = [target[1:] for target in page.targets if target[0] == '#']
    assert links == page.ids, (links, page.ids)
    assert all(t.startswith(('#', 'data:')) for t in page.targets)
    assert not re.search(r'url\(|@import|nan\b|inf\b', source)
    return len(source)


def check_in_browser(folder, name, paths):
    page = folder / name
    assert report('-o', page, *paths)[0] == 0
    wrong = browse(page)
    assert not wrong, wrong


def check_charts(paths):
    for name in CHARTS:
        status, source, errors = report('--svg', name, *paths)
        assert status == 0, (name, errors)
        root = xml.etree.ElementTree.fromstring(source.encode())
        assert root.tag == '{http://www.w3.org/2000/svg}svg'
        for element in root.iter():
            for key in ('d', 'x', 'y', 'cx', 'cy', 'transform'):
                assert not re.search('nan|inf', element.get(key, ''))


def check_cells(path):
    """The gates' colours in the chart are the rounded gates, cell by cell."""
    heatmap = json.load(open(path))['models'][0]['heatmap']
    shape = heatmap['stages'], heatmap['butterflies']
    drawn = np.full(shape, -1)
    root = xml.etree.ElementTree.fromstring(
        report('--svg', 'gates', path)[1].encode())
    for element in root.iter('{http://www.w3.org/2000/svg}path'):
        level = re.fullmatch(r'g(\d+)', element.get('class', ''))
        for x, y, w in level and re.findall(r'M(\d+) (\d+)h(\d+)v',
                                            element.get('d')) or []:
            drawn[int(y), int(x):int(x) + int(w)] = int(level[1])
    gates = np.reshape(heatmap['gates'], shape)
    assert (abs(drawn - 10 * gates) <= 0.5 + 1e-6).all()


def check_refusals(folder, good):
    bad = folder / 'bad.json'
    bad.write_text(pathlib.Path(good).read_text()[:-20])
    for name, content in (('other.json', b'{"a": 1}'),
                          ('a.txt', b'no sidecar\n'), ('a.html', b'<!DOCTYPE html>'),
                          ('a.wav', b'RIFF\0\0\0\0WAVEfmt '), ('a.png', b'\x89PNG\r\n'),
                          ('a.npy', b'\x93NUMPY\1'), ('empty', b'')):
        (folder / name).write_bytes(content)
    for args, sentence in (([folder / 'other.json'], 'no array "models"'),
                           ([folder / 'a.txt'], 'a.txt" is text'),
                           ([folder / 'a.html'], 'is a page'),
                           ([folder / 'a.wav'], 'is sound'),
                           ([folder / 'a.png'], 'is a picture'),
                           ([folder / 'a.npy'], 'is a numpy array'),
                           ([folder / 'empty'], 'not a sidecar'),
                           ([good.with_suffix('.safetensors')], 'is weights'),
                           ([bad], 'bad.json'), ([folder / 'none.json'], 'none'),
                           ([], 'No sidecar'), ([folder], str(folder)),
                           (['--svg', 'nothing', good], 'no chart "nothing"'),
                           (['-o', folder / 'a' / 'b', good], 'a/b')):
        status, output, errors = report(*args)
        usage = sentence in ('No sidecar', 'no chart "nothing"')
        assert status == 1 + usage and output == '' and sentence in errors, errors
        assert errors.startswith('bfft-report: ') and errors.count('\n') == 1


def check_odd(folder, good):
    """What others may write is shown, or refused, at once."""
    model = json.loads(pathlib.Path(good).read_text())['models'][0]
    entry = model['loss_curve'][0]
    odd = folder / 'odd.json'

    def show(*models, chart='loss'):
        odd.write_text(json.dumps({'models': models}))
        return report(*(['--svg', chart] if chart else ['--text']), odd)

    status, svg, _ = show(dict(model, loss_curve=[
        dict(entry, step=1, total_loss=1e-320),
        dict(entry, step=2, total_loss=1.0)]))
    assert status == 0 and not re.search(r'\b(nan|inf)\b', svg)

    def surface(x):
        return dict(model, landscape=dict(
            x_label='x', y_label='y', x=x, y=[0, 1], z=[[1, 2], [3, 4]]))
    status, _, errors = show(surface([0, 5e-324]), chart='landscape')
    assert status == 1 and 'not an increasing axis' in errors
    status, svg, _ = show(surface([0, 1e30]), chart='landscape')
    assert status == 0 and '>1e+30<' in svg, svg

    def settings(*names):
        return dict(model, bfft=dict(model['bfft'],
                                     settings={n: f'<{n}>' for n in names}))
    status, text, _ = show(settings('model'), chart=None)
    assert status == 0 and '<model>' in text
    status, _, errors = show(settings(*map(str, range(40000))), chart=None)
    assert status == 1 and '"settings"' in errors
    many = [settings(*(f'{i}-{j}' for j in range(200))) for i in range(40)]
    status, text, _ = show(*many, chart=None)
    assert status == 0 and '<0-199>' in text and '<1-0>' not in text
    assert 'more settings' in html_of(odd)[1]

    unnamed = dict(model, model_id='')
    status, text, _ = show(unnamed, unnamed, chart=None)
    assert 'odd' in show(unnamed, chart=None)[1]
    assert status == 0 and '(no name) (2)' in text


def shorten(value, factor, units):
    """As people read a size or a time: three digits and a unit."""
    for unit in units[:-1]:
        if value < factor:
            break
        value /= factor
    else:
        unit = units[-1]
    return f'{value:.3g}\u00a0{unit}' if value < 100 else f'{value:.0f}\u00a0{unit}'


def check_units(folder, good):
    """Times, sizes and counts of text and page are those of the sidecar, in units
    that people read."""
    model = json.loads(pathlib.Path(good).read_text())['models'][0]
    path = folder / 'units.json'
    for scale in 1, 7.3, 999, 1001, 54321, 9.87e6, 4.2e9:
        run = model['bfft']['run']
        run.update(ns_per_frame_mean=scale, ns_per_frame_max=3 * scale,
                   frames=int(scale * 12), dropped_frames=int(scale))
        model['bfft']['resident_bytes'] = int(scale * 1.5)
        model['params']['memory_bytes'] = int(scale)
        path.write_text(json.dumps({'models': [model]}))
        status, text, _ = report('--text', path)
        got = dict(reversed(re.findall(r'^  (\S.*?)  +(\S.*)$', text, re.M)))
        times, sizes = ('ns', 'µs', 'ms', 's'), ('B', 'KiB', 'MiB', 'GiB')
        wanted = {
            'mean time per frame\u00a0↓': shorten(scale, 1000, times),
            'longest\u00a0↓': shorten(3 * scale, 1000, times),
            'frames': f'{int(scale * 12):,}'.replace(',', '\u202f'),
            'dropped': f'{int(scale):,}'.replace(',', '\u202f'),
            'as float32': shorten(int(scale), 1024, sizes),
            'resident': shorten(int(scale * 1.5), 1024, sizes),
            'largest spectrum error\u00a0↓': None,
            'first loss\u00a0↓': f'{model["loss_curve"][0]["total_loss"]:.4g}',
            'smallest loss\u00a0↓':
                f'{min(e["total_loss"] for e in model["loss_curve"]):.4g}'}
        for key, value in wanted.items():
            assert status == 0 and got.get(key) == value, (key, value, got)
            assert value is None or value in html_of(path)[1]


def check_columns(paths):
    """Each number of a table stands below its head, each row is a model's."""
    text = report('--text', *paths)[1].split('\n\n')
    table = next(t for t in text if t.startswith('Parameters\n')).split('\n')
    head, rows = table[1], table[2:]
    assert len(rows) == len(paths)
    for path, row in zip(paths, rows):
        params = json.load(open(path))['models'][0]['params']
        for title, key in (('twiddles', 'twiddles'), ('unitary', 'unitary'),
                           ('denoiser', 'denoiser'), ('total', 'total_params')):
            end = head.index(title) + len(title)
            assert row[:end].split(' ')[-1].replace('\u202f', '') == str(
                params[key]), (title, row)


def check_dots(path):
    """Dots of the landscape are where its axes have them, each once; the ring is
    at the smallest."""
    land = json.load(open(path))['models'][0]['landscape']
    root = xml.etree.ElementTree.fromstring(
        report('--svg', 'landscape', path)[1].encode())
    circles = list(root.iter('{http://www.w3.org/2000/svg}circle'))
    dots = [[float(c.get('cx')), float(c.get('cy'))] for c in circles
            if c.get('class') == 'dot']
    x, y = np.meshgrid(land['x'], land['y'])
    for values, places, sign in ((x, 0, 1), (y, 1, -1)):
        got = np.array(dots)[:, places]
        slope, offset = np.polyfit(values.ravel(), got, 1)
        assert sign * slope > 100
        assert abs(slope * values.ravel() + offset - got).max() < 0.2
    ring = next(c for c in circles if c.get('class') == 'mark')
    assert [float(ring.get('cx')), float(ring.get('cy'))] == dots[
        int(np.argmin(land['z']))]


def check_story(folder, good):
    """Title, verdict and what is left out are those of the sidecar's content."""
    model = json.loads(pathlib.Path(good).read_text())['models'][0]
    path = folder / 'story.json'
    bfft, flat = model['bfft'], model['heatmap']

    def tell(losses, settings, **changes):
        curve = [dict(model['loss_curve'][0], step=i + 1, total_loss=loss)
                 for i, loss in enumerate(losses)]
        path.write_text(json.dumps({'models': [{
            **model, 'loss_curve': curve, 'bfft': dict(bfft, settings=settings),
            **changes}]}))
        source = html_of(path)[1]
        return source, ' '.join(' '.join(Page(source).words).split())

    source, words = tell([1, .5, .1], {'init': 'random'})
    assert '✓ worked Training learned from random weights' in words
    assert 'loss 1 before, 0.1 after' in words
    assert '<h1>story: speech one.wav</h1>' in source
    spike = [9] + 60 * [1, 1.02]        # one batch says nothing
    for losses, outcome in (([1, 2, 3], '✗ worse'), ([1, .9, 1], '= no gain'),
                            (spike, '= no gain')):
        assert outcome in tell(losses, {})[1], losses
    words = tell([], {'sparsity-weight': '1'}, loss_curve=[
        dict(model['loss_curve'][0], step=i, total_loss=t, mean_gate=1)
        for i, t in ((1, 1.5), (2, 1.2), (3, 1.1), (4, 1.1))])[1]
    assert '✓ worked' in words and 'loss 0.5 before, 0.1 after, without' in words
    words = tell([], {'sparsity-weight': '2'}, loss_curve=[
        dict(model['loss_curve'][0], step=i, total_loss=t, mean_gate=1)
        for i, t in ((1, 2.5), (2, 2), (3, 2), (4, 2))])[1]
    assert 'loss 0.5 before, under 2e-05 after' in words
    source, words = tell([8, 1], {'verdict': 'x & y', 'task': 'sing', 'a': 'b'})
    assert 'To sing: x & y' in words and words.count('x & y') == 1
    # a level at which the loss stays is marked, one that falls is not
    assert 'class="level' in tell([1] + 60 * [.01, .011], {})[0]
    assert 'class="level' not in tell(0.9 ** np.arange(60), {})[0]
    # rounding that sets in
    bfft['hard_gates_since'] = 3
    source, words = tell([4, 3, 9, 2], {})
    assert 'Hard gates set in at step 3: 3 before, 9 there.' in words
    assert '>hard gates</text>' in source
    del bfft['hard_gates_since']
    # hard gates that leave nothing out did not do what they are for
    half = len(flat['gates']) // 2
    for active, outcome in ((2 * half, '= no gain'), (half, 'measured')):
        bfft.update(hard_gate_threshold=0.5, active_butterflies=active)
        words = tell([1, 2, 2], {}, variant='pruned')[1]
        assert f'{outcome} Training pruned' in words, words
        assert f'{2 * half - active} of {2 * half} butterflies' in words
    del bfft['hard_gate_threshold']
    # what is all the same is a sentence, what is not is drawn
    same = dict(flat, gates=len(flat['gates']) * [1])
    source, words = tell([2, 1], {}, heatmap=same)
    assert 'Every gate is open.' in words and '<title>Gates' not in source
    same = dict(flat, gates=[.97] + (len(flat['gates']) - 1) * [1])
    assert 'Every gate is 0.97 to 1.' in tell([2, 1], {}, heatmap=same)[1]
    source, words = tell([2, 1], {})
    assert 'Every gate' not in words and '<title>Gates' in source
    assert 'summary>' in source.split('id="parameters-original"')[1]
    # a matching has no mel, no gates, and the trivial answer beside its own
    none = dict.fromkeys(('mel_err', 'spec_err', 'welch_err'), 0)
    model['loss_curve'][0].update(none)
    before = [3, 5, None, 10]
    bfft['plots'] = [{'title': 'Reference', 'x_label': 'Hz', 'y_label': 'dB',
                      'x': [1, 2, 3, 4], 'lines': [
                          {'name': 'before', 'y': before},
                          {'name': 'after', 'y': [0, 0, None, 0]}]}]
    source, words = tell([.2, .1], {'reference-channel': '1', 'delay': '4.5',
                                    'match-err': '0.25', 'unmatched-err': '6.5'})
    for title in 'Log-mel error', 'Spectrum error', 'Welch error', 'Mean gate':
        assert f'<title>{title}' not in source
    assert '6.5 dB rms apart before, 0.25 dB after' in words
    assert f'would leave {np.std([3, 5, 10]):.3g} dB' in words
    assert 'delay (samples) 4.5' in words and 'unmatched-err' not in words


def check_output(folder, good):
    """Files are replaced; links and pipes are written to and stay. Without -o
    the page is beside the sidecar, where nothing of others is replaced."""
    beside = good.with_suffix('.html')
    for _ in range(2):
        assert report(good) == (0, f'{beside}\n', '')
        assert beside.read_text() == html_of(good)[1]
    beside.write_text('<!DOCTYPE html> mine')
    status, output, errors = report(good)
    assert (status, output) == (1, '') and str(beside) in errors, errors
    assert beside.read_text() == '<!DOCTYPE html> mine'
    wanted = html_of(good)[1]
    page, link, pipe = (folder / name for name in ('page', 'link', 'pipe'))
    page.write_text('old')
    link.symlink_to('page')
    for place in page, link:
        assert report('-o', place, good) == (0, '', '')
        assert page.read_text() == wanted and not page.is_symlink()
        page.write_text('old')
    assert link.is_symlink()
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    svg = report('--svg', 'loss', good)[1]
    assert report('-o', pipe, '--svg', 'loss', good) == (0, '', '')
    assert os.read(reader, 1 << 20).decode() == svg and pipe.is_fifo()
    os.close(reader)


def main():
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.check_schema(SCHEMA)
    paths, files, points = {}, 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for variant in VARIANTS:
            for n in LENGTHS:
                path = paths[variant, n] = folder / f'{variant}-{n}.json'
                network, frame, plots = write(path, variant, n)
                sidecar = json.load(open(path))
                validator.validate(sidecar)
                model, = sidecar['models']
                tensors = read_tensors(path)
                check_params(model, variant, n)
                check_heatmap(model, variant, n, tensors)
                check_curve(model, n)
                check_plots(model, n, plots)
                if model['landscape'] and variant != 'unitary':
                    check_landscape(model, network, frame)
                    points += 6
                lib.bfft_network_unref(network)
                files += 1
        largest = paths['learned', 8192].stat().st_size
        assert largest < 250000, largest
        size = check_page([paths[v, 16] for v in VARIANTS])
        check_page([paths['learned', 16]])
        check_page([paths['reference', 2]])
        check_page([paths['learned', 8192], paths['pruned', 256]])
        check_charts([paths['learned', 16], paths['learned', 8192]])
        check_cells(paths['learned', 256])
        check_bars(path, plots[2])
        check_units(folder, paths['learned', 16])
        check_columns([paths[v, 256] for v in VARIANTS])
        check_dots(paths['learned', 16])
        check_story(folder, paths['learned', 16])
        check_refusals(folder, paths['learned', 16])
        check_odd(folder, paths['learned', 16])
        check_output(folder, paths['learned', 16])
        status, output, _ = report('--text', paths['pruned', 256],
                                   paths['learned', 16])
        assert status == 0 and '<pruned & 256>' in output
        pages = 0
        if shutil.which('chromium'):
            check_in_browser(folder, 'many.html',
                             [paths[v, 16] for v in VARIANTS])
            check_in_browser(folder, 'one.html', [paths['learned', 256]])
            check_in_browser(folder, 'large.html', [paths['learned', 8192]])
            pages = 3
    print(f'{files} sidecars valid and recomputed, {points} landscape points, '
          f'n=8192 learned: {largest} bytes, page of {len(VARIANTS)}: {size} '
          f'bytes, {pages} pages seen in a browser')


lib.bfft_network_copy.restype = NetworkPointer
lib.bfft_network_copy.argtypes = [NetworkPointer]
main()
