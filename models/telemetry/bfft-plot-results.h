/* bfft: plots of what was measured over frequency.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-level.h"
#include "bfft-sidecar.h"
#include "bfft-welch.h"

G_BEGIN_DECLS

/**
 * BfftPlotResults:
 * @channels: analysed apart
 * @bands: [n_bands]
 * @levels: [channels][n_bands], dB
 * @weighting, @level_offset: that levels have
 * @cross: what was compared with channel @reference
 * @average: of the segments
 * @bins: of a spectrum, @frequency_step Hz apart
 * @psd: [channels][bins]
 * @cross_values: [channels - 1][bins] of (re, im), of coherences without im
 *
 * Nothing is copied.
 */
typedef struct
{
  guint channels;
  const BfftBand *bands;
  guint n_bands;
  const gfloat *levels;
  BfftWeighting weighting;
  gdouble level_offset;
  BfftWelchCross cross;
  BfftWelchAverage average;
  guint reference;
  guint bins;
  gdouble frequency_step;
  const gfloat *psd;
  const gfloat *cross_values;
} BfftPlotResults;

/* Adds a plot of the levels, a bar for each band and channel. */
void bfft_plot_levels (BfftSidecarModel * model, const BfftPlotResults * r);

/* Adds plots of what was compared: magnitude, phase and coherence. */
void bfft_plot_cross (BfftSidecarModel * model, const BfftPlotResults * r);

/* Adds plots of a matching, [bins] each, @frequency_step Hz apart: the gains with
 * their confidence, in 0..1, and what is left of @difference, in dB, with them. */
void bfft_plot_match (BfftSidecarModel * model, guint bins,
    gdouble frequency_step, const gfloat * gains, const gfloat * confidence,
    const gfloat * difference);

G_END_DECLS
