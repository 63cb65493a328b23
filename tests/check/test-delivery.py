# bfft: each result at the stream's own time, and all of them, of all elements.
# SPDX-License-Identifier: LGPL-2.1-or-later
import time

import gi
import numpy as np
gi.require_version('Gst', '1.0')
from gi.repository import Gst

Gst.init(None)
S = Gst.SECOND
RATE = 16000
ELEMENTS = ('bfftspectrum', 'bfftspectrum average=power hop=100',
            'bfftmel center=true', 'bfftwelch n-fft=256')


def run(element, stamps, n=320, segment=None, x=None, form='F32LE',
        sink='fakesink', settings='', duration=False):
    """Buffers of @n samples with these timestamps (None: without; a tuple's
    second is a flag). Results and warnings."""
    p = Gst.parse_launch(
        f'appsrc name=src format=time handle-segment-change={segment is not None} caps="audio/x-raw,format={form},rate={RATE},'
        f'channels=1,layout=interleaved" ! {element} name=e {settings} ! {sink}')
    src = p.get_by_name('src')
    p.set_state(Gst.State.PAUSED)
    x = np.zeros(n * len(stamps), 'f4') if x is None else x
    for i, pts in enumerate(stamps):
        b = Gst.Buffer.new_wrapped(x[i * n:(i + 1) * n].tobytes())
        if isinstance(pts, tuple):
            pts, flag = pts
            b.set_flags(flag)
        if pts is not None:
            b.pts = int(pts)
        if duration:
            b.duration = int(stamps[i + 1] - pts if i + 1 < len(stamps) else
                             stamps[i] - stamps[i - 1])
        if segment and i == 0:
            src.emit('push-sample', Gst.Sample.new(b, src.props.caps, segment, None))
        else:
            src.emit('push-buffer', b)
    src.emit('end-of-stream')
    return collect(p)


def collect(p):
    p.set_state(Gst.State.PLAYING)
    results, warnings = [], []
    while (m := p.get_bus().timed_pop(60 * S)) is not None:
        assert m.type != Gst.MessageType.ERROR, m.parse_error()
        if m.type == Gst.MessageType.ELEMENT:
            results.append(m.get_structure())
        elif m.type == Gst.MessageType.WARNING:
            warnings.append(m.parse_warning()[0].message)
        elif m.type == Gst.MessageType.EOS:
            break
    p.set_state(Gst.State.NULL)
    return results, warnings


def spans(results):
    return [(r.get_value('timestamp'), r.get_value('duration')) for r in results]


def check_clocks():
    """Results follow one another at the stream's own pace, slow or fast."""
    for ppm in -20000, 500, 20000:
        # 2 min, so that the sample count is far off
        stamps = np.arange(6000) * 0.02 * S * (1 + ppm * 1e-6)
        for element in ELEMENTS:
            for duration in True, False:
                r, _ = run(element, stamps, duration=duration)
                t = spans(r)
                last, length = t[-1]
                end = stamps[-1] + 0.02 * S * (1 + ppm * 1e-6)
                # what is left at the end makes no result
                assert end - length * 2.05 - 0.02 * S < last < end + 0.001 * S, (element, ppm, last / S)
                steps = np.diff([a for a, _ in t])
                mean = np.mean(steps) / np.median(t, 0)[1]
                assert abs(mean - 1) < 0.021, (element, ppm, mean)
                if duration:  # the stream is without gaps
                    assert all(abs(a + d - b) <= 0 for (a, d), (b, _) in
                               zip(t, t[1:])), (element, ppm)
    print('clocks off by 2 % and 500 ppm: followed')


