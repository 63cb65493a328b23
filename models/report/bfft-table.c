/* bfft: the tables of a report: what is in them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-table.h"

#include "bfft-format.h"
#include "bfft-story.h"

#include <math.h>

/* Settings that are shown at most: sidecars of many models with settings of
 * their own would fill the memory. */
#define MAX_SETTINGS 200

#define LOWER "\302\240\342\206\223"    /* arrow down */

/* What a column shows of each model. */
typedef enum
{
  TEXT,                         /* gchar * at @offset */
  COUNT,                        /* guint64 */
  PARAMETERS,                   /* guint64; no column if it is 0 in all models */
  BYTES,                        /* guint64 */
  TIME,                         /* gdouble, ns; 0 is not measured */
  NUMBER,                       /* gdouble, or what @get returns */
} Kind;

/**
 * Column:
 * @title: its head; of those that start a table NULL
 * @kind: what it shows
 * @extension: @offset is into BfftSidecarExtension, not BfftSidecarModel
 * @offset: where it is
 * @get: where a number comes from that is not stored
 */
typedef struct
{
  const gchar *title;
  Kind kind;
  gboolean extension;
  gsize offset;
    gdouble (*get) (const BfftSidecarModel * model);
} Column;

static gdouble
first_loss (const BfftSidecarModel * model)
{
  return model->loss_curve->len == 0 ? NAN
      : g_array_index (model->loss_curve, BfftLossEntry, 0).total_loss;
}

static gdouble
last_loss (const BfftSidecarModel * model)
{
  return model->loss_curve->len == 0 ? NAN
      : g_array_index (model->loss_curve, BfftLossEntry,
      model->loss_curve->len - 1).total_loss;
}

static gdouble
smallest_loss (const BfftSidecarModel * model)
{
  gdouble smallest = NAN;
  guint i;

  for (i = 0; i < model->loss_curve->len; i++)
    smallest = fmin (smallest,
        g_array_index (model->loss_curve, BfftLossEntry, i).total_loss);
  return smallest;
}

static gdouble
unmatched_error (const BfftSidecarModel * model)
{
  return bfft_story_number (model, "unmatched-err");
}

static gdouble
match_error (const BfftSidecarModel * model)
{
  return bfft_story_number (model, "match-err");
}

static gdouble
match_delay (const BfftSidecarModel * model)
{
  return bfft_story_number (model, "delay");
}

#define MODEL(title, kind, member) \
  {title, kind, FALSE, G_STRUCT_OFFSET (BfftSidecarModel, member), NULL}
#define EXTENSION(title, kind, member) \
  {title, kind, TRUE, G_STRUCT_OFFSET (BfftSidecarExtension, member), NULL}
#define COMPUTED(title, get) {title, NUMBER, FALSE, 0, get}
#define END {NULL, TEXT, FALSE, 0, NULL}
#define PARAMETER_COLUMNS(KIND, params) \
  KIND ("twiddles", PARAMETERS, params.twiddles), \
  KIND ("gates", PARAMETERS, params.gates), \
  KIND ("mask", PARAMETERS, params.freq_mask), \
  KIND ("denoiser", PARAMETERS, params.denoiser), \
  KIND ("unitary", PARAMETERS, params.unitary), \
  KIND ("mel filters", PARAMETERS, params.mel_filters), \
  KIND ("int8 packed", PARAMETERS, params.q8_packed), \
  KIND ("total", COUNT, params.total_params), \
  KIND ("as float32", BYTES, params.memory_bytes)

static const Column errors[] = {
  COMPUTED ("apart before (dB rms)", unmatched_error),
  COMPUTED ("apart after (dB rms)", match_error),
  COMPUTED ("with one gain (dB rms)", bfft_story_one_gain),
  COMPUTED ("delay (samples)", match_delay),
  MODEL ("largest spectrum error", NUMBER, final_spec_err),
  MODEL ("largest log-mel error", NUMBER, final_mel_err),
  COMPUTED ("first loss", first_loss),
  COMPUTED ("last loss", last_loss),
  COMPUTED ("smallest loss", smallest_loss),
  COMPUTED ("stays at", bfft_story_level),
  END
};

static const Column speed[] = {
  EXTENSION ("kernels", TEXT, execution),
  EXTENSION ("mean time per frame", TIME, run.ns_per_frame_mean),
  EXTENSION ("longest", TIME, run.ns_per_frame_max),
  EXTENSION ("frames", COUNT, run.frames),
  EXTENSION ("dropped", COUNT, run.dropped_frames),
  EXTENSION ("active butterflies", COUNT, active_butterflies),
  END
};

static const Column models[] = {
  MODEL ("called", TEXT, model_id),
  MODEL ("variant", TEXT, variant),
  EXTENSION ("written by", TEXT, element),
  MODEL ("n-fft", COUNT, n_fft),
  EXTENSION ("sample rate (Hz)", COUNT, sample_rate),
  EXTENSION ("mel bands", PARAMETERS, n_mels),
  MODEL ("batch", PARAMETERS, batch),
  MODEL ("steps trained", PARAMETERS, train_steps),
  END
};

static const Column parameters[] = {
  PARAMETER_COLUMNS (MODEL, params),
  EXTENSION ("resident", BYTES, resident_bytes),
  END
};

static const Column original[] = {
  PARAMETER_COLUMNS (EXTENSION, params_original),
  END
};

static const Column origin[] = {
  EXTENSION ("sound", TEXT, source),
  EXTENSION ("command", TEXT, command),
  EXTENSION ("bfft", TEXT, bfft_version),
  EXTENSION ("GStreamer", TEXT, gstreamer_version),
  EXTENSION ("ORC", TEXT, orc_version),
  END
};

