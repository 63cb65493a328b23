/* bfft: the models that a report shows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-report-model.h"

#include <math.h>

BfftReport *
bfft_report_new (void)
{
  BfftReport *self = g_new0 (BfftReport, 1);

  self->sidecars =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bfft_sidecar_free);
  self->models = g_ptr_array_new ();
  self->labels = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
bfft_report_free (BfftReport * report)
{
  g_ptr_array_unref (report->models);
  g_ptr_array_unref (report->labels);
  g_ptr_array_unref (report->sidecars);
  g_free (report);
}

/* @model_id, with a number behind it when another model has it already. */
static gchar *
unique_label (BfftReport * self, const gchar * model_id)
{
  const gchar *name = *model_id ? model_id : "(no name)";
  gchar *label = g_strdup (name);
  guint number;

  for (number = 2; g_ptr_array_find_with_equal_func (self->labels, label,
          g_str_equal, NULL); number++) {
    g_free (label);
    label = g_strdup_printf ("%s (%u)", name, number);
  }
  return label;
}

static void
thin_loss_curve (BfftSidecarModel * model)
{
  g_autoptr (BfftLossCurve) curve = bfft_loss_curve_new ();
  guint i;

  for (i = 0; i < model->loss_curve->len; i++)
    bfft_loss_curve_add (curve,
        &g_array_index (model->loss_curve, BfftLossEntry, i));
  g_array_unref (model->loss_curve);
  model->loss_curve = bfft_loss_curve_get (curve);
}

static void
add_model (BfftReport * self, BfftSidecarModel * model)
{
  const GArray *magnitude = model->heatmap.twiddle_mag;
  guint i;

  for (i = 0; i < magnitude->len; i++)
    self->twiddle_reach = MAX (self->twiddle_reach,
        fabs (g_array_index (magnitude, gfloat, i) - 1.0));
  if (model->loss_curve->len > BFFT_LOSS_CURVE_MAX)
    thin_loss_curve (model);
  g_ptr_array_add (self->labels, unique_label (self, model->model_id));
  g_ptr_array_add (self->models, model);
}

gboolean
bfft_report_add_file (BfftReport * report, const gchar * filename,
    GError ** error)
{
  BfftSidecar *sidecar = bfft_sidecar_load (filename, error);
  guint i;

  if (sidecar == NULL)
    return FALSE;
  g_ptr_array_add (report->sidecars, sidecar);
  for (i = 0; i < sidecar->models->len; i++)
    add_model (report, g_ptr_array_index (sidecar->models, i));
  return TRUE;
}

const BfftSidecarModel *
bfft_report_model (const BfftReport * report, guint index)
{
  return g_ptr_array_index (report->models, index);
}

const gchar *
bfft_report_label (const BfftReport * report, guint index)
{
  return g_ptr_array_index (report->labels, index);
}
