/* bfft: masks that are equaliser curves.
 *
 * An exact network whose mask is one real gain per bin, the same for a bin and
 * its twin at the negative frequency, is a curve over frequency: it belongs to
 * a sample rate and not to a length, and can be read at any other.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-network.h"

G_BEGIN_DECLS

/* The network is at its exact start but for a mask with re = im >= 0, the same
 * for bins k and n - k. Networks without a sample rate are bound to their
 * length all the same. */
gboolean bfft_network_is_curve (const BfftNetwork * network);

/* A fused-spectral network of these gains (factors): [n_fft / 2 + 1], from 0
 * to half of @rate. n_fft is a power of two. */
BfftNetwork *bfft_curve_new (guint n_fft, guint rate, const gfloat * gains);

/* The gains of a curve at the bins of a transform of @n_fft samples (any
 * number) at @rate Hz: [n_fft / 2 + 1]. Between its bins and beyond its ends
 * dB are linear over frequency; at its own bins the values are its own. */
void bfft_curve_sample (const BfftNetwork * network, guint n_fft, guint rate,
    gfloat * gains);

/* The same for dB at given frequencies in Hz, ascending: what a measurement
 * has. @count is at least 1; beyond the ends it is as @hold has it: their
 * level, or their slope. */
void bfft_curve_interpolate (const gdouble * frequencies,
    const gdouble * decibels, guint count, gboolean hold, guint n_fft,
    guint rate, gfloat * gains);

/* Takes the mean in dB over @octaves around each of the @bins gains; bin 0 is
 * left alone. */
void bfft_curve_smooth (gfloat * gains, guint bins, gdouble octaves);

G_END_DECLS
