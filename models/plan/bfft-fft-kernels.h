/* bfft: the passes of an exact complex FFT, for one width of vectors.
 *
 * A transform of N = r1 r2 ... points is one pass per radix, out of place and
 * self-sorting (Stockham's; see Van Loan, "Computational Frameworks for the
 * Fast Fourier Transform", 1992). With s the product of the radices done and
 * m = N / (s r),
 *   y[q + s (r p + j)] = exp (-2 pi i p j / (m r))
 *       sum_i x[q + s (p + m i)] exp (-2 pi i i j / r),  q < s, p < m, j < r
 * re and im are planes of their own.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

#include "bfft-tier.h"

G_BEGIN_DECLS
#define BFFT_FFT_MAX_RADIX 16
/* Floats that loads may go beyond the end of a plane, and stores too. */
#define BFFT_FFT_PADDING 16
/**
 * BfftFftPass:
 * @m: sub-transforms that are left
 * @s: transforms that run side by side
 * @w: first pass: [blocks][radix - 1] vectors of re, im, for blocks of p, the
 *     last of which ends at @m; others: [m][radix - 1] of re, im
 */
    typedef struct
{
  guint m, s;
  const gfloat *w;
} BfftFftPass;

#define BFFT_FFT_DIRECT 128

/* Of 254 samples: see bfft-fft-prime.h. */
#define BFFT_FFT_PRIME 127
#define BFFT_FFT_PRIME_A 7
#define BFFT_FFT_PRIME_B 9
/* Floats from row to row of arrays of fours. */
#define BFFT_FFT_PRIME_ROW 32

/**
 * BfftFftPrime:
 * @window: [blocks][4][width], as loaded; then of samples 0 and p
 * @sign: [4][BFFT_FFT_PRIME_AT + n]: (-1)^n, for E of v; sigma (-1)^q, for O of
 *     u; both, for O of v; of k: sigma (-1)^r. sigma is the sign in
 *     n = sigma g^-q
 * @first: [A / 2 + 1][2][4], spectra of cosines and sines, row 0
 * @filter: [B / 2 / (width / 4)][A][2][width], other rows
 * @in: [A / (width / 4)][B][width / 4], where in @fours the n of a column and row
 *     lie
 * @out: [k], where there the k lie at the end
 * @fours, @re, @im, @back_re, @back_im: work space
 * @zero: x[0] of u and v
 * @sum: of E of u and v
 */
#define BFFT_FFT_PRIME_AT 15    /* so that n = 1 is aligned */
typedef struct
{
  gfloat window[16 * 17], sign[4][80], first[32], filter[224];
  gfloat fours[BFFT_FFT_PRIME_B * BFFT_FFT_PRIME_ROW];
  gfloat re[6 * BFFT_FFT_PRIME_ROW], im[6 * BFFT_FFT_PRIME_ROW];
  gfloat back_re[8 * BFFT_FFT_PRIME_ROW], back_im[8 * BFFT_FFT_PRIME_ROW];
  gfloat zero[16], sum[16];
  guint16 in[80], out[80];
} BfftFftPrime;

/* s = 1. Planar: @a and @b are re and im; of a real frame: 2 N samples @a and
 * the window @b, sample 2 i and 2 i + 1 being re and im of point i. */
typedef void (*BfftFftPassFunc) (const BfftFftPass * pass, const gfloat * a,
    const gfloat * b, gfloat * re, gfloat * im);

/**
 * BfftFftKernels:
 * @first_real: by radix, NULL where there is none; m must be at least @width
 * @first: the same for planes
 * @next: for s > 1; if s is less than @width, each @s floats are followed by
 *     others that are written and then overwritten
 * @power: |X|^2, bins 0..n, of 2 n real samples by 1/2 whose FFT as above is in
 *     @re and @im; @turn: [n / 2 + padding] re and im of -i exp (-pi i k / n)
 * @spectrum: X itself
 * @pairs: points of a real frame: 2 n samples times their window
 *
 * @direct: a DFT by its definition, of at most BFFT_FFT_DIRECT samples; @table:
 *     [n / 2 + 1][2][bins], cosines and sines; @im may be NULL: then @re is the
 *     power. Both are [bins], n / 2 + 1 rounded up to whole vectors of any width
 *
 * n must be at least 2 @width for @power, @spectrum and @pairs.
 */
typedef struct
{
  guint width;
  BfftFftPassFunc first_real[BFFT_FFT_MAX_RADIX + 1];
  BfftFftPassFunc first[BFFT_FFT_MAX_RADIX + 1];
  BfftFftPassFunc next[BFFT_FFT_MAX_RADIX + 1];
  void (*power) (guint n, const gfloat * re, const gfloat * im,
      const gfloat * turn_re, const gfloat * turn_im, gfloat * power);
  void (*spectrum) (guint n, const gfloat * re, const gfloat * im,
      const gfloat * turn_re, const gfloat * turn_im, gfloat * out_re,
      gfloat * out_im);
  void (*pairs) (guint n, const gfloat * frame, const gfloat * window,
      gfloat * re, gfloat * im);
  void (*direct) (guint n, const gfloat * frame, const gfloat * window,
      const gfloat * table, gfloat * re, gfloat * im);
  void (*prime_power) (BfftFftPrime * t, const gfloat * frame, gfloat * power);
  void (*prime_spectrum) (BfftFftPrime * t, const gfloat * frame, gfloat * re,
      gfloat * im);
} BfftFftKernels;

/* The order in which lanes of a first pass over a real frame hold p. */
static inline guint
bfft_fft_real_lane (guint lane, guint width)
{
  guint pair = lane / 4 * 2 + lane % 2;

  return lane % 4 < 2 ? pair : width / 2 + pair;
}

/* The kernels of @tier with vectors of at most @width floats, or NULL. */
const BfftFftKernels *bfft_fft_kernels_get (BfftTier tier, guint width);

G_END_DECLS
