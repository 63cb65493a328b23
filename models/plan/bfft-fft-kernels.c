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

#define P BFFT_FFT_PRIME
#define H (P / 2)
#define A BFFT_FFT_PRIME_A
#define B BFFT_FFT_PRIME_B
#define ROW BFFT_FFT_PRIME_ROW
#define AT BFFT_FFT_PRIME_AT

/* cos and sin of 2 pi i / B */
static const gfloat cosine9[] = { 1, 0.76604444311897803520f,
  0.17364817766693034885f, -0.5f, -0.93969262078590838405f
};

static const gfloat sine9[] = { 0, 0.64278760968653932632f,
  0.98480775301220805937f, 0.86602540378443864676f, 0.34202014332566873304f
};

/* and of 2 pi i / A */
static const gfloat cosine7[] = { 1, 0.62348980185873353053f,
  -0.22252093395631440429f, -0.90096886790241912624f
};

static const gfloat sine7[] = { 0, 0.78183148246802980871f,
  0.97492791218182360702f, 0.43388373911755812048f
};

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
