# bfft: an application that was written for `spectrum`.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""It knows the factory's name and nothing else of bfft. What it does with
`spectrum` it must do with bfftspectrum, and read the same."""
import math

import gi
gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

Gst.init(None)
FACTORIES = {'spectrum': 'spectrum', 'bfftspectrum': 'bfftspectrum message-name=spectrum'}
FIELDS = {'endtime', 'timestamp', 'stream-time', 'running-time', 'duration'}


def watch(factory, caps, settings='', source='wave=sine freq=1000 volume=0.8', change=None):
    """What a bus handler of such an application sees: (times, magnitude, phase)
    of each message that is called spectrum."""
    pipeline = Gst.parse_launch(
        f'audiotestsrc {source} num-buffers=30 samplesperbuffer=1600 ! {caps} ! '
        f'{FACTORIES[factory]} name=analyser {settings} ! fakesink')
    element = pipeline.get_by_name('analyser')
    bus, seen = pipeline.get_bus(), []
    pipeline.set_state(Gst.State.PLAYING)
    while message := bus.timed_pop_filtered(
            20 * Gst.SECOND, Gst.MessageType.ELEMENT | Gst.MessageType.EOS | Gst.MessageType.ERROR):
        assert message.type != Gst.MessageType.ERROR, message.parse_error()
        if message.type == Gst.MessageType.EOS:
            break
        s = message.get_structure()
        if s.get_name() != 'spectrum' or message.src != element:
            continue
        assert FIELDS <= {s.nth_field_name(i) for i in range(s.n_fields())}
        # its handlers read numbers as floats
        values = {name: nested(s.get_value(name)) for name in ('magnitude', 'phase')
                  if s.has_field(name)}
        seen.append(([s.get_uint64(name)[1] if name != 'endtime' else s.get_clock_time(name)[1]
                      for name in sorted(FIELDS)], values))
        if change and len(seen) == 4:
            element.set_property(*change)
    pipeline.set_state(Gst.State.NULL)
    assert message and seen
    return seen


def nested(value):
    return value if isinstance(value, float) else [nested(v) for v in value]


def close(a, b, angles):
    if isinstance(a, list):
        return len(a) == len(b) and all(close(x, y, angles) for x, y in zip(a, b))
    if angles:
        return abs(math.remainder(a - b, 2 * math.pi)) < 0.05
    return abs(a - b) < 0.05


def both(*arguments, phase=False, **more):
    """Runs it with either, which must read the same. Returns: what was read."""
    theirs, ours = (watch(factory, *arguments, **more) for factory in FACTORIES)
    assert len(theirs) == len(ours), (len(theirs), len(ours))
    for (times, values), (our_times, our_values) in zip(theirs, ours):
        assert times == our_times and values.keys() == our_values.keys(), arguments
        assert close(values.get('magnitude', 0.), our_values.get('magnitude', 0.), False), arguments
        # where there is nothing to hear the angle is chance
        if phase:
            at = [i for i, m in enumerate(values['magnitude']) if m > -50]
            assert at and all(close(values['phase'][i], our_values['phase'][i], True) for i in at)
    return ours


def check_formats():
    """A constant is in the lowest bands, and nothing in the others."""
    for fmt in 'S16', 'S32', 'F32', 'F64':
        caps = f'audio/x-raw,format={fmt}LE,rate=48000,channels=1'
        for _, values in both(caps, 'bands=20 threshold=-80', source='wave=square freq=0.001 volume=1')[1:]:
            bands = values['magnitude']
            assert abs(bands[0] - 20 * math.log10(0.53836)) < 0.1, (fmt, bands)     # the window's mean
            assert max(bands[3:]) < -40, (fmt, bands)


def check_table():
    """Prints bands as frequency, magnitude, phase: a tone is in the band that has
    its frequency. An interval is a frame: a mean of angles says nothing."""
    bands, rate = 64, 32000
    caps = f'audio/x-raw,format=F32LE,rate={rate},channels=1'
    for f in 440, 3000, 12345:
        seen = both(caps, f'bands={bands} message-phase=true interval=3937500', phase=True,
                    source=f'wave=sine freq={f} volume=0.5')
        table = [(rate / 2 * i / (bands - 1), *row) for i, row in enumerate(
            zip(seen[3][1]['magnitude'], seen[3][1]['phase']))]
        loudest = max(table, key=lambda row: row[1])
        assert abs(loudest[0] - f) <= rate / 2 / (bands - 1), (f, loudest)


caps_of_two = 'audio/x-raw,format=S16LE,rate=44100,channels=2'
check_formats()
check_table()
assert len(both(caps_of_two, 'multi-channel=true bands=33')[0][1]['magnitude']) == 2
both(caps_of_two, 'interval=33333333 threshold=-100 bands=257')
assert not both(caps_of_two, 'message-magnitude=false')[0][1]
for name in FACTORIES:
    # audiotestsrc is ahead of the bus
    slow = 'wave=ticks is-live=true'
    last = watch(name, caps_of_two, source=slow, change=('threshold', -20))[-1]
    assert min(last[1]['magnitude']) >= -20.01, name
    last = watch(name, caps_of_two, source=slow, change=('interval', Gst.SECOND // 20))[-1]
    assert last[0][0] == Gst.SECOND // 20, (name, last)
print('reads the same of both')
