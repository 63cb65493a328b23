# bfft: what holds of every property of every element.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-properties.py FOLDER

FOLDER gets weights files.
"""
import os
import pathlib
import sys

# GLib itself refuses what is out of range, from 2.84 on as a critical.
os.environ.pop('G_DEBUG', None)
import gi  # noqa: E402
gi.require_version('Gst', '1.0')
from gi.repository import GObject, Gst  # noqa: E402

Gst.init(None)
MODEL = pathlib.Path(sys.argv[1]) / 'properties-256.safetensors'
ELEMENTS = ('bfftspectrum', 'bfftmel', 'bfftwelch', 'bffttrain', 'bfftfilter', 'bfftscope')
INHERITED = ('name', 'parent', 'qos', 'shader', 'shade-amount')
READWRITE = GObject.ParamFlags.READWRITE


def specs(element):
    return [spec for spec in element.list_properties()
            if spec.name not in INHERITED and spec.flags & READWRITE == READWRITE]


def default(spec):
    return spec.get_default_value() if hasattr(spec, 'get_default_value') else spec.default_value


def beyond(spec):
    """Values that the property's type has, but not its range."""
    if not hasattr(spec, 'maximum') or not hasattr(spec, 'minimum'):
        return []
    if isinstance(default(spec), float):
        below, above = -abs(spec.minimum) * 2 - 1, spec.maximum * 2 + 1
        return [f'{x:.17g}' for x in (below, above) if abs(x) < 1e300]
    low, high = {'gint': (-2 ** 31, 2 ** 31 - 1), 'guint': (0, 2 ** 32 - 1),
                 'guint64': (0, 2 ** 64 - 1)}[spec.value_type.name]
    return [str(x) for x in (spec.minimum - 1, spec.maximum + 1) if low <= x <= high]


def check_range(name):
    """What is out of range leaves the default."""
    tried = 0
    for spec in specs(Gst.ElementFactory.make(name)):
        for value in beyond(spec):
            element = Gst.parse_launch(f'{name} {spec.name}={value}')
            got = element.get_property(spec.name)
            assert got == default(spec), f'{name} {spec.name}={value} reads {got}'
            element.set_property(spec.name, default(spec))
            tried += 1
        assert Gst.ElementFactory.make(name).get_property(spec.name) == default(spec), spec.name
    assert tried > 5


def check_message_name():
    """A name that a message cannot have leaves the one that was there."""
    for name in ELEMENTS[:3]:
        element = Gst.parse_launch(f'{name} message-name=spectrum')
        for bad in ('', '/dev/null', '1st', 'a b', 'm\N{LATIN SMALL LETTER U WITH DIAERESIS}'):
            element.set_property('message-name', bad)
            assert element.get_property('message-name') == 'spectrum', bad
        element.set_property('message-name', None)
        assert element.get_property('message-name') is None


def run(line, prepare=lambda element: None):
    """The element messages of a pipeline, as strings, and its error if any."""
    pipeline = Gst.parse_launch(
        'audiotestsrc num-buffers=60 wave=saw freq=440 samplesperbuffer=800 ! '
        f'audio/x-raw,format=F32LE,rate=16000,channels=2 ! {line} ! fakesink')
    element = next(e for e in pipeline.iterate_elements()
                   if e.get_factory().get_name().startswith('bfft'))
    prepare(element)
    pipeline.set_state(Gst.State.PLAYING)
    bus, messages = pipeline.get_bus(), []
    wanted = Gst.MessageType.ELEMENT | Gst.MessageType.EOS | Gst.MessageType.ERROR
    while True:
        message = bus.timed_pop_filtered(60 * Gst.SECOND, wanted)
        assert message, line
        if message.type == Gst.MessageType.ERROR:
            messages.append(message.parse_error()[0].message)
        if message.type != Gst.MessageType.ELEMENT:
            break
        messages.append(message.get_structure().to_string())
    pipeline.set_state(Gst.State.NULL)
    assert messages, line
    return messages


def write_back(element):
    for spec in specs(element):
        element.set_property(spec.name, element.get_property(spec.name))


def check_write_back(line, *after):
    """Writing what was read changes nothing, also for what is set later."""
    def later(element):
        for name, value in after:
            Gst.util_set_object_arg(element, name, value)

    def rewritten(element):
        write_back(element)
        later(element)
        write_back(element)

    assert run(line, later) == run(line, rewritten), line


def check_notify(name):
    """A value that is there already notifies nobody, another one does."""
    element = Gst.ElementFactory.make(name)
    seen = []
    element.connect('notify', lambda _, spec: seen.append(spec.name))
    write_back(element)
    # set again, the file that it names is looked at again
    assert [s for s in seen if s != 'model-location'] == [], (name, seen)
    for spec in specs(element):
        if hasattr(spec, 'maximum') and spec.maximum != default(spec):
            element.set_property(spec.name, spec.maximum)
            assert spec.name in seen, spec.name


def check_order():
    """On a line, and in g_object_new(), order does not matter."""
    for words in (('preset=librosa', 'n-mels=80'), ('preset=whisper', 'log-mode=log10'),
                  ('preset=kaldi', 'sample-scale=1', 'window=hann')):
        assert run('bfftmel ' + ' '.join(words)) == run('bfftmel ' + ' '.join(reversed(words))), words
    assert len(run('bfftmel n-mels=80 preset=librosa')[0]) < len(run('bfftmel preset=librosa')[0])


