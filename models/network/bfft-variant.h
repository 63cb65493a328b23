/* bfft: the variants of the network, by name.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BfftVariant:
 * @BFFT_VARIANT_REFERENCE: GstFFT, the teacher and the yardstick
 * @BFFT_VARIANT_BUTTERFLY: the plain network
 * @BFFT_VARIANT_STOCKHAM: the same network, self-sorting schedule
 * @BFFT_VARIANT_Q8: the plain network with int8 twiddles
 * @BFFT_VARIANT_UNITARY: 2x2 complex matrices in place of butterflies
 * @BFFT_VARIANT_DOMAIN: twiddles fitted to a stream
 * @BFFT_VARIANT_PRUNED: hard gates, closed ones cost nothing
 * @BFFT_VARIANT_FUSED_SPECTRAL: FFT, mask and inverse FFT in one
 * @BFFT_VARIANT_LEARNED: gates, mask, denoiser, optionally int8
 */
typedef enum
{
  BFFT_VARIANT_REFERENCE,
  BFFT_VARIANT_BUTTERFLY,
  BFFT_VARIANT_STOCKHAM,
  BFFT_VARIANT_Q8,
  BFFT_VARIANT_UNITARY,
  BFFT_VARIANT_DOMAIN,
  BFFT_VARIANT_PRUNED,
  BFFT_VARIANT_FUSED_SPECTRAL,
  BFFT_VARIANT_LEARNED,
} BfftVariant;

#define BFFT_N_VARIANTS (BFFT_VARIANT_LEARNED + 1)

/* The label used in properties, files and telemetry: "fused-spectral". */
const gchar *bfft_variant_to_string (BfftVariant variant);

/* Returns: FALSE when @label names no variant; *variant is then untouched. */
gboolean bfft_variant_from_string (const gchar * label, BfftVariant * variant);

G_END_DECLS
