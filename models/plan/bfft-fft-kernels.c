/* bfft: the passes of an exact complex FFT, for one tier of processors.
 *
 * What ORC cannot say (radix 4 has more than four destinations, and rows must
 * be transposed) is C on vector extensions, compiled for each tier.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-fft-kernels.h"

#define ALWAYS __attribute__ ((always_inline))
#define SHUFFLE __builtin_shufflevector
#define JOIN_(name, width) name##_w##width
#define JOIN(name, width) JOIN_ (name, width)
#define W(name) JOIN (name, WIDTH)

typedef gfloat Quarter
    __attribute__((vector_size (16), aligned (4), may_alias));
#define QUARTER(v, at) SHUFFLE (v, v, at, at + 1, at + 2, at + 3)

#define WIDTH 4
#include "bfft-fft-width.h"
#ifdef __AVX2__
#undef WIDTH
#define WIDTH 8
#include "bfft-fft-width.h"
#endif
#ifdef __AVX512F__
#undef WIDTH
#define WIDTH 16
#include "bfft-fft-width.h"
#endif

const BfftFftKernels *const
BFFT_TIER_NAME (bfft_fft_kernels)[] = {
  &kernels_w4,
#ifdef __AVX2__
  &kernels_w8,
#endif
#ifdef __AVX512F__
  &kernels_w16,
#endif
  NULL
};
