/* bfft: the gain that makes one microphone's spectrum that of another.
 *
 * Both hear the same sound. docs/training.md has the method: delays are taken
 * out, both spectra are averaged in blocks, noise is subtracted, and each bin's
 * log ratio of powers is a weighted mean over the blocks. The same samples give
 * the same bits, however they were cut. After creation nothing is allocated
 * but by functions that return something new. One thread at a time.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-delay.h"

G_BEGIN_DECLS

/* reference-delay that stands for an estimate. */
#define BFFT_MATCH_AUTO G_MININT

/**
 * BfftMatchOptions:
 * @n_fft: of the curve, a power of two in 2..32768
 * @rate: Hz
 * @delay: samples by which the device lags, or %BFFT_MATCH_AUTO
 * @execution: which kernels
 */
typedef struct
{
  guint n_fft;
  guint rate;
  gint delay;
  BfftExecution execution;
} BfftMatchOptions;

/**
 * BfftMatchReport:
 * @delay: samples, NAN before it is known
 * @refused: both were heard, but share no sound
 * @before: rms over the bins both hear of the difference in dB without a gain,
 *     NAN before there are any
 * @after: with the gain as it is
 * @heard: how many bins that are
 */
typedef struct
{
  gdouble delay;
  gboolean refused;
  gdouble before;
  gdouble after;
  guint heard;
} BfftMatchReport;

typedef struct _BfftMatch BfftMatch;

BfftMatch *bfft_match_new (const BfftMatchOptions * options);
void bfft_match_free (BfftMatch * self);

/* The next @count samples of both. */
void bfft_match_feed (BfftMatch * self, const gfloat * reference,
    const gfloat * device, guint count);

/* What comes does not continue what was fed. */
void bfft_match_interrupt (BfftMatch * self);

/* [n_fft / 2 + 1] each: the gain of every bin, and in 0..1 how far it was
 * measured there and not continued from its neighbours; @confidence may be
 * NULL. */
void bfft_match_get_gains (const BfftMatch * self, gfloat * gains,
    gfloat * confidence);
/* [n_fft / 2 + 1]: by how many dB the device lies below the reference, without
 * a gain; NAN where not both are heard. */
void bfft_match_get_difference (const BfftMatch * self, gfloat * decibels);
gboolean bfft_match_is_refused (const BfftMatch * self);
void bfft_match_get_report (const BfftMatch * self, BfftMatchReport * report);

/* A new curve of the gains (bfft-curve.h). */
BfftNetwork *bfft_match_get_network (const BfftMatch * self);

/* All that continues a matching. A state of other options is refused. */
GBytes *bfft_match_save_state (const BfftMatch * self);
gboolean bfft_match_restore_state (BfftMatch * self, GBytes * state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftMatch, bfft_match_free)

G_END_DECLS
