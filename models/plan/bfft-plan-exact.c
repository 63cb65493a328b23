/* bfft: the exact transform of real input on vector extensions.
 *
 * Even n: neighbouring samples are one complex point, and the bins come from
 * the transform of these n / 2 points and its mirror image. Odd n: the samples
 * are the real parts of n points.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <string.h>

#include "bfft-fft.h"
#include "bfft-plan-private.h"

typedef struct
{
  BfftPlan plan;
  BfftFft *fft;
  gfloat *window;               /* even n: [n] by 1/2; odd n: [n] windowed */
  gfloat *zeros;                /* odd n: [n] */
} BfftPlanExact;

/* Odd n only.
 * Returns: the spectrum, longer than wanted. */
static void
run_odd (BfftPlanExact * self, const gfloat * frame, gfloat ** re, gfloat ** im)
{
  self->plan.kernels->window (self->window, frame, self->plan.window,
      self->plan.spec.n_fft);
  bfft_fft_run (self->fft, self->window, self->zeros, re, im);
}

static void
bfft_plan_exact_spectrum (BfftPlan * plan, const gfloat * frame, gfloat * re,
    gfloat * im)
{
  BfftPlanExact *self = (BfftPlanExact *) plan;
  gfloat *all_re, *all_im;

  if (self->zeros) {
    run_odd (self, frame, &all_re, &all_im);
    memcpy (re, all_re, plan->bins * sizeof (gfloat));
    memcpy (im, all_im, plan->bins * sizeof (gfloat));
    return;
  }
  bfft_fft_run (self->fft, frame, self->window, &all_re, &all_im);
  bfft_fft_spectrum (self->fft, re, im);
}

static void
bfft_plan_exact_power (BfftPlan * plan, const gfloat * frame, gfloat * power)
{
  BfftPlanExact *self = (BfftPlanExact *) plan;
  gfloat *re, *im;

  if (self->zeros) {
    run_odd (self, frame, &re, &im);
    plan->kernels->network_power (power, re, im, plan->bins);
    return;
  }
  bfft_fft_run (self->fft, frame, self->window, &re, &im);
  bfft_fft_power (self->fft, power);
}

static void
bfft_plan_exact_free (BfftPlan * plan)
{
  BfftPlanExact *self = (BfftPlanExact *) plan;

  bfft_fft_free (self->fft);
  g_aligned_free (self->window);
  g_aligned_free (self->zeros);
}

static const BfftPlanClass bfft_plan_exact_class = {
  .spectrum = bfft_plan_exact_spectrum,
  .power = bfft_plan_exact_power,
  .free = bfft_plan_exact_free,
};

static guint
get_points (guint n_fft)
{
  return n_fft % 2 ? n_fft : n_fft / 2;
}

gboolean
bfft_plan_exact_takes (guint n_fft)
{
  guint points = get_points (n_fft);

  return points >= BFFT_FFT_MIN && bfft_fft_takes (points);
}

BfftPlan *
bfft_plan_exact_new (const BfftPlanSpec * spec)
{
  BfftPlanExact *self = g_new0 (BfftPlanExact, 1);
  guint n = spec->n_fft, points = get_points (n), i;
  g_autofree gchar *radices = NULL;

  self->plan.klass = &bfft_plan_exact_class;
  self->fft = bfft_fft_new (points, points < n,
      bfft_execution_get_tier (spec->execution));
  self->window = g_aligned_alloc0 (n, sizeof (gfloat), 64);
  if (points == n)
    self->zeros = g_aligned_alloc0 (n, sizeof (gfloat), 64);
  for (i = 0; points < n && i < n; i++)
    self->window[i] = spec->window ? spec->window[i] / 2 : 0.5f;
  self->plan.parameter_bytes = bfft_fft_get_bytes (self->fft);
  self->plan.active_butterflies = bfft_fft_get_butterflies (self->fft);
  radices = bfft_fft_describe (self->fft);
  self->plan.description = g_strdup_printf ("exact weights, real input: %u "
      "complex points, radices %s, %s", points, radices,
      bfft_execution_get_name (spec->execution));
  return &self->plan;
}
