/* bfft: which instructions the processor has.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-tier.h"

static const gchar *const names[BFFT_N_TIERS] = {
#ifdef __x86_64__
  [BFFT_TIER_BASELINE] = "sse2",
#else
  [BFFT_TIER_BASELINE] = "baseline",
#endif
  [BFFT_TIER_NEON] = "neon",
  [BFFT_TIER_AVX2] = "avx2",
  [BFFT_TIER_AVX512] = "avx512",
};

/* Those that the library was built with. */
#define BUILT(TIER, name) | 1 << BFFT_TIER_##TIER
static const guint built = 0 BFFT_TIERS (BUILT);

static gboolean
processor_has (BfftTier tier)
{
#if defined (__x86_64__) && defined (__GNUC__)
  /* These look at what the system saves of the registers, too. */
  gboolean avx2, avx512;

  __builtin_cpu_init ();
  avx2 = __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
  avx512 = avx2 && __builtin_cpu_supports ("avx512f")
      && __builtin_cpu_supports ("avx512vl")
      && __builtin_cpu_supports ("avx512dq")
      && __builtin_cpu_supports ("avx512bw")
      && __builtin_cpu_supports ("avx512cd");
  if (tier == BFFT_TIER_AVX2 || tier == BFFT_TIER_AVX512)
    return tier == BFFT_TIER_AVX2 ? avx2 : avx512;
#endif
  /* NEON is part of aarch64, for which alone it is built. */
  return TRUE;
}

/* Returns: the tier that BFFT_CPU allows, the baseline for what is no name of
 * this family of processors. */
static BfftTier
limit_from_environment (void)
{
  const gchar *name = g_getenv ("BFFT_CPU");
  guint tier;

  if (name == NULL || *name == '\0')
    return BFFT_N_TIERS - 1;
  for (tier = 0; tier < BFFT_N_TIERS; tier++) {
    if ((built & 1u << tier) && g_str_equal (name, names[tier]))
      return tier;
  }
  if (!g_str_equal (name, "baseline"))
    g_warning ("BFFT_CPU=%s names no tier of this build: running %s. "
        "See bfft's docs/performance.md for the names", name, names[0]);
  return BFFT_TIER_BASELINE;
}

BfftTier
bfft_tier_get (void)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready)) {
    guint tier = limit_from_environment ();

    while (!(built & 1u << tier) || !processor_has (tier))
      tier--;
    g_once_init_leave (&ready, tier + 1);
  }
  return ready - 1;
}

const gchar *
bfft_tier_get_name (BfftTier tier)
{
  return names[tier];
}
