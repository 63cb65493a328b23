/* bfft: Welch's estimate of the power spectral density.
 *
 * A result averages the powers of overlapping segments of a stretch of
 * samples, as scipy.signal.welch() does. P. D. Welch, "The use of Fast Fourier
 * Transform for the estimation of power spectra", IEEE Transactions on Audio
 * and Electroacoustics 15, 1967.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-detrend.h"
#include "bfft-plan.h"

G_BEGIN_DECLS

/* Segments that are added up in float before they go on in double. */
#define BFFT_WELCH_BLOCK 16

#define BFFT_WELCH_ERROR (bfft_welch_error_quark ())
GQuark bfft_welch_error_quark (void);

typedef enum
{
  BFFT_WELCH_ERROR_SPEC,        /* numbers that fit nothing or each other */
} BfftWelchError;

/**
 * BfftWelchScaling:
 * @BFFT_WELCH_SCALING_DENSITY: units^2 / Hz
 * @BFFT_WELCH_SCALING_SPECTRUM: units^2; a tone has its mean square
 * @BFFT_WELCH_SCALING_RAW: |X|^2 as the transform gives it
 *
 * All are one-sided: bins that have a twin at negative frequencies count
 * twice.
 */
typedef enum
{
  BFFT_WELCH_SCALING_DENSITY,
  BFFT_WELCH_SCALING_SPECTRUM,
  BFFT_WELCH_SCALING_RAW,
} BfftWelchScaling;

/**
 * BfftWelchAverage:
 * @BFFT_WELCH_AVERAGE_MEAN: the mean of the segments
 * @BFFT_WELCH_AVERAGE_MEDIAN: their median over its bias for noise, which
 *     outliers do not move
 */
typedef enum
{
  BFFT_WELCH_AVERAGE_MEAN,
  BFFT_WELCH_AVERAGE_MEDIAN,
} BfftWelchAverage;

/**
 * BfftWelchStrategy:
 * @BFFT_WELCH_STRATEGY_AUTO: full where the density is read, fast where only
 *     peaks are; docs/bfftwelch.md has the measurements behind it
 * @BFFT_WELCH_STRATEGY_ULTRA: one segment
 * @BFFT_WELCH_STRATEGY_FAST: two segments
 * @BFFT_WELCH_STRATEGY_FULL: all segments asked for
 */
typedef enum
{
  BFFT_WELCH_STRATEGY_AUTO,
  BFFT_WELCH_STRATEGY_ULTRA,
  BFFT_WELCH_STRATEGY_FAST,
  BFFT_WELCH_STRATEGY_FULL,
} BfftWelchStrategy;

/**
 * BfftWelchCross:
 * @BFFT_WELCH_CROSS_NONE: every channel for itself
 * @BFFT_WELCH_CROSS_CSD: mean (conj (reference) other), in units of the
 *     powers; (re, im) pairs
 * @BFFT_WELCH_CROSS_COHERENCE: |csd|^2 / (psd of one psd of the other), 0..1
 * @BFFT_WELCH_CROSS_TRANSFER: csd / psd of the reference (H1); (re, im) pairs
 *
 * What is compared between a reference channel and each other, as
 * scipy.signal.csd(), coherence() and csd() / welch() do. Where a channel that
 * divides is silent the quotient is NaN, as there.
 */
typedef enum
{
  BFFT_WELCH_CROSS_NONE,
  BFFT_WELCH_CROSS_CSD,
  BFFT_WELCH_CROSS_COHERENCE,
  BFFT_WELCH_CROSS_TRANSFER,
} BfftWelchCross;

/**
 * BfftWelchSpec:
 * @n_fft: samples per segment
 * @window: [n_fft], or %NULL for rectangular; only read while a BfftWelch is
 *     made
 * @execution: which kernels
 * @first_bin: lowest bin wanted
 * @n_bins: number of bins wanted from there, 0 for all up to n_fft / 2
 * @rate: Hz
 * @sample_scale: what samples are multiplied with, as far as results go
 * @channels: independent streams that are analysed in step
 * @segments: segments per result, at least 1, before @strategy has its say
 * @overlap: of neighbouring segments, 0 <= overlap < 1; cut to whole samples,
 *     as scipy's default of half a segment is
 * @hop: samples from one result to the next, 0 for none shared
 * @detrend: what is removed from each segment before the window
 * @scaling: unit of the results
 * @average: of the segments
 * @strategy: how many segments are really used
 * @peaks_only: nobody reads the density itself; for the automatic strategy
 * @cross: what is compared between channels
 * @reference: the channel that the others are compared with
 */
typedef struct
{
  guint n_fft;
  const gfloat *window;
  BfftExecution execution;
  guint first_bin;
  guint n_bins;
  guint rate;
  gdouble sample_scale;
  guint channels;
  guint segments;
  gdouble overlap;
  guint hop;
  BfftDetrend detrend;
  BfftWelchScaling scaling;
  BfftWelchAverage average;
  BfftWelchStrategy strategy;
  gboolean peaks_only;
  BfftWelchCross cross;
  guint reference;
} BfftWelchSpec;

/**
 * BfftWelchSchedule:
 * @segments: segments per result
 * @step: samples from one segment to the next
 * @span: samples that a result covers
 * @hop: samples from one result to the next
 * @block: segments to add at a time; the last block of a result may be shorter
 */
typedef struct
{
  guint segments;
  guint step;
  guint span;
  guint hop;
  guint block;
} BfftWelchSchedule;

typedef struct _BfftWelch BfftWelch;

/* Where the segments of @spec are; FALSE with a reason when the numbers make
 * no sense. */
gboolean bfft_welch_make_schedule (const BfftWelchSpec * spec,
    BfftWelchSchedule * schedule, GError ** error);

/* @plan has the n_fft, window and bins of @spec; it stays the caller's and
 * must live as long. */
BfftWelch *bfft_welch_new (const BfftWelchSpec * spec, BfftPlan * plan,
    GError ** error);
void bfft_welch_free (BfftWelch * self);

/* Adds the next @n segments of @channel (from 0) to its coming result: a block,
 * or what is left of the result. @samples has n_fft + (n - 1) step samples at
 * any alignment. Where block is all of a result, segments that were part of
 * earlier results are taken from there and not transformed again. Allocates
 * nothing.
 *
 * Returns: how many segments were transformed. */
guint bfft_welch_add (BfftWelch * self, guint channel,
    const gfloat * samples, guint n);

/* The result of @channel, right after its last block was added. @psd gets
 * n_fft / 2 + 1 bins; those that are not wanted are left alone. Allocates
 * nothing. */
void bfft_welch_finish (BfftWelch * self, guint channel, gfloat * psd);

/* With cross, in the place of bfft_welch_add() and bfft_welch_finish(): all
 * channels together, @samples [channels], each transformed once. @psd gets
 * [channels][n_fft / 2 + 1] and @cross as many values (csd, transfer: twice as
 * many) for each channel but the reference, in their order. */
guint bfft_welch_add_together (BfftWelch * self, const gfloat * const *samples,
    guint n);
void bfft_welch_finish_together (BfftWelch * self, gfloat * psd,
    gfloat * cross);

/* The coming result has only @segments, not less than were added; until
 * bfft_welch_reset(). */
void bfft_welch_shorten (BfftWelch * self, guint segments);

/* @self goes on in the middle of a result that @old, of the same schedule,
 * n_fft, bins and channels, has begun. */
void bfft_welch_carry_on (BfftWelch * self, const BfftWelch * old);

/* Forgets all that was added. */
void bfft_welch_reset (BfftWelch * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftWelch, bfft_welch_free)

G_END_DECLS
