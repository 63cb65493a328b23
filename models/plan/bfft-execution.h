/* bfft: which copy of the kernels runs.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>
#include "bfft-kernels.h"
#include "bfft-tier.h"

G_BEGIN_DECLS

/**
 * BfftExecution:
 * @BFFT_EXECUTION_AUTO: C compiled for the processor's tier, the fastest
 * @BFFT_EXECUTION_ORC: compiled at run time by ORC, each kernel when it is
 *   first run; as AUTO in builds without orcc
 * @BFFT_EXECUTION_C: C compiled for the baseline, with the same results on
 *   every processor of the family
 */
typedef enum
{
  BFFT_EXECUTION_AUTO,
  BFFT_EXECUTION_ORC,
  BFFT_EXECUTION_C,
} BfftExecution;

/* Whether the library was built with what ORC needs. */
gboolean bfft_execution_has_orc (void);

const BfftKernels *bfft_kernels_get (BfftExecution execution);
const BfftKernels *bfft_kernels_get_tier (BfftTier tier);

/* The tier for what ORC cannot say: the processor's, but for C. */
BfftTier bfft_execution_get_tier (BfftExecution execution);

/* What runs: the name of a tier (see bfft-tier.h), "orc-sse", "orc-avx" or
 * "orc-" and another name that ORC gives its code for this machine. */
const gchar *bfft_execution_get_name (BfftExecution execution);

G_END_DECLS
