/* bfft: angles of complex numbers, compiled for each tier.
 *
 * The angle to the nearer axis, at most pi / 4, by a polynomial: atan (r) / r
 * in r^2, least largest relative error on [0, 1] (1.5e-8). With rounding
 * results are within 4e-7 of atan2(). Signs of zeros count as there. Not
 * finite parts give NaN, numbers below the normal ones may count as zero.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-phase.h"

#include <float.h>
#include <math.h>

static inline gfloat
arc_tangent (gfloat r)
{
  gfloat q = r * r, p = 0.00284988829f;

  p = p * q - 0.0160686225f;
  p = p * q + 0.0426915102f;
  p = p * q - 0.0750429407f;
  p = p * q + 0.106409334f;
  p = p * q - 0.142036438f;
  p = p * q + 0.199926198f;
  p = p * q - 0.333330721f;
  return r + r * q * p;
}

/* ORC has no more constants than eight. */
void BFFT_TIER_NAME (bfft_phase_add) (gfloat * restrict sum,
    const gfloat * restrict re, const gfloat * restrict im, guint n);

void
BFFT_TIER_NAME (bfft_phase_add) (gfloat * restrict sum,
    const gfloat * restrict re, const gfloat * restrict im, guint n)
{
  guint i;

  for (i = 0; i < n; i++) {
    gfloat x = fabsf (re[i]), y = fabsf (im[i]);
    gfloat large = x > y ? x : y, small = x > y ? y : x;
    gfloat a = arc_tangent (small / (large > FLT_MIN ? large : FLT_MIN));

    a = y > x ? (gfloat) G_PI_2 - a : a;
    a = copysignf (1, re[i]) < 0 ? (gfloat) G_PI - a : a;
    /* NaN that the comparisons have lost */
    sum[i] += copysignf (a, im[i]) + 0 * (x + y);
  }
}
