/* bfft: a training's loss curve in bounded memory.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Points that a curve keeps at most, however long the training. */
#define BFFT_LOSS_CURVE_MAX 1000

/**
 * BfftLossEntry:
 * @step: training step, counted from 1
 * @total_loss: weighted sum of all terms
 * @mel_err: largest |log-mel error| over the batch
 * @spec_err: largest |spectrum error| over the batch
 * @welch_err: largest |Welch PSD error| over the batch
 * @mean_gate: mean of the gates, 0..1
 */
typedef struct
{
  guint64 step;
  gdouble total_loss;
  gdouble mel_err;
  gdouble spec_err;
  gdouble welch_err;
  gdouble mean_gate;
} BfftLossEntry;

/* Thinning rule: every k-th entry is kept, where k starts at 1 and doubles
 * whenever the curve is full; the first entry, the last one and the one with
 * the smallest total_loss are always kept. What is kept depends on nothing but
 * the entries. */
typedef struct _BfftLossCurve BfftLossCurve;

BfftLossCurve *bfft_loss_curve_new (void);
void bfft_loss_curve_free (BfftLossCurve * curve);

/* Adds @entry, whose step must be above the last one's; allocates nothing. An
 * entry that is not finite as float is only counted: JSON has no number for
 * it. */
void bfft_loss_curve_add (BfftLossCurve * curve, const BfftLossEntry * entry);

/* Returns: (transfer full): the entries that are kept, a GArray of
 * BfftLossEntry ordered by step, at most BFFT_LOSS_CURVE_MAX of them. */
GArray *bfft_loss_curve_get (const BfftLossCurve * curve);

/* Entries ever added, those left out for not being finite included. */
guint64 bfft_loss_curve_get_recorded (const BfftLossCurve * curve);
guint64 bfft_loss_curve_get_not_finite (const BfftLossCurve * curve);

/* k of the thinning rule. */
guint64 bfft_loss_curve_get_every (const BfftLossCurve * curve);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftLossCurve, bfft_loss_curve_free)

G_END_DECLS
