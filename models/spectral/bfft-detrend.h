/* bfft: the mean or the straight line of a segment, removed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-execution.h"

G_BEGIN_DECLS

/**
 * BfftDetrend:
 * @BFFT_DETREND_NONE: segments stay as they are
 * @BFFT_DETREND_CONSTANT: minus their mean
 * @BFFT_DETREND_LINEAR: minus their least-squares line
 *
 * As scipy.signal.detrend() has them.
 */
typedef enum
{
  BFFT_DETREND_NONE,
  BFFT_DETREND_CONSTANT,
  BFFT_DETREND_LINEAR,
} BfftDetrend;

typedef struct _BfftDetrender BfftDetrender;

/* @length: samples per segment, at least 1 */
BfftDetrender *bfft_detrender_new (BfftDetrend type, guint length,
    BfftExecution execution);
void bfft_detrender_free (BfftDetrender * self);

/* Both arrays have the length given above; they may be the same. Accurate
 * relative to what remains, however large the trend, as far as the samples
 * themselves are. */
void bfft_detrender_run (BfftDetrender * self, const gfloat * in,
    gfloat * out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftDetrender, bfft_detrender_free)

G_END_DECLS
