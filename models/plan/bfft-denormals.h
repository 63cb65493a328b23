/* bfft: denormal numbers count as zero.
 *
 * A sound that dies away ends in them, and many processors take a hundred
 * times as long for each. ORC's programs set this mode themselves, once per
 * call; for all others who calls them sets it, once for all work on a buffer.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

#ifdef __x86_64__
#include <xmmintrin.h>
#endif

G_BEGIN_DECLS

/* Returns: the thread's mode before, for bfft_denormals_restore(). */
static inline guint64
bfft_denormals_flush (void)
{
  guint64 mode = 0;

#if defined (__x86_64__)
  mode = _mm_getcsr ();
  _mm_setcsr (mode | 0x8040);   /* FTZ, results; DAZ, operands */
#elif defined (__aarch64__)
  __asm__ volatile ("mrs %0, fpcr":"=r" (mode));
  __asm__ volatile ("msr fpcr, %0"::"r" (mode | 1 << 24));      /* FZ, both */
#endif
  return mode;
}

static inline void
bfft_denormals_restore (guint64 mode)
{
#if defined (__x86_64__)
  _mm_setcsr (mode);
#elif defined (__aarch64__)
  __asm__ volatile ("msr fpcr, %0"::"r" (mode));
#endif
}

G_END_DECLS