static const struct
{
  const gchar *name, *title, *caption;
  const Column *columns;
} kinds[] = {
  {"errors", "Results", "\342\206\223: the lower the better. Spectrum errors "
        "are those of single bins, in which a full-scale sine reaches n-fft/2; "
        "log-mel errors of bffttrain are in steps of 40\302\240dB. Both are "
        "the largest of the last batch, against the exact FFT.", errors},
  {"speed", "Speed", "Wall-clock time that the element spent on a frame in "
        "that run.", speed},
  {"models", "Models", "", models},
  {"parameters", "Parameters", "How many numbers of each kind, each counted "
        "once. Resident is what the executed ones take in memory: of bffttrain "
        "as they are in the weights, of analysers as they were compiled.",
      parameters},
  {"settings", "Settings", "How the runs were set up.", NULL},
  {"origin", "Origin", "", origin},
  {"parameters-original", "Parameters, original counting", "As the "
        "format\342\200\231s first writer counts them, for comparison with its "
        "files: it puts the twiddles into unitary again.", original},
};

/* ---- making them ---- */

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
add_column (BfftTable * table, const gchar * title)
{
  BfftColumn *column = g_new0 (BfftColumn, 1);

  column->title = g_strdup (title);
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
  add_cell (column, text && *text ? g_strdup (text)
      : bfft_format_number (NAN), NAN);
}

/* Returns: whether there is something to show */
static gboolean
add_value (BfftColumn * column, const Column * what,
    const BfftSidecarModel * model)
{
  gconstpointer from = what->extension ? (gconstpointer) model->bfft : model;
  guint64 count = 0;
  gdouble number = NAN;
  const gchar *text = NULL;

  if (what->get)
    number = what->get (model);
  else if (from && what->kind == TEXT)
    text = G_STRUCT_MEMBER (gchar *, from, what->offset);
  else if (from && (what->kind == NUMBER || what->kind == TIME))
    number = G_STRUCT_MEMBER (gdouble, from, what->offset);
  else if (from)
    number = count = G_STRUCT_MEMBER (guint64, from, what->offset);

  if (what->kind == TEXT)
    add_text (column, text);
  else if (isnan (number) || what->kind == NUMBER)
    add_cell (column, bfft_format_number (number), number);
  else if (what->kind == TIME)
    add_cell (column, bfft_format_nanoseconds (number),
        number > 0 ? number : NAN);
  else
    add_cell (column, what->kind == BYTES ? bfft_format_bytes (count)
        : bfft_format_count (count), number);
  return what->kind == TEXT ? text != NULL
      : what->kind == PARAMETERS ? count > 0 : !isnan (number);
}

/* Columns with nothing in them are left out. */
static void
add_columns (BfftTable * table, const Column * what, const BfftReport * report)
{
  guint i;

  for (; what->title; what++) {
    gboolean low = (what->kind == NUMBER && what->get != match_delay)
        || what->kind == TIME;
    g_autofree gchar *title = g_strconcat (what->title, low ? LOWER : NULL,
        NULL);
    BfftColumn *column = add_column (table, title);
    gboolean any = FALSE;

    column->numeric = what->kind != TEXT;
    column->low_is_good = low;
    for (i = 0; i < report->models->len; i++)
      any |= add_value (column, what, bfft_report_model (report, i));
    if (!any)
      g_ptr_array_remove_index (table->columns, table->columns->len - 1);
  }
}

static void
add_strings (BfftTable * table, const gchar * title, const GPtrArray * texts)
{
  BfftColumn *column = add_column (table, title);
  guint i;

  for (i = 0; i < texts->len; i++)
    add_text (column, g_ptr_array_index (texts, i));
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

/* One column for each setting that any model has. */
static void
add_settings (BfftTable * table, const BfftReport * report)
{
  guint i, j, k;

  for (i = 0; i < report->models->len; i++) {
    const BfftSidecarModel *model = bfft_report_model (report, i);

    for (j = 0; model->bfft && j < model->bfft->setting_names->len; j++) {
      const gchar *name = g_ptr_array_index (model->bfft->setting_names, j);
      BfftColumn *column;

      if (bfft_story_is_result (name) || has_column (table, name))
        continue;
      if (table->columns->len > MAX_SETTINGS) {
        table->caption = "There are more settings than are shown.";
        return;
      }
      column = add_column (table, name);
      for (k = 0; k < report->models->len; k++)
        add_text (column, bfft_story_setting (bfft_report_model (report, k),
                name));
    }
  }
}

GPtrArray *
bfft_tables_new (const BfftReport * report)
{
  GPtrArray *tables = g_ptr_array_new_with_free_func (table_free);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (kinds); i++) {
    BfftTable *table = g_new0 (BfftTable, 1);

    g_ptr_array_add (tables, table);
    table->name = kinds[i].name;
    table->title = kinds[i].title;
    table->caption = kinds[i].caption;
    table->folded = kinds[i].columns == original;
    table->columns = g_ptr_array_new_with_free_func (column_free);
    add_strings (table, "model", report->labels);
    if (kinds[i].columns == origin) {
      add_strings (table, "file", report->files);
      add_strings (table, "date", report->dates);
    }
    if (kinds[i].columns)
      add_columns (table, kinds[i].columns, report);
    else
      add_settings (table, report);
    if (table->columns->len == 1)
      g_ptr_array_remove_index (tables, tables->len - 1);
  }
  return tables;
}
