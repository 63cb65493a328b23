/* bfft: powers as decibels, and averages of both.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-decibel.h"

#include <float.h>
#include <math.h>

/* 10 log10 (x) = DECIBEL log2 (x) */
#define DECIBEL 3.01029995663981195f

void
bfft_decibel_add (const BfftKernels * kernels, gfloat * sum,
    const gfloat * power, gfloat scale, gfloat threshold, guint n)
{
  kernels->add_decibel (sum, power, scale, DECIBEL, threshold, FLT_MIN, n);
}

void
bfft_decibel_undo (gfloat * d, const gfloat * decibel, gfloat per_decade,
    guint n)
{
  guint i;

  for (i = 0; i < n; i++)
    d[i] = pow (10, decibel[i] / per_decade);
}

void
bfft_power_from_spectrum (const BfftKernels * kernels, gfloat * d,
    const gfloat * re, const gfloat * im, guint n)
{
  kernels->squared_magnitude (d, re, im, n);
}

void
bfft_power_scale (const BfftKernels * kernels, gfloat * d, const gfloat * s,
    gfloat scale, guint n)
{
  kernels->scaled (d, s, scale, n);
}

void
bfft_power_root (const BfftKernels * kernels, gfloat * d, const gfloat * s,
    gfloat scale, guint n)
{
  kernels->scaled_root (d, s, scale, n);
}

#define DECLARE(TIER, name) void bfft_phase_add_##name (gfloat * restrict sum, \
    const gfloat * restrict re, const gfloat * restrict im, guint n);
/* *INDENT-OFF* */
BFFT_TIERS (DECLARE)
/* *INDENT-ON* */

#define ENTRY(TIER, name) [BFFT_TIER_##TIER] = bfft_phase_add_##name,

BfftPhaseAdd
bfft_phase_add_get (BfftTier tier)
{
  static const BfftPhaseAdd adds[BFFT_N_TIERS] = { BFFT_TIERS (ENTRY) };

  return adds[tier];
}
