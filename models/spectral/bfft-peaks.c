/* bfft: the strongest peaks of a power spectrum.
 *
 * Candidates are partitioned without branches, which would be as random as the
 * spectrum and cost more than all else.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-peaks.h"
#include "bfft-peaks-scan.h"

#include <math.h>
#include <string.h>

/* Rounded samples and factors of a float transform leave peaks of their own, the
 * largest 125 dB below the largest bin: what is 120 dB below is none. */
#define ROUNDING 0x1p-40f

#define SMALL 12                /* keys that are best sorted by insertion */

#define DECLARE(TIER, name) extern const BfftPeaksScan bfft_peaks_scan_##name;
#define ENTRY(TIER, name) [BFFT_TIER_##TIER] = &bfft_peaks_scan_##name,
/* *INDENT-OFF* */
BFFT_TIERS (DECLARE)
/* *INDENT-ON* */

const BfftPeaksScan *
bfft_peaks_scan_get (BfftTier tier)
{
  static const BfftPeaksScan *const scans[BFFT_N_TIERS] = {
    BFFT_TIERS (ENTRY)
  };

  return scans[tier];
}

struct _BfftPeakFinder
{
  guint n_bins;
  guint first_bin, last_bin;
  gboolean from_zero;
  guint max_peaks;
  gfloat exponent;
  const BfftPeaksScan *scan;
  gfloat *marked;
  guint32 *bins;                /* [n_bins] */
  guint64 *keys;                /* [n_bins], one for each peak */
  guint32 random;               /* chooses pivots */
};

/* A parabola through magnitudes is up to 0.053 bins wrong for a Hann window,
 * through their logarithms 0.016, through the right power of them 0.0003:
 * K. J. Werner and F. G. Germain, "Sinusoidal parameter estimation using
 * quadratic interpolation around power-scaled magnitude spectrum peaks",
 * Applied Sciences 6, 2016. These are found as there, by minimising the
 * largest error over a bin. Windows of which a parabola is no likeness (0.14
 * and 0.17 bins) have the magnitude and, nearly, the logarithm. */
gfloat
bfft_peak_exponent (BfftWindow window)
{
  static const gfloat exponents[] = {
    [BFFT_WINDOW_HANN] = 0.11544,
    [BFFT_WINDOW_HAMMING] = 0.09379,
    [BFFT_WINDOW_HAMMING_GST] = 0.09381,
    [BFFT_WINDOW_BLACKMAN] = 0.06541,
    [BFFT_WINDOW_BLACKMAN_HARRIS] = 0.04280,
    [BFFT_WINDOW_NUTTALL] = 0.04082,
    [BFFT_WINDOW_FLATTOP] = 0.5,
    [BFFT_WINDOW_POVEY] = 0.12973,
    [BFFT_WINDOW_RECTANGULAR] = 0.01,
  };

  return exponents[window];
}

BfftPeakFinder *
bfft_peak_finder_new (guint n_bins, guint first_bin, guint last_bin,
    guint max_peaks, gfloat exponent)
{
  BfftPeakFinder *self = g_new0 (BfftPeakFinder, 1);

  self->n_bins = n_bins;
  self->from_zero = first_bin == 0 && n_bins > 2;
  self->first_bin = MAX (first_bin, 1);
  self->last_bin = n_bins > 2 ? MIN (last_bin, n_bins - 2) : 0;
  self->max_peaks = MIN (max_peaks, n_bins);
  self->exponent = exponent;
  self->scan = bfft_peaks_scan_get (bfft_tier_get ());
  self->marked = g_new (gfloat, 2 * n_bins + 16);
  self->bins = g_new (guint32, n_bins + 8);
  self->keys = g_new (guint64, n_bins);
  return self;
}

void
bfft_peak_finder_free (BfftPeakFinder * self)
{
  if (self == NULL)
    return;
  g_free (self->marked);
  g_free (self->bins);
  g_free (self->keys);
  g_free (self);
}

/* One integer that is larger for a better peak: floats that are not negative
 * sort like their bits, equal ones by bin, the lower first. */
static guint64
make_key (gfloat power, guint bin)
{
  guint32 bits;

  memcpy (&bits, &power, sizeof (bits));
  return (guint64) bits << 32 | (G_MAXUINT32 - bin);
}

static guint
key_bin (guint64 key)
{
  return G_MAXUINT32 - (guint32) key;
}

/* Puts keys above one chosen at random before those below it. Returns: where
 * that one is then. */
