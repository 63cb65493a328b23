# bfft: analysers take the length of the model that comes with the stream, or
# of model-location, where it was left to them, and say so where it was not.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-follow.py FOLDER

FOLDER gets weights files.
"""
import pathlib
import sys

import gi
gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

Gst.init(None)
MODEL = pathlib.Path(sys.argv[1]) / 'follow-256.safetensors'
AUDIO = 'audiotestsrc num-buffers={n} wave=saw samplesperbuffer=1600 ! ' \
    'audio/x-raw,format=F32LE,rate=16000,channels=1 ! '


def run(line, n=60, until=None):
    """Returns: (the analyser's structures, warnings, errors, the caps at the sink)

    With until(those): plays on until it holds, for models are taken in another
    thread.
    """
    pipeline = Gst.parse_launch(AUDIO.format(n=-1 if until else n) + line + ' ! fakesink name=sink async=false')
    caps = []
    pipeline.get_by_name('sink').get_static_pad('sink').add_probe(
        Gst.PadProbeType.EVENT_DOWNSTREAM,
        lambda _, info: (info.get_event().type == Gst.EventType.CAPS
                         and caps.append(info.get_event().parse_caps().to_string())
                         , Gst.PadProbeReturn.OK)[1])
    bus = pipeline.get_bus()
    pipeline.set_state(Gst.State.PLAYING)
    results, warnings, errors = [], [], []
    wanted = Gst.MessageType.ELEMENT | Gst.MessageType.EOS | Gst.MessageType.ERROR \
        | Gst.MessageType.WARNING
    while True:
        message = bus.timed_pop_filtered(60 * Gst.SECOND, wanted)
        assert message, line
        if message.type == Gst.MessageType.WARNING:
            warnings.append(message.parse_warning()[0].message)
        elif message.type == Gst.MessageType.ELEMENT:
            if message.src.get_factory().get_name() != 'bffttrain':
                results.append(message.get_structure().copy())
        else:
            if message.type == Gst.MessageType.ERROR:
                errors.append(message.parse_error()[0].message)
            break
        if until and until(results, warnings, errors, caps):
            pipeline.send_event(Gst.Event.new_eos())
            until = None
    pipeline.set_state(Gst.State.NULL)
    assert until is None, (line, 'ended before')
    return results, warnings, errors, caps


def train(n_fft):
    return f'bffttrain mode=sync n-fft={n_fft} steps=3 landscape=false'


def make_model(n_fft, location):
    *_, errors, _ = run(f'{train(n_fft)} location={location}')
    assert not errors, errors


def length(structure, field):
    """How many numbers are in a list (PyGObject does not know all of them)."""
    text = structure.to_string().partition(f'{field}=')[2]
    return text[text.index('{'):text.index('}')].count(',') + 1


def check_taken():
    for n_fft in (64, 256, 1024):
        for analyser in ('bfftspectrum', 'bfftwelch segments=2', 'bfftmel n-mels=8'):
            results, warnings, errors, _ = run(
                f'{train(n_fft)} ! {analyser} follow-model=true',
                until=lambda results, *_: results and results[-1].get_value('variant') == 'learned')
            last = results[-1]
            assert (warnings, errors) == ([], []), (analyser, warnings, errors)
            assert last.get_value('n-fft') == n_fft, (analyser, last.get_value('n-fft'))
            assert last.get_value('variant') == 'learned', analyser
            if analyser == 'bfftspectrum':
                assert length(last, 'magnitude') == min(n_fft // 2 + 1, 128)


def check_told():
    """What was set stays, and is told of once."""
    for analyser, own in (('bfftspectrum n-fft=512', 512), ('bfftspectrum bands=128', 254),
                          ('bfftspectrum bands=33', 64), ('bfftwelch n-fft=128 segments=2', 128),
                          ('bfftmel preset=whisper', 400), ('bfftmel n-fft=512 n-mels=8', 512)):
        results, warnings, errors, _ = run(
            f'bffttrain mode=sync n-fft=256 steps=30 checkpoint-interval=3 landscape=false ! '
            f'{analyser} follow-model=true',
            until=lambda results, warnings, *_: warnings and len(results) > 60)
        assert len(warnings) == 1 and 'n-fft 256' in warnings[0] and str(own) in warnings[0], \
            (analyser, warnings)
        assert results[-1].get_value('n-fft') == own, analyser


def check_location():
    for analyser in ('bfftspectrum', 'bfftwelch', 'bfftmel n-mels=8'):
        results, warnings, errors, _ = run(f'{analyser} model-location={MODEL}')
        assert (warnings, errors) == ([], []), (analyser, warnings, errors)
        assert results[0].get_value('n-fft') == 256
        assert results[0].get_value('variant') == 'learned'
        *_, errors, _ = run(f'{analyser} n-fft=512 model-location={MODEL}')
        assert len(errors) == 1 and '256' in errors[0] and '512' in errors[0], errors


def check_tensors():
    """Downstream is told of the new size."""
    *_, errors, caps = run(f'{train(64)} ! bfftspectrum tensor-messages=true follow-model=true '
                           '! other/tensors', until=lambda *all: len(all[3]) > 1)
    assert not errors, errors
    sizes = [text.partition('dimensions=(string)')[2].split(':')[0] for text in caps]
    assert sizes == ['128', '33'], caps


def check_bands():
    """Bands that were left alone read what is in force, and may be written back."""
    def bands(value):
        pipeline = Gst.parse_launch(AUDIO.format(n=10) + 'bfftspectrum name=e post-messages=false '
                                    f'! fakesink')
        element = pipeline.get_by_name('e')
        element.set_property('bands', element.get_property('bands') if value is None else value)
        element.set_property('model-location', str(small))
        pipeline.set_state(Gst.State.PLAYING)
        message = pipeline.get_bus().timed_pop_filtered(
            60 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        got = element.get_property('bands')
        element.set_property('bands', got)
        again = element.get_property('bands')
        pipeline.set_state(Gst.State.NULL)
        return message.type == Gst.MessageType.EOS, got, again, element.get_property('bands')

    small = MODEL.with_name('follow-64.safetensors')
    make_model(64, small)
    assert bands(None) == (True, 33, 33, 128)
    assert not bands(65)[0]


make_model(256, MODEL)
check_taken()
check_told()
check_location()
check_tensors()
check_bands()
