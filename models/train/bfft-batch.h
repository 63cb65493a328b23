/* bfft: the examples of a training step.
 *
 * A step looks at `frames` frames of n samples that follow one another. Each
 * frame also ends a stretch of 4.5 n samples, whose 8 half overlapping
 * segments are averaged for Welch's estimate; the last segment is the frame.
 * Neighbouring frames share segments, so a step has 2 frames + 6 of them, every
 * one transformed once: the segments of frame f are 2f .. 2f + 7.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Segments of a Welch estimate. */
#define BFFT_BATCH_AVERAGED 8

/**
 * BfftBatchShape:
 * @n: samples per frame
 * @frames: frames per step
 * @segments: Hann-windowed segments: 2 @frames + 6 for Welch, @frames when
 *     only the frames themselves are wanted, or 0
 */
typedef struct
{
  guint n;
  guint frames;
  guint segments;
} BfftBatchShape;

/* The segment that is frame @frame itself. */
guint bfft_batch_shape_last_segment (const BfftBatchShape * shape,
    guint frame);

/**
 * BfftBatch:
 * @shape: sizes
 * @noise_variance: of the noise in the student's samples, 0 for none
 * @power: mean square of a full step's clean samples
 * @level: the same over the last 10 seconds
 *
 * One channel's latest samples, clean for the teacher and with noise for the
 * student.
 */
typedef struct
{
  BfftBatchShape shape;
  gdouble noise_variance;
  gdouble power;
  gdouble level;

  /*< private >*/
  guint history;                /* samples kept from earlier steps */
  guint filled;                 /* new samples, of frames n */
  gfloat *clean;                /* [history + frames n] */
  gfloat *noisy;                /* the same, or NULL */
  gdouble noise_ratio;          /* variance of the noise by the signal's */
  gdouble slowness;             /* steps that level averages over, at most */
  guint64 steps;
} BfftBatch;

/* @noise_snr in dB, or infinity for no noise. The noise is white; its level
 * follows the mean power of the last 10 seconds at @rate. */
BfftBatch *bfft_batch_new (const BfftBatchShape * shape, gdouble noise_snr,
    guint rate);
void bfft_batch_free (BfftBatch * batch);

/* Takes at most what is missing to a full step and returns how much that was.
 * Samples that are no numbers become 0, others are limited to +-1000. */
guint bfft_batch_feed (BfftBatch * batch, const gfloat * samples,
    guint length);

/* The samples that follow have nothing to do with those before. */
void bfft_batch_reset (BfftBatch * batch);

gboolean bfft_batch_is_full (const BfftBatch * batch);

/* Measures a full step and makes its noise. */
void bfft_batch_begin (BfftBatch * batch, guint64 * random);

/* Makes room for the samples of the next step. */
void bfft_batch_end (BfftBatch * batch);

/* n samples each, for the student (@noisy) or the teacher. */
const gfloat *bfft_batch_frame (const BfftBatch * batch, guint frame,
    gboolean noisy);
const gfloat *bfft_batch_segment (const BfftBatch * batch, guint segment,
    gboolean noisy);

G_END_DECLS
