/* bfft: exact complex FFTs on vector extensions.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

#include "bfft-tier.h"

G_BEGIN_DECLS typedef struct _BfftFft BfftFft;

/* Whether @n has no other prime factors than 2, 3, 5 and 7. */
gboolean bfft_fft_takes (guint n);

/* Of @n points, at least BFFT_FFT_MIN. With @real the points are those of
 * frames of 2 @n samples. */
#define BFFT_FFT_MIN 16
BfftFft *bfft_fft_new (guint n, gboolean real, BfftTier tier);
void bfft_fft_free (BfftFft * fft);

/* Planes @a and @b, which are left alone unless they are the last result; or of
 * a real one, 2 @n samples @a times the window @b, sample 2 i and 2 i + 1 being
 * re and im of point i. The result, in order, is in the object's own work space,
 * to be changed at will. */
void bfft_fft_run (BfftFft * fft, const gfloat * a, const gfloat * b,
    gfloat ** re, gfloat ** im);

/* Of 2 n real samples by 1/2: what became of the real one's run, as bins
 * 0..n of the samples. */
void bfft_fft_power (BfftFft * fft, gfloat * power);
void bfft_fft_spectrum (BfftFft * fft, gfloat * re, gfloat * im);

gsize bfft_fft_get_bytes (const BfftFft * fft);
guint64 bfft_fft_get_butterflies (const BfftFft * fft);

/* The radices of the passes, "8 x 8 x 4"; free it. */
gchar *bfft_fft_describe (const BfftFft * fft);

G_END_DECLS
