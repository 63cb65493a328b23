/* bfft: samples of several formats as floats, mixed or parted.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-execution.h"

G_BEGIN_DECLS

typedef enum
{
  BFFT_SAMPLES_S16,
  BFFT_SAMPLES_S32,
  BFFT_SAMPLES_F32,
  BFFT_SAMPLES_F64,
} BfftSampleFormat;

/* Samples may be at any address; @scratch is aligned to 8 bytes, as from
 * g_malloc(). */

/* d[i] = scale * s[i]; floats are taken as they are. */
void bfft_samples_convert (const BfftKernels * kernels,
    BfftSampleFormat format, gfloat * d, gconstpointer s, gfloat scale,
    guint n);

/* d[i] = the mean of @channels interleaved samples s[i * channels ...], times
 * scale where they are integers. @scratch has room for n * channels floats. */
void bfft_samples_mix (const BfftKernels * kernels, BfftSampleFormat format,
    gfloat * d, gconstpointer s, guint channels, gfloat scale,
    gfloat * scratch, guint n);

/* Parts @channels interleaved ones: channel c goes to d[c * stride]. */
void bfft_samples_split (const BfftKernels * kernels, BfftSampleFormat format,
    gfloat * d, gsize stride, gconstpointer s, guint channels, gfloat scale,
    gfloat * scratch, guint n);

/* d[i] += weight * s[i] */
void bfft_samples_add (const BfftKernels * kernels, gfloat * d,
    const gfloat * s, gfloat weight, guint n);

G_END_DECLS
