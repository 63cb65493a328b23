/* bfft: the tables of a report: what is in them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-table.h"

#include "bfft-format.h"

#include <math.h>

/* Settings that are shown at most. */
#define MAX_SETTINGS 200

static void
column_free (gpointer data)
{
  BfftColumn *self = data;

  g_free (self->title);
  g_array_unref (self->cells);
  g_free (self);
}

static void
table_free (gpointer data)
{
  BfftTable *self = data;

  g_ptr_array_unref (self->columns);
  g_free (self);
}

static void
clear_cell (gpointer data)
{
  g_free (((BfftCell *) data)->text);
}

static BfftColumn *
add_column (BfftTable * table, const gchar * title, gboolean numeric)
{
  BfftColumn *column = g_new0 (BfftColumn, 1);

  column->title = g_strdup (title);
  column->numeric = numeric;
  column->cells = g_array_new (FALSE, FALSE, sizeof (BfftCell));
  g_array_set_clear_func (column->cells, clear_cell);
  g_ptr_array_add (table->columns, column);
  return column;
}

/* Takes @text. */
static void
add_cell (BfftColumn * column, gchar * text, gdouble value)
{
  const BfftCell cell = { text, value };

  g_array_append_val (column->cells, cell);
}

static void
add_text (BfftColumn * column, const gchar * text)
{
  add_cell (column, text ? g_strdup (text) : bfft_format_number (NAN), NAN);
}

static BfftTable *
add_table (GPtrArray * tables, const gchar * name, const gchar * title,
    const gchar * caption, const BfftReport * report)
{
  BfftTable *table = g_new0 (BfftTable, 1);
  BfftColumn *column;
  guint i;

  table->name = name;
  table->title = title;
  table->caption = caption;
  table->columns = g_ptr_array_new_with_free_func (column_free);
  column = add_column (table, "model", FALSE);
  for (i = 0; i < report->models->len; i++)
    add_text (column, bfft_report_label (report, i));
  g_ptr_array_add (tables, table);
  return table;
}

/* A column of counts, each a guint64 at @offset into what @get returns, which
 * may be NULL. */
static void
add_counts (BfftTable * table, const gchar * title, const BfftReport * report,
    gconstpointer (*get) (const BfftSidecarModel *), gsize offset,
    gchar * (*format) (guint64))
{
  BfftColumn *column = add_column (table, title, TRUE);
  guint i;

  for (i = 0; i < report->models->len; i++) {
    gconstpointer object = get (bfft_report_model (report, i));

    if (object)
      add_cell (column, format (G_STRUCT_MEMBER (guint64, object, offset)),
          G_STRUCT_MEMBER (guint64, object, offset));
    else
      add_cell (column, bfft_format_number (NAN), NAN);
  }
}

static void
add_numbers (BfftTable * table, const gchar * title,
    const BfftReport * report, gdouble (*get) (const BfftSidecarModel *),
    gchar * (*format) (gdouble))
{
  BfftColumn *column = add_column (table, title, TRUE);
  guint i;

  column->low_is_good = TRUE;
  for (i = 0; i < report->models->len; i++) {
    gdouble value = get (bfft_report_model (report, i));

    add_cell (column, format (value), value);
  }
}

static void
add_texts (BfftTable * table, const gchar * title, const BfftReport * report,
    const gchar * (*get) (const BfftSidecarModel *))
{
  BfftColumn *column = add_column (table, title, FALSE);
  guint i;

  for (i = 0; i < report->models->len; i++)
    add_text (column, get (bfft_report_model (report, i)));
}

static gconstpointer
get_model (const BfftSidecarModel * model)
{
  return model;
}

static gconstpointer
get_params (const BfftSidecarModel * model)
{
  return &model->params;
}

static gconstpointer
get_params_original (const BfftSidecarModel * model)
{
  return model->bfft ? &model->bfft->params_original : NULL;
}

static gconstpointer
get_extension (const BfftSidecarModel * model)
{
  return model->bfft;
}

static gconstpointer
get_run (const BfftSidecarModel * model)
{
  return model->bfft ? &model->bfft->run : NULL;
}

static const gchar *
get_variant (const BfftSidecarModel * model)
{
  return model->variant;
}

static const gchar *
get_element (const BfftSidecarModel * model)
{
  return model->bfft ? model->bfft->element : NULL;
}

static const gchar *
get_execution (const BfftSidecarModel * model)
{
  return model->bfft ? model->bfft->execution : NULL;
}

static const gchar *
get_bfft_version (const BfftSidecarModel * model)
{
  return model->bfft ? model->bfft->bfft_version : NULL;
}

static const gchar *
get_gstreamer_version (const BfftSidecarModel * model)
{
  return model->bfft ? model->bfft->gstreamer_version : NULL;
}

