#!/usr/bin/env python3
# bfft: a sound's power spectral density, beside scipy's.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plot-psd.py SOUND PICTURE.png

Has bfftwelch average all of SOUND, mixed to one channel, into one density,
marks its strongest peaks, and draws it over what scipy.signal.welch makes of
the same samples, with the difference below.
"""
import example  # first: it says which package is missing
import matplotlib
import numpy as np
import scipy.signal
from example import Gst

matplotlib.use('Agg')
import matplotlib.pyplot as plt  # noqa: E402

N_FFT = 4096
PEAKS = 6
AUDIO = 'audio/x-raw,format=F32LE,channels=1'


def read(sound):
    """Samples as the element will see them, and their rate."""
    parts = list(example.samples(example.listen(
        sound, f'audioconvert ! {AUDIO} ! appsink name=sink sync=false')))
    rate = parts[0].get_caps()[0]['rate'] if parts else 0
    return np.frombuffer(b''.join(map(example.data, parts)), np.float32), rate


def analyse(x, rate):
    """The one result of all of x."""
    segments = (len(x) - N_FFT) // (N_FFT // 2) + 1
    pipeline = example.launch(
        f'appsrc name=src format=time caps="{AUDIO},rate={rate},'
        'layout=interleaved" '
        f'! bfftwelch n-fft={N_FFT} segments={segments} peaks={PEAKS} '
        '! fakesink')
    source = pipeline.get_by_name('src')
    source.push_buffer(Gst.Buffer.new_wrapped(x.tobytes()))
    source.end_of_stream()
    return next(example.results(pipeline))


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
    above.set(ylabel='dB re full scale² / Hz')
    above.legend()
    below.plot(f, np.abs(ours - theirs) / theirs.max())
    below.set(xlabel='frequency, Hz', ylabel='difference /\nlargest bin', yscale='log')
    plt.tight_layout()
    plt.savefig(picture)


def main(sound, picture):
    x, rate = read(sound)
    if len(x) < N_FFT:
        example.fail(f'{sound} is shorter than {N_FFT} samples')
    result = analyse(x, rate)
    ours = np.array(list(result.get_value('psd')))
    f, theirs = scipy.signal.welch(x, rate, nperseg=N_FFT)
    draw(picture, f, ours, theirs, result.get_value('peaks'))
    for peak in result.get_value('peaks'):
        print(f'{peak.get_value("frequency"):10.2f} Hz '
              f'{peak.get_value("power"):12.3e} / Hz')
    print(f'{len(x)} samples; largest difference from scipy: '
          f'{np.abs(ours - theirs).max() / theirs.max():.1e} of the largest bin')


main(*example.arguments(__doc__))
