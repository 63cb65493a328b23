/* bfft: what training minimises, and its gradient by the student's output.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-loss.h"

#include <math.h>
#include <string.h>

#include "bfft-window.h"

/* The largest number of bands up to n_mels of which each has a bin; none for
 * transforms of 2 samples. */
static void
make_mel (BfftLoss * self)
{
  BfftMelSpec mel = {
    .rate = self->spec.rate,
    .n_fft = self->shape.n,
    .scale = BFFT_MEL_SCALE_SLANEY,
    .norm = BFFT_MEL_NORM_SLANEY,
    .f_max = self->spec.rate / 2.0,
    .gain = 1,
  };

  for (mel.n_mels = self->spec.n_mels; mel.n_mels > 0; mel.n_mels--) {
    self->mel = bfft_mel_new (&mel, NULL);
    if (self->mel)
      break;
  }
  self->n_mels = mel.n_mels;
}

static guint
segments_needed (const BfftLossSpec * spec, guint frames)
{
  if (spec->welch_weight > 0 || spec->peak_weight > 0)
    return 2 * frames + BFFT_BATCH_AVERAGED - 2;
  return spec->mel_weight > 0 ? frames : 0;
}

static void
make_tables (BfftLoss * self)
{
  guint i;

  self->window = g_new (gfloat, self->shape.n);
  bfft_window_fill (BFFT_WINDOW_HANN, TRUE, self->window, self->shape.n);
  for (i = 0; i < self->shape.n; i++)
    self->window_energy += (gdouble) self->window[i] * self->window[i];
  self->sided = g_new (gfloat, self->bins);
  for (i = 0; i < self->bins; i++) {
    self->sided[i] =
        (i == 0 || i == self->bins - 1 ? 1.0 : 2.0) / BFFT_BATCH_AVERAGED;
  }
}

BfftLoss *
bfft_loss_new (const BfftLossSpec * spec, guint n, guint frames,
    BfftExecution execution)
{
  BfftLoss *self = g_new0 (BfftLoss, 1);
  gsize powers;

  self->kernels = bfft_kernels_get (execution);
  self->spec = *spec;
  self->shape.n = n;
  self->shape.frames = frames;
  self->shape.segments = segments_needed (spec, frames);
  self->bins = n / 2 + 1;
  self->spec.peak_k =
      spec->peak_weight > 0 ? MIN (spec->peak_k, self->bins) : 0;
  self->power_stride = self->bins + BFFT_MEL_PADDING;
  make_mel (self);
  make_tables (self);

  powers = (gsize) self->shape.segments * self->power_stride;
  self->power = g_new0 (gfloat, powers);
  self->dpower = g_new0 (gfloat, powers);
  self->sum = g_new0 (gfloat, n);
  self->largest = g_new0 (gfloat, n);
  self->psd = g_new0 (gfloat, (gsize) frames * self->bins);
  self->target = g_new0 (gfloat, (gsize) frames * self->bins);
  self->dpsd = g_new0 (gfloat, self->bins);
  /* one more: without peaks it is still an address */
  self->peaks = g_new0 (guint, (gsize) frames * self->spec.peak_k + 1);
  self->energies = g_new0 (gfloat, self->n_mels);
  self->logs = g_new0 (gfloat, self->n_mels);
  self->target_logs = g_new0 (gfloat, self->n_mels);
  self->mel_error = g_new0 (gfloat, self->n_mels);
  return self;
}

void
bfft_loss_free (BfftLoss * loss)
{
  if (loss == NULL)
    return;
  bfft_mel_free (loss->mel);
  g_free (loss->window);
  g_free (loss->power);
  g_free (loss->dpower);
  g_free (loss->sum);
  g_free (loss->largest);
  g_free (loss->sided);
  g_free (loss->psd);
  g_free (loss->target);
  g_free (loss->dpsd);
  g_free (loss->peaks);
  g_free (loss->energies);
  g_free (loss->logs);
  g_free (loss->target_logs);
  g_free (loss->mel_error);
  g_free (loss);
}

/* The frames' rows come first. By Parseval the teacher's sum of |X|^2 is n
 * times the samples'. */
static void
add_spectrum (BfftLoss * self, BfftStudent * student,
    const BfftTeacher * teacher, gdouble noise_variance,
    BfftLossValues * values)
{
  guint n = self->shape.n, frames = self->shape.frames;
  gint row = n * sizeof (gfloat);
  gdouble squares = (gdouble) n * n * frames;
  gdouble reference = squares * (teacher->energy + noise_variance);
  gdouble sum = 0;
  gfloat largest = 0;
  guint i;

  memset (self->sum, 0, row);
  memset (self->largest, 0, row);
  self->kernels->train_error (student->dout_re, row, student->dout_im, row,
      self->sum, 0, self->largest, 0, student->out_re, row, student->out_im,
      row, teacher->re, row, teacher->im, row, n, frames);
  for (i = 0; i < n; i++) {
    sum += self->sum[i];
    largest = MAX (largest, self->largest[i]);
  }
  self->kernels->train_scale (student->dout_re,
      2 * self->spec.spectrum_weight / reference, frames * n);
  self->kernels->train_scale (student->dout_im,
      2 * self->spec.spectrum_weight / reference, frames * n);
  values->total += self->spec.spectrum_weight * sum / reference;
  values->spec_err = sqrt (largest);
  values->spec_relative = sqrt (sum / (squares * teacher->energy));
}

/* From dpower to dout; bins above n / 2 are not looked at. */
static void
power_back (BfftLoss * self, BfftStudent * student)
{
  guint n = self->shape.n;
  gint row = n * sizeof (gfloat);
  gsize skip = (gsize) self->shape.frames * n;
  gsize size = (gsize) self->shape.segments * row;

  memset (student->dout_re + skip, 0, size);
  memset (student->dout_im + skip, 0, size);
  self->kernels->train_power_back (student->dout_re + skip, row,
      student->dout_im + skip, row, self->dpower,
      self->power_stride * sizeof (gfloat), student->out_re + skip, row,
      student->out_im + skip, row, self->bins, self->shape.segments);
}

void
bfft_loss_run (BfftLoss * loss, BfftStudent * student,
    const BfftTeacher * teacher, gdouble noise_variance,
    BfftLossValues * values)
{
  const BfftBatchShape *shape = &loss->shape;
  gint row = shape->n * sizeof (gfloat);
  gint stride = loss->power_stride * sizeof (gfloat);
  gsize skip = (gsize) shape->frames * shape->n;

  memset (values, 0, sizeof (*values));
  if (loss->spec.spectrum_weight > 0) {
    add_spectrum (loss, student, teacher, noise_variance, values);
  } else {
    memset (student->dout_re, 0, skip * sizeof (gfloat));
    memset (student->dout_im, 0, skip * sizeof (gfloat));
  }
  if (shape->segments == 0)
    return;
  loss->kernels->train_power (loss->power, stride, student->out_re + skip,
      row, student->out_im + skip, row, loss->bins, shape->segments);
  memset (loss->dpower, 0, (gsize) shape->segments * stride);
  if (loss->spec.welch_weight > 0 || loss->spec.peak_weight > 0)
    bfft_loss_add_welch (loss, teacher, noise_variance, values);
  if (loss->spec.mel_weight > 0 && loss->mel)
    bfft_loss_add_mel (loss, teacher, values);
  power_back (loss, student);
}
