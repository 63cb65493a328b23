# bfft: runs elements on arrays.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tensors(launch, samples, rate) pushes float32 samples, [n] or [n][channels],
through an element and returns its tensors, [results][channels][bands], with the
buffers' timestamps and durations."""
import gi
import numpy as np

gi.require_version('Gst', '1.0')
gi.require_version('GstApp', '1.0')
from gi.repository import Gst, GstApp  # noqa: E402,F401

Gst.init(None)

LAUNCH = ('appsrc name=src format=time ! {} ! other/tensors,format=static ! '
          'appsink name=sink sync=false')


def buffers(samples, rate, size):
    for i in range(0, len(samples), size):
        chunk = samples[i:i + size]
        buf = Gst.Buffer.new_wrapped(chunk.tobytes())
        buf.pts = i * Gst.SECOND // rate
        buf.duration = len(chunk) * Gst.SECOND // rate
        yield buf


def tensors(launch, samples, rate=48000, size=1000, prepare=None):
    samples = np.asarray(samples, np.float32)
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    pipeline = Gst.parse_launch(LAUNCH.format(launch))
    src, sink = pipeline.get_by_name('src'), pipeline.get_by_name('sink')
    src.set_property('caps', Gst.Caps.from_string(
        'audio/x-raw,format=F32LE,layout=interleaved,'
        f'channel-mask=(bitmask)0,rate={rate},channels={channels}'))
    if prepare:
        prepare(pipeline)
    pipeline.set_state(Gst.State.PLAYING)
    for buf in buffers(samples, rate, size):
        src.emit('push-buffer', buf)
    src.emit('end-of-stream')
    values, times, durations = [], [], []
    while (sample := sink.emit('pull-sample')) is not None:
        buf = sample.get_buffer()
        dimensions = sample.get_caps()[0]['dimensions']
        bands, planes = map(int, dimensions.split(':')[:2])
        data = buf.extract_dup(0, buf.get_size())
        values.append(np.frombuffer(data, np.float32).reshape(planes, bands))
        times.append(buf.pts)
        durations.append(buf.duration)
    error = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    assert error is None, error.parse_error()
    return np.array(values), np.array(times), np.array(durations)
