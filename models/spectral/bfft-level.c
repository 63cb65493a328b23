/* bfft: levels of a power spectrum, in total and in bands of octaves.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-level.h"

#include <math.h>

struct _BfftLevels
{
  guint n_bins;
  gdouble bin;                  /* Hz */
  gdouble half_rate;            /* Hz */
  gdouble offset;               /* dB */
  gdouble *weights;             /* [n_bins], from psd to mean square */
  GArray *bands;                /* BfftBand */
};

/* The poles of IEC 61672-1, E.4, and the curve through them, not normalised. */
static gdouble
weighting_curve (BfftWeighting weighting, gdouble frequency)
{
  const gdouble low = pow (10, 3), high = pow (10, 7.8), mid = 1e6;
  const gdouble d = sqrt (0.5), a = pow (10, 2.45);
  const gdouble c = low * high;
  const gdouble b = (mid + c / mid - d * (low + high)) / (1 - d);
  const gdouble root = sqrt (b * b - 4 * c);
  const gdouble f1_2 = (-b - root) / 2, f4_2 = (-b + root) / 2;
  const gdouble f2 = (3 - sqrt (5)) / 2 * a, f3 = (3 + sqrt (5)) / 2 * a;
  const gdouble f_2 = frequency * frequency;
  gdouble gain = f_2 / ((f_2 + f1_2) * (f_2 + f4_2));

  gain *= gain;
  if (weighting == BFFT_WEIGHTING_A)
    gain *= f_2 * f_2 / ((f_2 + f2 * f2) * (f_2 + f3 * f3));
  return gain;
}

gdouble
bfft_weighting_gain (BfftWeighting weighting, gdouble frequency)
{
  if (weighting == BFFT_WEIGHTING_NONE)
    return 1;
  return weighting_curve (weighting, frequency)
      / weighting_curve (weighting, 1000);
}

/* What makes a mean square of a bin: |X|^2 is n energy times it. */
static gdouble
mean_square (const BfftLevelSpec * spec)
{
  gdouble sum = 0, energy = 0;
  guint i;

  for (i = 0; i < spec->n_fft; i++) {
    gdouble w = spec->window ? spec->window[i] : 1;

    sum += w;
    energy += w * w;
  }
  switch (spec->scaling) {
    case BFFT_WELCH_SCALING_DENSITY:
      return (gdouble) spec->rate / spec->n_fft;
    case BFFT_WELCH_SCALING_SPECTRUM:
      return sum * sum / (spec->n_fft * energy);
    default:
      return 1 / (spec->n_fft * energy);
  }
}

/* Nominal frequencies are of the R10 series for octaves and their thirds, else
 * the exact ones with three significant digits, two if the first is 5 or more
 * (IEC 61260-1, annex E). */
static void
make_label (BfftBand * band, guint fraction, gint index)
{
  static const gdouble r10[] = { 1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8 };
  gdouble decade = floor (log10 (band->frequency) + 1e-9), unit, nominal;
  gint third;

  if (fraction == 1 || fraction == 3) {
    third = 30 + index * (3 / (gint) fraction);
    decade = floor (third / 10.0);
    nominal = r10[third - 10 * (gint) decade] * pow (10, decade);
  } else {
    unit = pow (10, decade);
    unit /= band->frequency < 5 * unit ? 100 : 10;
    nominal = round (band->frequency / unit) * unit;
  }
  g_ascii_formatd (band->label, sizeof (band->label), "%.6g", nominal);
}

/* IEC 61260-1, 5.4 and 5.6, base ten. */
static void
make_band (BfftBand * band, guint fraction, gint index, gdouble bin)
{
  const gdouble ratio = pow (10, 0.3);
  gdouble edge = pow (ratio, 0.5 / fraction);
  gdouble octaves = (index + (fraction % 2 ? 0 : 0.5)) / fraction;

  band->frequency = 1000 * pow (ratio, octaves);
  band->low = band->frequency / edge;
  band->high = band->frequency * edge;
  band->bins = (band->high - band->low) / bin;
  make_label (band, fraction, index);
}

