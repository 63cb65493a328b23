/* bfft: what a run measured, as a file: its keys, reader and writer.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-sidecar.h"

#include "bfft-file.h"
#include "bfft-json.h"
#include "bfft-record.h"

#define MAX_MODELS 1000
#define MAX_STAGES 64
#define MAX_AXIS 101
#define MAX_SETTINGS 200
#define MAX_COMMAND 1000

/* Significant digits: a float comes back bit for bit with 9; a picture has
 * enough with 5, a curve with 6. */
#define EXACT 9
#define CURVE 6
#define PICTURE 5

#define OPTIONAL BFFT_FIELD_OPTIONAL
#define NULLABLE BFFT_FIELD_NULLABLE

/* A row of a table: a key and the member that it stands for. */
#define FIELD(type, name, member, what, ...) \
  {.key = name, .kind = BFFT_FIELD_##what, \
      .offset = G_STRUCT_OFFSET (type, member), ##__VA_ARGS__}
#define COUNT(type, name) FIELD (type, #name, name, COUNT)
#define NUMBER(type, name, many) \
  FIELD (type, #name, name, NUMBER, .digits = many)
#define TEXT(type, name) FIELD (type, #name, name, TEXT)
#define OPTIONAL_TEXT(type, name) \
  FIELD (type, #name, name, TEXT, .flags = OPTIONAL)
#define INSIDE(type, name, what) \
  FIELD (type, #name, name, INSIDE, .record = &what)
#define END {.key = NULL}

/* ---- checks of what the tables cannot say ---- */

static const GArray *
array_at (const BfftField * field, gconstpointer structure)
{
  return G_STRUCT_MEMBER (GArray *, structure, field->offset);
}

static gboolean
check_loss_curve (BfftRecordReader * reader, const BfftField * field,
    gconstpointer structure)
{
  const GArray *entries = array_at (field, structure);
  guint i;

  for (i = 1; i < entries->len; i++) {
    if (g_array_index (entries, BfftLossEntry, i).step
        <= g_array_index (entries, BfftLossEntry, i - 1).step)
      return bfft_record_fault (reader, field->key, "is not ordered by step");
  }
  return TRUE;
}

static gboolean
check_cells (BfftRecordReader * reader, const BfftField * field,
    gconstpointer structure)
{
  const BfftHeatmap *heatmap = structure;
  guint64 count = (guint64) heatmap->stages * heatmap->butterflies;
  guint length = array_at (field, structure)->len;

  return length == count || (length == 0 && (field->flags & OPTIONAL))
      || bfft_record_fault (reader, field->key, "holds %u numbers, not stages "
      "x butterflies = %" G_GUINT64_FORMAT, length, count);
}

static gboolean
check_mask (BfftRecordReader * reader, const BfftField * field,
    gconstpointer structure)
{
  return array_at (field, structure)->len % 2 == 0
      || bfft_record_fault (reader, field->key,
      "holds an odd number of numbers");
}

/* Also in the digits that the writer keeps. */
static gboolean
is_increasing (const GArray * values)
{
  guint i;

  for (i = 1; i < values->len; i++) {
    if (!(bfft_json_round (g_array_index (values, gdouble, i), CURVE) >
            bfft_json_round (g_array_index (values, gdouble, i - 1), CURVE)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_axis (BfftRecordReader * reader, const BfftField * field,
    gconstpointer structure)
{
  const GArray *values = array_at (field, structure);

  return (values->len >= 2 && values->len <= MAX_AXIS
      && is_increasing (values)) || bfft_record_fault (reader, field->key,
      "is not an increasing axis");
}

static gboolean
check_surface (BfftRecordReader * reader, const BfftField * field,
    gconstpointer structure)
{
  const BfftLandscape *self = structure;

  return self->z->len == self->x->len * self->y->len
      || bfft_record_fault (reader, field->key, "has not one row for each y");
}

static gboolean
check_stages (BfftRecordReader * reader, const BfftField * field,
    gconstpointer structure)
{
  return array_at (field, structure)->len <= MAX_STAGES
      || bfft_record_fault (reader, field->key, "has too many stages");
}

static gboolean
check_confidence (BfftRecordReader * reader, const BfftField * field,
    gconstpointer structure)
{
  const GArray *values = array_at (field, structure);
  guint i;

  for (i = 0; i < values->len; i++) {
    gdouble value = g_array_index (values, gdouble, i);

    if (!(value >= 0 && value <= 1))
      return bfft_record_fault (reader, field->key, "is not from 0 to 1");
  }
  return TRUE;
}

static gboolean
check_period (BfftRecordReader * reader, const BfftField * field,
    gconstpointer structure)
{
  return G_STRUCT_MEMBER (gdouble, structure, field->offset) > 0
      || bfft_record_fault (reader, field->key, "is not above 0");
}

static gboolean
check_x (BfftRecordReader * reader, const BfftField * field,
    gconstpointer structure)
{
  const GArray *x = array_at (field, structure);

  return (x->len >= 1 && x->len <= BFFT_PLOT_MAX_POINTS
      && g_array_index (x, gdouble, 0) > 0 && is_increasing (x))
      || bfft_record_fault (reader, field->key,
      "is not 1 to %u increasing numbers above 0", BFFT_PLOT_MAX_POINTS);
}

static gboolean
check_names (BfftRecordReader * reader, const BfftField * field,
    gconstpointer structure)
{
  return array_at (field, structure)->len == ((BfftPlot *) structure)->x->len
      || bfft_record_fault (reader, field->key, "has not one text for each x");
}

static gboolean
check_lines (BfftRecordReader * reader, const BfftField * field,
    gconstpointer structure)
{
  const BfftPlot *plot = structure;
  guint i;

  if (plot->lines->len < 1 || plot->lines->len > BFFT_PLOT_MAX_LINES)
    return bfft_record_fault (reader, field->key, "has not 1 to %u lines",
        BFFT_PLOT_MAX_LINES);
  for (i = 0; i < plot->lines->len; i++) {
    const BfftPlotLine *line = g_ptr_array_index (plot->lines, i);
    gboolean sure = line->confidence->len == 0
        || line->confidence->len == plot->x->len;

    if (line->y->len != plot->x->len || !sure)
      return bfft_record_fault (reader, sure ? "y" : "confidence",
          "has not one number for each x of a plot");
  }
  return TRUE;
}

/* ---- tables ---- */

static gpointer
create_landscape (void)
{
  return bfft_landscape_new_empty (NULL, NULL);
}

static gpointer
create_line (void)
{
  return bfft_plot_line_new (NULL);
}

static gpointer
create_plot (void)
{
  return bfft_plot_new (NULL, NULL, NULL);
}

static gpointer
create_extension (void)
{
  return bfft_sidecar_extension_new ();
}

static const BfftField params_fields[] = {
  COUNT (BfftParams, twiddles),
  COUNT (BfftParams, gates),
  COUNT (BfftParams, freq_mask),
  COUNT (BfftParams, denoiser),
  COUNT (BfftParams, unitary),
  COUNT (BfftParams, mel_filters),
  COUNT (BfftParams, q8_packed),
  COUNT (BfftParams, total_params),
  COUNT (BfftParams, memory_bytes),
  END
};

const BfftRecord bfft_params_record = { params_fields, 0, NULL };

static const BfftField loss_fields[] = {
  COUNT (BfftLossEntry, step),
  NUMBER (BfftLossEntry, total_loss, CURVE),
  NUMBER (BfftLossEntry, mel_err, CURVE),
  NUMBER (BfftLossEntry, spec_err, CURVE),
  NUMBER (BfftLossEntry, welch_err, CURVE),
  NUMBER (BfftLossEntry, mean_gate, CURVE),
  END
};

static const BfftRecord loss_record = { loss_fields, sizeof (BfftLossEntry),
  NULL
};

static const BfftField heatmap_fields[] = {
  FIELD (BfftHeatmap, "stages", stages, UINT,.max = MAX_STAGES),
  FIELD (BfftHeatmap, "butterflies", butterflies, UINT,.max = BFFT_MAX_N),
  FIELD (BfftHeatmap, "gates", gates, FLOATS,.digits = PICTURE,
      .check = check_cells),
  FIELD (BfftHeatmap, "freq_mask", freq_mask, FLOATS,.flags = OPTIONAL,
      .digits = PICTURE,.check = check_mask),
  FIELD (BfftHeatmap, "twiddle_mag", twiddle_mag, FLOATS,.flags = OPTIONAL,
      .digits = PICTURE,.check = check_cells),
  END
};

static const BfftRecord heatmap_record = { heatmap_fields, 0, NULL };

static const BfftField landscape_fields[] = {
  TEXT (BfftLandscape, x_label),
  TEXT (BfftLandscape, y_label),
  FIELD (BfftLandscape, "x", x, DOUBLES,.digits = CURVE,
      .check = check_axis),
  FIELD (BfftLandscape, "y", y, DOUBLES,.digits = CURVE,
      .check = check_axis),
  FIELD (BfftLandscape, "z", z, ROWS,
      .max = G_STRUCT_OFFSET (BfftLandscape, x),.digits = CURVE,
      .check = check_surface),
  END
};

static const BfftRecord landscape_record = { landscape_fields, 0,
  create_landscape
};

static const BfftField run_fields[] = {
  COUNT (BfftRunStats, frames),
  COUNT (BfftRunStats, dropped_frames),
  NUMBER (BfftRunStats, ns_per_frame_mean, CURVE),
  NUMBER (BfftRunStats, ns_per_frame_max, CURVE),
  END
};

static const BfftRecord run_record = { run_fields, 0, NULL };

static const BfftField thinning_fields[] = {
  COUNT (BfftSidecarExtension, loss_recorded),
  COUNT (BfftSidecarExtension, loss_every),
  COUNT (BfftSidecarExtension, loss_not_finite),
  COUNT (BfftSidecarExtension, butterflies_per_column),
  COUNT (BfftSidecarExtension, bins_per_pair),
  END
};

/* An object of its own in the file, members of the extension here. */
static const BfftRecord thinning_record = { thinning_fields, 0, NULL };

static const BfftField line_fields[] = {
  TEXT (BfftPlotLine, name),
  FIELD (BfftPlotLine, "y", y, DOUBLES,.flags = NULLABLE,.digits = CURVE),
  FIELD (BfftPlotLine, "confidence", confidence, DOUBLES,.flags = OPTIONAL,
      .digits = CURVE,.check = check_confidence),
  END
};

static const BfftRecord line_record = { line_fields, 0, create_line };

static const BfftField plot_fields[] = {
  TEXT (BfftPlot, title),
  TEXT (BfftPlot, x_label),
  TEXT (BfftPlot, y_label),
  FIELD (BfftPlot, "period", period, NUMBER,.flags = OPTIONAL,
      .digits = CURVE,.check = check_period),
  FIELD (BfftPlot, "x", x, DOUBLES,.digits = CURVE,.check = check_x),
  FIELD (BfftPlot, "x_names", x_names, TEXTS,.flags = OPTIONAL,
      .check = check_names),
  FIELD (BfftPlot, "lines", lines, OBJECTS,.record = &line_record,
      .check = check_lines),
  END
};

static const BfftRecord plot_record = { plot_fields, 0, create_plot };

static const BfftField extension_fields[] = {
  OPTIONAL_TEXT (BfftSidecarExtension, element),
  OPTIONAL_TEXT (BfftSidecarExtension, date),
  FIELD (BfftSidecarExtension, "command", command, TEXT,.flags = OPTIONAL,
      .max = MAX_COMMAND),
  FIELD (BfftSidecarExtension, "source", source, TEXT,.flags = OPTIONAL,
      .max = MAX_COMMAND),
  OPTIONAL_TEXT (BfftSidecarExtension, execution),
  OPTIONAL_TEXT (BfftSidecarExtension, bfft_version),
  OPTIONAL_TEXT (BfftSidecarExtension, gstreamer_version),
  OPTIONAL_TEXT (BfftSidecarExtension, orc_version),
  COUNT (BfftSidecarExtension, sample_rate),
  COUNT (BfftSidecarExtension, n_mels),
  FIELD (BfftSidecarExtension, "hard_gate_threshold", gate_threshold, NUMBER,
      .flags = OPTIONAL,.digits = EXACT),
  FIELD (BfftSidecarExtension, "hard_gates_since", hard_gates_since, COUNT,
      .flags = OPTIONAL),
  FIELD (BfftSidecarExtension, "int8_since", int8_since, COUNT,
      .flags = OPTIONAL),
  COUNT (BfftSidecarExtension, active_butterflies),
  FIELD (BfftSidecarExtension, "active_per_stage", active_per_stage, UINTS,
      .max = BFFT_MAX_N,.check = check_stages),
  COUNT (BfftSidecarExtension, resident_bytes),
  INSIDE (BfftSidecarExtension, run, run_record),
  INSIDE (BfftSidecarExtension, params_original, bfft_params_record),
  {.key = "thinning",.kind = BFFT_FIELD_INSIDE,.record = &thinning_record},
  FIELD (BfftSidecarExtension, "settings", setting_names, PAIRS,
      .max = MAX_SETTINGS),
  FIELD (BfftSidecarExtension, "plots", plots, OBJECTS,.flags = OPTIONAL,
      .max = BFFT_PLOTS_MAX,.record = &plot_record),
  END
};

G_STATIC_ASSERT (G_STRUCT_OFFSET (BfftSidecarExtension, setting_values)
    == G_STRUCT_OFFSET (BfftSidecarExtension, setting_names)
    + sizeof (gpointer));

static const BfftRecord extension_record = { extension_fields, 0,
  create_extension
};

static const BfftField model_fields[] = {
  TEXT (BfftSidecarModel, model_id),
  TEXT (BfftSidecarModel, variant),
  COUNT (BfftSidecarModel, n_fft),
  COUNT (BfftSidecarModel, batch),
  COUNT (BfftSidecarModel, train_steps),
  INSIDE (BfftSidecarModel, params, bfft_params_record),
  FIELD (BfftSidecarModel, "loss_curve", loss_curve, ARRAY,
      .record = &loss_record,.check = check_loss_curve),
  INSIDE (BfftSidecarModel, heatmap, heatmap_record),
  FIELD (BfftSidecarModel, "landscape", landscape, POINTER,
      .flags = NULLABLE,.record = &landscape_record),
  FIELD (BfftSidecarModel, "final_mel_err", final_mel_err, NUMBER,
      .flags = NULLABLE,.digits = EXACT),
  FIELD (BfftSidecarModel, "final_spec_err", final_spec_err, NUMBER,
      .flags = NULLABLE,.digits = EXACT),
  FIELD (BfftSidecarModel, "bfft", bfft, POINTER,.flags = OPTIONAL,
      .record = &extension_record),
  END
};

static const BfftRecord model_record = { model_fields, 0, NULL };

/* ---- files ---- */

static gboolean
read_models (JsonNode * root, BfftSidecar * sidecar, GError ** error)
{
  JsonNode *node = JSON_NODE_HOLDS_OBJECT (root)
      ? json_object_get_member (json_node_get_object (root), "models") : NULL;
  guint length = 0, i;

  if (node && JSON_NODE_HOLDS_ARRAY (node))
    length = json_array_get_length (json_node_get_array (node));
  else
    node = NULL;
  if (node == NULL || length > MAX_MODELS) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, node
        ? "more than %u models" : "there is no array \"models\"", MAX_MODELS);
    return FALSE;
  }
  for (i = 0; i < length; i++) {
    g_autofree gchar *where = g_strdup_printf ("model %u", i + 1);
    BfftSidecarModel *model = bfft_sidecar_model_new ();

    g_ptr_array_add (sidecar->models, model);
    if (!bfft_record_read (&model_record,
            json_array_get_element (json_node_get_array (node), i), where,
            model, error))
      return FALSE;
  }
  return TRUE;
}

BfftSidecar *
bfft_sidecar_load_bytes (GBytes * bytes, const gchar * name, GError ** error)
{
  gsize length;
  const gchar *text = g_bytes_get_data (bytes, &length);
  g_autoptr (BfftSidecar) sidecar = bfft_sidecar_new ();
  g_autoptr (GError) fault = NULL;
  g_autoptr (JsonNode) root = bfft_json_parse (text, length, &fault);

  if (root && read_models (root, sidecar, &fault))
    return g_steal_pointer (&sidecar);
  g_set_error (error, BFFT_SIDECAR_ERROR, BFFT_SIDECAR_ERROR_FORMAT,
      "\"%s\" is not a sidecar: %s", name, fault->message);
  return NULL;
}

BfftSidecar *
bfft_sidecar_load (const gchar * filename, GError ** error)
{
  g_autoptr (GError) fault = NULL;
  g_autoptr (GBytes) bytes = bfft_file_load (filename, BFFT_SIDECAR_MAX_BYTES,
      &fault);

  if (bytes)
    return bfft_sidecar_load_bytes (bytes, filename, error);
  g_set_error (error, BFFT_SIDECAR_ERROR, BFFT_SIDECAR_ERROR_FILE,
      "Cannot read sidecar \"%s\": %s", filename, fault->message);
  return NULL;
}

GBytes *
bfft_sidecar_to_bytes (const BfftSidecar * sidecar)
{
  static const BfftField fields[] = {
    FIELD (BfftSidecar, "models", models, OBJECTS,.record = &model_record),
    END
  };
  static const BfftRecord record = { fields, 0, NULL };
  g_autoptr (JsonNode) root = bfft_record_write (&record, sidecar);

  return g_string_free_to_bytes (bfft_json_to_text (root));
}

gboolean
bfft_sidecar_save (const BfftSidecar * sidecar, const gchar * filename,
    GError ** error)
{
  g_autoptr (GBytes) bytes = bfft_sidecar_to_bytes (sidecar);
  g_autoptr (GError) fault = NULL;

  if (!bfft_file_replace (filename, bytes, &fault)) {
    g_set_error (error, BFFT_SIDECAR_ERROR, BFFT_SIDECAR_ERROR_FILE,
        "Cannot write sidecar \"%s\": %s", filename, fault->message);
    return FALSE;
  }
  return TRUE;
}
