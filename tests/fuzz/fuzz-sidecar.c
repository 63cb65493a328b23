/* bfft: any bytes as a sidecar.
 *
 * What the reader accepts must be sound, and written again it must stay what
 * it is.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fuzz.h"

#include "bfft-sidecar.h"

#include <math.h>
#include <string.h>

static void
assert_sound (const BfftSidecarModel * model)
{
  const BfftHeatmap *heatmap = &model->heatmap;
  const BfftLandscape *landscape = model->landscape;
  guint count = heatmap->stages * heatmap->butterflies;
  guint i;

  g_assert_true (g_utf8_validate (model->model_id, -1, NULL));
  g_assert_true (g_utf8_validate (model->variant, -1, NULL));
  g_assert_cmpuint (heatmap->gates->len, ==, count);
  for (i = 0; i < count; i++)
    g_assert_true (isfinite (g_array_index (heatmap->gates, gfloat, i)));
  for (i = 1; i < model->loss_curve->len; i++)
    g_assert_cmpuint (g_array_index (model->loss_curve, BfftLossEntry,
            i - 1).step, <, g_array_index (model->loss_curve, BfftLossEntry,
            i).step);
  if (landscape)
    g_assert_cmpuint (landscape->z->len, ==,
        landscape->x->len * landscape->y->len);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (BfftSidecar) sidecar = bfft_sidecar_load_bytes (bytes, "input",
      &error);
  g_autoptr (BfftSidecar) again = NULL;
  g_autoptr (GBytes) written = NULL;
  g_autoptr (GBytes) rewritten = NULL;
  guint i;

  if (sidecar == NULL) {
    g_assert_true (error->domain == BFFT_SIDECAR_ERROR);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_nonnull (strstr (error->message, "input"));
    return 0;
  }
  for (i = 0; i < sidecar->models->len; i++)
    assert_sound (g_ptr_array_index (sidecar->models, i));
  written = bfft_sidecar_to_bytes (sidecar);
  again = bfft_sidecar_load_bytes (written, "output", &error);
  g_assert_no_error (error);
  rewritten = bfft_sidecar_to_bytes (again);
  g_assert_true (g_bytes_equal (written, rewritten));
  return 0;
}
