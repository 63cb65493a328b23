/* bfft: real frames on a network, as it is.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-compiled.h"
#include "bfft-plan-private.h"

#include <string.h>

typedef struct
{
  BfftPlan plan;
  BfftCompiled compiled;
} BfftPlanNetwork;

/* Returns: where the bins are. */
static const BfftPlanes *
run (BfftPlanNetwork * self, const gfloat * frame)
{
  const BfftPlanes *bins;

  bfft_compiled_load_real (&self->compiled, frame, self->plan.window);
  bins = bfft_compiled_run (&self->compiled);
  bfft_compiled_finish (&self->compiled, bins);
  return bins;
}

static void
bfft_plan_network_spectrum (BfftPlan * plan, const gfloat * frame,
    gfloat * re, gfloat * im)
{
  BfftPlanNetwork *self = (BfftPlanNetwork *) plan;
  const BfftPlanes *bins = run (self, frame);
  guint first = self->compiled.first_bin;
  gsize size = self->compiled.n_bins * sizeof (gfloat);

  memcpy (re + first, bins->re + first, size);
  memcpy (im + first, bins->im + first, size);
}

static void
bfft_plan_network_power (BfftPlan * plan, const gfloat * frame, gfloat * power)
{
  BfftPlanNetwork *self = (BfftPlanNetwork *) plan;
  const BfftPlanes *bins = run (self, frame);
  guint first = self->compiled.first_bin;

  plan->kernels->network_power (power + first, bins->re + first,
      bins->im + first, self->compiled.n_bins);
}

static void
bfft_plan_network_free (BfftPlan * plan)
{
  BfftPlanNetwork *self = (BfftPlanNetwork *) plan;

  bfft_compiled_clear (&self->compiled);
}

static const BfftPlanClass bfft_plan_network_class = {
  .spectrum = bfft_plan_network_spectrum,
  .power = bfft_plan_network_power,
  .free = bfft_plan_network_free,
};

BfftPlan *
bfft_plan_network_new (const BfftPlanSpec * spec)
{
  BfftPlanNetwork *self = g_new0 (BfftPlanNetwork, 1);
  BfftNetwork *network = spec->network ? bfft_network_ref (spec->network)
      : bfft_network_new_exact (spec->variant, spec->n_fft);
  BfftCompiled *compiled = &self->compiled;
  guint bins = spec->n_fft / 2 + 1;

  compiled->real = TRUE;
  compiled->sorted = spec->variant == BFFT_VARIANT_STOCKHAM;
  compiled->first_bin = MIN (spec->first_bin, bins - 1);
  compiled->n_bins = bins - compiled->first_bin;
  if (spec->n_bins)
    compiled->n_bins = MIN (compiled->n_bins, spec->n_bins);
  bfft_compiled_init (compiled, network, spec->execution);
  self->plan.klass = &bfft_plan_network_class;
  self->plan.parameter_bytes = compiled->tables.bytes;
  self->plan.active_butterflies = compiled->schedule.active;
  self->plan.description = bfft_compiled_describe (compiled);
  bfft_network_unref (network);
  return &self->plan;
}
