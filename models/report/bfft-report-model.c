/* bfft: the models that a report shows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-report-model.h"

#include "bfft-file.h"
#include "bfft-json.h"

#include <math.h>
#include <string.h>
#include <glib/gstdio.h>

BfftReport *
bfft_report_new (void)
{
  BfftReport *self = g_new0 (BfftReport, 1);

  self->sidecars =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bfft_sidecar_free);
  self->models = g_ptr_array_new ();
  self->labels = g_ptr_array_new_with_free_func (g_free);
  self->files = g_ptr_array_new_with_free_func (g_free);
  self->dates = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
bfft_report_free (BfftReport * report)
{
  g_ptr_array_unref (report->models);
  g_ptr_array_unref (report->labels);
  g_ptr_array_unref (report->files);
  g_ptr_array_unref (report->dates);
  g_ptr_array_unref (report->sidecars);
  g_free (report);
}

gchar *
bfft_report_stem (const gchar * filename)
{
  g_autofree gchar *name = g_path_get_basename (filename);

  if (g_str_has_suffix (name, ".json"))
    name[strlen (name) - 5] = '\0';
  return bfft_json_printable (name);
}

/* @name, with a number behind it when another model has it already. */
static gchar *
unique_label (BfftReport * self, const gchar * name)
{
  gchar *label = g_strdup (*name ? name : "(no name)");
  guint number;

  for (number = 2; g_ptr_array_find_with_equal_func (self->labels, label,
          g_str_equal, NULL); number++) {
    g_free (label);
    label = g_strdup_printf ("%s (%u)", *name ? name : "(no name)", number);
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

/* When the model says that it was written, else when its file was changed. */
static gchar *
find_date (const BfftSidecarModel * model, const gchar * filename)
{
  g_autoptr (GDateTime) date = NULL;
  GStatBuf info;

  if (model->bfft && model->bfft->date)
    date = g_date_time_new_from_iso8601 (model->bfft->date, NULL);
  if (date == NULL && g_stat (filename, &info) == 0)
    date = g_date_time_new_from_unix_utc (info.st_mtime);
  return date ? g_date_time_format (date, "%Y-%m-%d %H:%M UTC")
      : g_strdup ("");
}

static void
add_model (BfftReport * self, BfftSidecarModel * model, const gchar * name,
    const gchar * filename)
{
  const GArray *magnitude = model->heatmap.twiddle_mag;
  guint i;

  for (i = 0; i < magnitude->len; i++)
    self->twiddle_reach = MAX (self->twiddle_reach,
        fabs (g_array_index (magnitude, gfloat, i) - 1.0));
  if (model->loss_curve->len > BFFT_LOSS_CURVE_MAX)
    thin_loss_curve (model);
  g_ptr_array_add (self->labels, unique_label (self, name));
  g_ptr_array_add (self->files, g_filename_display_basename (filename));
  g_ptr_array_add (self->dates, find_date (model, filename));
  g_ptr_array_add (self->models, model);
}

/* Files that people take for sidecars: how they begin, or what is at byte 8,
 * and what they are. */
static const struct
{
  gsize at;
  const gchar *bytes, *what;
} kinds[] = {
  {8, "{\"", "weights: bfft-inspect prints them, and their sidecar is the file "
        "beside them that ends in .json"},
  {8, "WAVE",
      "sound: give it to an element with sidecar-location, which writes "
        "one"},
  {0, "fLaC",
      "sound: give it to an element with sidecar-location, which writes "
        "one"},
  {0, "<!DOCTYPE html", "a page: reports are made of sidecars (.json)"},
  {0, "\211PNG", "a picture: reports are made of sidecars (.json)"},
  {0, "\223NUMPY", "a numpy array: reports are made of sidecars (.json)"},
};

/* Says in @error what @filename is if it is known and no sidecar. */
static void
name_kind (const gchar * filename, GError ** error)
{
  g_autoptr (GBytes) bytes = bfft_file_load (filename, BFFT_SIDECAR_MAX_BYTES,
      NULL);
  gsize size = 0, i;
  const gchar *data = bytes ? g_bytes_get_data (bytes, &size) : NULL;
  const gchar *what = NULL;

  for (i = 0; data && i < G_N_ELEMENTS (kinds) && what == NULL; i++) {
    gsize length = strlen (kinds[i].bytes);

    if (size >= kinds[i].at + length
        && memcmp (data + kinds[i].at, kinds[i].bytes, length) == 0)
      what = kinds[i].what;
  }
  if (what == NULL && size > 0 && g_utf8_validate_len (data, size, NULL)
      && memchr (data, '{', MIN (size, 80)) == NULL)
    what = "text, not a sidecar (.json)";
  if (what == NULL)
    return;
  g_clear_error (error);
  g_set_error (error, BFFT_SIDECAR_ERROR, BFFT_SIDECAR_ERROR_FORMAT,
      "\"%s\" is %s", filename, what);
}

gboolean
bfft_report_add_file (BfftReport * report, const gchar * filename,
    GError ** error)
{
  BfftSidecar *sidecar = bfft_sidecar_load (filename, error);
  g_autofree gchar *stem = bfft_report_stem (filename);
  guint i;

  if (sidecar == NULL) {
    name_kind (filename, error);
    return FALSE;
  }
  g_ptr_array_add (report->sidecars, sidecar);
  for (i = 0; i < sidecar->models->len; i++) {
    BfftSidecarModel *model = g_ptr_array_index (sidecar->models, i);

    add_model (report, model, sidecar->models->len == 1 ? stem
        : model->model_id, filename);
  }
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
