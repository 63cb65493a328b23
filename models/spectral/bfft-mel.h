/* bfft: mel filterbanks.
 *
 * A bank of triangular filters, equally spaced on a mel scale. Most weights of
 * such a bank are 0, so each filter keeps only its run of bins.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BFFT_MEL_ERROR (bfft_mel_error_quark ())
GQuark bfft_mel_error_quark (void);

typedef enum
{
  BFFT_MEL_ERROR_RANGE,         /* a number is outside its range */
} BfftMelError;

/**
 * BfftMelScale:
 * @BFFT_MEL_SCALE_SLANEY: linear below 1 kHz, logarithmic above (Slaney's
 *     Auditory Toolbox); triangles are straight over Hz
 * @BFFT_MEL_SCALE_HTK: 2595 log10 (1 + f / 700); triangles are straight over
 *     Hz
 * @BFFT_MEL_SCALE_KALDI: HTK's scale with triangles straight over mel
 */
typedef enum
{
  BFFT_MEL_SCALE_SLANEY,
  BFFT_MEL_SCALE_HTK,
  BFFT_MEL_SCALE_KALDI,
} BfftMelScale;

/**
 * BfftMelNorm:
 * @BFFT_MEL_NORM_SLANEY: filters have unit area over Hz
 * @BFFT_MEL_NORM_NONE: filters have height 1
 */
typedef enum
{
  BFFT_MEL_NORM_SLANEY,
  BFFT_MEL_NORM_NONE,
} BfftMelNorm;

/**
 * BfftMelSpec:
 * @rate: samples per second
 * @n_fft: transform length
 * @n_mels: number of filters
 * @scale: where the filters are
 * @norm: how high they are
 * @f_min: Hz, lower edge of the lowest filter
 * @f_max: Hz, upper edge of the highest filter, at most @rate / 2
 * @gain: scales every weight
 */
typedef struct
{
  guint rate;
  guint n_fft;
  guint n_mels;
  BfftMelScale scale;
  BfftMelNorm norm;
  gdouble f_min;
  gdouble f_max;
  gdouble gain;
} BfftMelSpec;

typedef struct _BfftMel BfftMel;

/* What a spectrum that bfft_mel_apply() reads must be longer than its bins. */
#define BFFT_MEL_PADDING 3

/* A filter that lies between two bins stays empty, and its band 0. Returns:
 * NULL with a sentence that says what to change when the range is impossible. */
BfftMel *bfft_mel_new (const BfftMelSpec * spec, GError ** error);
void bfft_mel_free (BfftMel * mel);

/* out[m] = sum_k weight[m][k] spectrum[k], for n_mels filters. @spectrum has
 * n_fft / 2 + 1 bins and then BFFT_MEL_PADDING numbers that count for nothing
 * but must be finite. */
void bfft_mel_apply (const BfftMel * mel, const gfloat * spectrum,
    gfloat * out);

/* How many filters are empty; sets @first to the lowest of them. */
guint bfft_mel_count_empty (const BfftMel * mel, guint * first);

/* The run of filter @index: returns its weights and sets the bin of the first
 * and their number, 0 if it is empty. */
const gfloat *bfft_mel_get_filter (const BfftMel * mel, guint index,
    guint * first_bin, guint * n_bins);

/* The range of bins that the bank reads, some of them with weight 0. */
void bfft_mel_get_range (const BfftMel * mel, guint * first_bin,
    guint * n_bins);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftMel, bfft_mel_free)

G_END_DECLS
