/* bfft: the strongest peaks of a power spectrum.
 *
 * A peak is a local maximum: a bin that is higher than both neighbours, or the
 * middle (rounded down) of a plateau that is higher than both its ends, as
 * scipy.signal.find_peaks() has it. So the skirt of a strong tone does not
 * hide a weaker one. The first and last bin have one neighbour and are none,
 * but for bin 0 where it is the largest of all: a tone below bin 1, or an offset.
 * What is 120 dB below the largest bin is float's rounding, and none either.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-window.h"

G_BEGIN_DECLS

/**
 * BfftPeak:
 * @bin: where the maximum is
 * @offset: of the refined maximum from there, -0.5..0.5 bins
 * @power: of that bin, as it is in the spectrum
 */
typedef struct
{
  guint bin;
  gdouble offset;
  gfloat power;
} BfftPeak;

typedef struct _BfftPeakFinder BfftPeakFinder;

/* The exponent for which a parabola through three powers, each raised to it,
 * best finds the frequency of a tone in @window. */
gfloat bfft_peak_exponent (BfftWindow window);

/* @n_bins: bins of the spectra
 * @first_bin, @last_bin: where peaks may be, ends included; the bins beside
 *     them are looked at, so that a slope that is cut there makes no peak
 * @max_peaks: how many are wanted
 * @exponent: of the scale that peaks are refined on */
BfftPeakFinder *bfft_peak_finder_new (guint n_bins, guint first_bin,
    guint last_bin, guint max_peaks, gfloat exponent);
void bfft_peak_finder_free (BfftPeakFinder * self);

/* The strongest peaks of @power, strongest first, the lower bin first where
 * they are equal. Powers are not negative; a bin that is NaN, or beside one,
 * is no peak. Takes time in proportion to the bins (on average over its
 * own random choices, whatever the spectrum), and for each peak the logarithm
 * of max_peaks; allocates nothing.
 *
 * Returns: how many were found and are in @peaks, at most max_peaks. */
guint bfft_peak_finder_run (BfftPeakFinder * self, const gfloat * power,
    BfftPeak * peaks);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftPeakFinder, bfft_peak_finder_free)

G_END_DECLS
