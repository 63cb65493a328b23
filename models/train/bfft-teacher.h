/* bfft: the teacher, the exact transform in double precision.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-batch.h"

G_BEGIN_DECLS

/**
 * BfftTeacher:
 * @re: [frames][n], the exact spectrum of each frame, rounded once
 * @im: [frames][n]
 * @power: [segments][power_stride], |X|^2 of the Hann-windowed segments, bins
 *     0 .. n / 2
 * @power_stride: floats from one row of @power to the next
 * @energy: mean square of the samples of the step's frames
 */
typedef struct
{
  gfloat *re, *im;
  gfloat *power;
  guint power_stride;
  gdouble energy;

  /*< private >*/
  BfftBatchShape shape;
  gdouble *window;              /* [n] */
  gdouble *samples;             /* [n] */
  gpointer fft;                 /* GstFFTF64 */
  gpointer bins;                /* [n / 2 + 1] */
} BfftTeacher;

BfftTeacher *bfft_teacher_new (const BfftBatchShape * shape,
    const gfloat * window, guint power_stride);
void bfft_teacher_free (BfftTeacher * teacher);

/* Transforms the clean samples of a full batch. Returns: FALSE for a batch of
 * silence, of which nothing is kept: what was before it stays. */
gboolean bfft_teacher_run (BfftTeacher * teacher, const BfftBatch * batch);

G_END_DECLS
