/* bfft: how many parameters a variant has, and what they take in memory.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-network.h"

#include <string.h>

static void
add_up (BfftParams * params)
{
  params->total_params = params->twiddles + params->gates + params->freq_mask
      + params->denoiser + params->unitary + params->mel_filters
      + params->q8_packed;
  params->memory_bytes = params->total_params * sizeof (gfloat);
}

void
bfft_params_count (BfftVariant variant, guint n_fft, guint n_mels,
    BfftParams * params)
{
  guint64 stages = g_bit_storage (n_fft) - 1;
  guint64 half = n_fft / 2;

  memset (params, 0, sizeof (*params));
  g_return_if_fail (bfft_network_length_is_valid (n_fft));

  params->twiddles = stages * half * 2;
  switch (variant) {
    case BFFT_VARIANT_UNITARY:
      params->unitary = stages * half * 8;
      break;
    case BFFT_VARIANT_Q8:
      /* a complex int8 twiddle counts as one */
      params->q8_packed = params->twiddles / 2;
      break;
    case BFFT_VARIANT_LEARNED:
      params->gates = stages * half;
      params->freq_mask = 2 * (guint64) n_fft;
      params->denoiser = 4 * (guint64) n_fft;
      params->mel_filters = n_mels * (half + 1);
      break;
    default:
      break;
  }
  add_up (params);
}

void
bfft_params_count_original (BfftVariant variant, guint n_fft, guint n_mels,
    BfftParams * params)
{
  bfft_params_count (variant, n_fft, n_mels, params);
  if (variant != BFFT_VARIANT_REFERENCE && variant != BFFT_VARIANT_UNITARY) {
    params->unitary += params->twiddles;
    add_up (params);
  }
}

guint64
bfft_network_resident_bytes (const BfftNetwork * network)
{
  guint64 count = (guint64) network->stages * network->half;
  guint64 bins = 2 * (guint64) network->n_fft;
  guint64 floats = 0;

  if (network->unitary)
    floats += 8 * count;
  else if (network->q8 == NULL)
    floats += 2 * count;
  if (network->gates)
    floats += count;
  if (network->freq_mask)
    floats += bins;
  if (network->denoiser_scale)
    floats += bins;
  if (network->denoiser_bias)
    floats += bins;
  if (network->q8 && network->unitary == NULL)
    return floats * sizeof (gfloat) + 2 * count + sizeof (network->q8_scale);
  return floats * sizeof (gfloat);
}
