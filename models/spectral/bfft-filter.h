/* bfft: an equaliser of overlapping frames.
 *
 * Frames of n_fft samples with the root of a Hann window, transformed, scaled
 * bin by bin, transformed back, windowed again and added up: without a gain
 * that is the input, n_fft samples later. A gain that changes is faded in by
 * the overlap itself, over one frame. Two channels are one complex signal.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-plan.h"
#include "bfft-samples.h"
#include "bfft-transform.h"

G_BEGIN_DECLS

/**
 * BfftFilterSpec:
 * @n_fft: frame length, a power of two from 16
 * @overlap: of neighbouring frames, from 0.5; what is left is cut to a power of
 *     two of samples
 * @channels: that are filtered alike
 * @rate: Hz, for curves
 * @network: a curve (bfft-curve.h), or any network of this n_fft, whose forward
 *     transform, mask and denoiser run then; %NULL for none
 * @smoothing: octaves that a curve is smoothed over, 0 for none
 * @execution: which kernels
 */
typedef struct
{
  guint n_fft;
  gdouble overlap;
  guint channels;
  guint rate;
  BfftNetwork *network;
  gdouble smoothing;
  BfftExecution execution;
} BfftFilterSpec;

/* How a buffer's samples are laid out: packed S24 has three bytes. */
typedef enum
{
  BFFT_PCM_S16,
  BFFT_PCM_S24,
  BFFT_PCM_S32,
  BFFT_PCM_F32,
  BFFT_PCM_F64,
} BfftPcm;

typedef struct _BfftFilter BfftFilter;

/* Returns: NULL with a sentence when @network does not fit. */
BfftFilter *bfft_filter_new (const BfftFilterSpec * spec, GError ** error);
void bfft_filter_free (BfftFilter * self);

/* The rest of these allocate nothing. */

/* From the next frame on: how much of the filtered sound there is in the output
 * (0..1), and what gains are cut to in dB, both ways (curves alone). */
void bfft_filter_set (BfftFilter * self, gdouble mix, gdouble max_gain);

/* Filters @n samples of each channel in place, from @offset on; @planes has one
 * pointer per channel, or one for all if they are interleaved. Integers are
 * rounded and saturate. Bad samples (NaN, infinite) count as silence. */
void bfft_filter_run (BfftFilter * self, BfftPcm format, gpointer * planes,
    gboolean interleaved, gsize offset, gsize n);

/* Takes over the samples that @old, of the same n_fft, hop and channels, has in
 * its frames, so that one fades into the other. FALSE if they differ. */
gboolean bfft_filter_carry_on (BfftFilter * self, BfftFilter * old);

/* Silence before what comes next. */
void bfft_filter_reset (BfftFilter * self);

guint64 bfft_filter_get_frames (const BfftFilter * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftFilter, bfft_filter_free)

G_END_DECLS
