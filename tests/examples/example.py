# bfft: what the examples in Python share.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever happens, an example ends with one sentence and an exit status: 0 when
done, 1 after a failure, 2 for wrong arguments, 130 after Ctrl-C. Examples import
this first, so that a package that is missing is a sentence too."""
import argparse
import atexit
import os
import pathlib
import re
import sys

PACKAGES = {'gi': 'python3-gst-1.0 gir1.2-gst-plugins-base-1.0',
            'numpy': 'python3-numpy', 'scipy': 'python3-scipy',
            'matplotlib': 'python3-matplotlib', 'paho': 'python3-paho-mqtt'}
ELEMENTS = {'gstreamer1.0-bfft (or set GST_PLUGIN_PATH)': 'bfft',
            'gstreamer1.0-plugins-good': ('auto', 'wav')}
PROGRAM = pathlib.Path(sys.argv[0]).name


def fail(sentence, status=1):
    print(f'{PROGRAM}: {sentence}', file=sys.stderr)
    sys.exit(status)


def missing(what, packages):
    fail(f'{what} is missing; on Debian: apt-get install {packages}')


def explain(kind, error, trace):
    """Says what a user can do something about; the rest is a fault of ours."""
    if issubclass(kind, KeyboardInterrupt):
        fail('stopped by Ctrl-C', 130)
    if issubclass(kind, BrokenPipeError):      # as in `print-tones.py | head`
        os._exit(141)
    if issubclass(kind, ImportError):
        name = (error.name or 'gi').split('.')[0]
        missing(f'the Python module {name}', PACKAGES.get(name, f'python3-{name}'))
    if issubclass(kind, OSError):
        fail(f'{error.filename}: {error.strerror}' if error.filename else error)
    sys.__excepthook__(kind, error, trace)


sys.excepthook = explain
import gi  # noqa: E402
try:
    gi.require_version('Gst', '1.0')
    gi.require_version('GstApp', '1.0')
except ValueError as namespace:
    missing(str(namespace), PACKAGES['gi'])
from gi.repository import GLib, Gst, GstApp  # noqa: E402, F401

Gst.init(None)
WATCHED = Gst.MessageType.WARNING | Gst.MessageType.ERROR


class Parser(argparse.ArgumentParser):
    def error(self, message):
        fail(f'{message}; --help says more', 2)


def parser(doc, **kinds):
    """Takes what the first line of doc names, as `NAME.py SOUND [OFFSET]`,
    `NAME.py RESULT WEIGHTS...`; options are for the caller to add. kinds: the type
    of what is no text, as OFFSET=float."""
    usage, _, text = doc.partition('\n')
    result = Parser(usage=usage, description=text.strip(),
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    for word in re.sub(r'\[--.*?\]|--\w+ \w+', '', usage).replace(' ...', '...').split()[1:]:
        name = re.search(r'\w+', word)[0]
        often, may = '...' in word, '[' in word
        result.add_argument(name.lower(), metavar=word.strip('[].'), type=kinds.get(name, str),
                            nargs=('*' if may else '+') if often else '?' if may else None)
    return result


def arguments(doc, **kinds):
    """The values of what the first line of doc names, None for what is not given."""
    return list(vars(parser(doc, **kinds).parse_args()).values())


def launch(description):
    """A pipeline of what gst-launch-1.0 would take; NULL at the latest at exit."""
    try:
        pipeline = Gst.parse_launch(description)
    except GLib.Error as error:
        element = re.search(r'no element "(\w+)"', error.message)
        if not element:
            fail(error.message)
        missing(f'the element {element[1]}', next(
            (package for package, names in ELEMENTS.items() if element[1].startswith(names)),
            'gstreamer1.0-plugins-base'))
    atexit.register(pipeline.set_state, Gst.State.NULL)
    return pipeline


def listen(sound, description):
    """A pipeline with a file or, for None, the microphone before description."""
    if not sound:
        return launch(f'autoaudiosrc ! {description}')
    pipeline = launch(f'filesrc name=file ! decodebin ! {description}')
    pipeline.get_by_name('file').props.location = sound
    return pipeline


def start(pipeline):
    pipeline.set_state(Gst.State.PLAYING)
    # what autoaudiosrc takes when it finds nothing: silence
    if pipeline.get_by_name('fake-auto-audio-src'):
        fail('no microphone was found; give the name of a file instead')


def check(pipeline, message):
    """Prints warnings of bfft's elements; ends with an error, and its file."""
    ours = 'GstBfft' in type(message.src).__name__
    if message.type == Gst.MessageType.ERROR:
        file = pipeline.get_by_name('file')
        fail((f'{file.props.location}: ' if file and not ours else '')
             + message.parse_error()[0].message)
    elif ours:
        print(f'{PROGRAM}: {message.parse_warning()[0].message}', file=sys.stderr)


def messages(pipeline):
    """Plays to the end, and yields each element message. Waits 0.1 s at a time:
    Python sees Ctrl-C between calls only."""
    start(pipeline)
    bus, wanted = pipeline.get_bus(), WATCHED | Gst.MessageType.ELEMENT | Gst.MessageType.EOS
    while not (message := bus.timed_pop_filtered(Gst.SECOND // 10, wanted)) \
            or message.type != Gst.MessageType.EOS:
        if message and message.type == Gst.MessageType.ELEMENT:
            yield message
        elif message:
            check(pipeline, message)
    pipeline.set_state(Gst.State.NULL)


def play(pipeline):
    """Plays to the end."""
    for _ in messages(pipeline):
        pass


def results(pipeline):
    """Plays to the end, and yields what bfft's elements tell."""
    return (message.get_structure() for message in messages(pipeline)
            if message.get_structure().get_name().startswith('bfft'))


def samples(pipeline):
    """Plays to the end, and yields what comes to the appsink `sink`."""
    sink, bus = pipeline.get_by_name('sink'), pipeline.get_bus()
    start(pipeline)
    while not sink.is_eos():
        if sample := sink.try_pull_sample(Gst.SECOND // 10):
            yield sample
        elif message := bus.pop_filtered(WATCHED):
            check(pipeline, message)
    pipeline.set_state(Gst.State.NULL)


def data(sample):
    """Its bytes, for numpy.frombuffer() or struct."""
    buffer = sample.get_buffer()
    return buffer.extract_dup(0, buffer.get_size())
