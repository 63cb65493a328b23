/* bfft: the cosine transform of mel bands, compiled for each tier.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-cepstrum.h"

#include <string.h>

#define LANES BFFT_CEPSTRUM_LANES

/* One additions' latency hides behind those of the other sums. */
#define SUMS 4

typedef gfloat Vector __attribute__((vector_size (LANES * sizeof (gfloat)),
        aligned (sizeof (gfloat))));

void BFFT_TIER_NAME (bfft_cepstrum) (const gfloat * restrict weights,
    const gfloat * restrict mels, guint n_mels, gfloat * restrict out,
    guint n_mfcc);

void
BFFT_TIER_NAME (bfft_cepstrum) (const gfloat * restrict weights,
    const gfloat * restrict mels, guint n_mels, gfloat * restrict out,
    guint n_mfcc)
{
  guint j, k;

  for (k = 0; k < n_mfcc; k += LANES) {
    const Vector *row = (const Vector *) weights + (gsize) k / LANES * n_mels;
    Vector a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };

    for (j = 0; j + SUMS <= n_mels; j += SUMS) {
      a += row[j] * mels[j];
      b += row[j + 1] * mels[j + 1];
      c += row[j + 2] * mels[j + 2];
      d += row[j + 3] * mels[j + 3];
    }
    for (; j < n_mels; j++)
      a += row[j] * mels[j];
    a = (a + b) + (c + d);
    memcpy (out + k, &a, MIN (n_mfcc - k, LANES) * sizeof (gfloat));
  }
}
