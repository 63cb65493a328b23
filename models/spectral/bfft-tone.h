/* bfft: distortion and noise of a test tone.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-peaks.h"

G_BEGIN_DECLS

/**
 * BfftTone:
 * @thd: harmonics 2 to 10 re the tone, dB
 * @snr: the tone re noise, dB
 *
 * Tone, harmonics (multiples of the tone's refined frequency, below half the
 * rate) and 0 Hz are each the bins up to bfft_tone_reach() from the nearest;
 * one that two claim counts for the lower. Noise is the mean of the bins that
 * are left, times all bins. NaN where nothing is left, or there is no tone but
 * one at bin 0.
 */
typedef struct
{
  gdouble thd;
  gdouble snr;
} BfftTone;

/* How many bins to each side a tone in @window fills. */
guint bfft_tone_reach (BfftWindow window);

/* @peak: the tone's, NULL for none */
BfftTone bfft_tone_measure (const gfloat * psd, guint n_bins, guint reach,
    const BfftPeak * peak);

G_END_DECLS
