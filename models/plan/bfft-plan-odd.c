/* bfft: stages of radix 3 and 5 of an exact transform.
 *
 * A part d[j] is turned by exp (-2 pi i j k / (radix sub)), then
 *   y[q] = sum_j d[j] exp (-2 pi i j q / radix)
 * With the sums and differences of d[j] and d[radix - j] that is a[q] - i b[q]
 * for q and a[q] + i b[q] for radix - q, a and b having real coefficients
 * (Winograd, "On computing the discrete Fourier transform", Math. Comp. 32,
 * 1978, without his nesting of the products). So re and im are the same work
 * for all but the last step, and one call does both.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-plan-odd.h"

#include <math.h>

struct _BfftOddStage
{
  guint radix, blocks;
  guint part;                   /* floats of a part, re or im */
  gfloat *w_re, *w_im;          /* [blocks][radix][part] */
};

guint
bfft_odd_radix (guint n)
{
  return n % 5 == 0 ? 5 : n % 3 == 0 ? 3 : 1;
}

static void
turn (BfftOddStage * self, guint shared, guint lanes, guint rows,
    const guint * order)
{
  guint sub = rows * self->blocks, used = rows / 2 + 1;
  gsize at = 0;
  guint b, j, i, lane;

  for (b = 0; b < self->blocks; b++) {
    for (j = 0; j < self->radix; j++) {
      for (i = 0; i < shared; i++, at += lanes) {
        for (lane = 0; lane < used; lane++) {
          gdouble angle = -2 * G_PI * j * (order[b] * rows + lane)
              / (self->radix * sub);

          self->w_re[at + lane] = cos (angle);
          self->w_im[at + lane] = sin (angle);
        }
      }
    }
  }
}

BfftOddStage *
bfft_odd_stage_new (guint radix, guint blocks, guint shared, guint lanes,
    guint rows, const guint * order)
{
  BfftOddStage *self = g_new (BfftOddStage, 1);
  gsize size = radix * blocks * (gsize) shared * lanes;

  self->radix = radix;
  self->blocks = blocks;
  self->part = shared * lanes;
  self->w_re = g_aligned_alloc0 (size, sizeof (gfloat), 64);
  self->w_im = g_aligned_alloc0 (size, sizeof (gfloat), 64);
  turn (self, shared, lanes, rows, order);
  return self;
}

void
bfft_odd_stage_free (BfftOddStage * stage)
{
  g_aligned_free (stage->w_re);
  g_aligned_free (stage->w_im);
  g_free (stage);
}

gsize
bfft_odd_stage_get_bytes (const BfftOddStage * stage)
{
  return 2 * sizeof (gfloat) * stage->radix * stage->blocks * stage->part;
}

/* Of re and im, as there are twice as many blocks. */
static void
split (const BfftOddStage * self, const BfftKernels * k, gfloat * d)
{
  guint n = self->part, m = 2 * self->blocks;
  gint stride = self->radix * n * sizeof (gfloat);
  gfloat *d1 = d + n, *d2 = d1 + n, *d3 = d2 + n, *d4 = d3 + n;

  if (self->radix == 3) {
    k->join3 (d, stride, d1, stride, d2, stride, n, m);
    k->parts3 (d1, stride, d2, stride, d, stride, (gfloat) (-1.5),
        (gfloat) sin (2 * G_PI / 3), n, m);
  } else {
    k->join5 (d, stride, d1, stride, d2, stride, d3, stride, d4, stride, n, m);
    k->parts5 (d1, stride, d2, stride, d3, stride, d4, stride, d, stride,
        (gfloat) (cos (2 * G_PI / 5) - 1), (gfloat) (cos (4 * G_PI / 5) - 1),
        (gfloat) sin (2 * G_PI / 5), (gfloat) sin (4 * G_PI / 5), n, m);
  }
}

void
bfft_odd_stage_run (const BfftOddStage * stage, const BfftKernels * kernels,
    gfloat * lanes)
{
  guint n = stage->part, size = stage->radix * stage->blocks * n, q;
  gfloat *re = lanes, *im = lanes + size;
  gint stride = stage->radix * n * sizeof (gfloat);

  kernels->multiply (re, im, stage->w_re, stage->w_im, size);
  split (stage, kernels, lanes);
  for (q = 1; q <= stage->radix / 2; q++) {
    gsize top = q * (gsize) n, bottom = (stage->radix - q) * (gsize) n;

    kernels->rotate (re + top, stride, im + top, stride, re + bottom, stride,
        im + bottom, stride, n, stage->blocks);
  }
}
