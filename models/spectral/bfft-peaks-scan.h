/* bfft: where a power spectrum has peaks, compiled for each tier.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>
#include "bfft-tier.h"

G_BEGIN_DECLS

/**
 * BfftPeaksScan:
 * @largest: of @n powers; NaN counts for nothing
 * @find: fills @bins with the rises among powers 0..@n - 1, which are higher than
 *     the one before and not lower than the next: the @wanted highest, and maybe
 *     others; with @wanted 0 or where a rise is @flat, as high as the next, all.
 *     @marked: [2 @n + 16]. Returns: how many
 */
typedef struct
{
  gfloat (*largest) (const gfloat * power, guint n);
  guint (*find) (const gfloat * power, guint n, guint wanted, gfloat * marked,
      guint32 * bins, gboolean * flat);
} BfftPeaksScan;

const BfftPeaksScan *bfft_peaks_scan_get (BfftTier tier);

G_END_DECLS
