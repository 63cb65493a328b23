# bfft: bfftmel on real speech against Whisper, librosa, NeMo, torchaudio, Kaldi.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Features as they come out of pipelines: each preset against its definition,
whatever the buffers, the sample format or the way results are delivered, with
exact timestamps."""
import json
import re
import struct
import tempfile

import gi
import numpy as np

gi.require_version('Gst', '1.0')
gi.require_version('GstApp', '1.0')
from gi.repository import Gst, GstApp  # noqa: E402, F401

import mel_definitions as oracle  # noqa: E402

Gst.init(None)
RATE = 16000
SPEECH = oracle.speech()
EXACT = SPEECH.astype(np.float64)

def buffers(samples, cuts, start, rate=RATE):
    """@samples [n] or [n, channels] of any type, cut into lengths @cuts"""
    position = 0
    for n in cuts:
        part = samples[position:position + n]
        if not len(part):
            return
        buffer = Gst.Buffer.new_wrapped(part.tobytes())
        buffer.pts = start + position * Gst.SECOND // rate
        buffer.duration = len(part) * Gst.SECOND // rate
        position += len(part)
        yield buffer


def repeat(*lengths):
    while True:
        yield from lengths


def run(properties, samples=SPEECH, cuts=None, form='F32LE', start=0,
        tensors=True, layout='interleaved', rate=RATE, warnings=None,
        wanted='other/tensors', found=None, gaps=()):
    """[frames, channels * bands], timestamps, durations"""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    caps = (f'audio/x-raw,format={form},rate={rate},channels={channels},'
            f'layout={layout}')
    if channels > 1:
        caps += ',channel-mask=(bitmask)0'
    sink = f'{wanted} ! ' if tensors else ''
    pipeline = Gst.parse_launch(
        f'appsrc name=src format=time caps="{caps}" ! '
        f'bfftmel name=mel post-messages={not tensors} {properties} ! {sink}'
        'appsink name=sink sync=false')
    source, sink = pipeline.get_by_name('src'), pipeline.get_by_name('sink')
    for i, buffer in enumerate(buffers(samples, cuts or repeat(4096), start,
                                       rate)):
        if i in gaps:
            buffer.set_flags(Gst.BufferFlags.DISCONT)
        source.push_buffer(buffer)
    source.end_of_stream()
    pipeline.set_state(Gst.State.PLAYING)

    values, times, durations = [], [], []
    passed = 0
    while sample := sink.try_pull_sample(5 * Gst.SECOND):
        buffer = sample.get_buffer()
        if found is not None:
            found.append(sample.get_caps()[0].copy())
        passed += buffer.get_size()
        if tensors:
            values.append(np.frombuffer(
                buffer.extract_dup(0, buffer.get_size()), np.float32))
            times.append(buffer.pts)
            durations.append(buffer.duration)
    bus = pipeline.get_bus()
    while message := bus.pop():
        assert message.type != Gst.MessageType.ERROR, message.parse_error()
        structure = message.get_structure()
        if message.type == Gst.MessageType.WARNING and warnings is not None:
            warnings.append(message.parse_warning()[0].message)
        if message.type == Gst.MessageType.ELEMENT:
            assert structure.get_name() == 'bfftmel'
            values.append(np.array(mel_field(structure), np.float32).ravel())
            times.append(structure.get_value('timestamp'))
            durations.append(structure.get_value('duration'))
    pipeline.set_state(Gst.State.NULL)
    assert tensors or passed == samples.nbytes
    return np.array(values), np.array(times), np.array(durations)


def mel_field(structure):
    """PyGObject does not know GstValueList and GstValueArray."""
    field = 'mfcc=' if structure.has_field('mfcc') else 'mel='
    text = structure.to_string().split(field)[1].split('frames=')[0]
    return [float(x) for x in re.findall(r'-?\d[\d.e+-]*', text)]


def check_presets():
    for preset, (rate, _, definition, unit) in oracle.PRESETS.items():
        got, _, _ = run(f'preset={preset}', rate=rate)
        wanted = definition(EXACT)
        if preset == 'openwakeword':  # the floor of a clip, not of a frame
            got = oracle.top_db(got)
        oracle.agree(f'bfftmel preset={preset}', got.astype(np.float64),
                     wanted, unit)
    got, _, _ = run('n-mels=128 preset=whisper')  # set before: stays
    log, clip = oracle.whisper(EXACT, 128)
    got = np.maximum(got, got.max() - 2)
    assert np.abs(got - clip).max() < 1e-4


def check_empty_bands():
    """a band without a bin is at the floor, and that is said once"""
    for properties, definition, unit in (
            ('preset=kaldi n-mels=128', lambda: oracle.kaldi_fbank(
                EXACT, num_mel_bins=128), oracle.NEPER),
            ('preset=torchaudio n-mels=128', lambda: 10 * np.log10(np.maximum(
                oracle.torchaudio_mel(EXACT, n_mels=128).numpy().T, 1e-10)),
             1)):
        warnings = []
        got, _, _ = run(properties, warnings=warnings)
        oracle.agree(properties, got.astype(np.float64), definition(), unit)
        assert len(warnings) == 1 and 'n-mels' in warnings[0], warnings


def write_learned(filename, n, mask):
    """a weights file of variant learned: exact but for the mask [n]"""
    stages, half = n.bit_length() - 1, n // 2
    k = np.arange(half) % (2 ** np.arange(stages)[:, None])
    turn = np.exp(-2j * np.pi * k / 2 ** (np.arange(stages)[:, None] + 1))
    tensors = {
        'twiddle.packed': np.stack([turn.real, turn.imag], -1),
        'gates': np.ones((stages, half)),
        'freq_mask': np.repeat(mask[:, None], 2, 1),
        'denoiser.scale': np.ones((n, 2)), 'denoiser.bias': np.zeros((n, 2))}
    header, data = {}, b''
    for name, values in tensors.items():
        raw = values.astype('<f4').tobytes()
        header[name] = {'dtype': 'F32', 'shape': values.shape,
                        'data_offsets': [len(data), len(data) + len(raw)]}
        data += raw
    header['__metadata__'] = {
        'format': 'bfft', 'version': '1', 'n_fft': str(n),
        'variant': 'learned', 'sample_rate': str(RATE), 'n_mels': '80',
        'hard_gate_threshold': '0.5', 'train_steps': '0'}
    text = json.dumps(header).encode()
    with open(filename, 'wb') as f:
        f.write(struct.pack('<Q', len(text)) + text + data)


def compare(folder, properties, *variants):
    """one pipeline, each variant behind a tee; their features"""
    launch = f'appsrc name=src format=time caps="audio/x-raw,format=F32LE,' \
        f'rate={RATE},channels=1,layout=interleaved" ! tee name=t '
    for i, variant in enumerate(variants):
        launch += f't. ! queue ! bfftmel {properties} {variant} ! ' \
            f'other/tensors ! filesink location={folder}/{i} '
    pipeline = Gst.parse_launch(launch)
    source = pipeline.get_by_name('src')
    for buffer in buffers(SPEECH, repeat(4096), 0):
        source.push_buffer(buffer)
    source.end_of_stream()
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(
        20 * Gst.SECOND, Gst.MessageType.ERROR | Gst.MessageType.EOS)
    pipeline.set_state(Gst.State.NULL)
    assert message.type == Gst.MessageType.EOS, message.parse_error()
    return [np.fromfile(f'{folder}/{i}', np.float32).reshape(-1, 80)
            for i in range(len(variants))]


def check_variants():
    names = ['reference', 'butterfly', 'stockham', 'q8', 'unitary', 'domain',
             'pruned', 'fused-spectral', 'learned']
    with tempfile.TemporaryDirectory() as folder:
        write_learned(f'{folder}/exact', 512, np.ones(512))
        mask = np.where(abs(np.fft.fftfreq(512, 1 / RATE)) < 4000, 1, 0)
        write_learned(f'{folder}/low', 512, mask)
        variants = [f'variant={name}' for name in names]
        variants += [f'variant=learned model-location={folder}/{name}'
                     for name in ('exact', 'low')]
        reference, *others = compare(folder, 'preset=kaldi', *variants)
        for name, got in zip(names[1:] + ['exact weights'], others):
            error = np.sqrt(np.mean((got - reference) ** 2))
            print(f'{name}: {error:.1e} rms from the reference')
            assert error < (1 if name == 'q8' else 1e-4), name
        low = others[-1]
        floor = np.log(np.finfo(np.float32).eps)
        assert (abs(low[:, 62:] - floor) < 1e-5).all()  # above 4 kHz
        assert np.abs(low[:, :40] - reference[:, :40]).max() < 1e-2


def check_cuts_and_times():
    samples = SPEECH[:RATE]
    start = 7 * Gst.SECOND + 3
    random = np.random.default_rng(1).integers(1, 2000, 20000).tolist()
    for properties, hop in (
            ('preset=whisper', 160), ('preset=kaldi', 160),
            ('preset=nemo hop=63', 63), ('n-fft=512 hop=700', 700),
            ('preset=librosa hop=1 n-fft=256 n-mels=20', 1),
            ('n-fft=255 n-mels=20 center=true hop=100', 100)):
        whole, times, durations = run(properties, samples, repeat(RATE),
                                      start=start)
        n = len(whole)
        edges = start + np.arange(n + 1) * hop * Gst.SECOND // RATE
        assert (times == edges[:-1]).all(), (properties, times[:3])
        assert (durations == np.diff(edges)).all(), properties
        for cuts in repeat(1), repeat(160), repeat(1, 399, 7, 0x400), random:
            again = run(properties, samples, cuts, start=start)
            for a, b in zip(again, (whole, times, durations)):
                assert a.shape == b.shape and (a == b).all(), properties
        values, again, spans = run(properties, samples, random, start=start,
                                   tensors=False)
        assert (again == times).all() and (spans == durations).all()
        np.testing.assert_allclose(values, whole, rtol=1e-6)
        print(f'{properties}: {n} frames do not depend on the buffers')


def ceil_div(a, b):
    return -(-a // b)


def check_windows():
    """windows of frames, as tensors and as messages, of any buffers"""
    samples = SPEECH[:20000]
    start = 7 * Gst.SECOND + 3
    random = np.random.default_rng(1).integers(1, 2000, 20000).tolist()
    for properties, bands, frames, hop in (
            ('preset=openwakeword', 32, 76, 8), ('preset=kaldi', 80, 5, 0),
            ('preset=yamnet', 64, 96, 48), ('preset=sherpa-onnx', 80, 3, 7),
            ('preset=kaldi n-mfcc=13 deltas=2', 39, 10, 5),
            ('log-mode=pcen preset=librosa hop=160 n-fft=512 n-mels=40', 40,
             4, 4),
            ('preset=whisper', 80, 100, 0)):
        one, _, _ = run(properties + ' log-mode=none top-db=0'
                        if 'whisper' in properties or 'wake' in properties
                        else properties, samples)
        step = hop or frames
        count = (len(one) - frames) // step + 1
        found = []
        shape = f'frames={frames} frames-hop={hop} '
        plain = properties + ' ' + shape
        got, times, durations = run(plain, samples, repeat(RATE), start=start,
                                    found=found)
        assert got.shape == (count, frames * bands), (properties, got.shape)
        assert found[0].get_value('dimensions') == f'{bands}:{frames}:1:1'
        rate = found[0].get_value('framerate')
        assert rate.num * 160 * step == rate.denom * RATE, rate
        edges = start + np.arange(0, count) * step * 160 * Gst.SECOND // RATE
        ends = start + (np.arange(0, count) * step + frames) * 160 \
            * Gst.SECOND // RATE
        assert (times == edges).all() and (durations == ends - edges).all()
        if 'whisper' not in properties and 'wake' not in properties:
            wanted = np.array([one[k * step:k * step + frames].ravel()
                               for k in range(count)])
            np.testing.assert_array_equal(got, wanted)
        for cuts in repeat(1), repeat(1, 399, 7, 0x400), random:
            again = run(plain, samples, cuts, start=start)
            for a, b in zip(again, (got, times, durations)):
                assert a.shape == b.shape and (a == b).all(), properties
        values, again, spans = run(plain, samples, random, start=start,
                                   tensors=False)
        assert (again == times).all() and (spans == durations).all()
        np.testing.assert_allclose(values, got, rtol=1e-6, atol=1e-30)
        turned, _, _ = run(plain + 'tensor-layout=bands-frames', samples,
                           found=found)
        assert found[-1].get_value('dimensions') == f'{frames}:{bands}:1:1'
        assert (turned.reshape(count, bands, frames).transpose(0, 2, 1)
                == got.reshape(count, frames, bands)).all()
        filled, times, durations = run(plain + 'fill=silence', samples)
        whole = count - 2 * ('deltas' in properties)  # they look ahead
        assert (filled[:whole] == got[:whole]).all()
        assert np.ptp(durations) == 0
        centre = {'kaldi': 200, 'sherpa-onnx': 80, 'yamnet': 200,
                  'openwakeword': 256}.get(
                      properties.split('preset=')[1].split()[0], 0)
        assert len(filled) == ceil_div(20000 - centre, step * 160), properties
        stereo = np.stack([samples, samples[::-1]], 1)
        both, _, _ = run(plain + 'multi-channel=true', stereo, found=found)
        assert found[-1].get_value('dimensions') == f'{bands}:{frames}:2:1'
        assert (both[:, :frames * bands] == got).all()
        print(f'{properties} {shape}: {count} windows')
    found = []
    run('preset=kaldi tensor-layout=bands-frames', samples, found=found)
    assert found[0].get_value('dimensions') == '80:1:1:1'
    # a discontinuity opens a new window, with the frames after it
    got, times, _ = run('preset=kaldi frames=20', samples,
                        repeat(5000, 6000, 5000, 4000), gaps=(2,))
    wanted = [run('preset=kaldi frames=20', part)[0]
              for part in (samples[:11000], samples[11000:])]
    assert (got == np.concatenate(wanted)).all()
    assert times[len(wanted[0])] == 11000 * Gst.SECOND // RATE


def check_dimensions():
    """any number of ones after the shape"""
    for element, shape in (
            ('bfftmel', [80]), ('bfftmel frames=5', [80, 5]),
            ('bfftmel multi-channel=true', [80, 2]),
            ('bfftmel frames=3 tensor-layout=bands-frames multi-channel=true',
             [3, 80, 2]),
            ('bfftspectrum', [128]), ('bfftwelch n-fft=256', [129]),
            ('bfftwelch n-fft=256 multi-channel=true', [129, 2])):
        for rank in range(len(shape), 17):
            text = ':'.join(str(d) for d in shape + [1] * (rank - len(shape)))
            pipeline = Gst.parse_launch(
                'audiotestsrc num-buffers=40 ! audio/x-raw,channels=2,'
                f'rate={RATE} ! {element} ! other/tensors,dimensions='
                f'(string){text} ! appsink name=s sync=false')
            pipeline.set_state(Gst.State.PLAYING)
            sample = pipeline.get_by_name('s').emit('pull-sample')
            assert sample, (element, text)
            caps = sample.get_caps()[0].copy()
            assert caps.get_value('dimensions') == text, (text, caps)
            pipeline.set_state(Gst.State.NULL)
    for text in '80:2', '1:80', '81', '80:1:2':
        pipeline = Gst.parse_launch(
            'audiotestsrc num-buffers=2 ! bfftmel ! other/tensors,'
            f'dimensions=(string){text} ! fakesink')
        pipeline.set_state(Gst.State.PLAYING)
        message = pipeline.get_bus().timed_pop_filtered(
            5 * Gst.SECOND, Gst.MessageType.ERROR | Gst.MessageType.EOS)
        assert message.type == Gst.MessageType.ERROR, text
        pipeline.set_state(Gst.State.NULL)


def check_whisper_clips():
    """openai/whisper: log_mel_spectrogram (pad_or_trim (clip))"""
    for seconds in 0.1, 5, 29.9, 30, 47:
        clip = np.resize(SPEECH, int(seconds * RATE))
        got, times, durations = run(
            'preset=whisper frames=3000 fill=silence '
            'tensor-layout=bands-frames', clip)
        assert len(got) == ceil_div(len(clip), 480000)
        assert (durations == 30 * Gst.SECOND).all()
        assert (times == np.arange(len(got)) * 30 * Gst.SECOND).all()
        error = np.abs(got[0].reshape(80, 3000)
                       - oracle.openai_whisper(clip.astype(np.float64)).T)
        if seconds > 30:  # a stream goes on where a trimmed clip reflects
            error = error[:, :-1]
        assert error.max() < 1e-4, (seconds, error.max())


def check_lengths():
    """as many frames as torch.stft has, also of very short streams"""
    for n in 1, 2, 199, 200, 201, 399, 400, 401, 559, 560, 1600, 1601:
        got, _, _ = run('preset=whisper', SPEECH[:n])
        assert len(got) == 1 + n // 160, n
        got, _, _ = run('preset=kaldi', SPEECH[:n])
        assert len(got) == (1 + (n - 400) // 160 if n >= 400 else 0), n
        padded = np.pad(SPEECH[:n], 200, mode='reflect')
        again, _, _ = run('preset=whisper center=false', padded)
        whisper, _, _ = run('preset=whisper', SPEECH[:n])
        np.testing.assert_allclose(again, whisper, atol=1e-6)


def check_formats():
    samples = SPEECH[:8000]
    whole, _, _ = run('preset=whisper', samples)
    wide = (samples * 2.0 ** 23).astype('<i4').view(np.uint8).reshape(-1, 4)
    for form, converted in (
            ('S16LE', (samples * 2.0 ** 15).astype('<i2')),
            ('S24LE', np.ascontiguousarray(wide[:, :3]).view('V3').ravel()),
            ('S32LE', (samples * 2.0 ** 31).astype('<i4')),
            ('F64LE', samples.astype('<f8'))):
        got, _, _ = run('preset=whisper', converted, form=form)
        np.testing.assert_allclose(got, whole, atol=1e-4, err_msg=form)
        # full scale is 32768, not 32767: that would be 6.6e-6
        assert abs(np.mean(got - whole)) < 2e-6, form
    three = np.stack([samples, samples[::-1], samples * 0.25], 1)
    got, _, _ = run('preset=whisper multi-channel=true', three)
    assert got.shape == (51, 240)
    for c in range(3):
        alone, _, _ = run('preset=whisper', np.ascontiguousarray(three[:, c]))
        assert (got[:, 80 * c:80 * c + 80] == alone).all()
    values, _, _ = run('preset=whisper multi-channel=true', three,
                       tensors=False)
    np.testing.assert_allclose(values, got, rtol=1e-6)
    mixed, _, _ = run('preset=whisper', three)
    alone, _, _ = run('preset=whisper', three.mean(1, dtype=np.float32))
    np.testing.assert_allclose(mixed, alone, atol=1e-5)


def refused(properties, tensors):
    pipeline = Gst.parse_launch(
        f'audiotestsrc num-buffers=9 ! audio/x-raw,rate={RATE} ! '
        f'bfftmel {properties} {tensors} ! fakesink')
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(
        5 * Gst.SECOND, Gst.MessageType.ERROR | Gst.MessageType.EOS)
    pipeline.set_state(Gst.State.NULL)
    assert message.type == Gst.MessageType.ERROR, properties
    return message.parse_error()[0].message


def check_errors():
    for properties, words in (
            ('n-fft=256 win-length=400', ('win-length', 'n-fft')),
            ('min-frequency=4000 max-frequency=4000', ('min-frequency',)),
            ('max-frequency=9000', ('max-frequency', '8000 Hz')),
            ('max-frequency=-8000', ('max-frequency', '-8000 Hz')),
            ('n-fft=1', ('n-fft',))):
        for tensors in '', '! other/tensors':
            text = refused(properties, tensors)
            assert all(word in text for word in words), text
        print(f'{properties}: {text}')


check_presets()
check_empty_bands()
check_variants()
check_cuts_and_times()
check_windows()
check_dimensions()
check_whisper_clips()
check_lengths()
check_formats()
check_errors()
