#!/usr/bin/env python3
# bfft: a training step against PyTorch's.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench-train.py BENCH-TRAIN [--json]

Runs bench-train, then the same work in PyTorch on one thread: n = 256, 8
frames, angles of the twiddles, relative error of the spectrum against the
exact transform, clipping, Adam. The stages are written so that PyTorch has no
index to follow: reshapes and one broadcast product each.
"""
import json
import subprocess
import sys
import time

import torch

N, BATCH = 256, 8
STAGES = N.bit_length() - 1


def forward(w, x):
    """x: bit-reversed, [BATCH, N] complex."""
    for s in range(STAGES):
        size = 2**s
        pairs = x.reshape(BATCH, -1, 2, size)
        t = w[s].reshape(-1, size) * pairs[:, :, 1]
        a = pairs[:, :, 0]
        x = torch.stack([a + t, a - t], 2).reshape(BATCH, N)
    return x


def torch_us():
    torch.set_num_threads(1)
    order = torch.tensor([int(f'{i:0{STAGES}b}'[::-1], 2) for i in range(N)])
    b = torch.arange(N // 2)
    angles = torch.stack([-2 * torch.pi * (b % 2**s) / 2**(s + 1)
                          for s in range(STAGES)])
    angles += 0.1 * torch.randn_like(angles)
    angles.requires_grad_()
    optimizer = torch.optim.Adam([angles], lr=2e-4)
    x = torch.rand(BATCH, N) - 0.5
    best = float('inf')
    end = time.monotonic() + 3
    while time.monotonic() < end:
        start = time.process_time()
        exact = torch.fft.fft(x.double())
        w = torch.polar(torch.ones_like(angles), angles)
        y = forward(w, x[:, order].to(torch.complex64))
        error = y - exact.to(torch.complex64)
        loss = (torch.view_as_real(error)**2).sum() / (
            torch.view_as_real(exact)**2).sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([angles], 1)
        optimizer.step()
        best = min(best, time.process_time() - start)
    return 1e6 * best


def main(bench, *flags):
    rows = json.loads(subprocess.check_output([bench, '--json']))
    ours = next(r for r in rows if r['work'] == 'twiddles, spectrum')['us']
    theirs = torch_us()
    rows.append({'work': 'twiddles, spectrum: PyTorch', 'n': N, 'us': theirs,
                 'times': theirs / ours})
    if '--json' in flags:
        print(json.dumps(rows))
        return
    for row in rows:
        share = f"{100 * row['share']:8.2f} %" if 'share' in row else ''
        print(f"{row['work']:30} {row['n']:6} {row['us']:10.1f} us {share}")
    print(f'PyTorch needs {theirs / ours:.1f} times as long')


main(*sys.argv[1:])
