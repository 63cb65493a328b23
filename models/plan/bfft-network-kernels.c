/* bfft: what ORC cannot say of a network, compiled for each tier.
 *
 * In two stages at once values go to memory and back half as often; ORC allows
 * four destinations, and eight arrays at all.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-network-kernels.h"
#include "bfft-transpose.h"

#include <string.h>

#if defined (__SSE2__)
#include <immintrin.h>
#elif defined (__aarch64__)
#include <arm_neon.h>
#endif

#define INLINE static inline __attribute__((always_inline))

/* Vectors of the tier, for short runs of four floats, and single values. */
#if defined (__AVX512F__)
#define WIDE 16
#elif defined (__AVX2__)
#define WIDE 8
#else
#define WIDE 4
#endif

/* int8 as floats; without these GCC 12 converts them one by one. */
#if defined (__AVX512F__)
#define load_int8_wide(from) _mm512_cvtepi32_ps (_mm512_cvtepi8_epi32 \
    (_mm_loadu_si128 ((gconstpointer) (from))))
#elif defined (__AVX2__)
#define load_int8_wide(from) _mm256_cvtepi32_ps (_mm256_cvtepi8_epi32 \
    (_mm_loadl_epi64 ((gconstpointer) (from))))
#else
#define load_int8_wide load_int8_4
#endif

#if defined (__SSE2__)
INLINE __m128
load_int8_4 (const gint8 * from)
{
  gint32 four;
  __m128i x;

  memcpy (&four, from, sizeof (four));
  x = _mm_cvtsi32_si128 (four);
  x = _mm_unpacklo_epi8 (x, x);
  return _mm_cvtepi32_ps (_mm_srai_epi32 (_mm_unpacklo_epi16 (x, x), 24));
}
#elif defined (__aarch64__)
INLINE float32x4_t
load_int8_4 (const gint8 * from)
{
  guint32 four;

  memcpy (&four, from, sizeof (four));
  return vcvtq_f32_s32 (vmovl_s16 (vget_low_s16 (vmovl_s8 (vcreate_s8
                  (four)))));
}
#else
typedef gfloat Four __attribute__((vector_size (16)));

INLINE Four
load_int8_4 (const gint8 * from)
{
  return (Four) {
  from[0], from[1], from[2], from[3]};
}
#endif

typedef gfloat One __attribute__((vector_size (4)));

INLINE One
load_int8_1 (const gint8 * from)
{
  return (One) {
  from[0]};
}

#define LANES WIDE
#define N(name) name##_wide
#include "bfft-network-lanes.h"

#define LANES 4
#define N(name) name##_4
#include "bfft-network-lanes.h"

#define LANES 1
#define N(name) name##_1
#include "bfft-network-lanes.h"

#define PAIR(name, kind, gated, real) \
static void \
run_##name (const BfftPair * pair) \
{ \
  if (pair->run % WIDE == 0) \
    run_pairs_wide (kind, gated, real, pair); \
  else if (pair->run % 4 == 0) \
    run_pairs_4 (kind, gated, real, pair); \
  else \
    run_pairs_1 (kind, gated, real, pair); \
}

/* *INDENT-OFF* */
PAIR (float, BFFT_TABLES_FLOAT, FALSE, FALSE)
PAIR (float_real, BFFT_TABLES_FLOAT, FALSE, TRUE)
PAIR (gated, BFFT_TABLES_FLOAT, TRUE, FALSE)
PAIR (gated_real, BFFT_TABLES_FLOAT, TRUE, TRUE)
PAIR (q8, BFFT_TABLES_Q8, FALSE, FALSE)
PAIR (q8_real, BFFT_TABLES_Q8, FALSE, TRUE)
PAIR (q8_gated, BFFT_TABLES_Q8, TRUE, FALSE)
PAIR (q8_gated_real, BFFT_TABLES_Q8, TRUE, TRUE)
PAIR (unitary, BFFT_TABLES_UNITARY, FALSE, FALSE)
PAIR (unitary_real, BFFT_TABLES_UNITARY, FALSE, TRUE)
/* *INDENT-ON* */

static void
run_unitary_rows (const BfftStageTable * table, const BfftStep * step,
    gfloat * re, gfloat * im, gsize distance)
{
  const BfftStageTable s = *table;
  gsize row, i;

  for (row = 0; row < step->m; row++) {
    gsize e = step->entry + row * step->entry_pitch;
    gsize from = step->address + row * step->address_pitch;

    i = e % WIDE == 0 ? run_unitary_wide (&s, e, re + from, im + from,
        distance, 0, step->n) : 0;
    run_unitary_1 (&s, e, re + from, im + from, distance, i, step->n);
  }
}

#if WIDE >= 8
#define SHUFFLE __builtin_shufflevector

/* Out of each half of 128 bits: what both registers have in common, which is
 * what the instructions do. */
#define LOW(a, b) SHUFFLE (a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(a, b) SHUFFLE (a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW2(a, b) SHUFFLE (a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH2(a, b) SHUFFLE (a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOW4(a, b) SHUFFLE (a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH4(a, b) SHUFFLE (a, b, 4, 5, 6, 7, 12, 13, 14, 15)

typedef gfloat Eight __attribute__((vector_size (32), aligned (4)));

INLINE void
transpose_8x8 (const gfloat * const *rows, gsize c, gfloat * const *out,
    gsize r)
{
  Eight x[8], y[8];
  guint i;

  for (i = 0; i < 8; i++)
    x[i] = *(const Eight *) (rows[r + i] + c);
  for (i = 0; i < 8; i += 2) {
    y[i] = LOW (x[i], x[i + 1]);
    y[i + 1] = HIGH (x[i], x[i + 1]);
  }
  for (i = 0; i < 8; i += 4) {
    x[i] = LOW2 (y[i], y[i + 2]);
    x[i + 1] = HIGH2 (y[i], y[i + 2]);
    x[i + 2] = LOW2 (y[i + 1], y[i + 3]);
    x[i + 3] = HIGH2 (y[i + 1], y[i + 3]);
  }
  for (i = 0; i < 4; i++) {
    *(Eight *) (out[c + i] + r) = LOW4 (x[i], x[i + 4]);
    *(Eight *) (out[c + i + 4] + r) = HIGH4 (x[i], x[i + 4]);
  }
}
#endif

static void
run_transpose (const gfloat * const *rows, guint n_rows, guint columns,
    gfloat * const *out)
{
#if WIDE >= 8
  gsize r, c;

  if (n_rows % 8 == 0 && columns % 8 == 0) {
    for (c = 0; c < columns; c += 8) {
      for (r = 0; r < n_rows; r += 8)
        transpose_8x8 (rows, c, out, r);
    }
    return;
  }
#endif
  bfft_transpose_to (rows, n_rows, columns, out);
}

extern const BfftNetworkKernels BFFT_TIER_NAME (bfft_network_kernels);

const BfftNetworkKernels BFFT_TIER_NAME (bfft_network_kernels) = {
  .pairs = {
        [BFFT_TABLES_FLOAT] = {{run_float, run_float_real},
            {run_gated, run_gated_real}},
        [BFFT_TABLES_Q8] = {{run_q8, run_q8_real},
            {run_q8_gated, run_q8_gated_real}},
        /* Their gates are in the matrices. */
        [BFFT_TABLES_UNITARY] = {{run_unitary, run_unitary_real},
            {run_unitary, run_unitary_real}},
      },
  .unitary = run_unitary_rows,
  .transpose = run_transpose,
};
