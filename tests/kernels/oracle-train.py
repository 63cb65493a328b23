#!/usr/bin/env python3
# bfft: whole training steps against PyTorch.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Three steps in a row from a random network, on the same samples: loss by
autograd in double, gradient clipping and optimisers are PyTorch's. Parameters
agree to 1e-3 of the largest step."""
import ctypes
import math

import numpy as np
import torch

from oracle import floats, lib

PRUNED, LEARNED, DOMAIN, UNITARY = 6, 8, 5, 4
SGD, ADAM, DIAG_PRECOND = range(3)
RATE, N_MELS, PEAK_K, FRAMES, STEPS = 16000, 7, 5, 4, 3
EPSILON = 1e-3


class LossSpec(ctypes.Structure):
    _fields_ = [(name, ctypes.c_double) for name in
                ('spectrum', 'mel', 'welch', 'peak')] + [
                (name, ctypes.c_uint) for name in
                ('peak_k', 'n_mels', 'rate')]


class Options(ctypes.Structure):
    _fields_ = [('n_fft', ctypes.c_uint), ('variant', ctypes.c_int),
                ('batch', ctypes.c_uint), ('channels', ctypes.c_uint),
                ('sample_rate', ctypes.c_uint), ('init', ctypes.c_int),
                ('perturbation', ctypes.c_double),
                ('optimizer', ctypes.c_int),
                ('learning_rate', ctypes.c_double),
                ('gate_learning_rate', ctypes.c_double),
                ('grad_clip', ctypes.c_double),
                ('project_twiddles', ctypes.c_int),
                ('train_q8', ctypes.c_int), ('loss', LossSpec),
                ('sparsity_weight', ctypes.c_double),
                ('noise_snr', ctypes.c_double), ('seed', ctypes.c_uint64),
                ('steps', ctypes.c_uint64), ('execution', ctypes.c_int)]


class Metrics(ctypes.Structure):
    _fields_ = [('step', ctypes.c_uint64)] + [
        (name, ctypes.c_double) for name in
        ('total', 'mel', 'mel_err', 'spec_err', 'spec_relative', 'welch_err',
         'peak_err', 'mean_gate')] + [
        ('active_gates', ctypes.c_uint), ('learning_rate', ctypes.c_double),
        ('state', ctypes.c_int), ('silent', ctypes.c_int),
        ('recovered', ctypes.c_int), ('hard', ctypes.c_int),
        ('quantized', ctypes.c_int)]


FLOATS = ctypes.POINTER(ctypes.c_float)
ARRAYS = ('twiddles', 'gates', 'freq_mask', 'scale', 'bias', 'unitary')


class Network(ctypes.Structure):
    _fields_ = [('variant', ctypes.c_int), ('n_fft', ctypes.c_uint),
                ('stages', ctypes.c_uint), ('half', ctypes.c_uint)] + [
                    (name, FLOATS) for name in ARRAYS]


lib.bfft_network_new_exact.restype = ctypes.POINTER(Network)
lib.bfft_trainer_new.restype = ctypes.c_void_p
lib.bfft_trainer_get_network.restype = ctypes.POINTER(Network)


def arrays(network, unitary):
    """The network's trained parameters as numpy arrays that share memory."""
    stages, half, n = network.stages, network.half, network.n_fft
    shapes = {'twiddles': (stages, half, 2), 'gates': (stages, half),
              'freq_mask': (n, 2), 'scale': (n, 2), 'bias': (n, 2),
              'unitary': (stages, half, 2, 2, 2)}
    names = ['unitary'] if unitary else ARRAYS[:-1]
    return {name: np.ctypeslib.as_array(getattr(network, name), shapes[name])
            for name in names if getattr(network, name)}


