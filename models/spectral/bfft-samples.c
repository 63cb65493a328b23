/* bfft: samples of several formats as floats, mixed or parted.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-samples.h"

#include <string.h>

/* ORC's loops need arrays aligned to their elements, but a buffer's memory may
 * start anywhere. */
static gboolean
is_aligned (gconstpointer s, gsize width)
{
  return (guintptr) s % width == 0;
}

static void
convert_f64 (const BfftKernels * kernels, gfloat * d, const guint8 * s, guint n)
{
  gdouble aligned[128];

  if (is_aligned (s, sizeof (gdouble))) {
    kernels->f64_to_float (d, (const gdouble *) s, n);
    return;
  }
  while (n > 0) {
    guint block = MIN (n, G_N_ELEMENTS (aligned));

    memcpy (aligned, s, block * sizeof (gdouble));
    kernels->f64_to_float (d, aligned, block);
    d += block;
    s += block * sizeof (gdouble);
    n -= block;
  }
}

void
bfft_samples_convert (const BfftKernels * kernels, BfftSampleFormat format,
    gfloat * d, gconstpointer s, gfloat scale, guint n)
{
  switch (format) {
    case BFFT_SAMPLES_S16:
      kernels->s16_to_float (d, s, scale, n);
      break;
    case BFFT_SAMPLES_S32:
      kernels->s32_to_float (d, s, scale, n);
      break;
    case BFFT_SAMPLES_F32:
      memcpy (d, s, n * sizeof (gfloat));
      break;
    case BFFT_SAMPLES_F64:
      convert_f64 (kernels, d, s, n);
      break;
  }
}

/* Interleaved samples of any format as floats, aligned for the stereo kernels;
 * in place if they are that. */
static const gfloat *
as_floats (const BfftKernels * kernels, BfftSampleFormat format,
    gconstpointer s, gfloat scale, gfloat * scratch, guint n)
{
  if (format == BFFT_SAMPLES_F32 && is_aligned (s, 2 * sizeof (gfloat)))
    return s;
  bfft_samples_convert (kernels, format, scratch, s, scale, n);
  return scratch;
}

void
bfft_samples_mix (const BfftKernels * kernels, BfftSampleFormat format,
    gfloat * d, gconstpointer s, guint channels, gfloat scale,
    gfloat * scratch, guint n)
{
  const gfloat *x;
  guint i, c;

  if (channels == 1) {
    bfft_samples_convert (kernels, format, d, s, scale, n);
    return;
  }
  if (channels == 2 && format == BFFT_SAMPLES_S16 && is_aligned (s, 4)) {
    kernels->s16_stereo_mix (d, s, scale / 2, n);
    return;
  }
  x = as_floats (kernels, format, s, scale, scratch, n * channels);
  if (channels == 2) {
    kernels->stereo_mix (d, x, 0.5, n);
    return;
  }
  for (i = 0; i < n; i++, x += channels) {
    gfloat sum = x[0];

    for (c = 1; c < channels; c++)
      sum += x[c];
    d[i] = sum / channels;
  }
}

void
bfft_samples_split (const BfftKernels * kernels, BfftSampleFormat format,
    gfloat * d, gsize stride, gconstpointer s, guint channels, gfloat scale,
    gfloat * scratch, guint n)
{
  const gfloat *x;
  guint i, c;

  if (channels == 1) {
    bfft_samples_convert (kernels, format, d, s, scale, n);
    return;
  }
  x = as_floats (kernels, format, s, scale, scratch, n * channels);
  if (channels == 2) {
    kernels->stereo_split (d, d + stride, x, n);
    return;
  }
  for (c = 0; c < channels; c++) {
    for (i = 0; i < n; i++)
      d[c * stride + i] = x[i * channels + c];
  }
}

void
bfft_samples_add (const BfftKernels * kernels, gfloat * d, const gfloat * s,
    gfloat weight, guint n)
{
  kernels->add_scaled (d, s, weight, n);
}
