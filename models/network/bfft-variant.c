/* bfft: the variants of the network, by name.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-variant.h"

static const gchar *const labels[BFFT_N_VARIANTS] = {
  [BFFT_VARIANT_REFERENCE] = "reference",
  [BFFT_VARIANT_BUTTERFLY] = "butterfly",
  [BFFT_VARIANT_STOCKHAM] = "stockham",
  [BFFT_VARIANT_Q8] = "q8",
  [BFFT_VARIANT_UNITARY] = "unitary",
  [BFFT_VARIANT_DOMAIN] = "domain",
  [BFFT_VARIANT_PRUNED] = "pruned",
  [BFFT_VARIANT_FUSED_SPECTRAL] = "fused-spectral",
  [BFFT_VARIANT_LEARNED] = "learned",
};

const gchar *
bfft_variant_to_string (BfftVariant variant)
{
  g_return_val_if_fail ((guint) variant < BFFT_N_VARIANTS, NULL);

  return labels[variant];
}

gboolean
bfft_variant_from_string (const gchar * label, BfftVariant * variant)
{
  guint i;

  for (i = 0; i < BFFT_N_VARIANTS; i++) {
    if (g_strcmp0 (label, labels[i]) == 0) {
      *variant = i;
      return TRUE;
    }
  }
  return FALSE;
}
