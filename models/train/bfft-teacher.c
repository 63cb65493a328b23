/* bfft: the teacher, the exact transform in double precision.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-teacher.h"

#include <gst/fft/gstfftf64.h>

/* -200 dB: a batch below that teaches nothing. */
#define SILENCE 1e-20

BfftTeacher *
bfft_teacher_new (const BfftBatchShape * shape, const gfloat * window,
    guint power_stride)
{
  BfftTeacher *self = g_new0 (BfftTeacher, 1);
  gsize spectrum = (gsize) shape->frames * shape->n;
  guint i;

  self->shape = *shape;
  self->re = g_new0 (gfloat, spectrum);
  self->im = g_new0 (gfloat, spectrum);
  self->power_stride = power_stride;
  self->power = g_new0 (gfloat, (gsize) shape->segments * power_stride);
  self->samples = g_new (gdouble, shape->n);
  self->window = g_new (gdouble, shape->n);
  for (i = 0; i < shape->n; i++)
    self->window[i] = window[i];
  self->fft = gst_fft_f64_new (shape->n, FALSE);
  self->bins = g_new (GstFFTF64Complex, shape->n / 2 + 1);
  return self;
}

void
bfft_teacher_free (BfftTeacher * teacher)
{
  if (teacher == NULL)
    return;
  gst_fft_f64_free (teacher->fft);
  g_free (teacher->bins);
  g_free (teacher->window);
  g_free (teacher->samples);
  g_free (teacher->power);
  g_free (teacher->re);
  g_free (teacher->im);
  g_free (teacher);
}

/* All n bins: the upper half mirrors the lower. */
static void
transform_frame (BfftTeacher * self, const gfloat * frame, gfloat * re,
    gfloat * im)
{
  const GstFFTF64Complex *bins = self->bins;
  guint n = self->shape.n;
  guint i;

  for (i = 0; i < n; i++)
    self->samples[i] = frame[i];
  gst_fft_f64_fft (self->fft, self->samples, self->bins);
  for (i = 0; i <= n / 2; i++) {
    re[i] = bins[i].r;
    im[i] = bins[i].i;
  }
  for (; i < n; i++) {
    re[i] = bins[n - i].r;
    im[i] = -bins[n - i].i;
  }
}

static void
transform_segment (BfftTeacher * self, const gfloat * segment, gfloat * power)
{
  const GstFFTF64Complex *bins = self->bins;
  guint n = self->shape.n;
  guint i;

  for (i = 0; i < n; i++)
    self->samples[i] = segment[i] * self->window[i];
  gst_fft_f64_fft (self->fft, self->samples, self->bins);
  for (i = 0; i <= n / 2; i++)
    power[i] = bins[i].r * bins[i].r + bins[i].i * bins[i].i;
}

gboolean
bfft_teacher_run (BfftTeacher * teacher, const BfftBatch * batch)
{
  const BfftBatchShape *shape = &teacher->shape;
  guint i;

  if (batch->power < SILENCE)
    return FALSE;
  teacher->energy = batch->power;
  for (i = 0; i < shape->frames; i++) {
    gsize row = (gsize) i * shape->n;

    transform_frame (teacher, bfft_batch_frame (batch, i, FALSE),
        teacher->re + row, teacher->im + row);
  }
  for (i = 0; i < shape->segments; i++)
    transform_segment (teacher, bfft_batch_segment (batch, i, FALSE),
        teacher->power + (gsize) i * teacher->power_stride);
  return TRUE;
}