static guint
partition (BfftPeakFinder * self, guint64 * keys, guint n)
{
  guint64 key, pivot;
  guint split = 0, chosen, i;

  self->random = self->random * 1664525u + 1013904223u;
  chosen = ((guint64) self->random * n) >> 32;
  pivot = keys[chosen];
  keys[chosen] = keys[n - 1];
  for (i = 0; i + 1 < n; i++) {
    key = keys[i];
    keys[i] = keys[split];
    keys[split] = key;
    split += key > pivot;
  }
  keys[n - 1] = keys[split];
  keys[split] = pivot;
  return split;
}

static void
sort_small (guint64 * keys, guint n)
{
  guint64 key;
  guint i, hole;

  for (i = 1; i < n; i++) {
    key = keys[i];
    for (hole = i; hole > 0 && keys[hole - 1] < key; hole--)
      keys[hole] = keys[hole - 1];
    keys[hole] = key;
  }
}

/* Brings the @wanted largest keys to the front, sorted: quicksort that leaves
 * the rest alone. */
static void
sort_largest (BfftPeakFinder * self, guint64 * keys, guint n, guint wanted)
{
  guint split;

  while (n > SMALL) {
    split = partition (self, keys, n);
    if (split + 1 < wanted)
      sort_largest (self, keys + split + 1, n - split - 1, wanted - split - 1);
    n = split;
  }
  sort_small (keys, n);
}

/* Returns: the middle of the plateau that starts at @bin, or 0 if it does not
 * end with a fall. */
static guint
plateau_middle (BfftPeakFinder * self, const gfloat * power, guint bin)
{
  guint end = bin;

  while (end + 1 < self->n_bins && power[end + 1] == power[bin])
    end++;
  if (end + 1 < self->n_bins && power[end + 1] < power[bin])
    return (bin + end) / 2;
  return 0;
}

/* Keeps the middles of plateaus in place of their first bins, if they are
 * peaks at all. */
static guint
settle_plateaus (BfftPeakFinder * self, const gfloat * power, guint n_rises)
{
  guint n = 0, i, bin;

  for (i = 0; i < n_rises; i++) {
    bin = plateau_middle (self, power, key_bin (self->keys[i]));
    if (bin >= self->first_bin && bin <= self->last_bin)
      self->keys[n++] = make_key (power[bin], bin);
  }
  return n;
}

/* Makes the keys of the peaks that may be among the highest. Returns: how many. */
static guint
find_peaks (BfftPeakFinder * self, const gfloat * power)
{
  guint start = self->first_bin, n, i;
  gboolean flat;

  if (start > self->last_bin)
    return 0;
  /* a plateau may begin before the range */
  while (start > 1 && power[start - 1] == power[start])
    start--;
  n = self->scan->find (power + start, self->last_bin - start + 1,
      self->max_peaks, self->marked, self->bins, &flat);
  for (i = 0; i < n; i++) {
    guint bin = start + self->bins[i];

    self->keys[i] = make_key (power[bin], bin);
  }
  return flat ? settle_plateaus (self, power, n) : n;
}

/* Where a parabola through three powers, relative to the middle one and raised
 * to the exponent, is highest. */
static gdouble
refine (const gfloat * power, gfloat exponent)
{
  gfloat left = powf (power[-1] / power[0], exponent);
  gfloat right = powf (power[1] / power[0], exponent);
  gfloat offset = (left - right) / 2 / (left - 2 + right);

  return isfinite (offset) ? CLAMP (offset, -0.5f, 0.5f) : 0;
}

/* Bin 0 counts only where it stands for a tone below bin 1 or an offset. Returns:
 * how many keys there are with it. */
static guint
find_zero (BfftPeakFinder * self, const gfloat * power, gfloat largest, guint n)
{
  if (self->from_zero && power[0] == largest && power[0] > power[1])
    self->keys[n++] = make_key (power[0], 0);
  return n;
}

guint
bfft_peak_finder_run (BfftPeakFinder * self, const gfloat * power,
    BfftPeak * peaks)
{
  guint found = find_peaks (self, power);
  gfloat largest = self->scan->largest (power, self->n_bins);
  guint i, bin;

  found = find_zero (self, power, largest, found);
  sort_largest (self, self->keys, found, self->max_peaks);
  found = MIN (found, self->max_peaks);
  for (i = 0; i < found; i++) {
    bin = key_bin (self->keys[i]);
    if (power[bin] < ROUNDING * largest && isfinite (largest))
      return i;
    peaks[i].bin = bin;
    peaks[i].power = power[bin];
    peaks[i].offset = bin ? refine (power + bin, self->exponent) : 0;
  }
  return found;
}