def check_following():
    """What follows the preset reads the value in force, what was set does not."""
    mel = Gst.ElementFactory.make('bfftmel')
    mel.set_property('n-mels', 64)
    write_back(mel)
    for preset, n_fft, hop in (('whisper', 400, 160), ('librosa', 2048, 512), ('none', 0, 0)):
        Gst.util_set_object_arg(mel, 'preset', preset)
        got = [mel.get_property(name) for name in ('n-fft', 'hop', 'n-mels')]
        assert got == [n_fft, hop, 64], (preset, got)
        write_back(mel)


    # Whoever shows the values hears of each that is another, and only of these.
    for preset in 'none', 'kaldi', 'none':
        before, seen = values(mel), []
        handler = mel.connect('notify', lambda _, spec: seen.append(spec.name))
        Gst.util_set_object_arg(mel, 'preset', preset)
        mel.disconnect(handler)
        now = values(mel)
        changed = sorted(name for name in now if now[name] != before[name])
        assert sorted(seen) == changed and (len(seen) > 5) == (now != before), (preset, seen, changed)


def values(element):
    return {spec.name: element.get_property(spec.name) for spec in specs(element)}


def warnings(line, rate=44100):
    """What a pipeline says, and an error if any, while properties change and change back."""
    pipeline = Gst.parse_launch(f'audiotestsrc num-buffers=30 ! audio/x-raw,rate={rate},channels=1 ! '
                                f'{line} ! fakesink')
    element = next(e for e in pipeline.iterate_elements()
                   if e.get_factory().get_name().startswith('bfft'))
    shown = element.get_factory().get_name() == 'bfftscope'
    if not shown:
        element.set_property('post-messages', False)
    pipeline.set_state(Gst.State.PAUSED)
    pipeline.get_state(10 * Gst.SECOND)
    for value in True, False, True:
        element.set_property('grid' if shown else 'multi-channel', value)
    pipeline.set_state(Gst.State.PLAYING)
    bus, said = pipeline.get_bus(), []
    while (message := bus.timed_pop_filtered(
            60 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR
            | Gst.MessageType.WARNING)).type == Gst.MessageType.WARNING:
        said.append(message.parse_warning()[0].message)
    if message.type == Gst.MessageType.ERROR:
        said.append(message.parse_error()[0].message)
    pipeline.set_state(Gst.State.NULL)
    return said


def check_rates():
    """A preset at another rate than its own is one warning that says what to do."""
    own = {'whisper': 16000, 'librosa': 22050, 'torchaudio': 16000, 'nemo': 16000,
           'sherpa-onnx': 16000, 'openwakeword': 16000, 'yamnet': 16000, 'ast': 16000,
           'clap': 48000, 'musicnn': 16000}
    for preset, rate in own.items():
        for other in (8000, 16000, 22050, 32000, 44100, 48000):
            said = warnings(f'bfftmel preset={preset}', other)
            advice = [text for text in said if 'audioresample' in text and f'rate={rate} ' in text + ' ']
            assert len(said) <= 1 and len(advice) == (other != rate), (preset, other, said)


def check_runs_as():
    """What runs otherwise than asked says so once, what runs as asked nothing."""
    model = f'model-location={MODEL}'
    for element in 'bfftspectrum', 'bfftmel n-mels=20', 'bfftwelch', 'bfftscope':
        for settings, rate, words in (
                ('variant=learned', 44100, 'variant=learned without weights is the exact'),
                ('variant=domain', 44100, 'variant=domain without weights is the exact'),
                ('variant=domain follow-model=true', 44100, None),
                ('variant=q8 n-fft=1024', 44100, None),
                ('variant=butterfly n-fft=1000', 44100, None),
                ('variant=q8 n-fft=1000', 44100, '1000 runs as chirp-z'),
                (model, 16000, None), (model, 48000, 'trained at 16000 Hz and runs at 48000 Hz'),
                (f'{model} variant=learned', 16000, None)):
            said = warnings(f'{element} {settings}', rate)
            assert len(said) == (words is not None) and all(words in text for text in said), \
                (element, settings, said)


run(f'bffttrain mode=sync n-fft=256 steps=1 interval=1 landscape=false location={MODEL}')
assert MODEL.exists()
for element_name in ELEMENTS:
    check_range(element_name)
    check_notify(element_name)
check_message_name()
check_write_back('bfftspectrum bands=9')
check_write_back(f'bfftspectrum n-fft=256 bands=9 model-location={MODEL}')
check_write_back('bfftspectrum window-symmetry=symmetric bands=9', ('window', 'hann'))
check_write_back('bfftwelch n-fft=64 message-psd=false')
check_write_back('bfftwelch n-fft=64 strategy=ultra', ('segments', '4'))
check_write_back('bfftmel')
check_write_back('bfftmel', ('preset', 'librosa'))
check_write_back('bfftmel preset=whisper', ('preset', 'kaldi'))
check_write_back('bffttrain mode=sync n-fft=32 steps=20 interval=5')
assert run('bfftspectrum bands=9 window=hann') != \
    run('bfftspectrum bands=9 window=hann window-symmetry=symmetric')
assert run('bfftwelch n-fft=64') != run('bfftwelch n-fft=64 window-symmetry=symmetric')
check_order()
check_following()
check_rates()
check_runs_as()
