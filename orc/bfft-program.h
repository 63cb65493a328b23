/* bfft: ORC programs around two faults of ORC.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>
#include <orc/orc.h>

/* As orc_program_compile(), which it stands in for in what orcc generates. */
OrcCompileResult bfft_program_compile (OrcProgram * program);

/* "orc-" and what ORC calls the code that it makes here: "orc-sse" ... */
const gchar *bfft_program_get_target_name (void);

extern gint bfft_program_uses_avx;

/* To be called after each run of an ORC program. ORC's AVX code returns with
 * the upper halves of the vector registers in use, which makes all SSE code
 * that runs after it, ours and others', up to three times slower. */
static inline void
bfft_program_leave (void)
{
#if defined (__GNUC__) && (defined (__x86_64__) || defined (__i386__))
  if (g_atomic_int_get (&bfft_program_uses_avx))
    __asm__ volatile ("vzeroupper":::"memory");
#endif
}
