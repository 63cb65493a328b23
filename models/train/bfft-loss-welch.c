/* bfft: the Welch and peak terms of the loss.
 *
 * A frame's estimate is the mean of the powers of its 8 segments, one-sided.
 * Its peaks are the peak_k bins where the teacher's estimate is largest (the
 * lower one of equals); what counts of a peak is the power of the bin and its
 * two neighbours, those beyond the edges left out.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-loss.h"

#include <math.h>
#include <string.h>

/* [frames][bins] estimates from [segments][power_stride] powers. */
static void
estimate (BfftLoss * self, const gfloat * power, gfloat * psd)
{
  gint stride = self->power_stride * sizeof (gfloat);
  guint frame;

  for (frame = 0; frame < self->shape.frames; frame++) {
    gfloat *row = psd + (gsize) frame * self->bins;

    memset (row, 0, self->bins * sizeof (gfloat));
    self->kernels->train_accumulate (row, 0,
        power + (gsize) 2 * frame * self->power_stride, stride, self->bins,
        BFFT_BATCH_AVERAGED);
    self->kernels->train_multiply_by (row, self->sided, self->bins);
  }
}

/* The largest peak_k bins of a row, largest first. */
static void
find_peaks (const BfftLoss * self, const gfloat * psd, guint * peaks)
{
  guint k, found = 0;

  for (k = 0; self->spec.peak_k > 0 && k < self->bins; k++) {
    guint place;

    if (found == self->spec.peak_k && psd[k] <= psd[peaks[found - 1]])
      continue;
    found = MIN (found + 1, self->spec.peak_k);
    for (place = found - 1; place > 0 && psd[peaks[place - 1]] < psd[k];
        place--)
      peaks[place] = peaks[place - 1];
    peaks[place] = k;
  }
}

static gdouble
band_power (const BfftLoss * self, const gfloat * psd, guint peak)
{
  guint first = peak > 0 ? peak - 1 : 0;
  guint last = MIN (peak + 1, self->bins - 1);
  gdouble power = 0;
  guint k;

  for (k = first; k <= last; k++)
    power += psd[k];
  return power;
}

/* Sums of squares of the teacher's estimates and of the powers around its
 * peaks, that errors are relative to; expected noise included. */
static void
references (const BfftLoss * self, gdouble noise_variance, gdouble * welch,
    gdouble * peak)
{
  gdouble noise = 2 * noise_variance * self->window_energy;
  gsize count = (gsize) self->shape.frames * self->bins;
  gsize i;

  *welch = count * noise * noise;
  for (i = 0; i < count; i++)
    *welch += (gdouble) self->target[i] * self->target[i];
  *peak = (gdouble) self->shape.frames * self->spec.peak_k * 9 * noise * noise;
  for (i = 0; i < self->shape.frames * self->spec.peak_k; i++) {
    const gfloat *row = self->target + i / self->spec.peak_k * self->bins;
    gdouble power = band_power (self, row, self->peaks[i]);

    *peak += power * power;
  }
}

/* Returns: the sum of squares over the bins; adds to dpsd. */
static gdouble
compare_bins (BfftLoss * self, const gfloat * psd, const gfloat * target,
    gdouble scale, gdouble * largest)
{
  gdouble sum = 0;
  guint k;

  for (k = 0; k < self->bins; k++) {
    gdouble error = (gdouble) psd[k] - target[k];

    sum += error * error;
    *largest = MAX (*largest, fabs (error));
    self->dpsd[k] += scale * error;
  }
  return sum;
}

/* The same over the peaks. */
static gdouble
compare_peaks (BfftLoss * self, const gfloat * psd, const gfloat * target,
    const guint * peaks, gdouble scale, gdouble * largest)
{
  gdouble sum = 0;
  guint i, k;

  for (i = 0; i < self->spec.peak_k; i++) {
    gdouble error = band_power (self, psd, peaks[i])
        - band_power (self, target, peaks[i]);
    guint last = MIN (peaks[i] + 1, self->bins - 1);

    sum += error * error;
    *largest = MAX (*largest, fabs (error));
    for (k = peaks[i] > 0 ? peaks[i] - 1 : 0; k <= last; k++)
      self->dpsd[k] += scale * error;
  }
  return sum;
}

/* A frame's dpsd belongs to each of its segments. */
static void
estimate_back (BfftLoss * self, guint frame)
{
  guint i;

  self->kernels->train_multiply_by (self->dpsd, self->sided, self->bins);
  for (i = 0; i < BFFT_BATCH_AVERAGED; i++) {
    self->kernels->train_accumulate (self->dpower
        + (gsize) (2 * frame + i) * self->power_stride, 0, self->dpsd, 0,
        self->bins, 1);
  }
}

void
bfft_loss_add_welch (BfftLoss * loss, const BfftTeacher * teacher,
    gdouble noise_variance, BfftLossValues * values)
{
  gdouble welch, peak, welch_sum = 0, peak_sum = 0;
  guint frame;

  estimate (loss, loss->power, loss->psd);
  estimate (loss, teacher->power, loss->target);
  for (frame = 0; frame < loss->shape.frames; frame++)
    find_peaks (loss, loss->target + (gsize) frame * loss->bins,
        loss->peaks + (gsize) frame * loss->spec.peak_k);
  references (loss, noise_variance, &welch, &peak);
  if (welch <= 0)
    return;
  /* Without peaks both are 0. */
  peak = MAX (peak, G_MINDOUBLE);

  for (frame = 0; frame < loss->shape.frames; frame++) {
    const gfloat *psd = loss->psd + (gsize) frame * loss->bins;
    const gfloat *target = loss->target + (gsize) frame * loss->bins;

    memset (loss->dpsd, 0, loss->bins * sizeof (gfloat));
    welch_sum += compare_bins (loss, psd, target,
        2 * loss->spec.welch_weight / welch, &values->welch_err);
    peak_sum += compare_peaks (loss, psd, target,
        loss->peaks + (gsize) frame * loss->spec.peak_k,
        2 * loss->spec.peak_weight / peak, &values->peak_err);
    estimate_back (loss, frame);
  }
  values->total += loss->spec.welch_weight * welch_sum / welch
      + loss->spec.peak_weight * peak_sum / peak;
}