GArray *
bfft_bands_new (guint fraction, guint n_fft, guint rate, GError ** error)
{
  const gdouble edge = pow (10, 0.15 / fraction);
  gdouble bin = (gdouble) rate / n_fft;
  gdouble lowest = bin / (edge - 1 / edge);
  gint index = floor (fraction * log10 (lowest / 1000) / 0.3) - 1;
  GArray *bands = g_array_new (FALSE, FALSE, sizeof (BfftBand));
  BfftBand band;

  for (make_band (&band, fraction, index, bin);
      band.high <= rate / 2.0 * (1 + 1e-12);
      make_band (&band, fraction, ++index, bin)) {
    if (band.bins >= 1)
      g_array_append_val (bands, band);
  }
  if (bands->len > 0)
    return bands;
  g_array_unref (bands);
  g_set_error (error, BFFT_WELCH_ERROR, BFFT_WELCH_ERROR_SPEC,
      "No band of octave-fraction %u is as wide as a bin of %g Hz; set a "
      "larger n-fft", fraction, bin);
  return NULL;
}

BfftLevels *
bfft_levels_new (const BfftLevelSpec * spec, GError ** error)
{
  BfftLevels *self = g_new0 (BfftLevels, 1);
  gdouble unit = mean_square (spec);
  guint k;

  self->n_bins = spec->n_fft / 2 + 1;
  self->bin = (gdouble) spec->rate / spec->n_fft;
  self->half_rate = spec->rate / 2.0;
  self->offset = spec->offset;
  self->weights = g_new (gdouble, self->n_bins);
  for (k = 0; k < self->n_bins; k++)
    self->weights[k] =
        unit * bfft_weighting_gain (spec->weighting, k * self->bin);
  if (spec->fraction)
    self->bands = bfft_bands_new (spec->fraction, spec->n_fft, spec->rate,
        error);
  else
    self->bands = g_array_new (FALSE, FALSE, sizeof (BfftBand));
  if (self->bands == NULL)
    g_clear_pointer (&self, bfft_levels_free);
  return self;
}

void
bfft_levels_free (BfftLevels * self)
{
  if (self == NULL)
    return;
  g_free (self->weights);
  g_clear_pointer (&self->bands, g_array_unref);
  g_free (self);
}

const BfftBand *
bfft_levels_get_bands (const BfftLevels * self, guint * n_bands)
{
  *n_bands = self->bands->len;
  return (const BfftBand *) self->bands->data;
}

static gdouble
to_level (const BfftLevels * self, gdouble power)
{
  return power > 0 ? 10 * log10 (power) + self->offset : -INFINITY;
}

/* The mean square from @low to @high Hz; bin k reaches half a bin to both
 * sides, but not below 0 or above half the rate. */
static gdouble
sum_band (const BfftLevels * self, const gfloat * psd, gdouble low,
    gdouble high)
{
  guint first = low / self->bin + 0.5, last = high / self->bin + 0.5, k;
  gdouble sum = 0;

  for (k = first; k <= last && k < self->n_bins; k++) {
    gdouble from = MAX (0, (k - 0.5) * self->bin);
    gdouble to = MIN (self->half_rate, (k + 0.5) * self->bin);
    gdouble share = (MIN (to, high) - MAX (from, low)) / (to - from);

    sum += self->weights[k] * psd[k] * CLAMP (share, 0, 1);
  }
  return sum;
}

gdouble
bfft_levels_run (BfftLevels * self, const gfloat * psd, gfloat * levels)
{
  gdouble total = 0;
  guint i;

  for (i = 0; i < self->bands->len; i++) {
    const BfftBand *band = &g_array_index (self->bands, BfftBand, i);

    levels[i] = to_level (self, sum_band (self, psd, band->low, band->high));
  }
  for (i = 0; i < self->n_bins; i++)
    total += self->weights[i] * psd[i];
  return to_level (self, total);
}