def forward(p, x):
    """Rows of real samples to spectra: DESIGN section 2."""
    n = x.shape[1]
    stages = n.bit_length() - 1
    order = [int(f'{i:0{stages}b}'[::-1], 2) for i in range(n)]
    x = x[:, order].to(torch.complex128)
    b = torch.arange(n // 2)
    for s in range(stages):
        i0 = 2 * 2**s * (b // 2**s) + b % 2**s
        i1 = i0 + 2**s
        a, c = x[:, i0], x[:, i1]
        if 'unitary' in p:
            m = torch.view_as_complex(p['unitary'][s])
            top = m[:, 0, 0] * a + m[:, 0, 1] * c
            bottom = m[:, 1, 0] * a + m[:, 1, 1] * c
        else:
            t = torch.view_as_complex(p['twiddles'][s]) * c
            top, bottom = a + t, a - t
        if 'gates' in p:
            g = p['gates'][s]
            top, bottom = g * top + (1 - g) * a, g * bottom + (1 - g) * c
        y = torch.zeros_like(x)
        y[:, i0], y[:, i1] = top, bottom
        x = y
    if 'freq_mask' in p:
        z = torch.view_as_real(x) * p['freq_mask']
        x = torch.view_as_complex(p['scale'] * z + p['bias'])
    return x


def slaney_filters(n):
    """librosa.filters.mel's defaults, by the published formulas."""
    def to_hz(mel):
        return np.where(mel < 15, mel * 200 / 3,
                        1000 * np.exp((mel - 15) * math.log(6.4) / 27))
    top = 15 + 27 * math.log(RATE / 2 / 1000) / math.log(6.4)
    edges = to_hz(np.linspace(0, top, N_MELS + 2))
    hz = np.arange(n // 2 + 1) * RATE / n
    up = (hz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    down = (edges[2:, None] - hz) / np.diff(edges)[1:, None]
    weights = np.maximum(0, np.minimum(up, down))
    return torch.tensor(weights * 2 / (edges[2:] - edges[:-2])[:, None])


def log_mel(power, filters):
    x = torch.log10(torch.clamp(power @ filters.T, min=1e-10))
    return (torch.maximum(x, x.max(1, keepdim=True).values - 8) + 4) / 4


def task_loss(p, samples, weights):
    """samples: 3.5 n of the past, then the step's."""
    n = 2 * (p['freq_mask'].shape[0] // 2 if 'freq_mask' in p else
             next(iter(p.values())).shape[1])
    samples = torch.tensor(samples, dtype=torch.float64)
    frames = samples[7 * n // 2:].reshape(-1, n)
    segments = samples.unfold(0, n, n // 2) * torch.hann_window(
        n, dtype=torch.float64)
    y, t = forward(p, frames), torch.fft.fft(frames)
    bins = n // 2 + 1
    sided = torch.full((bins,), 2.0, dtype=torch.float64)
    sided[0] = sided[-1] = 1

    def power(x):
        return x[:, :bins].abs()**2

    def psd(x):
        return power(x).unfold(0, 8, 2).mean(-1) * sided

    def relative(a, b):
        return ((a - b).abs()**2).sum() / (b.abs()**2).sum()

    ys, ts = forward(p, segments), torch.fft.fft(segments)
    filters = slaney_filters(n)
    mel = ((log_mel(power(ys)[7::2], filters)
            - log_mel(power(ts)[7::2], filters))**2).mean()
    peaks = torch.topk(psd(ts), PEAK_K).indices
    padded_y, padded_t = (torch.nn.functional.pad(psd(x), (1, 1))
                          for x in (ys, ts))
    bands = [sum(x.gather(1, peaks + d) for d in range(3))
             for x in (padded_y, padded_t)]
    return (weights.spectrum * relative(y, t) + weights.mel * mel
            + weights.welch * relative(psd(ys), psd(ts))
            + weights.peak * relative(*bands))


def make_optimizer(kind, params, rate, gate_rate, half):
    groups = [{'params': [v], 'lr': gate_rate if k == 'gates' else rate}
              for k, v in params.items()]
    if kind == SGD:
        for group in groups:
            group['lr'] *= half
        return torch.optim.SGD(groups, lr=rate, momentum=0.9)
    if kind == ADAM:
        return torch.optim.Adam(groups, eps=EPSILON / half)
    # The bias of the running mean is taken before the maximum here and after
    # it there: the same in the first step only.
    return torch.optim.Adam(groups, betas=(0.0, 0.999), eps=EPSILON / half,
                            amsgrad=True)


def apply(start, leaves, angles):
    """Parameters in use: angles turn the twiddles."""
    p = dict(leaves)
    if angles:
        w = torch.view_as_complex(start['twiddles'])
        p['twiddles'] = torch.view_as_real(w * torch.exp(1j * p.pop('angles')))
    return p


def check(variant, kind, n=32, clip=1.0, rate=5e-4, project=True, seed=1):
    rng = np.random.default_rng(seed)
    options = Options()
    lib.bfft_trainer_options_init(ctypes.byref(options))
    options.n_fft, options.variant, options.batch = n, variant, FRAMES
    options.optimizer, options.learning_rate = kind, rate
    options.grad_clip, options.project_twiddles = clip, project
    options.train_q8 = False
    options.loss.peak_k, options.loss.n_mels = PEAK_K, N_MELS
    trainer = ctypes.c_void_p(
        lib.bfft_trainer_new(ctypes.byref(options), None))

    network = lib.bfft_network_new_exact(variant, n)
    values = arrays(network.contents, variant == UNITARY)
    for name, value in values.items():
        if name == 'twiddles' and project:
            angle = np.arctan2(value[..., 1], value[..., 0])
            angle = angle + rng.normal(0, 0.3, angle.shape)
            value[...] = np.stack([np.cos(angle), np.sin(angle)], -1)
        elif name == 'gates':
            value[...] = rng.uniform(0.2, 0.9, value.shape)
        else:
            value += rng.normal(0, 0.1, value.shape)
    assert lib.bfft_trainer_set_network(trainer, network, None)

    start = {k: torch.tensor(v, dtype=torch.float64)
             for k, v in values.items()}
    angles = 'twiddles' in start and project
    leaves = {k: v.clone() for k, v in start.items()}
    if angles:
        leaves['angles'] = torch.zeros(start['twiddles'].shape[:2],
                                       dtype=torch.float64)
        del leaves['twiddles']
    for leaf in leaves.values():
        leaf.requires_grad_()
    half, stages = n // 2, n.bit_length() - 1
    optimizer = make_optimizer(kind, leaves, rate / math.sqrt(stages),
                               options.gate_learning_rate, half)

    past = np.zeros(7 * n // 2, np.float32)
    worst = limited = 0
    for step in range(1 if kind == DIAG_PRECOND else STEPS):
        fresh = rng.normal(0, 0.3, FRAMES * n).astype(np.float32)
        samples = np.concatenate([past, fresh])
        past = samples[-len(past):]
        assert lib.bfft_trainer_feed(trainer, 0, floats(fresh),
                                     len(fresh)) == len(fresh)
        metrics = Metrics()
        lib.bfft_trainer_step(trainer, ctypes.byref(metrics))

        before = {k: v.detach().clone() for k, v in leaves.items()}
        optimizer.zero_grad()
        loss = task_loss(apply(start, leaves, angles), samples, options.loss)
        loss.backward()
        gradient = {k: v.grad.clone() for k, v in leaves.items()}
        total = loss.item()
        if 'gates' in leaves:
            leaves['gates'].grad += options.sparsity_weight / (stages * half)
            total += (options.sparsity_weight
                      * before['gates'].mean().item())
        torch.nn.utils.clip_grad_norm_(list(leaves.values()), clip)
        optimizer.step()
        with torch.no_grad():
            promise = sum((gradient[k] * (before[k] - v)).sum().item()
                          for k, v in leaves.items())
            length = min(1, loss.item() / promise) if promise > 0 else 1
            limited += length < 1
            for k, v in leaves.items():
                v.copy_(before[k] + length * (v - before[k]))
                if k == 'gates':
                    v.clamp_(0, 1)
        assert abs(metrics.total - total) < 1e-4 * total, (
            metrics.total, total)
        got = arrays_of(trainer, variant)
        used = apply(start, leaves, angles)
        was = apply(start, before, angles)
        for k, v in used.items():
            moved = (v - was[k]).abs().max().item()
            error = np.abs(got[k] - v.detach().numpy()).max()
            # floats near 1 are 6e-8 apart
            assert error < 1e-3 * moved + 3e-7, (variant, kind, step, k,
                                                 error, moved)
            worst = max(worst, error / moved)
    lib.bfft_trainer_free(trainer)
    lib.bfft_network_unref(network)
    return worst, limited


def arrays_of(trainer, variant):
    network = lib.bfft_trainer_get_network(trainer, 0)
    values = {k: v.copy() for k, v in
              arrays(network.contents, variant == UNITARY).items()}
    lib.bfft_network_unref(network)
    return values


def main():
    count, worst, limited = 0, 0, 0
    for variant in DOMAIN, LEARNED, PRUNED, UNITARY:
        for kind, rate in (SGD, 5e-3), (ADAM, 2e-3), (DIAG_PRECOND, 2e-3):
            # 0.05 clips, 1 does not
            for clip in 1.0, 0.05:
                error, cut = check(variant, kind, clip=clip, rate=rate)
                worst, limited = max(worst, error), limited + cut
                count += 1
    error, _ = check(DOMAIN, ADAM, project=False)
    worst = max(worst, error)
    # Rates so large that every step is cut back.
    error, cut = check(DOMAIN, SGD, rate=2.0)
    assert cut > 0
    print(f'{count + 2} trainings, largest error {max(worst, error):.1e} of '
          f'the largest step, {limited + cut} steps cut back')


main()
