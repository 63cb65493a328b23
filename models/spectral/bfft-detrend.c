/* bfft: the mean or the straight line of a segment, removed.
 *
 * Sums are taken of the distances from the first sample, so that a large
 * offset costs no precision: in float over short blocks, in double over these.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-detrend.h"

#include <string.h>

#define LANES 64                /* float sums side by side */
#define BLOCK (16 * LANES)      /* samples that are summed in float */

struct _BfftDetrender
{
  BfftDetrend type;
  guint length;
  const BfftKernels *kernels;
  gfloat *ramp;                 /* [length], -1/2..1/2; linear only */
  gdouble ramp_energy;          /* sum of ramp^2 */
  gfloat sums[LANES];
  gfloat moments[LANES];
};

static void
make_ramp (BfftDetrender * self)
{
  gdouble middle = (self->length - 1) / 2.0;
  guint i;

  self->ramp = g_new (gfloat, self->length);
  for (i = 0; i < self->length; i++) {
    self->ramp[i] = (i - middle) / self->length;
    self->ramp_energy += (gdouble) self->ramp[i] * self->ramp[i];
  }
}

BfftDetrender *
bfft_detrender_new (BfftDetrend type, guint length, BfftExecution execution)
{
  BfftDetrender *self = g_new0 (BfftDetrender, 1);

  self->type = type;
  self->length = length;
  self->kernels = bfft_kernels_get (execution);
  if (type == BFFT_DETREND_LINEAR)
    make_ramp (self);
  return self;
}

void
bfft_detrender_free (BfftDetrender * self)
{
  if (self == NULL)
    return;
  g_free (self->ramp);
  g_free (self);
}

/* Folds rows x columns samples, from @start on, into the first lanes. */
static void
fold (BfftDetrender * self, const gfloat * x, guint start, gfloat level,
    guint columns, guint rows)
{
  const gint stride = LANES * sizeof (gfloat);

  if (self->ramp)
    self->kernels->fold_ramp (self->sums, 0, self->moments, 0, x + start,
        stride, self->ramp + start, stride, level, columns, rows);
  else
    self->kernels->fold (self->sums, 0, x + start, stride, level, columns,
        rows);
}

static gdouble
add_lanes (const gfloat * lanes)
{
  gdouble part[8] = { 0 };
  guint i, j;

  for (i = 0; i < LANES; i += 8) {
    for (j = 0; j < 8; j++)
      part[j] += lanes[i + j];
  }
  return ((part[0] + part[1]) + (part[2] + part[3]))
      + ((part[4] + part[5]) + (part[6] + part[7]));
}

/* Sum and first moment of the distances of all samples from @level. */
static void
measure (BfftDetrender * self, const gfloat * x, gfloat level, gdouble * sum,
    gdouble * moment)
{
  guint done, count, rest;

  *sum = *moment = 0;
  for (done = 0; done < self->length; done += count) {
    count = MIN (self->length - done, BLOCK);
    memset (self->sums, 0, sizeof (self->sums));
    if (self->ramp)
      memset (self->moments, 0, sizeof (self->moments));
    rest = count % LANES;
    fold (self, x, done, level, LANES, count / LANES);
    if (rest)
      fold (self, x, done + count - rest, level, rest, 1);
    *sum += add_lanes (self->sums);
    if (self->ramp)
      *moment += add_lanes (self->moments);
  }
}

void
bfft_detrender_run (BfftDetrender * self, const gfloat * in, gfloat * out)
{
  gfloat level = in[0];
  gdouble sum, moment, slope;

  if (self->type == BFFT_DETREND_NONE) {
    memmove (out, in, self->length * sizeof (gfloat));
    return;
  }
  measure (self, in, level, &sum, &moment);
  if (self->ramp) {
    slope = self->length > 1 ? moment / self->ramp_energy : 0;
    self->kernels->remove_slope (out, in, self->ramp, level,
        sum / self->length, slope, self->length);
  } else {
    self->kernels->remove_level (out, in, level, sum / self->length,
        self->length);
  }
}
