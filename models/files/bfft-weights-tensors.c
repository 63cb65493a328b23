/* bfft: the tensors of a weights file.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-weights-private.h"

#include <float.h>

#define VARIANT(name) (1u << BFFT_VARIANT_##name)
#define ALL ((1u << BFFT_N_VARIANTS) - 1)
#define WITH_GATES (VARIANT (PRUNED) | VARIANT (LEARNED))
#define WITH_MASK (VARIANT (FUSED_SPECTRAL) | VARIANT (LEARNED))
#define WITH_Q8 (VARIANT (Q8) | VARIANT (LEARNED))
#define FINITE -FLT_MAX, FLT_MAX

/* A q8 scale of which every multiple is an ordinary float. */
#define SCALE FLT_MIN, FLT_MAX / 128

const BfftWeightsTensor bfft_weights_tensors[BFFT_N_TENSORS] = {
  [BFFT_TENSOR_DENOISER_BIAS] = {"denoiser.bias", "F32",
      {BFFT_DIM_N, 2}, VARIANT (LEARNED), FINITE},
  [BFFT_TENSOR_DENOISER_SCALE] = {"denoiser.scale", "F32",
      {BFFT_DIM_N, 2}, VARIANT (LEARNED), FINITE},
  [BFFT_TENSOR_FREQ_MASK] = {"freq_mask", "F32",
      {BFFT_DIM_N, 2}, WITH_MASK, FINITE},
  [BFFT_TENSOR_GATES] = {"gates", "F32",
      {BFFT_DIM_STAGES, BFFT_DIM_HALF}, WITH_GATES, 0, 1},
  [BFFT_TENSOR_TWIDDLES] = {"twiddle.packed", "F32",
      {BFFT_DIM_STAGES, BFFT_DIM_HALF, 2}, ALL, FINITE},
  [BFFT_TENSOR_Q8_SCALE] = {"twiddle.q8_scale", "F32",
      {1}, WITH_Q8, SCALE},
  [BFFT_TENSOR_UNITARY] = {"unitary.matrices", "F32",
      {BFFT_DIM_STAGES, BFFT_DIM_HALF, 8}, VARIANT (UNITARY), FINITE},
  [BFFT_TENSOR_Q8] = {"twiddle.q8", "I8",
      {BFFT_DIM_STAGES, BFFT_DIM_HALF, 2}, WITH_Q8, -127, 127},
};

guint
bfft_weights_tensor_shape (BfftTensorId id, guint n_fft,
    guint64 dims[BFFT_WEIGHTS_MAX_DIMS])
{
  const gint *shape = bfft_weights_tensors[id].shape;
  guint i;

  for (i = 0; shape[i]; i++) {
    switch (shape[i]) {
      case BFFT_DIM_STAGES:
        dims[i] = g_bit_storage (n_fft) - 1;
        break;
      case BFFT_DIM_HALF:
        dims[i] = n_fft / 2;
        break;
      case BFFT_DIM_N:
        dims[i] = n_fft;
        break;
      default:
        dims[i] = shape[i];
        break;
    }
  }
  return i;
}

gsize
bfft_weights_tensor_length (BfftTensorId id, guint n_fft)
{
  guint64 dims[BFFT_WEIGHTS_MAX_DIMS];
  guint n_dims = bfft_weights_tensor_shape (id, n_fft, dims);
  gsize length = 1;
  guint i;

  for (i = 0; i < n_dims; i++)
    length *= dims[i];
  return length;
}

gpointer
bfft_weights_tensor_values (const BfftNetwork * network, BfftTensorId id)
{
  switch (id) {
    case BFFT_TENSOR_DENOISER_BIAS:
      return network->denoiser_bias;
    case BFFT_TENSOR_DENOISER_SCALE:
      return network->denoiser_scale;
    case BFFT_TENSOR_FREQ_MASK:
      return network->freq_mask;
    case BFFT_TENSOR_GATES:
      return network->gates;
    case BFFT_TENSOR_TWIDDLES:
      return network->twiddles;
    case BFFT_TENSOR_Q8_SCALE:
      return network->q8 ? (gpointer) & network->q8_scale : NULL;
    case BFFT_TENSOR_UNITARY:
      return network->unitary;
    case BFFT_TENSOR_Q8:
      return network->q8;
  }
  return NULL;
}
