/* bfft: which copy of the kernels runs.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>
#include "bfft-kernels.h"

G_BEGIN_DECLS

/**
 * BfftExecution:
 * @BFFT_EXECUTION_AUTO: the fastest there is
 * @BFFT_EXECUTION_ORC: kernels compiled at run time by ORC ("compiled")
 * @BFFT_EXECUTION_C: the same kernels in C ("eager")
 */
typedef enum
{
  BFFT_EXECUTION_AUTO,
  BFFT_EXECUTION_ORC,
  BFFT_EXECUTION_C,
} BfftExecution;

/* The kernels for @execution; the first call has ORC compile them, so it
 * belongs where a plan is made, not where it is executed. Thread safe. */
const BfftKernels *bfft_kernels_get (BfftExecution execution);

G_END_DECLS
