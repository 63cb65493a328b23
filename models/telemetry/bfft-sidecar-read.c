/* bfft: what a run measured, as a file: the reader.
 *
 * The first fault is kept and everything after it reads as empty, so that the
 * functions below can be read top to bottom like the file.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-file.h"
#include "bfft-json.h"
#include "bfft-json-text.h"
#include "bfft-sidecar-private.h"

#include <math.h>
#include <stdarg.h>

#define MAX_MODELS 1000
#define MAX_STAGES 64
#define MAX_AXIS 101
#define AXIS_DIGITS 6

/* Numbers nearer to 0 are 0: a chart's ticks would underflow. A power of ten,
 * so that no number is rounded across it. */
#define MIN_NUMBER 1e-37

/* The largest integer that a double, and so any JSON reader, can hold. */
#define MAX_COUNT (G_GUINT64_CONSTANT (1) << 53)

typedef struct
{
  gchar *fault;                 /* the first, or NULL */
  guint model;                  /* for the message */
} Reader;

static void
G_GNUC_PRINTF (2, 3)
set_fault (Reader * self, const gchar * format, ...)
{
  va_list args;

  if (self->fault)
    return;
  va_start (args, format);
  self->fault = g_strdup_vprintf (format, args);
  va_end (args);
}

static void
G_GNUC_PRINTF (3, 4)
set_model_fault (Reader * self, const gchar * key, const gchar * format, ...)
{
  g_autofree gchar *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  set_fault (self, "\"%s\" of model %u %s", key, self->model + 1, what);
}

/* Returns: (transfer none): the member, or NULL and a fault. */
static JsonNode *
get_member (Reader * self, JsonObject * object, const gchar * key)
{
  JsonNode *node = object ? json_object_get_member (object, key) : NULL;

  if (object && node == NULL)
    set_model_fault (self, key, "is missing");
  return node;
}

static JsonObject *
get_object (Reader * self, JsonObject * object, const gchar * key)
{
  JsonNode *node = get_member (self, object, key);

  if (node && !JSON_NODE_HOLDS_OBJECT (node)) {
    set_model_fault (self, key, "is not an object");
    return NULL;
  }
  return node ? json_node_get_object (node) : NULL;
}

static JsonArray *
get_array (Reader * self, JsonObject * object, const gchar * key)
{
  JsonNode *node = get_member (self, object, key);

  if (node && !JSON_NODE_HOLDS_ARRAY (node)) {
    set_model_fault (self, key, "is not an array");
    return NULL;
  }
  return node ? json_node_get_array (node) : NULL;
}

static JsonObject *
get_element (Reader * self, JsonArray * array, guint index, const gchar * key)
{
  JsonNode *node = json_array_get_element (array, index);

  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  set_model_fault (self, key, "holds what is not an object");
  return NULL;
}

static gboolean
is_plain (const gchar * text)
{
  g_autofree gchar *plain = bfft_sidecar_plain_text (text);

  return g_str_equal (text, plain);
}

static gchar *
to_string (Reader * self, JsonNode * node, const gchar * key)
{
  if (node == NULL)
    return NULL;
  if (json_node_get_value_type (node) != G_TYPE_STRING
      || !is_plain (json_node_get_string (node))) {
    set_model_fault (self, key, "is not a short text");
    return NULL;
  }
  return json_node_dup_string (node);
}

/* Numbers beyond float's range would overflow when they are drawn. */
static gdouble
to_number (Reader * self, JsonNode * node, const gchar * key)
{
  GType type = node ? json_node_get_value_type (node) : G_TYPE_NONE;
  gdouble value = NAN;

  if (node == NULL)
    return 0;
  if (type == G_TYPE_INT64)
    value = json_node_get_int (node);
  else if (type == G_TYPE_DOUBLE)
    value = json_node_get_double (node);
  if (fabs (value) <= G_MAXFLOAT)
    return fabs (value) < MIN_NUMBER ? 0 : value;
  set_model_fault (self, key, "holds what is not a number in float's range");
  return 0;
}

