/* bfft: which instructions the processor has.
 *
 * What is slow without them is compiled once for each tier (see `tiers` in
 * meson.build) and chosen when a plan is made.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BfftTier:
 * @BFFT_TIER_BASELINE: what each processor of the family has, SSE2 on x86-64;
 *   compiled without contraction, so that its results are the same everywhere
 * @BFFT_TIER_NEON: aarch64, with fused multiply-add
 * @BFFT_TIER_AVX2: x86-64 with AVX2 and FMA
 * @BFFT_TIER_AVX512: x86-64 with AVX-512 F, VL, DQ, BW and CD
 */
typedef enum
{
  BFFT_TIER_BASELINE,
  BFFT_TIER_NEON,
  BFFT_TIER_AVX2,
  BFFT_TIER_AVX512,
} BfftTier;

#define BFFT_N_TIERS (BFFT_TIER_AVX512 + 1)

/* The best tier that the processor has and the library was built with, or the
 * lower one that BFFT_CPU names in the environment. Thread safe; the
 * environment is read by the first call. */
BfftTier bfft_tier_get (void);

/* "sse2" ("baseline" but for x86-64), "neon", "avx2" or "avx512" */
const gchar *bfft_tier_get_name (BfftTier tier);

/* Sources that are compiled for each tier give what they export a name of its
 * own: BFFT_TIER_NAME (bfft_stage) is bfft_stage_avx2 and so on. config.h has
 * BFFT_TIERS (X), which is X (BASELINE, baseline) X (AVX2, avx2) ... for all
 * that are built, to make tables of them. */
#ifdef BFFT_TIER
#define BFFT_TIER_JOIN(name, tier) name##_##tier
#define BFFT_TIER_NAME_(name, tier) BFFT_TIER_JOIN (name, tier)
#define BFFT_TIER_NAME(name) BFFT_TIER_NAME_ (name, BFFT_TIER)
#endif

G_END_DECLS
