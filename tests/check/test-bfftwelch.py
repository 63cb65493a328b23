# bfft: bfftwelch against scipy.signal.welch and find_peaks.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Densities and peaks as they come out of pipelines: whatever the format,
channels, rate, buffers or the way results are delivered; with exact
timestamps; and what bad settings and bad samples do."""
import tempfile
import json
import itertools
import wave

import gi
import numpy as np
import scipy.signal

gi.require_version('Gst', '1.0')
gi.require_version('GstApp', '1.0')
from gi.repository import Gst, GstApp  # noqa: E402, F401

Gst.init(None)
SPEECH = ('/usr/share/pocketsphinx/test/data/librivox/'
          'sense_and_sensibility_01_austen_64kb-0870.wav')
FORMATS = {'S16LE': ('<i2', 15), 'S24LE': (None, 23), 'S32LE': ('<i4', 31),
           'F32LE': ('<f4', 0), 'F64LE': ('<f8', 0)}
SCIPY_WINDOWS = {'blackman-harris': 'blackmanharris', 'rectangular': 'boxcar'}
WORST = 0


def pack(x, form):
    """x [n, channels] in -1..1 as bytes, and what these are worth."""
    kind, bits = FORMATS[form]
    values = np.clip(np.round(x * 2 ** bits), -2 ** bits,
                     2 ** bits - 1).astype('i8') if bits else x
    if kind is None:
        data = np.ascontiguousarray(values, '<i4').reshape(-1, 1).view('u1')
        data = np.ascontiguousarray(data[:, :3]).tobytes()
    else:
        data = np.ascontiguousarray(values, kind).tobytes()
    return data, values / 2.0 ** bits if bits else np.asarray(x, kind)


class Run:
    """A pipeline with bfftwelch, fed from x [n] or [n, channels]."""

    def __init__(self, properties, rate=48000, channels=1, form='F32LE',
                 layout='interleaved', sink='fakesink'):
        caps = (f'audio/x-raw,format={form},rate={rate},channels={channels},'
                'layout=interleaved')
        if channels > 1:
            caps += ',channel-mask=(bitmask)0'
        convert = ''
        if layout != 'interleaved':
            convert = ('audioconvert ! '
                       f'audio/x-raw,format={form},layout={layout} ! ')
        self.rate, self.channels = rate, channels
        self.form = form
        self.multi = 'multi-channel=true' in properties
        self.pipeline = Gst.parse_launch(
            f'appsrc name=src format=time caps="{caps}" ! '
            f'{convert}bfftwelch name=welch tensor-messages=true {properties} ! {sink}')
        self.source = self.pipeline.get_by_name('src')
        self.element = self.pipeline.get_by_name('welch')
        self.position = 0
        self.exact = []
        self.errors, self.warnings, self.structures = [], [], []

    def push(self, x, cut=4096, start=0, flags=0):
        x = np.asarray(x).reshape(-1, self.channels)
        for at in range(0, len(x), cut):
            part = x[at:at + cut]
            data, exact = pack(part, self.form)
            self.exact.append(exact)
            buffer = Gst.Buffer.new_wrapped(data)
            buffer.pts = start + self.position * Gst.SECOND // self.rate
            buffer.duration = len(part) * Gst.SECOND // self.rate
            buffer.set_flags(flags)
            flags = 0
            self.position += len(part)
            self.source.push_buffer(buffer)
        return self

    def read_bus(self, timeout):
        bus = self.pipeline.get_bus()
        wanted = (Gst.MessageType.ELEMENT | Gst.MessageType.ERROR |
                  Gst.MessageType.WARNING | Gst.MessageType.EOS)
        while message := bus.timed_pop_filtered(timeout, wanted):
            if message.type == Gst.MessageType.ERROR:
                self.errors.append(message.parse_error()[0].message)
                break
            if message.type == Gst.MessageType.EOS:
                break
            if message.type == Gst.MessageType.WARNING:
                self.warnings.append(message.parse_warning()[0].message)
            elif message.has_name('bfftwelch'):
                self.structures.append(message.get_structure().copy())

    def finish(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.source.end_of_stream()
        self.read_bus(30 * Gst.SECOND)
        self.pipeline.set_state(Gst.State.NULL)
        return self

    def psds(self):
        """[results, channels, bins]"""
        out = []
        for structure in self.structures:
            psd = structure.get_value('psd')
            out.append([list(c) for c in psd] if self.multi else [list(psd)])
        return np.array(out)

    def peaks(self, result=-1):
        """[(bin, frequency, power)] per channel"""
        channels = self.structures[result].get_value('peaks')
        if not self.multi:
            channels = [channels]
        return [[tuple(p.get_value(f) for f in ('bin', 'frequency', 'power'))
                 for p in peaks] for peaks in channels]

    def samples(self):
        return np.concatenate(self.exact).astype(np.float64)


def expected(x, rate, n_fft=1024, overlap=0.5, window='hann',
             detrend='constant', scaling='density', average='mean'):
    window = scipy.signal.get_window(SCIPY_WINDOWS.get(window, window), n_fft)
    raw = scaling == 'raw'
    _, psd = scipy.signal.welch(
        x, rate, window, n_fft, int(n_fft * overlap + 1e-6),
        detrend=False if detrend == 'none' else detrend, average=average,
        scaling='density' if raw else scaling, axis=0)
    return (psd * rate * (window ** 2).sum() if raw else psd).T


def compare(run, properties, segments=8, hop=0, multi=True, tensors=None):
    """Every result of run against scipy, 1e-5 of its largest bin."""
    global WORST
    x = run.samples()
    if not run.multi:
        x = x.mean(axis=1, keepdims=True)
    n_fft = properties.get('n_fft', 1024)
    overlap = properties.get('overlap', 0.5)
    step = n_fft - int(n_fft * overlap + 1e-6)
    span = n_fft + (segments - 1) * step
    hop = hop or span
    got = run.psds() if tensors is None else tensors
    assert len(got) == max(0, (len(x) - span) // hop + 1) >= 1, len(got)
    for i, psd in enumerate(got):
        want = expected(x[i * hop:i * hop + span], run.rate, **properties)
        assert psd.shape == want.shape
        error = (np.abs(psd - want).max(1) / want.max(1)).max()
        assert error <= 1e-5, (error, properties, i)
        WORST = max(WORST, error)
    return span, hop


def text(properties):
    return ' '.join(f'{k.replace("_", "-")}={v}' for k, v in
                    properties.items())


def check(x, properties={}, rate=48000, segments=8, hop=0, cut=4096,
          extra='', **run):
    x = np.asarray(x)
    run = Run(f'{text(properties)} segments={segments} hop={hop} {extra}',
              rate, x.shape[1] if x.ndim > 1 else 1, **run)
    run.push(x, cut).finish()
    assert not run.errors, run.errors
    compare(run, properties, segments, hop)
    return run


def check_lengths_and_rates(rng):
    for n_fft in 64, 100, 127, 256, 400, 1000, 1024, 2048, 4096, 8192:
        check(rng.standard_normal(10 * n_fft), {'n_fft': n_fft})
    for rate in 1, 250, 8000, 192000:
        check(rng.standard_normal(3000), {'n_fft': 256}, rate=rate)


def check_sounds(rng):
    t = np.arange(20000)
    with wave.open(SPEECH) as f:
        speech = np.frombuffer(f.readframes(60000), '<i2') / 32768
    for x in (np.sin(0.3 * t) + 1e-3 * np.sin(0.9 * t),
              scipy.signal.chirp(t, 0, len(t), 0.5), speech,
              100 + rng.standard_normal(len(t)),
              t / 100 + rng.standard_normal(len(t))):
        for detrend in 'none', 'constant', 'linear':
            check(x, {'n_fft': 512, 'detrend': detrend}, rate=16000)


def check_options(rng):
    x = rng.standard_normal(9000)
    for scaling, average in itertools.product(
            ('density', 'spectrum', 'raw'), ('mean', 'median')):
        check(x, {'n_fft': 256, 'scaling': scaling, 'average': average})
    for window in ('hamming', 'blackman', 'blackman-harris', 'nuttall',
                   'flattop', 'rectangular'):
        check(x, {'n_fft': 256, 'window': window})
    for overlap in 0, 0.25, 0.75, 0.9:
        check(x, {'n_fft': 200, 'overlap': overlap})
    for hop in 64, 128, 1, 300, 2000:
        for average in 'mean', 'median':
            check(x[:2500], {'n_fft': 128, 'average': average}, segments=4,
                  hop=hop)
    check(x, {'n_fft': 100}, segments=170)
    check(x, {'n_fft': 64}, segments=35, extra='variant=reference')
    check(x, {'n_fft': 64}, segments=1, extra='execution=c')


def check_formats(rng):
    x = 0.3 * np.clip(rng.standard_normal((5000, 3)), -3, 3)
    for form, layout in itertools.product(
            FORMATS, ('interleaved', 'non-interleaved')):
        for multi in 'multi-channel=true', '':
            check(x, {'n_fft': 256}, form=form, layout=layout, extra=multi)
    x = rng.standard_normal((2000, 64)) * np.arange(1, 65)
    check(x, {'n_fft': 128}, rate=1000, extra='multi-channel=true')
    run = check(x[:, 0], {'n_fft': 128}, extra='multi-channel=true')
    assert len(run.peaks()) == 1


def check_times(rng):
    x = rng.standard_normal(20000)
    for hop, cut in (0, 1), (100, 777), (0, 20000), (5000, 64):
        if cut == 1:
            x = x[:3000]
        run = Run(f'n-fft=256 hop={hop}', 44100)
        run.push(x, cut, start=5 * Gst.SECOND).finish()
        span, hop = compare(run, {'n_fft': 256}, hop=hop)
        for i, s in enumerate(run.structures):
            start = i * hop * Gst.SECOND // 44100
            end = (i * hop + span) * Gst.SECOND // 44100
            assert s.get_value('timestamp') == 5 * Gst.SECOND + start
            assert s.get_value('duration') == end - start
            assert s.get_value('endtime') == 5 * Gst.SECOND + end
            assert s.get_value('rate') == 44100
            assert s.get_value('n-fft') == 256
            assert abs(s.get_value('frequency-step') - 44100 / 256) < 1e-9


def check_tensors(rng):
    x = rng.standard_normal((6000, 2))
    run = Run('n-fft=256 hop=500 multi-channel=true post-messages=false',
              8000, 2, sink='other/tensors ! appsink name=sink sync=false')
    run.push(x)
    sink = run.pipeline.get_by_name('sink')
    run.pipeline.set_state(Gst.State.PLAYING)
    run.source.end_of_stream()
    got = []
    while sample := sink.try_pull_sample(5 * Gst.SECOND):
        buffer = sample.get_buffer()
        assert buffer.pts == len(got) * 500 * Gst.SECOND // 8000
        got.append(np.frombuffer(buffer.extract_dup(0, buffer.get_size()),
                                 np.float32).reshape(2, 129))
        caps = sample.get_caps().to_string()
        assert '129:2:1:1' in caps and 'framerate=(fraction)16/1' in caps, caps
    run.pipeline.set_state(Gst.State.NULL)
    compare(run, {'n_fft': 256}, hop=500, tensors=got)


def check_peaks(rng):
    # as find_peaks and a full sort have them, in a range too
    for properties, low, high in (('', 0, 24000), ('peaks=5', 0, 24000),
                                  ('min-frequency=3000 max-frequency=5000',
                                   3000, 5000), ('peaks=200', 0, 24000)):
        run = Run(f'n-fft=512 multi-channel=true {properties}', channels=2)
        run.push(rng.standard_normal((4000, 2))).finish()
        n = run.element.props.peaks
        for result, psd in enumerate(run.psds()):
            for c, peaks in enumerate(run.peaks(result)):
                f = np.arange(257) * 48000 / 512
                found, _ = scipy.signal.find_peaks(psd[c])
                found = [k for k in found if low <= f[k] <= high]
                found.sort(key=lambda k: -psd[c][k])
                assert [p[0] for p in peaks] == found[:n]
                assert [p[2] for p in peaks] == [psd[c][k] for k in found[:n]]
                assert all(abs(p[1] - f[p[0]]) <= 48000 / 512 / 2
                           for p in peaks)
    # tones between bins, 20 dB above the noise in their bins
    t = np.arange(9 * 512)
    window = scipy.signal.get_window('hann', 1024)
    for tone in 100.0, 200.3, 300.5:
        a = 20 * np.sqrt((window ** 2).sum()) / window.sum()
        x = a * np.sin(2 * np.pi * tone / 1024 * t) + \
            rng.standard_normal(len(t))
        run = Run('peaks=1 segments=8 message-psd=false strategy=full',
                  1024).push(x).finish()
        assert not run.structures[0].has_field('psd')
        assert abs(run.peaks()[0][0][1] - tone) < 0.05, run.peaks()
    for properties in 'message-peaks=false', '':
        run = Run(properties).push(np.zeros(5000)).finish()
        assert run.structures[0].has_field('peaks') == (properties == '')
    assert run.peaks() == [[]]


def check_strategies(rng):
    x = rng.standard_normal(3000)
    for strategy, psd, segments in (('ultra', 'true', 1), ('fast', 'true', 2),
                                    ('full', 'true', 8), ('auto', 'true', 8)):
        run = Run(f'n-fft=256 strategy={strategy}').push(x).finish()
        compare(run, {'n_fft': 256}, segments)
    for properties, segments in (
            ('strategy=auto', 2), ('strategy=ultra', 1), ('strategy=full', 8),
            ('segments=8', 8), ('segments=3', 3),
            ('post-messages=false attach-meta=true', 2)):
        run = Run(f'n-fft=256 message-psd=false {properties}')
        run.push(x).finish()
        span = 256 + (segments - 1) * 128
        frames = run.element.props.stats.get_value('frames')
        assert frames == len(x) // span * segments


def check_errors():
    for properties, words in (
            ('overlap=1', 'overlap'), ('n-fft=1', 'n-fft'),
            ('min-frequency=5000 max-frequency=4000', 'min-frequency'),
            ('min-frequency=24000', 'min-frequency'),
            ('max-frequency=24001', 'half the sample rate'),
            ('cross=csd', 'reference-channel'),
            ('octave-fraction=24 n-fft=16', 'n-fft'),
            ('average=median segments=2000000', 'segments'),
            ('model-location=/nowhere/at.all', '/nowhere/at.all')):
        run = Run(properties).push(np.zeros(10000)).finish()
        assert run.errors and words in run.errors[0], (properties, run.errors)
    for properties in ('cross=coherence average=median',
                       'cross=csd reference-channel=2'):
        run = Run(properties, channels=2).push(np.zeros((10000, 2))).finish()
        assert run.errors, properties


def check_changes(rng):
    """What is impossible while data flows is warned of and changes nothing."""
    x = rng.standard_normal(40 * 1152)
    run = Run('n-fft=256', sink='appsink name=sink sync=false')
    run.pipeline.set_state(Gst.State.PLAYING)
    sink = run.pipeline.get_by_name('sink')

    def flow(part):
        run.push(part, 1152)
        for _ in range(len(part) // 1152):
            assert sink.try_pull_sample(5 * Gst.SECOND)

    flow(x[:10 * 1152])
    run.element.props.overlap = 1
    flow(x[10 * 1152:20 * 1152])
    run.element.props.overlap = 0.5
    flow(x[20 * 1152:30 * 1152])
    run.element.set_property('segments', 2)
    flow(x[30 * 1152:])
    run.read_bus(0)
    run.pipeline.set_state(Gst.State.NULL)
    assert len(run.warnings) == 1 and 'overlap' in run.warnings[0]
    psds = run.psds()[:, 0]
    assert len(psds) == 30 + 10 * 1152 // 384
    for i, psd in enumerate(psds[:30]):
        want = expected(x[i * 1152:(i + 1) * 1152], 48000, 256)
        assert np.abs(psd - want).max() < 1e-5 * want.max()
    for i, psd in enumerate(psds[30:]):
        want = expected(x[30 * 1152 + i * 384:][:384], 48000, 256)
        assert np.abs(psd - want).max() < 1e-5 * want.max()


def check_carry_on(rng):
    """A new window in the middle of a long result counts from then on."""
    x = rng.standard_normal(40 * 1024)
    run = Run('n-fft=1024 overlap=0 segments=40',
              sink='appsink name=sink sync=false')
    run.pipeline.set_state(Gst.State.PLAYING)
    sink = run.pipeline.get_by_name('sink')
    run.push(x[:16 * 1024], 16 * 1024)
    assert sink.try_pull_sample(5 * Gst.SECOND)
    run.element.set_property('detrend', 0)
    run.push(x[16 * 1024:], 24 * 1024)
    assert sink.try_pull_sample(5 * Gst.SECOND)
    run.read_bus(0)
    run.pipeline.set_state(Gst.State.NULL)
    want = (16 * expected(x[:16 * 1024], 48000, overlap=0) + 24 *
            expected(x[16 * 1024:], 48000, overlap=0, detrend='none')) / 40
    assert np.abs(run.psds()[0, 0] - want).max() < 1e-5 * want.max()


def check_breaks(rng):
    """Nothing is mixed across a discontinuity; gaps are silence; a bad sample
    stays in the results that it is in."""
    x = rng.standard_normal(3000)
    run = Run('n-fft=256 overlap=0 segments=2')
    run.push(x[:700]).push(x[700:], flags=Gst.BufferFlags.DISCONT).finish()
    psds = run.psds()[:, 0]
    starts = [0] + [700 + 512 * i for i in range(4)]
    assert len(psds) == len(starts)
    for start, psd in zip(starts, psds):
        want = expected(x[start:start + 512], 48000, 256, overlap=0)
        assert np.abs(psd - want).max() < 1e-5 * want.max()
    run = Run('n-fft=256 segments=1').push(x[:256])
    run.push(x[256:512], flags=Gst.BufferFlags.GAP).push(x[512:768]).finish()
    assert (run.psds()[1] == 0).all() and (run.psds()[2] > 0).any()
    for bad in np.nan, np.inf, -np.inf:
        y = x.copy()
        y[1000] = bad
        for properties in 'hop=64', 'hop=64 average=median', '':
            run = Run(f'n-fft=128 segments=4 {properties}').push(y).finish()
            hop = 64 if properties else 320
            for i, psd in enumerate(run.psds()[:, 0]):
                inside = i * hop <= 1000 < i * hop + 320
                finite = np.isfinite(psd)
                assert not finite.any() if inside else finite.all()
                assert (run.peaks(i) == [[]]) == inside


def check_meta():
    run = Run('n-fft=64 post-messages=false attach-meta=true',
              sink='appsink name=sink sync=false')
    run.push(np.sin(np.arange(288)), 288)
    run.pipeline.set_state(Gst.State.PLAYING)
    buffer = run.pipeline.get_by_name('sink').try_pull_sample(5 * Gst.SECOND).get_buffer()
    meta, = buffer.get_custom_meta('GstBfftMeta').get_structure().get_value('results')
    assert meta.get_value('element') == 'welch', meta.to_string()
    assert len(list(meta.get_value('psd'))) == 33
    assert meta.get_value('peaks')[0].get_value('bin') == 10
    stats = run.element.props.stats
    assert stats.get_value('frames') == 8 and stats.get_value('n-fft') == 64
    # the mean counts buffers that complete none, too
    assert stats.get_value('ns-per-frame-max') > stats.get_value('ns-per-frame-mean') / 2 > 0
    run.pipeline.set_state(Gst.State.NULL)


def nested(value):
    """Arrays and lists of a structure as Python lists."""
    if isinstance(value, (float, int, str)):
        return value
    return [nested(v) for v in value]


def pull_all(run, shape):
    """Tensors of the run, and their caps."""
    sink = run.pipeline.get_by_name('sink')
    run.pipeline.set_state(Gst.State.PLAYING)
    run.source.end_of_stream()
    got, caps = [], ''
    while sample := sink.try_pull_sample(5 * Gst.SECOND):
        buffer = sample.get_buffer()
        got.append(np.frombuffer(buffer.extract_dup(0, buffer.get_size()),
                                 np.float32).reshape(shape))
        caps = sample.get_caps().to_string()
    run.read_bus(0)
    run.pipeline.set_state(Gst.State.NULL)
    return np.array(got), caps


TENSORS = 'other/tensors ! appsink name=sink sync=false'


def check_cross(rng):
    """csd, transfer and coherence are scipy's, in messages and tensors, of any
    number of channels and whatever multi-channel says."""
    for channels, reference, extra in (
            (2, 0, ''), (2, 1, 'multi-channel=true'), (3, 1, 'hop=300'),
            (64, 63, 'detrend=linear'), (5, 0, 'segments=40 hop=0'),
            (2, 0, 'segments=500'), (2, 0, 'average=median')):
        x = rng.standard_normal((5000, channels)).astype(np.float32)
        x[:, 1:] += 2 * x[:, :1]
        others = np.delete(x, reference, 1)
        for kind in 'csd', 'transfer', 'coherence':
            if kind == 'coherence' and 'median' in extra:
                continue
            run = Run(f'n-fft=128 cross={kind} reference-channel={reference} '
                      f'segments=8 {extra}', 1000, channels, sink=TENSORS)
            run.push(x, 777)
            width = 1 if kind == 'coherence' else 2
            tensors, caps = pull_all(run, (channels - 1, 65, width))
            assert not run.errors and len(tensors) == len(run.structures) >= 1
            assert f'{65 * width}:{channels - 1}:1:1' in caps, caps
            for tensor, s in zip(tensors, run.structures):
                message = np.array(nested(s.get_value(kind)))
                if width == 2:
                    message = np.moveaxis(message, 1, 2)
                message = message.reshape(tensor.shape)
                assert (message == tensor).all()
                start = s.get_value('timestamp') * 1000 // Gst.SECOND
                n = s.get_value('duration') * 1000 // Gst.SECOND
                part = slice(start, start + n)
                want_psd, want = expected_cross(
                    x[part], reference, others[part], kind,
                    detrend='linear' if 'linear' in extra else 'constant',
                    average='median' if 'median' in extra else 'mean')
                got = tensor[..., 0]
                if width == 2:
                    got = got + 1j * tensor[..., 1]
                error = np.abs(got - want).max()
                error /= 1 if width == 1 else np.abs(want).max()
                assert error < (1e-5 if width == 2 else 1e-4), (kind, error)
                psd = np.array(nested(s.get_value('psd')))
                assert np.abs(psd - want_psd).max() < 1e-5 * want_psd.max()
                assert len(nested(s.get_value('level'))) == channels


def expected_cross(x, reference, others, kind, **settings):
    x, others = x.T.astype(float), others.T.astype(float)
    settings['nperseg'] = 128
    _, psd = scipy.signal.welch(x, 1000, **settings)
    if kind == 'coherence':
        settings.pop('average')
        return psd, scipy.signal.coherence(x[reference], others, 1000,
                                           **settings)[1]
    _, want = scipy.signal.csd(x[reference], others, 1000, **settings)
    return psd, want / psd[reference] if kind == 'transfer' else want


def check_levels(rng):
    """Levels in bands and in total are those of scipy's density, the same in
    messages, metas and tensors; integers and mixes too."""
    x = np.clip(0.2 * rng.standard_normal((24000, 2)), -0.99, 0.99)
    for fraction, weighting, scaling, form, multi in (
            (3, 'none', 'density', 'F32LE', True), (1, 'a', 'spectrum',
                                                    'S16LE', False),
            (24, 'c', 'raw', 'S24LE', True), (6, 'a', 'density', 'F64LE',
                                              True)):
        run = Run(f'n-fft=4096 segments=8 octave-fraction={fraction} '
                  f'weighting={weighting} scaling={scaling} level-offset=20 '
                  + 'multi-channel=true' * multi, 48000, 2, form,
                  sink=TENSORS)
        run.push(x)
        tensors, caps = pull_all(run, (2 if multi else 1, -1))
        s, tensor = run.structures[0], tensors[0]
        f_mid = np.array(nested(s.get_value('band-frequencies')))
        bins = np.array(nested(s.get_value('band-bins')))
        labels = nested(s.get_value('band-labels'))
        assert len(f_mid) == len(bins) == len(labels) == tensor.shape[1]
        assert f'{len(f_mid)}:{len(tensor)}:1:1' in caps
        levels = np.array(nested(s.get_value('levels'))).reshape(tensor.shape)
        assert (levels == tensor).all()
        samples = run.samples()[:18432]
        samples = samples if multi else samples.mean(1, keepdims=True)
        f, psd = scipy.signal.welch(samples, 48000, nperseg=4096, axis=0)
        psd = psd.T * 10 ** (weighting_db(weighting, f) / 10)
        total = 20 + 10 * np.log10((psd * f[1]).sum(1))
        got = np.atleast_1d(nested(s.get_value('level')))
        assert np.abs(got - total).max() < 1e-3, (got, total)
        edges = np.concatenate([[0], (f[1:] + f[:-1]) / 2, [f[-1]]])
        half = 10 ** (0.15 / fraction)
        for c, row in enumerate(psd):
            mass = np.concatenate([[0], np.cumsum(row * f[1])])
            want = 20 + 10 * np.log10(np.interp(f_mid * half, edges, mass) -
                                      np.interp(f_mid / half, edges, mass))
            assert np.abs(levels[c] - want).max() < 0.01
    for x, want in ((np.sin(0.3 * np.arange(9000)), -3.0103),
                    (np.zeros(9000), -np.inf)):
        run = Run('').push(x).finish()
        assert abs(run.structures[0].get_value('level') - want) < 0.01 or \
            run.structures[0].get_value('level') == want
    run = Run('message-psd=false octave-fraction=3 n-fft=1024').push(
        rng.standard_normal(9000)).finish()
    assert run.structures[0].get_value('duration') == 4608 * Gst.SECOND // 48000


def weighting_db(weighting, f):
    """IEC 61672-1:2013, formulas of annex E, constants as commonly printed."""
    with np.errstate(divide='ignore'):
        c = 12194.217 ** 2 * f ** 2 / ((f ** 2 + 20.598997 ** 2) *
                                       (f ** 2 + 12194.217 ** 2))
        a = c * f ** 2 / np.sqrt((f ** 2 + 107.65265 ** 2) *
                                 (f ** 2 + 737.86223 ** 2))
        return {'none': np.zeros(len(f)), 'a': 20 * np.log10(a) + 2.0,
                'c': 20 * np.log10(c) + 0.062}[weighting]


def check_tone(rng):
    """THD and SNR of a tone with what was added to it."""
    t = np.arange(2 ** 17)
    w = 2 * np.pi * 997 / 48000
    x = 0.5 * np.sin(w * t) + 0.005 * np.sin(2 * w * t)
    x += 0.5 * np.sqrt(0.5) * 1e-3 * rng.standard_normal(len(t))
    run = Run('n-fft=8192 segments=31 window=blackman-harris peaks=1 '
              'multi-channel=true', channels=2)
    run.push(np.stack([x, np.zeros(len(x))], 1)).finish()
    thd, snr = (nested(run.structures[0].get_value(f)) for f in ('thd', 'snr'))
    assert abs(thd[0] + 40) < 0.1 and abs(snr[0] - 60) < 0.3, (thd, snr)
    assert np.isnan(thd[1]) and np.isnan(snr[1])


def check_sidecar(rng):
    """Levels and comparisons of the last result are in the sidecar."""
    x = rng.standard_normal((9000, 3)) * 0.1
    x[:, 1] += np.roll(x[:, 0], 2)
    for cross in 'transfer', 'csd', 'coherence':
        with tempfile.TemporaryDirectory() as folder:
            path = folder + '/welch.json'
            run = Run(f'n-fft=256 cross={cross} reference-channel=0 '
                      f'octave-fraction=1 weighting=a level-offset=9 '
                      f'sidecar-location={path}', channels=3)
            run.push(x).finish()
            model, = json.load(open(path))['models']
        plots = {p['title']: p for p in model['bfft']['plots']}
        last, samples = run.structures[-1], run.samples()
        bars = plots['Levels in bands']
        assert bars['x_names'] == nested(last.get_value('band-labels'))
        assert 'A-weighted' in bars['y_label'] and '9 dB' in bars['y_label']
        assert np.allclose([line['y'] for line in bars['lines']],
                           nested(last.get_value('levels')), rtol=1e-4)
        start = round(last.get_value('timestamp') * 48000 / Gst.SECOND)
        part = samples[start:start + 256 + 7 * 128]
        want = scipy.signal.coherence(part[:, 0], part[:, 1:].T, 48000,
                                      nperseg=256)[1][:, 1:]
        got = [line['y'] for line in plots['Coherence']['lines']]
        assert np.abs(np.array(got) - want).max() < 1e-3
        assert len(plots) == (2 if cross == 'coherence' else 4)
        if cross == 'coherence':
            continue
        want = scipy.signal.csd(part[:, 0], part[:, 1:].T, 48000,
                                nperseg=256)[1]
        if cross == 'transfer':
            want = want / scipy.signal.welch(part[:, 0], 48000, nperseg=256)[1]
        phase = np.array([line['y'] for line in plots['Phase']['lines']])
        size = np.array([line['y'] for line in plots['Magnitude']['lines']])
        size = 10 ** (size / (20 if cross == 'transfer' else 10))
        got = size * np.exp(1j * np.radians(phase))
        assert np.abs(got - want[:, 1:]).max() < 1e-4 * np.abs(want).max()


def check_short(rng):
    """A stream shorter than a result gives one of the segments that fit."""
    x = rng.standard_normal((9000, 2))
    for properties, n in itertools.product(
            ('segments=8', 'segments=200', 'segments=8 average=median',
             'segments=8 hop=64', 'segments=40 cross=csd', 'strategy=full'),
            (1, 255, 256, 257, 384, 900, 1100)):
        run = Run(f'n-fft=256 {properties} multi-channel=true', channels=2)
        run.push(x[:n], 100).finish()
        fit = 1 + (n - 256) // 128
        assert len(run.structures) == (n >= 256), (properties, n)
        if n < 256:
            continue
        span = 256 + (fit - 1) * 128
        want = expected(run.samples()[:span], 48000, 256, average='median' if
                        'median' in properties else 'mean')
        assert np.abs(run.psds()[0] - want).max() < 1e-5 * want.max()
        assert run.structures[0].get_value('timestamp') == 0
        assert (run.structures[0].get_value('duration') ==
                span * Gst.SECOND // 48000)


def main():
    rng = np.random.default_rng(7)
    for check_one in (check_lengths_and_rates, check_sounds, check_options,
                      check_formats, check_times, check_tensors, check_peaks,
                      check_strategies, check_changes, check_carry_on,
                      check_breaks, check_cross, check_levels, check_tone,
                      check_short, check_sidecar):
        check_one(rng)
    check_errors()
    check_meta()
    print(f'every density within {WORST:.1e} of scipy')


main()
