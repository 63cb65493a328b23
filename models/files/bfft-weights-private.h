/* bfft: the tensors of a weights file.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-weights.h"

G_BEGIN_DECLS

#define BFFT_WEIGHTS_FORMAT "bfft"
#define BFFT_WEIGHTS_VERSION "1"
#define BFFT_WEIGHTS_MAX_DIMS 3

/* Lengths that depend on the network, in BfftWeightsTensor.shape. */
enum
{
  BFFT_DIM_STAGES = -1,
  BFFT_DIM_HALF = -2,
  BFFT_DIM_N = -3,
};

/**
 * BfftWeightsTensor:
 * @name: in the file
 * @dtype: as written: "F32" or "I8"
 * @shape: lengths, or BFFT_DIM_..., ended by 0
 * @variants: bit 1 << variant is set for the variants that may have it
 * @min: smallest value it may hold
 * @max: largest
 */
typedef struct
{
  const gchar *name;
  const gchar *dtype;
  gint shape[BFFT_WEIGHTS_MAX_DIMS + 1];
  guint variants;
  gfloat min, max;
} BfftWeightsTensor;

/* In the order in which they are written: F32 by name, then I8, which keeps
 * every tensor aligned to its type. */
typedef enum
{
  BFFT_TENSOR_DENOISER_BIAS,
  BFFT_TENSOR_DENOISER_SCALE,
  BFFT_TENSOR_FREQ_MASK,
  BFFT_TENSOR_GATES,
  BFFT_TENSOR_TWIDDLES,
  BFFT_TENSOR_Q8_SCALE,
  BFFT_TENSOR_UNITARY,
  BFFT_TENSOR_Q8,
} BfftTensorId;

#define BFFT_N_TENSORS (BFFT_TENSOR_Q8 + 1)

extern const BfftWeightsTensor bfft_weights_tensors[BFFT_N_TENSORS];

/* The shape for a length of @n_fft.
 * Returns: the number of dimensions */
guint bfft_weights_tensor_shape (BfftTensorId id, guint n_fft,
    guint64 dims[BFFT_WEIGHTS_MAX_DIMS]);

/* Numbers in the tensor. */
gsize bfft_weights_tensor_length (BfftTensorId id, guint n_fft);

/* Where @network keeps the tensor, gfloat or gint8; NULL if it has none. */
gpointer bfft_weights_tensor_values (const BfftNetwork * network,
    BfftTensorId id);

G_END_DECLS
