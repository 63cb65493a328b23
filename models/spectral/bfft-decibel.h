/* bfft: powers as decibels, and averages of both.
 *
 * All arrays are [n] floats; d may be the source.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-execution.h"
#include "bfft-phase.h"

G_BEGIN_DECLS

/* The largest error of bfft_decibel_add() that is not float's own rounding of
 * the result, in dB. */
#define BFFT_DECIBEL_MAX_ERROR 2e-5

/* sum[i] += max (10 log10 (scale * power[i]), threshold), power from
 * 0 to infinity; 0 (and what is too small for a normal float) counts as
 * @threshold, which may be -INFINITY. NaN gives NaN. */
void bfft_decibel_add (const BfftKernels * kernels, gfloat * sum,
    const gfloat * power, gfloat scale, gfloat threshold, guint n);

/* d[i] = 10^(decibel[i] / per_decade): per_decade 10 gives powers, 20
 * amplitudes. Not for the hot path. */
void bfft_decibel_undo (gfloat * d, const gfloat * decibel,
    gfloat per_decade, guint n);

/* d = re^2 + im^2 */
void bfft_power_from_spectrum (const BfftKernels * kernels, gfloat * d,
    const gfloat * re, const gfloat * im, guint n);

/* d = scale * s */
void bfft_power_scale (const BfftKernels * kernels, gfloat * d,
    const gfloat * s, gfloat scale, guint n);

/* d = sqrt (scale * s) */
void bfft_power_root (const BfftKernels * kernels, gfloat * d,
    const gfloat * s, gfloat scale, guint n);

G_END_DECLS
