/* bfft: which copy of the kernels runs.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-execution.h"

const BfftKernels *
bfft_kernels_get (BfftExecution execution)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready)) {
    orc_init ();
    bfft_kernels_init ();
    g_once_init_leave (&ready, 1);
  }
  return execution == BFFT_EXECUTION_C ? &bfft_kernels_c : &bfft_kernels_orc;
}
