/* bfft: levels of a power spectrum, in total and in bands of octaves.
 *
 * IEC 61260-1:2014, "Octave-band and fractional-octave-band filters", for the
 * bands; IEC 61672-1:2013, "Sound level meters", annex E, for the weightings.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-welch.h"

G_BEGIN_DECLS

typedef enum
{
  BFFT_WEIGHTING_NONE,
  BFFT_WEIGHTING_A,
  BFFT_WEIGHTING_C,
} BfftWeighting;

/* What @weighting multiplies power at @frequency, Hz, with; 1 at 1 kHz. */
gdouble bfft_weighting_gain (BfftWeighting weighting, gdouble frequency);

/**
 * BfftBand:
 * @frequency: exact mid-band frequency, Hz
 * @low, @high: edges, Hz
 * @bins: width in bins; below 3 its level says little
 * @label: nominal mid-band frequency, Hz
 */
typedef struct
{
  gdouble frequency;
  gdouble low, high;
  gdouble bins;
  gchar label[16];
} BfftBand;

/* The bands of 1 / @fraction octave, an array of BfftBand: from the first that is
 * as wide as a bin of @rate / @n_fft to the last below half the rate. NULL with
 * a reason (BFFT_WELCH_ERROR) when there is none. */
GArray *bfft_bands_new (guint fraction, guint n_fft, guint rate,
    GError ** error);

/**
 * BfftLevelSpec:
 * @n_fft, @window, @rate, @scaling: of the spectra, as in BfftWelchSpec
 * @fraction: bands per octave: 1, 2, 3, ..., 0 for the total only
 * @weighting: of the power of each bin
 * @offset: dB, added to each level
 */
typedef struct
{
  guint n_fft;
  const gfloat *window;
  guint rate;
  BfftWelchScaling scaling;
  guint fraction;
  BfftWeighting weighting;
  gdouble offset;
} BfftLevelSpec;

typedef struct _BfftLevels BfftLevels;

/* NULL with a reason when there are no bands. */
BfftLevels *bfft_levels_new (const BfftLevelSpec * spec, GError ** error);
void bfft_levels_free (BfftLevels * self);

/* Owned by @self. */
const BfftBand *bfft_levels_get_bands (const BfftLevels * self,
    guint * n_bands);

/* @levels gets [n_bands] dB of the mean square re 1; -inf for silence. A bin
 * that an edge cuts counts for both sides by what of it lies there. Allocates
 * nothing.
 *
 * Returns: the level of all bins together. */
gdouble bfft_levels_run (BfftLevels * self, const gfloat * psd,
    gfloat * levels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftLevels, bfft_levels_free)

G_END_DECLS
