/* bfft: masks that are equaliser curves.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-curve.h"

#include <math.h>
#include <string.h>

/* Gains stay within this: 0 has no dB, and slopes go on and on. */
#define MAX_DECIBELS 200.0

static gdouble
to_decibels (gdouble gain)
{
  return gain > 0 ? CLAMP (20 * log10 (gain), -MAX_DECIBELS, MAX_DECIBELS)
      : -MAX_DECIBELS;
}

static gfloat
to_gain (gdouble decibels)
{
  return pow (10, CLAMP (decibels, -MAX_DECIBELS, MAX_DECIBELS) / 20);
}

gboolean
bfft_network_is_curve (const BfftNetwork * network)
{
  const gfloat *mask = network->freq_mask;
  BfftNetwork rest = *network;
  guint n = network->n_fft;
  guint k;

  if (mask == NULL)
    return FALSE;
  for (k = 0; k < n; k++) {
    if (!(mask[2 * k] >= 0) || mask[2 * k] != mask[2 * k + 1]
        || mask[2 * k] != mask[2 * ((n - k) % n)])
      return FALSE;
  }
  rest.freq_mask = NULL;
  return bfft_network_is_exact (&rest);
}

BfftNetwork *
bfft_curve_new (guint n_fft, guint rate, const gfloat * gains)
{
  BfftNetwork *self =
      bfft_network_new_exact (BFFT_VARIANT_FUSED_SPECTRAL, n_fft);
  guint k;

  for (k = 0; k < n_fft; k++) {
    self->freq_mask[2 * k] = self->freq_mask[2 * k + 1] =
        gains[MIN (k, n_fft - k)];
  }
  self->sample_rate = rate;
  return self;
}

void
bfft_curve_interpolate (const gdouble * frequencies, const gdouble * decibels,
    guint count, gboolean hold, guint n_fft, guint rate, gfloat * gains)
{
  guint i = 0, k;

  for (k = 0; k <= n_fft / 2; k++) {
    gdouble f = (gdouble) k * rate / n_fft;
    gdouble span, place;

    while (i + 2 < count && f >= frequencies[i + 1])
      i++;
    if (count == 1) {
      gains[k] = to_gain (decibels[0]);
      continue;
    }
    span = frequencies[i + 1] - frequencies[i];
    place = span > 0 ? (f - frequencies[i]) / span : 0;
    if (hold)
      place = CLAMP (place, 0, 1);
    gains[k] = to_gain (decibels[i] + place * (decibels[i + 1] - decibels[i]));
  }
}

void
bfft_curve_sample (const BfftNetwork * network, guint n_fft, guint rate,
    gfloat * gains)
{
  guint bins = network->n_fft / 2 + 1;
  gboolean same = n_fft == network->n_fft
      && (rate == network->sample_rate || network->sample_rate == 0);
  g_autofree gdouble *f = g_new (gdouble, 2 * bins);
  gdouble *db = f + bins;
  guint k;

  for (k = 0; same && k < bins; k++)
    gains[k] = network->freq_mask[2 * k];
  if (same)
    return;
  for (k = 0; k < bins; k++) {
    f[k] = (gdouble) k *network->sample_rate / network->n_fft;
    db[k] = to_decibels (network->freq_mask[2 * k]);
  }
  bfft_curve_interpolate (f, db, bins, FALSE, n_fft, rate, gains);
}

void
bfft_curve_smooth (gfloat * gains, guint bins, gdouble octaves)
{
  g_autofree gdouble *sum = g_new (gdouble, bins + 1);
  gdouble side = exp2 (octaves / 2);
  guint k;

  if (!(octaves > 0))
    return;
  sum[0] = 0;
  for (k = 0; k < bins; k++)
    sum[k + 1] = sum[k] + to_decibels (gains[k]);
  for (k = 1; k < bins; k++) {
    guint low = MAX (1, (guint) ceil (k / side - 1e-9));
    guint high = MIN (bins - 1, (guint) (k * side + 1e-9));

    gains[k] = to_gain ((sum[high + 1] - sum[low]) / (high + 1 - low));
  }
}
