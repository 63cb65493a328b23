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

def buffers(samples, cuts, start):
    """@samples [n] or [n, channels] of any type, cut into lengths @cuts"""
    position = 0
    for n in cuts:
        part = samples[position:position + n]
        if not len(part):
            return
        buffer = Gst.Buffer.new_wrapped(part.tobytes())
        buffer.pts = start + position * Gst.SECOND // RATE
        buffer.duration = len(part) * Gst.SECOND // RATE
        position += len(part)
        yield buffer


def repeat(*lengths):
    while True:
        yield from lengths


def run(properties, samples=SPEECH, cuts=None, form='F32LE', start=0,
        tensors=True, layout='interleaved', rate=RATE, warnings=None):
    """[frames, channels * bands], timestamps, durations"""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    caps = (f'audio/x-raw,format={form},rate={rate},channels={channels},'
            f'layout={layout}')
    if channels > 1:
        caps += ',channel-mask=(bitmask)0'
    sink = 'other/tensors ! ' if tensors else ''
    pipeline = Gst.parse_launch(
        f'appsrc name=src format=time caps="{caps}" ! '
        f'bfftmel name=mel post-messages={not tensors} {properties} ! {sink}'
        'appsink name=sink sync=false')
    source, sink = pipeline.get_by_name('src'), pipeline.get_by_name('sink')
    for buffer in buffers(samples, cuts or repeat(4096), start):
        source.push_buffer(buffer)
    source.end_of_stream()
    pipeline.set_state(Gst.State.PLAYING)

    values, times, durations = [], [], []
    passed = 0
    while sample := sink.try_pull_sample(5 * Gst.SECOND):
        buffer = sample.get_buffer()
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
    text = structure.to_string().split('mel=')[1]
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
check_lengths()
check_formats()
check_errors()