static const gchar *
get_orc_version (const BfftSidecarModel * model)
{
  return model->bfft ? model->bfft->orc_version : NULL;
}

static gdouble
get_spec_err (const BfftSidecarModel * model)
{
  return model->final_spec_err;
}

static gdouble
get_mel_err (const BfftSidecarModel * model)
{
  return model->final_mel_err;
}

static gdouble
get_first_loss (const BfftSidecarModel * model)
{
  return model->loss_curve->len == 0 ? NAN
      : g_array_index (model->loss_curve, BfftLossEntry, 0).total_loss;
}

static gdouble
get_last_loss (const BfftSidecarModel * model)
{
  return model->loss_curve->len == 0 ? NAN
      : g_array_index (model->loss_curve, BfftLossEntry,
      model->loss_curve->len - 1).total_loss;
}

static gdouble
get_smallest_loss (const BfftSidecarModel * model)
{
  gdouble smallest = NAN;
  guint i;

  for (i = 0; i < model->loss_curve->len; i++)
    smallest = fmin (smallest,
        g_array_index (model->loss_curve, BfftLossEntry, i).total_loss);
  return smallest;
}

static gdouble
get_mean_time (const BfftSidecarModel * model)
{
  return model->bfft && model->bfft->run.ns_per_frame_mean > 0
      ? model->bfft->run.ns_per_frame_mean : NAN;
}

static gdouble
get_longest_time (const BfftSidecarModel * model)
{
  return model->bfft && model->bfft->run.ns_per_frame_max > 0
      ? model->bfft->run.ns_per_frame_max : NAN;
}

static void
add_models_table (GPtrArray * tables, const BfftReport * report)
{
  BfftTable *table = add_table (tables, "models",
      report->models->len == 1 ? "Model" : "Models", "", report);

  add_texts (table, "variant", report, get_variant);
  add_texts (table, "written by", report, get_element);
  add_counts (table, "n-fft", report, get_model,
      G_STRUCT_OFFSET (BfftSidecarModel, n_fft), bfft_format_count);
  add_counts (table, "sample rate (Hz)", report, get_extension,
      G_STRUCT_OFFSET (BfftSidecarExtension, sample_rate), bfft_format_count);
  add_counts (table, "mel bands", report, get_extension,
      G_STRUCT_OFFSET (BfftSidecarExtension, n_mels), bfft_format_count);
  add_counts (table, "batch", report, get_model,
      G_STRUCT_OFFSET (BfftSidecarModel, batch), bfft_format_count);
  add_counts (table, "steps trained", report, get_model,
      G_STRUCT_OFFSET (BfftSidecarModel, train_steps), bfft_format_count);
}

#define ERRORS "Final errors are the largest absolute ones over the last " \
    "batch, against the exact FFT; \342\200\223 stands for not measured."

static void
add_errors_table (GPtrArray * tables, const BfftReport * report)
{
  BfftTable *table = add_table (tables, "errors", "Errors",
      report->models->len == 1 ? ERRORS : ERRORS " Best of each column in "
      "bold.", report);

  add_numbers (table, "final spectrum error", report, get_spec_err,
      bfft_format_number);
  add_numbers (table, "final log-mel error", report, get_mel_err,
      bfft_format_number);
  add_numbers (table, "first loss", report, get_first_loss, bfft_format_number);
  add_numbers (table, "last loss", report, get_last_loss, bfft_format_number);
  add_numbers (table, "smallest loss", report, get_smallest_loss,
      bfft_format_number);
}

static void
add_speed_table (GPtrArray * tables, const BfftReport * report)
{
  BfftTable *table = add_table (tables, "speed", "Speed",
      "Wall-clock time that the element spent on a frame in that run.",
      report);

  add_texts (table, "execution", report, get_execution);
  add_numbers (table, "mean time per frame", report, get_mean_time,
      bfft_format_nanoseconds);
  add_numbers (table, "longest", report, get_longest_time,
      bfft_format_nanoseconds);
  add_counts (table, "frames", report, get_run,
      G_STRUCT_OFFSET (BfftRunStats, frames), bfft_format_count);
  add_counts (table, "dropped", report, get_run,
      G_STRUCT_OFFSET (BfftRunStats, dropped_frames), bfft_format_count);
  add_counts (table, "active butterflies", report, get_extension,
      G_STRUCT_OFFSET (BfftSidecarExtension, active_butterflies),
      bfft_format_count);
}