def check_pause():
    """Silence of three seconds that no sample tells of: a piece ends."""
    stamps = [i * S // 50 + 3 * S * (i >= 50) for i in range(100)]
    for element in ELEMENTS:
        t = spans(run(element, stamps)[0])
        assert t[-1][0] + t[-1][1] >= 4.9 * S, (element, t[-1])
        assert not any(a < 3.9 * S and a + d > 1.1 * S for a, d in t), element


def check_late_timestamp():
    for element in ELEMENTS:
        whole = spans(run(element, [i * S // 50 for i in range(100)])[0])
        for late in 1, 3:
            r = spans(run(element, [i * S // 50 if i >= late else None
                                    for i in range(100)])[0])
            assert r == whole, (element, late, r[:3])


def check_backwards():
    segment = Gst.Segment()
    segment.init(Gst.Format.TIME)
    segment.rate, segment.stop = -1.0, 2 * S
    for element in ELEMENTS + ('bffttrain n-fft=64', 'bfftfilter'):
        r, warnings = run(element, [2 * S - (i + 1) * S // 50 for i in range(100)],
                          segment=segment)
        assert not r and len(warnings) >= 1, (element, len(r), warnings)
        assert sum('backwards' in w for w in warnings) == 1, warnings


def check_pieces():
    """What a piece owes comes where it ends: as many frames as it had alone."""
    source = ('audiotestsrc num-buffers=16 samplesperbuffer=1000 ! '
              'audio/x-raw,rate=16000,channels=1,format={} ! c. ')
    mel = 'concat name=c ! bfftmel preset=whisper {} ! fakesink '
    for forms in ('S16LE', 'S16LE'), ('S16LE', 'F32LE'):
        r, _ = collect(Gst.parse_launch(
            mel.format('') + ''.join(source.format(f) for f in forms)))
        assert len(r) == 202, len(r)
    stamps = [i * S // 50 for i in range(100)]
    stamps[50] = (stamps[50], Gst.BufferFlags.DISCONT)
    assert len(run('bfftmel preset=whisper', stamps)[0]) == 202


def check_segment():
    """Stream time and endtime in a segment whose time is not its start: those
    of `spectrum`, and of all alike."""
    segment = Gst.Segment()
    segment.init(Gst.Format.TIME)
    segment.start, segment.position, segment.time, segment.rate = 10 * S, 10 * S, 3 * S, 1.
    stamps = [10 * S + i * S // 50 for i in range(50)]
    fields = 'timestamp', 'stream-time', 'running-time', 'duration', 'endtime'
    times = [[[r.get_value(f) for f in fields] for r in run(e, stamps, segment=segment)[0]]
             for e in ('spectrum',) + ELEMENTS]
    assert times[0] == times[1] and len(times[0]) == 10, times[:2]
    for rows in times:
        for stamp, stream, running, duration, end in rows:
            assert (stream, running) == (stamp - 7 * S, stamp - 10 * S)
            assert end == stream + duration, (stream, duration, end)


def check_loops():
    """A segment that ends without EOS gives what it owes."""
    p = Gst.parse_launch('audiotestsrc samplesperbuffer=100 ! audio/x-raw,rate=16000,channels=1 ! '
                         'bfftmel preset=whisper ! bfftfilter n-fft=64 name=f ! fakesink')
    n, samples, loops = 0, 0, 0

    def count(_, info):
        nonlocal samples
        samples += info.get_buffer().get_size() // 2
        return Gst.PadProbeReturn.OK

    def seek(flags):
        assert p.seek(1., Gst.Format.TIME, flags, Gst.SeekType.SET, 0, Gst.SeekType.SET, S)

    p.set_state(Gst.State.PAUSED)
    p.get_state(60 * S)
    p.get_by_name('f').get_static_pad('src').add_probe(Gst.PadProbeType.BUFFER, count)
    seek(Gst.SeekFlags.FLUSH | Gst.SeekFlags.SEGMENT)
    p.set_state(Gst.State.PLAYING)
    bus = p.get_bus()
    while loops < 3 or n < 3 * 101:
        m = bus.timed_pop_filtered(20 * S, Gst.MessageType.ELEMENT | Gst.MessageType.SEGMENT_DONE)
        assert m, (loops, n)
        loops += m.type == Gst.MessageType.SEGMENT_DONE
        n += m.type == Gst.MessageType.ELEMENT
        # the message comes before the event that ends the piece
        if n == loops * 101 and 0 < loops < 3:
            seek(Gst.SeekFlags.SEGMENT)
    for _ in range(1000):
        time.sleep(.01 * (samples < 3 * RATE))
    p.set_state(Gst.State.NULL)
    assert samples == 3 * RATE, samples
    assert bus.pop_filtered(Gst.MessageType.ELEMENT) is None


def check_latency():
    """It is added to both ends, and no less than it is where it is no whole
    number of nanoseconds."""
    for element, samples in (('bfftmel n-fft=400 ! other/tensors', 400), ('bfftfilter', 1024),
                             ('bfftwelch segments=1 ! other/tensors', 1024), ('bfftmel', 0),
                             ('bfftspectrum interval=10000000 bands=33 ! other/tensors', 441),
                             ('bfftspectrum interval=10001000 bands=33 ! other/tensors', 442)):
        p = Gst.parse_launch(
            f'appsrc name=s is-live=true format=time min-latency={S // 9} max-latency={S} '
            'caps="audio/x-raw,format=F32LE,rate=44100,channels=1,layout=interleaved" ! '
            f'{element} ! fakesink name=k')
        p.set_state(Gst.State.PLAYING)
        b = Gst.Buffer.new_wrapped(bytes(4 * 2000))
        b.pts = 0
        p.get_by_name('s').emit('push-buffer', b)
        sink = p.get_by_name('k').get_static_pad('sink')
        while not sink.get_current_caps():
            time.sleep(.01)
        got = []
        for pad in p.get_by_name('s').get_static_pad('src'), sink.get_peer():
            query = Gst.Query.new_latency()
            assert pad.query(query)
            got.append(query.parse_latency())
        p.set_state(Gst.State.NULL)
        (_, low, high), (_, low_after, high_after) = got
        want = -(-samples * S // 44100)
        assert high == S and low_after - low == want == high_after - high, (element, got)


def check_short_welch():
    from scipy.signal import welch
    x = np.random.default_rng(3).standard_normal(1700).astype('f4')
    for average in 'mean', 'median':
        r, warnings = run('bfftwelch', [0], 1700, x=x, settings=f'average={average}')
        want = welch(x.astype('f8'), RATE, nperseg=1024, average=average)[1]
        got = np.array(list(r[0].get_value('psd')))
        assert len(r) == 1 and not warnings
        assert np.abs(got - want).max() < 1e-5 * want.max()
        assert spans(r) == [(0, 1536 * S // RATE)], spans(r)
    r, warnings = run('bfftwelch', [0], 900)
    assert not r and len(warnings) == 1 and '1024' in warnings[0], warnings
    # Short pieces are told of only where there was nothing at all.
    for n, wanted in (1, 1), (30, 0):
        stamps = [i * S // 50 for i in range(n)] + [4 * S, 8 * S]
        r, warnings = run('bfftwelch', stamps)
        assert len(warnings) == wanted and bool(r) != wanted, (n, len(r), warnings)


def check_names_and_metas():
    r, _ = run('bfftspectrum', range(0, S, S // 50), settings='message-name=spectrum')
    assert {x.get_name() for x in r} == {'spectrum'}
    for wanted in False, True:
        r, _ = run('bfftmel', range(0, S, S // 50),
                   sink='other/tensors ! fakesink',
                   settings=f'tensor-messages={wanted}')
        assert (len(r) > 0) == wanted
    p = Gst.parse_launch(
        'audiotestsrc num-buffers=20 ! bfftmel attach-meta=true name=a ! '
        'bfftmel attach-meta=true name=b ! appsink name=k sync=false')
    p.set_state(Gst.State.PLAYING)
    names = []
    while s := p.get_by_name('k').emit('pull-sample'):
        if meta := s.get_buffer().get_custom_meta('GstBfftMeta'):
            names += [x.get_value('element') for x in
                      meta.get_structure().get_value('results')]
    messages = {'a': 0, 'b': 0}
    while m := p.get_bus().pop_filtered(Gst.MessageType.ELEMENT):
        messages[m.src.get_name()] += 1
    p.set_state(Gst.State.NULL)
    # those of drained frames have no buffer
    assert 0 <= messages['a'] - names.count('a') <= 3, (messages, len(names))
    assert names.count('a') == names.count('b') > 30


check_clocks()
check_pause()
check_late_timestamp()
check_backwards()
check_pieces()
check_segment()
check_loops()
check_latency()
check_short_welch()
check_names_and_metas()