static guint64
to_count (Reader * self, JsonNode * node, const gchar * key, guint64 max)
{
  gint64 value = 0;

  if (node == NULL)
    return 0;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    value = json_node_get_int (node);
  else
    value = -1;
  if (value < 0 || (guint64) value > max) {
    set_model_fault (self, key, "is not a whole number from 0 to %"
        G_GUINT64_FORMAT, max);
    return 0;
  }
  return value;
}

static guint64
get_count (Reader * self, JsonObject * object, const gchar * key, guint64 max)
{
  return to_count (self, get_member (self, object, key), key, max);
}

static gdouble
get_number (Reader * self, JsonObject * object, const gchar * key)
{
  return to_number (self, get_member (self, object, key), key);
}

/* null is "not measured". */
static gdouble
get_measurement (Reader * self, JsonObject * object, const gchar * key)
{
  JsonNode *node = get_member (self, object, key);

  if (node && JSON_NODE_HOLDS_NULL (node))
    return NAN;
  return to_number (self, node, key);
}

static gchar *
get_string (Reader * self, JsonObject * object, const gchar * key)
{
  return to_string (self, get_member (self, object, key), key);
}

static gchar *
get_optional_string (Reader * self, JsonObject * object, const gchar * key)
{
  return object && json_object_has_member (object, key)
      ? get_string (self, object, key) : NULL;
}

/* Appends all of @array to @values, an array of gfloat. */
static void
read_floats (Reader * self, JsonArray * array, const gchar * key,
    GArray * values)
{
  guint i;

  for (i = 0; array && i < json_array_get_length (array); i++) {
    gfloat value = to_number (self, json_array_get_element (array, i), key);

    g_array_append_val (values, value);
  }
}

static void
read_doubles (Reader * self, JsonArray * array, const gchar * key,
    GArray * values)
{
  guint i;

  for (i = 0; array && i < json_array_get_length (array); i++) {
    gdouble value = to_number (self, json_array_get_element (array, i), key);

    g_array_append_val (values, value);
  }
}

static void
read_params (Reader * self, JsonObject * object, BfftParams * params)
{
  guint i;

  for (i = 0; i < BFFT_N_PARAM_FIELDS; i++) {
    const BfftSidecarField *field = &bfft_sidecar_param_fields[i];

    G_STRUCT_MEMBER (guint64, params, field->offset) =
        get_count (self, object, field->key, MAX_COUNT);
  }
}

static void
read_loss_curve (Reader * self, JsonArray * array, GArray * entries)
{
  guint64 last = 0;
  guint i, j;

  for (i = 0; array && i < json_array_get_length (array); i++) {
    JsonObject *object = get_element (self, array, i, "loss_curve");
    BfftLossEntry entry;

    entry.step = get_count (self, object, "step", MAX_COUNT);
    for (j = 0; j < BFFT_N_LOSS_FIELDS; j++) {
      const BfftSidecarField *field = &bfft_sidecar_loss_fields[j];

      G_STRUCT_MEMBER (gdouble, &entry, field->offset) =
          get_number (self, object, field->key);
    }
    if (i > 0 && entry.step <= last)
      set_model_fault (self, "loss_curve", "is not ordered by step");
    last = entry.step;
    g_array_append_val (entries, entry);
  }
}

static void
read_heatmap (Reader * self, JsonObject * object, BfftHeatmap * heatmap)
{
  guint64 count;

  heatmap->stages = get_count (self, object, "stages", MAX_STAGES);
  heatmap->butterflies = get_count (self, object, "butterflies", BFFT_MAX_N);
  count = (guint64) heatmap->stages * heatmap->butterflies;
  read_floats (self, get_array (self, object, "gates"), "gates",
      heatmap->gates);
  if (object && json_object_has_member (object, "freq_mask"))
    read_floats (self, get_array (self, object, "freq_mask"), "freq_mask",
        heatmap->freq_mask);
  if (object && json_object_has_member (object, "twiddle_mag"))
    read_floats (self, get_array (self, object, "twiddle_mag"), "twiddle_mag",
        heatmap->twiddle_mag);

  if (heatmap->gates->len != count)
    set_model_fault (self, "gates", "holds %u numbers, not stages x "
        "butterflies = %" G_GUINT64_FORMAT, heatmap->gates->len, count);
  if (heatmap->twiddle_mag->len != 0 && heatmap->twiddle_mag->len != count)
    set_model_fault (self, "twiddle_mag", "holds %u numbers, not stages x "
        "butterflies = %" G_GUINT64_FORMAT, heatmap->twiddle_mag->len, count);
  if (heatmap->freq_mask->len % 2 != 0)
    set_model_fault (self, "freq_mask", "holds an odd number of numbers");
}

