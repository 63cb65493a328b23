# bfft: the quickstart's pictures.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every axis has a unit, frequencies are logarithmic or mel, and what is
compared has one scale of colours."""
import matplotlib
import numpy as np
import scipy.signal

matplotlib.use('agg')
import matplotlib.pyplot as plt  # noqa: E402

LOWEST = 50     # Hz, where logarithmic axes begin
HZ = (50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)


def mark_hz(axis, top):
    marks = [f for f in HZ if f <= top]
    axis.set_major_locator(matplotlib.ticker.FixedLocator(marks))
    axis.set_minor_locator(matplotlib.ticker.NullLocator())
    axis.set_major_formatter(lambda f, _: f'{f / 1000:g} k' if f >= 1000 else f'{f:g}')


def spectrogram(axes, times, f, db, top, low):
    """db [times, frequencies] over a logarithmic axis"""
    image = axes.pcolormesh(times, f[1:], db.T[1:], vmin=low, vmax=top, cmap='magma',
                            shading='nearest', rasterized=True)
    axes.set_yscale('log')
    axes.set_ylim(LOWEST, f[-1])
    mark_hz(axes.yaxis, f[-1])
    return image


def save(figure, path):
    figure.savefig(path)
    plt.close(figure)


def spectrum(path, db, rate, step):
    figure, axes = plt.subplots(figsize=(10, 4.5), dpi=100, layout='constrained')
    f = np.linspace(0, rate / 2, db.shape[1])
    image = spectrogram(axes, (np.arange(len(db)) + .5) * step, f, db, db.max(), db.max() - 80)
    axes.set(xlabel='time (s)', ylabel='frequency (Hz)', title='bfftspectrum')
    figure.colorbar(image, label='level (dB re full scale)')
    save(figure, path)


def mel(path, features, step):
    figure, axes = plt.subplots(figsize=(10, 4), dpi=100, layout='constrained')
    bands = features.shape[1]
    image = axes.imshow(features.T, origin='lower', aspect='auto', cmap='magma',
                        extent=(0, len(features) * step, -.5, bands - .5))
    # Slaney's mel: 3/200 a Hz to 1000 Hz, then 27 a factor of 6.4
    marks = np.array([f for f in (100, 500, 1000, 2000, 4000, 7000)])
    scale = np.where(marks < 1000, marks * 3 / 200,
                     15 + 27 * np.log(np.maximum(marks, 1000) / 1000) / np.log(6.4))
    top = 15 + 27 * np.log(8) / np.log(6.4)
    axes.set_yticks(scale / top * (bands + 1) - 1, [f'{f}' for f in marks])
    axes.set(xlabel='time (s)', ylabel='middle of the mel band (Hz)', title='bfftmel preset=whisper')
    figure.colorbar(image, label='Whisper\'s feature (a step of 1 is 40 dB)')
    save(figure, path)


def welch(path, f, ours, theirs, peaks):
    def db(power):
        return 10 * np.log10(np.maximum(power, 1e-20))

    figure, (above, below) = plt.subplots(2, sharex=True, figsize=(10, 6), dpi=100,
                                          height_ratios=(3, 1), layout='constrained')
    above.semilogx(f[1:], db(theirs[1:]), color='orange', linewidth=4, alpha=.6,
                   label='scipy.signal.welch')
    above.semilogx(f[1:], db(ours[1:]), color='black', linewidth=.8, label='bfftwelch')
    if peaks:
        at, power = np.array(peaks).T
        above.plot(at, db(power), 'rv', label=', '.join(f'{x:.1f}' for x in at) + ' Hz')
    above.set(ylabel='density (dB re full scale² / Hz)', xlim=(LOWEST, f[-1]))
    above.legend()
    below.loglog(f[1:], np.abs(ours - theirs)[1:] / max(theirs.max(), 1e-30) + 1e-16, 'k', lw=.8)
    below.set(xlabel='frequency (Hz)', ylabel='difference\n(1 = largest bin)')
    mark_hz(below.xaxis, f[-1])
    save(figure, path)


def match(path, f, true, fitted, levels):
    figure, (above, below) = plt.subplots(2, sharex=True, figsize=(8, 7), dpi=90,
                                          layout='constrained')
    above.semilogx(f[1:], true[1:], 'k', lw=3, alpha=.3, label='the truth')
    above.semilogx(f[1:], fitted[1:], 'C0', lw=1.2, label='fitted by bffttrain')
    above.set_ylabel('gain (dB re 1)')
    centres, want = levels['reference']
    for name, style, label in (('device', 'C3o-', 'before'), ('matched', 'C2s-', 'after bfftfilter')):
        below.semilogx(centres, levels[name][1] - want, style, label=label)
    below.axhline(0, color='k', lw=3, alpha=.3)
    below.set(ylabel='device, third octaves\n(dB re the reference)', xlabel='frequency (Hz)',
              xlim=(100, f[-1]))
    mark_hz(below.xaxis, f[-1])
    for axes in above, below:
        axes.grid(True, which='both', alpha=.2)
        axes.legend()
    save(figure, path)


def compare(path, sounds):
    """The clean reference, the device and what bfftfilter made of it."""
    figure, rows = plt.subplots(len(sounds), sharex=True, figsize=(9, 8), dpi=90,
                                layout='constrained')
    found = {}
    for name, (rate, x) in sounds.items():
        f, t, p = scipy.signal.spectrogram(x[:8 * rate].astype(float), rate, 'hann',
                                           1024, 512, scaling='spectrum')
        found[name] = t, f, 10 * np.log10(p.T + 1e-20)
    top = max(db.max() for _, _, db in found.values())
    for axes, (name, (t, f, db)) in zip(rows, found.items()):
        image = spectrogram(axes, t, f, db, top, top - 80)
        axes.set(title=name, ylabel='frequency (Hz)')
    rows[-1].set_xlabel('time (s)')
    figure.colorbar(image, ax=rows, label='level (dB re full scale)')
    save(figure, path)
