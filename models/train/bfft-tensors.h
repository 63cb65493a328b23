/* bfft: a network's parameters as training wants them.
 *
 * Training runs every stage with constant geometry: butterfly j of a stage
 * reads the values 2j and 2j + 1 and writes j and j + half. From bit-reversed
 * input that is the network of bfft-network.h with the values of stage s at
 * the places whose index is rotated right by s bits, so each stage's
 * parameters are stored in another order here, and every row is long.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-network.h"

G_BEGIN_DECLS

/**
 * BfftTensors:
 * @variant: which parameters there are
 * @n: transform length
 * @stages: log2 (n)
 * @half: n / 2
 * @count: numbers in all
 * @values: [count], all of the below in the order of the members
 * @twiddles: [stages][half][2], (re, im), or %NULL
 * @gates: [stages][half], or %NULL
 * @mask: [2][n], all re, then all im, in the order of bins; or %NULL
 * @scale: [2][n], or %NULL
 * @bias: [2][n], or %NULL
 * @unitary: [stages][4][half][2], m00 m01 m10 m11 as (re, im), or %NULL
 *
 * What is trained, or its gradient: one flat array and where each kind begins.
 * Butterflies are in order of execution.
 */
typedef struct
{
  BfftVariant variant;
  guint n;
  guint stages;
  guint half;
  gsize count;

  gfloat *values;
  gfloat *twiddles;
  gfloat *gates;
  gfloat *mask;
  gfloat *scale;
  gfloat *bias;
  gfloat *unitary;
} BfftTensors;

/* Whether @variant has parameters that are trained. */
gboolean bfft_tensors_variant_is_trained (BfftVariant variant);

/* All values are 0. @variant must be one that is trained. */
BfftTensors *bfft_tensors_new (BfftVariant variant, guint n);
void bfft_tensors_free (BfftTensors * tensors);

/* Between the two orders. The network has the same variant and length. */
void bfft_tensors_load (BfftTensors * tensors, const BfftNetwork * network);
void bfft_tensors_store (const BfftTensors * tensors, BfftNetwork * network);

/* Where butterfly @butterfly of @stage is executed, 0 .. half - 1. */
guint bfft_tensors_place (const BfftTensors * tensors, guint stage,
    guint butterfly);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftTensors, bfft_tensors_free)

G_END_DECLS