/* Also in the digits that the writer keeps. */
static gboolean
is_increasing (const GArray * values)
{
  guint i;

  for (i = 1; i < values->len; i++) {
    if (!(bfft_json_round (g_array_index (values, gdouble, i), AXIS_DIGITS) >
            bfft_json_round (g_array_index (values, gdouble, i - 1),
                AXIS_DIGITS)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_axis (const GArray * values)
{
  return values->len >= 2 && values->len <= MAX_AXIS && is_increasing (values);
}

static void
read_surface (Reader * self, JsonArray * rows, BfftLandscape * landscape)
{
  guint i;

  if (rows && json_array_get_length (rows) != landscape->y->len)
    set_model_fault (self, "z", "has not one row for each y");
  for (i = 0; rows && i < json_array_get_length (rows); i++) {
    JsonNode *row = json_array_get_element (rows, i);

    if (JSON_NODE_HOLDS_ARRAY (row))
      read_doubles (self, json_node_get_array (row), "z", landscape->z);
    if (landscape->z->len != (i + 1) * landscape->x->len)
      set_model_fault (self, "z", "has not one column for each x");
  }
}

static BfftLandscape *
read_landscape (Reader * self, JsonObject * model)
{
  JsonNode *node = get_member (self, model, "landscape");
  BfftLandscape *landscape;
  JsonObject *object;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return NULL;
  object = get_object (self, model, "landscape");
  landscape = bfft_landscape_new_empty (get_string (self, object, "x_label"),
      get_string (self, object, "y_label"));
  read_doubles (self, get_array (self, object, "x"), "x", landscape->x);
  read_doubles (self, get_array (self, object, "y"), "y", landscape->y);
  if (!is_axis (landscape->x))
    set_model_fault (self, "x", "is not an increasing axis");
  if (!is_axis (landscape->y))
    set_model_fault (self, "y", "is not an increasing axis");
  if (self->fault == NULL)
    read_surface (self, get_array (self, object, "z"), landscape);
  return landscape;
}

static void
read_run (Reader * self, JsonObject * object, BfftRunStats * run)
{
  run->frames = get_count (self, object, "frames", MAX_COUNT);
  run->dropped_frames = get_count (self, object, "dropped_frames", MAX_COUNT);
  run->ns_per_frame_mean = get_number (self, object, "ns_per_frame_mean");
  run->ns_per_frame_max = get_number (self, object, "ns_per_frame_max");
}

static void
read_thinning (Reader * self, JsonObject * object, BfftSidecarExtension * bfft)
{
  bfft->loss_recorded = get_count (self, object, "loss_recorded", MAX_COUNT);
  bfft->loss_every = get_count (self, object, "loss_every", MAX_COUNT);
  bfft->loss_not_finite =
      get_count (self, object, "loss_not_finite", MAX_COUNT);
  bfft->butterflies_per_column =
      get_count (self, object, "butterflies_per_column", BFFT_MAX_N);
  bfft->bins_per_pair = get_count (self, object, "bins_per_pair", BFFT_MAX_N);
}

static void
read_settings (Reader * self, JsonObject * object, BfftSidecarExtension * bfft)
{
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;

  if (object == NULL)
    return;
  if (json_object_get_size (object) > BFFT_SIDECAR_MAX_SETTINGS) {
    set_model_fault (self, "settings", "holds more than %u",
        BFFT_SIDECAR_MAX_SETTINGS);
    return;
  }
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    if (!is_plain (name))
      set_model_fault (self, "settings", "holds a name that is no short text");
    g_ptr_array_add (bfft->setting_names, g_strdup (name));
    g_ptr_array_add (bfft->setting_values, to_string (self, node, "settings"));
  }
}

/* One number for each x; null is none where @gaps are. */
static void
read_line_values (Reader * self, JsonObject * object, const gchar * key,
    guint points, gboolean gaps, GArray * values)
{
  JsonArray *array = get_array (self, object, key);
  guint i;

  if (array && json_array_get_length (array) != points)
    set_model_fault (self, key, "has not one number for each x of a plot");
  for (i = 0; self->fault == NULL && i < points; i++) {
    JsonNode *node = json_array_get_element (array, i);
    gdouble value = gaps && JSON_NODE_HOLDS_NULL (node) ? NAN
        : to_number (self, node, key);

    if (!gaps && !(value >= 0 && value <= 1))
      set_model_fault (self, key, "is not from 0 to 1");
    g_array_append_val (values, value);
  }
}

static void
read_line (Reader * self, JsonObject * object, BfftPlot * plot)
{
  BfftPlotLine *line = bfft_plot_add_empty_line (plot, get_string (self,
          object, "name"));

  read_line_values (self, object, "y", plot->x->len, TRUE, line->y);
  if (object && json_object_has_member (object, "confidence"))
    read_line_values (self, object, "confidence", plot->x->len, FALSE,
        line->confidence);
}

static void
read_x (Reader * self, JsonObject * object, BfftPlot * plot)
{
  JsonArray *names;
  guint i;

  read_doubles (self, get_array (self, object, "x"), "x", plot->x);
  if (plot->x->len < 1 || plot->x->len > BFFT_PLOT_MAX_POINTS
      || !(g_array_index (plot->x, gdouble, 0) > 0)
      || !is_increasing (plot->x))
    set_model_fault (self, "x", "is not 1 to %u increasing numbers above 0",
        BFFT_PLOT_MAX_POINTS);
  if (object == NULL || !json_object_has_member (object, "x_names"))
    return;
  names = get_array (self, object, "x_names");
  if (names && json_array_get_length (names) != plot->x->len)
    set_model_fault (self, "x_names", "has not one text for each x");
  for (i = 0; self->fault == NULL && i < plot->x->len; i++)
    g_ptr_array_add (plot->x_names, to_string (self,
            json_array_get_element (names, i), "x_names"));
}

static void
read_plot (Reader * self, JsonObject * object, BfftPlot * plot)
{
  JsonArray *lines = get_array (self, object, "lines");
  guint i;

  plot->title = get_string (self, object, "title");
  plot->x_label = get_string (self, object, "x_label");
  plot->y_label = get_string (self, object, "y_label");
  if (object && json_object_has_member (object, "period")) {
    plot->period = get_number (self, object, "period");
    if (!(plot->period > 0))
      set_model_fault (self, "period", "is not above 0");
  }
  read_x (self, object, plot);
  if (lines && (json_array_get_length (lines) < 1
          || json_array_get_length (lines) > BFFT_PLOT_MAX_LINES))
    set_model_fault (self, "lines", "has not 1 to %u lines",
        BFFT_PLOT_MAX_LINES);
  for (i = 0; self->fault == NULL && i < json_array_get_length (lines); i++)
    read_line (self, get_element (self, lines, i, "lines"), plot);
}

static void
read_plots (Reader * self, JsonObject * object, GPtrArray * plots)
{
  JsonArray *array;
  guint i;

  if (object == NULL || !json_object_has_member (object, "plots"))
    return;
  array = get_array (self, object, "plots");
  if (array && json_array_get_length (array) > BFFT_PLOTS_MAX)
    set_model_fault (self, "plots", "holds more than %u", BFFT_PLOTS_MAX);
  for (i = 0; self->fault == NULL && i < json_array_get_length (array); i++) {
    BfftPlot *plot = bfft_plot_new (NULL, NULL, NULL);

    g_ptr_array_add (plots, plot);
    read_plot (self, get_element (self, array, i, "plots"), plot);
  }
}

static void
read_active_per_stage (Reader * self, JsonArray * array, GArray * values)
{
  guint i;

  for (i = 0; array && i < json_array_get_length (array); i++) {
    guint count = to_count (self, json_array_get_element (array, i),
        "active_per_stage", BFFT_MAX_N);

    g_array_append_val (values, count);
  }
  if (values->len > MAX_STAGES)
    set_model_fault (self, "active_per_stage", "has too many stages");
}

static BfftSidecarExtension *
read_extension (Reader * self, JsonObject * object)
{
  BfftSidecarExtension *bfft = bfft_sidecar_extension_new ();

  bfft->element = get_optional_string (self, object, "element");
  bfft->execution = get_optional_string (self, object, "execution");
  bfft->bfft_version = get_optional_string (self, object, "bfft_version");
  bfft->gstreamer_version =
      get_optional_string (self, object, "gstreamer_version");
  bfft->orc_version = get_optional_string (self, object, "orc_version");
  bfft->sample_rate = get_count (self, object, "sample_rate", MAX_COUNT);
  bfft->n_mels = get_count (self, object, "n_mels", MAX_COUNT);
  bfft->hard_gates = object
      && json_object_has_member (object, "hard_gate_threshold");
  if (bfft->hard_gates)
    bfft->gate_threshold = get_number (self, object, "hard_gate_threshold");
  bfft->active_butterflies =
      get_count (self, object, "active_butterflies", MAX_COUNT);
  read_active_per_stage (self, get_array (self, object, "active_per_stage"),
      bfft->active_per_stage);
  bfft->resident_bytes = get_count (self, object, "resident_bytes", MAX_COUNT);
  read_run (self, get_object (self, object, "run"), &bfft->run);
  read_params (self, get_object (self, object, "params_original"),
      &bfft->params_original);
  read_thinning (self, get_object (self, object, "thinning"), bfft);
  read_settings (self, get_object (self, object, "settings"), bfft);
  read_plots (self, object, bfft->plots);
  return bfft;
}

static void
read_model (Reader * self, JsonNode * node, BfftSidecarModel * model)
{
  JsonObject *object = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    object = json_node_get_object (node);
  else
    set_fault (self, "model %u is not an object", self->model + 1);
  model->model_id = get_string (self, object, "model_id");
  model->variant = get_string (self, object, "variant");
  model->n_fft = get_count (self, object, "n_fft", MAX_COUNT);
  model->batch = get_count (self, object, "batch", MAX_COUNT);
  model->train_steps = get_count (self, object, "train_steps", MAX_COUNT);
  read_params (self, get_object (self, object, "params"), &model->params);
  read_loss_curve (self, get_array (self, object, "loss_curve"),
      model->loss_curve);
  read_heatmap (self, get_object (self, object, "heatmap"), &model->heatmap);
  model->landscape = read_landscape (self, object);
  model->final_mel_err = get_measurement (self, object, "final_mel_err");
  model->final_spec_err = get_measurement (self, object, "final_spec_err");
  if (object && json_object_has_member (object, "bfft"))
    model->bfft = read_extension (self, get_object (self, object, "bfft"));
}

static void
read_models (Reader * self, JsonNode * root, BfftSidecar * sidecar)
{
  JsonNode *node = JSON_NODE_HOLDS_OBJECT (root)
      ? json_object_get_member (json_node_get_object (root), "models") : NULL;
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node)) {
    set_fault (self, "there is no array \"models\"");
    return;
  }
  array = json_node_get_array (node);
  if (json_array_get_length (array) > MAX_MODELS)
    set_fault (self, "more than %u models", MAX_MODELS);
  for (self->model = 0; self->fault == NULL
      && self->model < json_array_get_length (array); self->model++) {
    g_ptr_array_add (sidecar->models, bfft_sidecar_model_new ());
    read_model (self, json_array_get_element (array, self->model),
        g_ptr_array_index (sidecar->models, self->model));
  }
}

BfftSidecar *
bfft_sidecar_load_bytes (GBytes * bytes, const gchar * name, GError ** error)
{
  gsize length;
  const gchar *text = g_bytes_get_data (bytes, &length);
  g_autoptr (BfftSidecar) sidecar = bfft_sidecar_new ();
  g_autoptr (GError) fault = NULL;
  g_autoptr (JsonNode) root = NULL;
  Reader reader = { NULL, 0 };

  root = bfft_json_parse (text, length, &fault);
  if (root)
    read_models (&reader, root, sidecar);
  else
    set_fault (&reader, "%s", fault->message);
  if (reader.fault == NULL)
    return g_steal_pointer (&sidecar);

  g_set_error (error, BFFT_SIDECAR_ERROR, BFFT_SIDECAR_ERROR_FORMAT,
      "\"%s\" is not a sidecar: %s", name, reader.fault);
  g_free (reader.fault);
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
