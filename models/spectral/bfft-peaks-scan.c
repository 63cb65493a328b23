/* bfft: where a power spectrum has peaks, compiled for each tier.
 *
 * Loops over LANES powers side by side are vectors on every tier. The highest
 * rise of each lane is a sample of all: as many rises as there are of these above
 * the one that is wanted last are not lower, so that lower ones need not be
 * looked at, which is most of a long spectrum.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-peaks-scan.h"

#include <string.h>

#define LANES 64

static inline void
raise_lanes (gfloat * restrict lane, const gfloat * restrict power, guint n)
{
  guint j;

  for (j = 0; j < n; j++)
    lane[j] = power[j] > lane[j] ? power[j] : lane[j];
}

static gfloat
largest (const gfloat * power, guint n)
{
  gfloat lane[LANES] = { 0, };
  guint i;

  for (i = 0; i + LANES <= n; i += LANES)
    raise_lanes (lane, power + i, LANES);
  raise_lanes (lane, power + i, n - i);
  for (i = LANES / 2; i > 0; i /= 2)
    raise_lanes (lane, lane + i, i);
  return lane[0];
}

/* Copies what rises and makes all else -1; keeps the highest of each lane.
 * Returns: whether any is flat. */
static inline gint
mark_row (const gfloat * restrict power, guint n, gfloat * restrict marked,
    gfloat * restrict lane)
{
  const gfloat *before = power - 1, *next = power + 1;
  gint flat = 0;
  guint j;

  for (j = 0; j < n; j++) {
    gfloat m = before[j] < power[j] ? power[j] : -1;

    m = power[j] >= next[j] ? m : -1;
    marked[j] = m;
    lane[j] = m > lane[j] ? m : lane[j];
    flat |= m == next[j] ? 1 : 0;
  }
  return flat;
}

static gboolean
mark (const gfloat * power, guint n, gfloat * marked, gfloat * lane)
{
  gint flat = 0;
  guint i;

  for (i = 0; i + LANES <= n; i += LANES)
    flat |= mark_row (power + i, LANES, marked + i, lane);
  flat |= mark_row (power + i, n - i, marked + i, lane);
  for (i = n; i % 8; i++)
    marked[i] = -1;
  return flat;
}

/* Returns: what at least @wanted of @lane are not below. */
static gfloat
get_threshold (const gfloat * lane, guint wanted)
{
  gint above[LANES] = { 0, };
  gfloat threshold = G_MAXFLOAT;
  guint i, j;

  for (i = 0; i < LANES; i++) {
    for (j = 0; j < LANES; j++)
      above[j] += lane[i] > lane[j];
  }
  for (j = 0; j < LANES; j++) {
    if (above[j] < (gint) wanted && lane[j] < threshold)
      threshold = lane[j];
  }
  return MAX (threshold, 0);
}

/* Returns: how many of @marked are not below @threshold, which @bins gets. Where
 * these are few most of eight are none. */
static guint
collect (const gfloat * restrict marked, guint n, gfloat threshold,
    guint8 * restrict high, guint32 * restrict bins)
{
  guint count = 0, i, j;
  guint64 any;

  n = (n + 7) / 8 * 8;
  for (i = 0; i < n; i++)
    high[i] = marked[i] >= threshold;
  for (i = 0; i < n; i += 8) {
    memcpy (&any, high + i, 8);
    for (j = 0; any && j < 8; j++) {
      bins[count] = i + j;
      count += high[i + j];
    }
  }
  return count;
}

static guint
find (const gfloat * power, guint n, guint wanted, gfloat * marked,
    guint32 * bins, gboolean * flat)
{
  gfloat lane[LANES], threshold = 0;
  guint j;

  for (j = 0; j < LANES; j++)
    lane[j] = -1;
  *flat = mark (power, n, marked, lane);
  if (n > 4 * LANES && wanted > 0 && wanted < LANES / 2 && !*flat)
    threshold = get_threshold (lane, wanted);
  return collect (marked, n, threshold, (guint8 *) (marked + n + 8), bins);
}

extern const BfftPeaksScan BFFT_TIER_NAME (bfft_peaks_scan);
const BfftPeaksScan BFFT_TIER_NAME (bfft_peaks_scan) = { largest, find };
