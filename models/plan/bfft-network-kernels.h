/* bfft: what ORC cannot say of a network, for each tier: two whole stages in
 * one pass, and matrices in groups.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-compiled.h"
#include "bfft-tier.h"

G_BEGIN_DECLS

/**
 * BfftPair:
 * @first: the parameters of both stages
 * @second:
 * @q8_scale: of int8 twiddles
 * @re: the four inputs x0..x3 of the first butterflies, which join (x0, x1)
 *     and (x2, x3), as the second stage does (x0, x2) and (x1, x3)
 * @im: imaginary parts; of a real first stage only written
 * @run: values that lie together
 * @blocks: of 4 @run values
 *
 * In either stage the entries of one block's first butterflies and then those
 * of its second ones follow one another.
 */
typedef struct
{
  const BfftStageTable *first, *second;
  gfloat q8_scale;
  gfloat *re[4], *im[4];
  guint run, blocks;
} BfftPair;

typedef void (*BfftPairFunc) (const BfftPair * pair);

/**
 * BfftNetworkKernels:
 * @pairs: by kind of the tables, gates in both stages, real first stage
 * @unitary: one @step with grouped matrices, on values @distance apart
 * @transpose: as bfft_transpose_to()
 */
struct _BfftNetworkKernels
{
  BfftPairFunc pairs[3][2][2];
  void (*unitary) (const BfftStageTable * table, const BfftStep * step,
      gfloat * re, gfloat * im, gsize distance);
  void (*transpose) (const gfloat * const *rows, guint n_rows, guint columns,
      gfloat * const *out);
};

const BfftNetworkKernels *bfft_network_kernels_get (BfftTier tier);

G_END_DECLS
