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

#include <string.h>

typedef struct
{
  BfftPlan plan;
  GstFFTF32 *fft;
  guint spread;                 /* 1, or 2 for odd lengths */
  gfloat *frame;                /* [n_fft * spread] */
  GstFFTF32Complex *bins;       /* [n_fft * spread / 2 + 1] */
  gfloat *out_re, *out_im;      /* [n_fft], complex frames */
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

/* Transforms one plane and adds it, as it is or times i, to all n bins; the
 * upper half is the conjugate mirror image of the lower. */
static void
add_plane (BfftPlanReference * self, const gfloat * plane, gboolean imaginary,
    gfloat * re, gfloat * im)
{
  guint n = self->plan.spec.n_fft;
  guint i, k;

  for (i = 0; i < n; i++)
    self->frame[i * self->spread] = plane[i];
  gst_fft_f32_fft (self->fft, self->frame, self->bins);
  for (k = 0; k < n; k++) {
    const GstFFTF32Complex *bin = &self->bins[k <= n / 2 ? k : n - k];
    gfloat bin_im = k <= n / 2 ? bin->i : -bin->i;

    re[k] += imaginary ? -bin_im : bin->r;
    im[k] += imaginary ? bin->r : bin_im;
  }
}

static void
bfft_plan_reference_forward (BfftPlan * plan, const gfloat * in_re,
    const gfloat * in_im, gfloat * out_re, gfloat * out_im)
{
  BfftPlanReference *self = (BfftPlanReference *) plan;
  gsize size = plan->spec.n_fft * sizeof (gfloat);

  memset (self->out_re, 0, size);
  memset (self->out_im, 0, size);
  add_plane (self, in_re, FALSE, self->out_re, self->out_im);
  add_plane (self, in_im, TRUE, self->out_re, self->out_im);
  memcpy (out_re, self->out_re, size);
  memcpy (out_im, self->out_im, size);
}

/* conj (F (conj (z))) is F with the two parts swapped, swapped back. */
static void
bfft_plan_reference_inverse (BfftPlan * plan, const gfloat * in_re,
    const gfloat * in_im, gfloat * out_re, gfloat * out_im)
{
  bfft_plan_reference_forward (plan, in_im, in_re, out_im, out_re);
}

static void
bfft_plan_reference_free (BfftPlan * plan)
{
  BfftPlanReference *self = (BfftPlanReference *) plan;

  gst_fft_f32_free (self->fft);
  g_free (self->frame);
  g_free (self->bins);
  g_free (self->out_re);
  g_free (self->out_im);
}

static const BfftPlanClass bfft_plan_reference_class = {
  .spectrum = bfft_plan_reference_spectrum,
  .forward = bfft_plan_reference_forward,
  .inverse = bfft_plan_reference_inverse,
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
  if (spec->complex_frames) {
    self->out_re = g_new (gfloat, spec->n_fft);
    self->out_im = g_new (gfloat, spec->n_fft);
  }
  self->plan.klass = &bfft_plan_reference_class;
  self->plan.description = g_strdup_printf ("GstFFT of length %u", length);
  return &self->plan;
}
