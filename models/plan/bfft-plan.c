/* bfft: a network compiled for frames of real samples.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-curve.h"
#include "bfft-plan-private.h"

#include <string.h>

G_DEFINE_QUARK (bfft-plan-error-quark, bfft_plan_error);

/* A curve is no part of the transform: any exact one runs, and its bins are
 * scaled. */
static gboolean
has_curve (const BfftPlanSpec * spec)
{
  const BfftNetwork *network = spec->network;

  return network && (network->n_fft == spec->n_fft || network->sample_rate > 0)
      && bfft_network_is_curve (network);
}

static gboolean
check_spec (const BfftPlanSpec * spec, GError ** error)
{
  const BfftNetwork *network = spec->network;

  if (spec->n_fft < BFFT_MIN_N || spec->n_fft > BFFT_MAX_N) {
    g_set_error (error, BFFT_PLAN_ERROR, BFFT_PLAN_ERROR_LENGTH,
        "A transform of %u samples is not possible; n-fft must be from %u to "
        "%u", spec->n_fft, BFFT_MIN_N, BFFT_MAX_N);
    return FALSE;
  }
  if (network && network->n_fft != spec->n_fft && !has_curve (spec)) {
    g_set_error (error, BFFT_PLAN_ERROR, BFFT_PLAN_ERROR_NETWORK,
        "The network is for n-fft %u, not for %u", network->n_fft, spec->n_fft);
    return FALSE;
  }
  return TRUE;
}

/* Whether the network itself must run, as its parameters, or those of its
 * variant, are not the exact ones. */
static gboolean
needs_network (const BfftPlanSpec * spec)
{
  if (spec->network)
    return !bfft_network_is_exact (spec->network);
  return spec->variant == BFFT_VARIANT_Q8
      || spec->variant == BFFT_VARIANT_UNITARY;
}

/* Exact weights may be computed by any exact transform; the fastest is. Those
 * on vector extensions cannot be said in ORC. */
static BfftPlan *
engine_new (const BfftPlanSpec * spec)
{
  gboolean network = needs_network (spec);
  gboolean orc = spec->execution == BFFT_EXECUTION_ORC
      && bfft_execution_has_orc ();

  if (spec->variant == BFFT_VARIANT_REFERENCE)
    return bfft_plan_reference_new (spec);
  if (network && bfft_network_length_is_valid (spec->n_fft))
    return bfft_plan_network_new (spec);
  if (!network && !orc && bfft_plan_exact_takes (spec->n_fft))
    return bfft_plan_exact_new (spec);
  if (!network && !orc && spec->n_fft == BFFT_PLAN_PRIME)
    return bfft_plan_prime_new (spec);
  if (spec->n_fft < BFFT_PLAN_DIRECT_BELOW
      || (!network && !orc && spec->n_fft <= BFFT_PLAN_DIRECT_MOST))
    return bfft_plan_direct_new (spec);
  if (!network && bfft_plan_real_takes (spec->n_fft))
    return bfft_plan_real_new (spec);
  return bfft_plan_chirpz_new (spec, network || orc);
}

static void
make_gain (BfftPlan * self, const BfftNetwork * curve, guint rate)
{
  guint k;

  self->gain = g_new (gfloat, 2 * self->bins);
  self->power_gain = self->gain + self->bins;
  bfft_curve_sample (curve, self->spec.n_fft,
      rate ? rate : curve->sample_rate, self->gain);
  for (k = 0; k < self->bins; k++)
    self->power_gain[k] = self->gain[k] * self->gain[k];
  self->parameter_bytes += 2 * self->bins * sizeof (gfloat);
}

BfftPlan *
bfft_plan_new (const BfftPlanSpec * spec, GError ** error)
{
  BfftPlanSpec engine = *spec;
  BfftPlan *self;
  guint i;

  if (!check_spec (spec, error))
    return NULL;

  if (has_curve (spec))
    engine.network = NULL;
  self = engine_new (&engine);
  self->spec = *spec;
  self->kernels = bfft_kernels_get (spec->execution);
  if (spec->network)
    bfft_network_ref (spec->network);
  self->bins = spec->n_fft / 2 + 1;
  self->window = g_new (gfloat, spec->n_fft);
  for (i = 0; i < spec->n_fft; i++)
    self->window[i] = spec->window ? spec->window[i] : 1;
  self->spec.window = self->window;
  self->re = g_new (gfloat, self->bins);
  self->im = g_new (gfloat, self->bins);
  if (has_curve (spec))
    make_gain (self, spec->network, spec->rate);
  return self;
}

void
bfft_plan_free (BfftPlan * plan)
{
  if (plan == NULL)
    return;
  plan->klass->free (plan);
  if (plan->spec.network)
    bfft_network_unref (plan->spec.network);
  g_free (plan->window);
  g_free (plan->re);
  g_free (plan->im);
  g_free (plan->gain);
  g_free (plan->description);
  g_free (plan);
}

void
bfft_plan_spectrum (BfftPlan * plan, const gfloat * frame, gfloat * re,
    gfloat * im)
{
  plan->klass->spectrum (plan, frame, re, im);
  if (plan->gain) {
    plan->kernels->network_scale (re, plan->gain, plan->bins);
    plan->kernels->network_scale (im, plan->gain, plan->bins);
  }
}

void
bfft_plan_power (BfftPlan * plan, const gfloat * frame, gfloat * power)
{
  if (plan->klass->power) {
    plan->klass->power (plan, frame, power);
  } else {
    plan->klass->spectrum (plan, frame, plan->re, plan->im);
    plan->kernels->network_power (power, plan->re, plan->im, plan->bins);
  }
  if (plan->gain)
    plan->kernels->network_scale (power, plan->power_gain, plan->bins);
}

void
bfft_plan_accumulate_power (BfftPlan * plan, const gfloat * a,
    const gfloat * b, gfloat * sum)
{
  bfft_plan_power (plan, a, plan->re);
  plan->kernels->add_rows (sum, 0, plan->re, 0, plan->bins, 1);
  if (b)
    bfft_plan_accumulate_power (plan, b, NULL, sum);
}

BfftVariant
bfft_plan_get_variant (const BfftPlan * plan)
{
  return plan->spec.variant;
}

gsize
bfft_plan_get_parameter_bytes (const BfftPlan * plan)
{
  return plan->parameter_bytes;
}

guint64
bfft_plan_get_active_butterflies (const BfftPlan * plan)
{
  return plan->active_butterflies;
}

const gchar *
bfft_plan_describe (const BfftPlan * plan)
{
  return plan->description;
}
