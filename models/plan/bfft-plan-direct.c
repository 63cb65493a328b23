/* bfft: the DFT by its definition, for lengths below 32.
 *
 * There a table of n_fft columns per bin costs less than the calls of any
 * clever transform.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-plan-private.h"

#include <math.h>

typedef struct
{
  BfftPlan plan;
  gfloat *cosine, *sine;        /* [bins][n_fft] */
} BfftPlanDirect;

static void
bfft_plan_direct_spectrum (BfftPlan * plan, const gfloat * frame, gfloat * re,
    gfloat * im)
{
  BfftPlanDirect *self = (BfftPlanDirect *) plan;
  guint n = plan->spec.n_fft;
  gfloat x[BFFT_PLAN_DIRECT_BELOW];
  guint j, k;

  plan->kernels->window (x, frame, plan->window, n);
  for (k = 0; k < plan->bins; k++) {
    const gfloat *c = self->cosine + k * n, *s = self->sine + k * n;
    gfloat sum_re = 0, sum_im = 0;

    for (j = 0; j < n; j++) {
      sum_re += c[j] * x[j];
      sum_im -= s[j] * x[j];
    }
    re[k] = sum_re;
    im[k] = sum_im;
  }
}

static void
bfft_plan_direct_free (BfftPlan * plan)
{
  BfftPlanDirect *self = (BfftPlanDirect *) plan;

  g_free (self->cosine);
  g_free (self->sine);
}

static const BfftPlanClass bfft_plan_direct_class = {
  .spectrum = bfft_plan_direct_spectrum,
  .free = bfft_plan_direct_free,
};

BfftPlan *
bfft_plan_direct_new (const BfftPlanSpec * spec)
{
  BfftPlanDirect *self = g_new0 (BfftPlanDirect, 1);
  guint n = spec->n_fft;
  guint j, k;

  self->plan.klass = &bfft_plan_direct_class;
  self->cosine = g_new (gfloat, (n / 2 + 1) * n);
  self->sine = g_new (gfloat, (n / 2 + 1) * n);
  for (k = 0; k <= n / 2; k++) {
    for (j = 0; j < n; j++) {
      gdouble angle = 2 * G_PI * (k * j % n) / n;

      self->cosine[k * n + j] = cos (angle);
      self->sine[k * n + j] = sin (angle);
    }
  }
  self->plan.parameter_bytes = 2 * (n / 2 + 1) * n * sizeof (gfloat);
  self->plan.description = g_strdup_printf ("exact weights, by definition: "
      "%u samples, %u bins", n, n / 2 + 1);
  return &self->plan;
}
