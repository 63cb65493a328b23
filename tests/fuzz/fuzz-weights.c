/* bfft: any bytes as a weights file.
 *
 * What the reader accepts must be sound, and written again it must be the same
 * network.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fuzz.h"

#include "bfft-weights.h"

#include <math.h>
#include <string.h>

static void
assert_finite (const gfloat * values, gsize count)
{
  gsize i;

  for (i = 0; values && i < count; i++)
    g_assert_true (isfinite (values[i]));
}

static void
assert_sound (const BfftNetwork * network)
{
  gsize count = (gsize) network->stages * network->half;
  gsize bins = 2 * (gsize) network->n_fft;

  g_assert_true (bfft_network_length_is_valid (network->n_fft));
  assert_finite (network->twiddles, 2 * count);
  assert_finite (network->gates, count);
  assert_finite (network->freq_mask, bins);
  assert_finite (network->denoiser_scale, bins);
  assert_finite (network->denoiser_bias, bins);
  assert_finite (network->unitary, 8 * count);
  g_assert_cmpuint (bfft_network_active_butterflies (network), <=, count);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (BfftNetwork) network = bfft_weights_load_bytes (bytes, "input",
      &error);
  g_autoptr (BfftNetwork) again = NULL;
  g_autoptr (GBytes) written = NULL;
  g_autoptr (GBytes) rewritten = NULL;

  if (network == NULL) {
    g_assert_true (error->domain == BFFT_WEIGHTS_ERROR);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_nonnull (strstr (error->message, "input"));
    return 0;
  }
  assert_sound (network);
  written = bfft_weights_to_bytes (network);
  again = bfft_weights_load_bytes (written, "output", &error);
  g_assert_no_error (error);
  rewritten = bfft_weights_to_bytes (again);
  g_assert_true (g_bytes_equal (written, rewritten));
  return 0;
}
