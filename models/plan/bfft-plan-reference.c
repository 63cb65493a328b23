/* bfft: GstFFT as a plan, the teacher and the yardstick.
 *
 * Odd lengths, which GstFFT does not have for real input, take the even
 * length twice as long with zeros between the samples: x[0] 0 x[1] 0 ... has
 * the same first bins.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <gst/fft/gstfftf32.h>

#include "bfft-plan-private.h"

typedef struct
{
  BfftPlan plan;
  GstFFTF32 *fft;
  guint spread;                 /* 1, or 2 for odd lengths */
  gfloat *frame;                /* [n_fft * spread] */
  GstFFTF32Complex *bins;       /* [n_fft * spread / 2 + 1] */
} BfftPlanReference;

static void
bfft_plan_reference_spectrum (BfftPlan * plan, const gfloat * frame,
    gfloat * re, gfloat * im)
{
  BfftPlanReference *self = (BfftPlanReference *) plan;
  guint i;

  for (i = 0; i < plan->spec.n_fft; i++)
    self->frame[i * self->spread] = frame[i] * plan->window[i];
  gst_fft_f32_fft (self->fft, self->frame, self->bins);
  for (i = 0; i < plan->bins; i++) {
    re[i] = self->bins[i].r;
    im[i] = self->bins[i].i;
  }
}

static void
bfft_plan_reference_free (BfftPlan * plan)
{
  BfftPlanReference *self = (BfftPlanReference *) plan;

  gst_fft_f32_free (self->fft);
  g_free (self->frame);
  g_free (self->bins);
}

static const BfftPlanClass bfft_plan_reference_class = {
  .spectrum = bfft_plan_reference_spectrum,
  .free = bfft_plan_reference_free,
};

BfftPlan *
bfft_plan_reference_new (const BfftPlanSpec * spec)
{
  BfftPlanReference *self = g_new0 (BfftPlanReference, 1);
  guint length;

  self->spread = spec->n_fft % 2 ? 2 : 1;
  length = spec->n_fft * self->spread;
  self->fft = gst_fft_f32_new (length, FALSE);
  self->frame = g_new0 (gfloat, length);
  self->bins = g_new (GstFFTF32Complex, length / 2 + 1);
  self->plan.klass = &bfft_plan_reference_class;
  self->plan.description = g_strdup_printf ("GstFFT of length %u", length);
  return &self->plan;
}
