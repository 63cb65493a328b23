/* bfft: which copy of the kernels runs.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-execution.h"

#ifdef HAVE_ORC
#include "bfft-program.h"

extern const BfftKernels bfft_kernels_orc;
#endif

#define DECLARE(TIER, name) extern const BfftKernels bfft_kernels_##name;
/* *INDENT-OFF* */
BFFT_TIERS (DECLARE)
/* *INDENT-ON* */

#define ENTRY(TIER, name) [BFFT_TIER_##TIER] = &bfft_kernels_##name,
static const BfftKernels *const tables[BFFT_N_TIERS] = { BFFT_TIERS (ENTRY) };

gboolean
bfft_execution_has_orc (void)
{
#ifdef HAVE_ORC
  return TRUE;
#else
  return FALSE;
#endif
}

BfftTier
bfft_execution_get_tier (BfftExecution execution)
{
  return execution == BFFT_EXECUTION_C ? BFFT_TIER_BASELINE : bfft_tier_get ();
}

const BfftKernels *
bfft_kernels_get_tier (BfftTier tier)
{
  return tables[tier];
}

const BfftKernels *
bfft_kernels_get (BfftExecution execution)
{
#ifdef HAVE_ORC
  if (execution == BFFT_EXECUTION_ORC)
    return &bfft_kernels_orc;
#endif
  return bfft_kernels_get_tier (bfft_execution_get_tier (execution));
}

const gchar *
bfft_execution_get_name (BfftExecution execution)
{
#ifdef HAVE_ORC
  if (execution == BFFT_EXECUTION_ORC)
    return bfft_program_get_target_name ();
#endif
  return bfft_tier_get_name (bfft_execution_get_tier (execution));
}
