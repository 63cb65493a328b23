/* bfft: stages of radix 3 and 5 of an exact transform.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

#include "bfft-kernels.h"

G_BEGIN_DECLS

typedef struct _BfftOddStage BfftOddStage;

/* 3 or 5 if @n has that factor, otherwise 1. */
guint bfft_odd_radix (guint n);

/* A stage in place on [2][blocks][@radix][@shared][@lanes] floats, re before
 * im. A block's @radix parts are sub-transforms of length @sub, lane by lane of
 * index @order[block] * @rows + lane; they become as many transforms of length
 * @radix * @sub, of the indices that follow @sub apart. */
BfftOddStage *bfft_odd_stage_new (guint radix, guint blocks, guint shared,
    guint lanes, guint rows, const guint * order);
void bfft_odd_stage_free (BfftOddStage * stage);
void bfft_odd_stage_run (const BfftOddStage * stage,
    const BfftKernels * kernels, gfloat * lanes);
gsize bfft_odd_stage_get_bytes (const BfftOddStage * stage);

G_END_DECLS
