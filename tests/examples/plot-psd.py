#!/usr/bin/env python3
# bfft: a sound's power spectral density, beside scipy's.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plot-psd.py SOUND PICTURE.png

Has bfftwelch average all of SOUND, mixed to one channel, into one density,
marks its strongest peaks, and draws it over what scipy.signal.welch makes of
the same samples, with the difference below.
"""
import pathlib
import sys

import gi
import matplotlib
import numpy as np
import scipy.signal

gi.require_version('Gst', '1.0')
gi.require_version('GstApp', '1.0')
from gi.repository import Gst, GstApp  # noqa: E402, F401

matplotlib.use('Agg')
import matplotlib.pyplot as plt  # noqa: E402

N_FFT = 4096
PEAKS = 6
AUDIO = 'audio/x-raw,format=F32LE,channels=1'


def read(sound):
    """Samples as the element will see them, and their rate."""
    uri = pathlib.Path(sound).resolve().as_uri()
    pipeline = Gst.parse_launch(
        f'uridecodebin uri="{uri}" ! audioconvert ! {AUDIO} '
        '! appsink name=sink sync=false')
    pipeline.set_state(Gst.State.PLAYING)
    sink = pipeline.get_by_name('sink')
    parts = []
    while sample := sink.try_pull_sample(10 * Gst.SECOND):
        buffer = sample.get_buffer()
        parts.append(buffer.extract_dup(0, buffer.get_size()))
        rate = sample.get_caps()[0]['rate']
    pipeline.set_state(Gst.State.NULL)
    return np.frombuffer(b''.join(parts), np.float32), rate


def analyse(x, rate):
    """The message of the one result of all of x."""
    segments = (len(x) - N_FFT) // (N_FFT // 2) + 1
    pipeline = Gst.parse_launch(
        f'appsrc name=src format=time caps="{AUDIO},rate={rate},'
        'layout=interleaved" '
        f'! bfftwelch n-fft={N_FFT} segments={segments} peaks={PEAKS} '
        '! fakesink')
    source = pipeline.get_by_name('src')
    pipeline.set_state(Gst.State.PLAYING)
    source.push_buffer(Gst.Buffer.new_wrapped(x.tobytes()))
    source.end_of_stream()
    message = pipeline.get_bus().timed_pop_filtered(
        10 * Gst.SECOND, Gst.MessageType.ELEMENT | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    return message.get_structure()


def draw(picture, f, ours, theirs, peaks):
    def db(power):
        return 10 * np.log10(np.maximum(power, 1e-20))

    _, (above, below) = plt.subplots(
        2, sharex=True, figsize=(10, 6), height_ratios=(3, 1))
    above.plot(f, db(theirs), color='orange', linewidth=4, alpha=0.6,
               label='scipy.signal.welch')
    above.plot(f, db(ours), color='black', linewidth=0.8, label='bfftwelch')
    at = [peak.get_value('frequency') for peak in peaks]
    above.plot(at, [db(peak.get_value('power')) for peak in peaks], 'rv',
               label='peaks: ' + ', '.join(f'{f:.1f}' for f in at) + ' Hz')
    above.set(ylabel='dB / Hz')
    above.legend()
    below.plot(f, np.abs(ours - theirs) / theirs.max())
    below.set(xlabel='Hz', ylabel='difference /\nlargest bin', yscale='log')
    plt.tight_layout()
    plt.savefig(picture)


def main(sound, picture):
    Gst.init(None)
    x, rate = read(sound)
    if len(x) < N_FFT:
        return f'{sound} is shorter than {N_FFT} samples'
    result = analyse(x, rate)
    ours = np.array(list(result.get_value('psd')))
    f, theirs = scipy.signal.welch(x, rate, nperseg=N_FFT)
    draw(picture, f, ours, theirs, result.get_value('peaks'))
    for peak in result.get_value('peaks'):
        print(f'{peak.get_value("frequency"):10.2f} Hz '
              f'{peak.get_value("power"):12.3e} / Hz')
    print(f'{len(x)} samples; largest difference from scipy: '
          f'{np.abs(ours - theirs).max() / theirs.max():.1e} of the largest bin')


sys.exit(main(*sys.argv[1:]))
