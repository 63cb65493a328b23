/* bfft: the cosine transform of mel bands.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>
#include "bfft-tier.h"

G_BEGIN_DECLS

/* Coefficients that are computed together: a vector or more of every tier. */
#define BFFT_CEPSTRUM_LANES 16

/* out[k] = sum_j weights[k / LANES][j][k % LANES] mels[j], for @n_mfcc
 * coefficients of @n_mels bands. */
typedef void (*BfftCepstrum) (const gfloat * restrict weights,
    const gfloat * restrict mels, guint n_mels, gfloat * restrict out,
    guint n_mfcc);

BfftCepstrum bfft_cepstrum_get (BfftTier tier);

G_END_DECLS
