/* bfft: the DFT by its definition, for lengths at which a table of n_fft / 2
 * columns per bin costs less than the passes of any clever transform.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-fft-kernels.h"
#include "bfft-plan-private.h"

#include <math.h>
#include <string.h>

typedef struct
{
  BfftPlan plan;
  const BfftFftKernels *run;
  gfloat *table, *re, *im;      /* see BfftFftKernels */
} BfftPlanDirect;

static void
bfft_plan_direct_spectrum (BfftPlan * plan, const gfloat * frame, gfloat * re,
    gfloat * im)
{
  BfftPlanDirect *self = (BfftPlanDirect *) plan;

  self->run->direct (plan->spec.n_fft, frame, plan->window, self->table,
      self->re, self->im);
  memcpy (re, self->re, plan->bins * sizeof (gfloat));
  memcpy (im, self->im, plan->bins * sizeof (gfloat));
}

static void
bfft_plan_direct_power (BfftPlan * plan, const gfloat * frame, gfloat * power)
{
  BfftPlanDirect *self = (BfftPlanDirect *) plan;

  self->run->direct (plan->spec.n_fft, frame, plan->window, self->table,
      self->re, NULL);
  memcpy (power, self->re, plan->bins * sizeof (gfloat));
}

static void
bfft_plan_direct_free (BfftPlan * plan)
{
  BfftPlanDirect *self = (BfftPlanDirect *) plan;

  g_aligned_free (self->table);
}

static const BfftPlanClass bfft_plan_direct_class = {
  .spectrum = bfft_plan_direct_spectrum,
  .power = bfft_plan_direct_power,
  .free = bfft_plan_direct_free,
};

BfftPlan *
bfft_plan_direct_new (const BfftPlanSpec * spec)
{
  BfftPlanDirect *self = g_new0 (BfftPlanDirect, 1);
  guint n = spec->n_fft, bins = (n / 2 + 16) / 16 * 16, j, k;

  self->plan.klass = &bfft_plan_direct_class;
  self->run = bfft_fft_kernels_get (bfft_execution_get_tier (spec->execution),
      BFFT_FFT_MAX_RADIX);
  self->table = g_aligned_alloc0 ((n / 2 + 2) * 2 * bins, sizeof (gfloat), 64);
  self->re = self->table + (n / 2 + 1) * 2 * bins;
  self->im = self->re + bins;
  for (j = 0; j <= n / 2; j++) {
    /* x[n / 2] is both of a pair, and x[0] has none */
    gdouble scale = 2 * j == n ? 0.5 : 1;

    for (k = 0; k <= n / 2; k++) {
      gdouble angle = 2 * G_PI * (j * k % n) / n;

      self->table[2 * j * bins + k] = scale * cos (angle);
      self->table[(2 * j + 1) * bins + k] = sin (angle);
    }
  }
  self->plan.parameter_bytes = (n / 2 + 1) * 2 * bins * sizeof (gfloat);
  self->plan.description = g_strdup_printf ("exact weights, by definition: "
      "%u samples, %u bins, %s", n, n / 2 + 1,
      bfft_execution_get_name (spec->execution));
  return &self->plan;
}
