/* bfft: a network compiled for complex frames.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-transform.h"

#include "bfft-compiled.h"

#include <string.h>

struct _BfftTransform
{
  BfftCompiled compiled;
  gchar *description;
};

BfftTransform *
bfft_transform_new (const BfftNetwork * network, BfftExecution execution)
{
  BfftTransform *self = g_new0 (BfftTransform, 1);

  self->compiled.sorted = network->variant == BFFT_VARIANT_STOCKHAM;
  self->compiled.n_bins = network->n_fft;
  bfft_compiled_init (&self->compiled, network, execution);
  self->description = bfft_compiled_describe (&self->compiled);
  return self;
}

void
bfft_transform_free (BfftTransform * transform)
{
  if (transform == NULL)
    return;
  bfft_compiled_clear (&transform->compiled);
  g_free (transform->description);
  g_free (transform);
}

/* The network of z or, where @conjugate, of conj (z).
 * Returns: where the bins are. */
static const BfftPlanes *
run (BfftCompiled * compiled, const gfloat * re, const gfloat * im,
    gboolean conjugate)
{
  bfft_compiled_load (compiled, re, im);
  if (conjugate)
    compiled->orc->network_scale_by (compiled->planes[0].im, -1, compiled->n);
  return bfft_compiled_run (compiled);
}

void
bfft_transform_forward (BfftTransform * transform, const gfloat * in_re,
    const gfloat * in_im, gfloat * out_re, gfloat * out_im)
{
  BfftCompiled *compiled = &transform->compiled;
  const BfftPlanes *bins = run (compiled, in_re, in_im, FALSE);
  gsize size = compiled->n * sizeof (gfloat);

  bfft_compiled_finish (compiled, bins);
  memcpy (out_re, bins->re, size);
  memcpy (out_im, bins->im, size);
}

void
bfft_transform_inverse (BfftTransform * transform, const gfloat * in_re,
    const gfloat * in_im, gfloat * out_re, gfloat * out_im)
{
  BfftCompiled *compiled = &transform->compiled;
  const BfftPlanes *bins = run (compiled, in_re, in_im, TRUE);
  gsize size = compiled->n * sizeof (gfloat);

  bfft_compiled_finish (compiled, bins);
  compiled->orc->network_scale_by (bins->im, -1, compiled->n);
  memcpy (out_re, bins->re, size);
  memcpy (out_im, bins->im, size);
}

/* The way back has no mask: conj (F (conj z)) / n, of which the real part is
 * wanted. */
void
bfft_transform_round_trip (BfftTransform * transform, const gfloat * frame,
    gfloat * out)
{
  BfftCompiled *compiled = &transform->compiled;
  guint n = compiled->n;
  const BfftPlanes *bins;

  bfft_compiled_load (compiled, frame, frame);
  memset (compiled->planes[0].im, 0, n * sizeof (gfloat));
  bins = bfft_compiled_run (compiled);
  bfft_compiled_finish (compiled, bins);
  bins = run (compiled, bins->re, bins->im, TRUE);
  compiled->orc->network_scale_by (bins->re, 1.0f / n, n);
  memcpy (out, bins->re, n * sizeof (gfloat));
}

gsize
bfft_transform_get_parameter_bytes (const BfftTransform * transform)
{
  return transform->compiled.tables.bytes;
}

guint64
bfft_transform_get_active_butterflies (const BfftTransform * transform)
{
  return transform->compiled.schedule.active;
}

const gchar *
bfft_transform_describe (const BfftTransform * transform)
{
  return transform->description;
}