static void
add_params_columns (BfftTable * table, const BfftReport * report,
    gconstpointer (*get) (const BfftSidecarModel *))
{
  add_counts (table, "twiddles", report, get,
      G_STRUCT_OFFSET (BfftParams, twiddles), bfft_format_count);
  add_counts (table, "gates", report, get,
      G_STRUCT_OFFSET (BfftParams, gates), bfft_format_count);
  add_counts (table, "mask", report, get,
      G_STRUCT_OFFSET (BfftParams, freq_mask), bfft_format_count);
  add_counts (table, "denoiser", report, get,
      G_STRUCT_OFFSET (BfftParams, denoiser), bfft_format_count);
  add_counts (table, "unitary", report, get,
      G_STRUCT_OFFSET (BfftParams, unitary), bfft_format_count);
  add_counts (table, "mel filters", report, get,
      G_STRUCT_OFFSET (BfftParams, mel_filters), bfft_format_count);
  add_counts (table, "int8 packed", report, get,
      G_STRUCT_OFFSET (BfftParams, q8_packed), bfft_format_count);
  add_counts (table, "total", report, get,
      G_STRUCT_OFFSET (BfftParams, total_params), bfft_format_count);
  add_counts (table, "as float32", report, get,
      G_STRUCT_OFFSET (BfftParams, memory_bytes), bfft_format_bytes);
}

static void
add_params_tables (GPtrArray * tables, const BfftReport * report)
{
  BfftTable *table = add_table (tables, "parameters", "Parameters",
      "How many numbers of each kind, each counted once. Resident is what "
      "the executed ones take in memory: of bffttrain as they are in the "
      "weights, of analysers as they were compiled.", report);

  add_params_columns (table, report, get_params);
  add_counts (table, "resident", report, get_extension,
      G_STRUCT_OFFSET (BfftSidecarExtension, resident_bytes),
      bfft_format_bytes);

  table = add_table (tables, "parameters-original",
      "Parameters, original counting",
      "As the format\342\200\231s first writer counts them, for comparison "
      "with its files: it puts the twiddles into unitary again.", report);
  add_params_columns (table, report, get_params_original);
}

/* The value of setting @name of @model, or NULL. */
static const gchar *
find_setting (const BfftSidecarModel * model, const gchar * name)
{
  guint index;

  if (model->bfft == NULL
      || !g_ptr_array_find_with_equal_func (model->bfft->setting_names, name,
          g_str_equal, &index))
    return NULL;
  return g_ptr_array_index (model->bfft->setting_values, index);
}

/* Beyond the column that names the models. */
static gboolean
has_column (const BfftTable * table, const gchar * title)
{
  guint i;

  for (i = 1; i < table->columns->len; i++) {
    const BfftColumn *column = g_ptr_array_index (table->columns, i);

    if (g_str_equal (column->title, title))
      return TRUE;
  }
  return FALSE;
}

/* One column for each setting that any model has, up to MAX_SETTINGS: sidecars
 * of many models with settings of their own would fill the memory. */
static void
add_settings_table (GPtrArray * tables, const BfftReport * report)
{
  BfftTable *table = add_table (tables, "settings", "Settings", "", report);
  guint i, j, k;

  for (i = 0; i < report->models->len; i++) {
    const BfftSidecarModel *model = bfft_report_model (report, i);

    for (j = 0; model->bfft && j < model->bfft->setting_names->len; j++) {
      const gchar *name = g_ptr_array_index (model->bfft->setting_names, j);
      BfftColumn *column;

      if (has_column (table, name))
        continue;
      if (table->columns->len > MAX_SETTINGS) {
        table->caption = "There are more settings than are shown.";
        return;
      }
      column = add_column (table, name, FALSE);
      for (k = 0; k < report->models->len; k++)
        add_text (column, find_setting (bfft_report_model (report, k), name));
    }
  }
}

static void
add_versions_table (GPtrArray * tables, const BfftReport * report)
{
  BfftTable *table = add_table (tables, "versions", "Versions", "", report);

  add_texts (table, "bfft", report, get_bfft_version);
  add_texts (table, "GStreamer", report, get_gstreamer_version);
  add_texts (table, "ORC", report, get_orc_version);
}

GPtrArray *
bfft_tables_new (const BfftReport * report)
{
  GPtrArray *tables = g_ptr_array_new_with_free_func (table_free);
  guint i;

  add_models_table (tables, report);
  add_errors_table (tables, report);
  add_speed_table (tables, report);
  add_params_tables (tables, report);
  add_settings_table (tables, report);
  add_versions_table (tables, report);
  for (i = tables->len; i > 0; i--) {
    const BfftTable *table = g_ptr_array_index (tables, i - 1);

    if (table->columns->len == 1)
      g_ptr_array_remove_index (tables, i - 1);
  }
  return tables;
}

gboolean
bfft_column_is_best (const BfftColumn * column, guint row)
{
  gdouble best = NAN, worst = NAN;
  guint i;

  for (i = 0; i < column->cells->len; i++) {
    best = fmin (best, g_array_index (column->cells, BfftCell, i).value);
    worst = fmax (worst, g_array_index (column->cells, BfftCell, i).value);
  }
  return column->low_is_good && best < worst
      && g_array_index (column->cells, BfftCell, row).value == best;
}
