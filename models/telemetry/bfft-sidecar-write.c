/* bfft: what a run measured, as a file: the writer.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-file.h"
#include "bfft-json-text.h"
#include "bfft-sidecar-private.h"

#include <math.h>

/* Significant digits: a float comes back bit for bit with 9; a picture has
 * enough with 5, a curve with 6. */
#define DIGITS_EXACT 9
#define DIGITS_CURVE 6
#define DIGITS_PICTURE 5

static void
add_number (JsonBuilder * builder, gdouble value, guint digits)
{
  json_builder_add_double_value (builder, bfft_json_round (value, digits));
}

static void
set_count (JsonBuilder * builder, const gchar * key, guint64 value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_int_value (builder, value);
}

static void
set_number (JsonBuilder * builder, const gchar * key, gdouble value,
    guint digits)
{
  json_builder_set_member_name (builder, key);
  if (fabs (bfft_json_round (value, digits)) <= G_MAXFLOAT)
    add_number (builder, value, digits);
  else
    json_builder_add_null_value (builder);
}

static void
add_string (JsonBuilder * builder, const gchar * value)
{
  g_autofree gchar *plain = bfft_sidecar_plain_text (value);

  json_builder_add_string_value (builder, plain);
}

/* A NULL string has no key. */
static void
set_string (JsonBuilder * builder, const gchar * key, const gchar * value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, key);
  add_string (builder, value);
}

static void
set_floats (JsonBuilder * builder, const gchar * key, const GArray * values)
{
  guint i;

  json_builder_set_member_name (builder, key);
  json_builder_begin_array (builder);
  for (i = 0; i < values->len; i++)
    add_number (builder, g_array_index (values, gfloat, i), DIGITS_PICTURE);
  json_builder_end_array (builder);
}

static void
add_doubles (JsonBuilder * builder, const gdouble * values, guint count)
{
  guint i;

  json_builder_begin_array (builder);
  for (i = 0; i < count; i++) {
    if (isfinite (values[i]))
      add_number (builder, values[i], DIGITS_CURVE);
    else
      json_builder_add_null_value (builder);
  }
  json_builder_end_array (builder);
}

static void
set_doubles (JsonBuilder * builder, const gchar * key, const GArray * values)
{
  json_builder_set_member_name (builder, key);
  add_doubles (builder, (gdouble *) values->data, values->len);
}

static void
set_params (JsonBuilder * builder, const gchar * key, const BfftParams * params)
{
  guint i;

  json_builder_set_member_name (builder, key);
  json_builder_begin_object (builder);
  for (i = 0; i < BFFT_N_PARAM_FIELDS; i++) {
    const BfftSidecarField *field = &bfft_sidecar_param_fields[i];

    set_count (builder, field->key,
        G_STRUCT_MEMBER (guint64, params, field->offset));
  }
  json_builder_end_object (builder);
}

static void
set_loss_curve (JsonBuilder * builder, const GArray * entries)
{
  guint i, j;

  json_builder_set_member_name (builder, "loss_curve");
  json_builder_begin_array (builder);
  for (i = 0; i < entries->len; i++) {
    const BfftLossEntry *entry = &g_array_index (entries, BfftLossEntry, i);

    json_builder_begin_object (builder);
    set_count (builder, "step", entry->step);
    for (j = 0; j < BFFT_N_LOSS_FIELDS; j++) {
      const BfftSidecarField *field = &bfft_sidecar_loss_fields[j];

      set_number (builder, field->key,
          G_STRUCT_MEMBER (gdouble, entry, field->offset), DIGITS_CURVE);
    }
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
set_heatmap (JsonBuilder * builder, const BfftHeatmap * heatmap)
{
  json_builder_set_member_name (builder, "heatmap");
  json_builder_begin_object (builder);
  set_count (builder, "stages", heatmap->stages);
  set_count (builder, "butterflies", heatmap->butterflies);
  set_floats (builder, "gates", heatmap->gates);
  if (heatmap->freq_mask->len > 0)
    set_floats (builder, "freq_mask", heatmap->freq_mask);
  if (heatmap->twiddle_mag->len > 0)
    set_floats (builder, "twiddle_mag", heatmap->twiddle_mag);
  json_builder_end_object (builder);
}

static void
set_landscape (JsonBuilder * builder, const BfftLandscape * landscape)
{
  guint row;

  json_builder_set_member_name (builder, "landscape");
  if (landscape == NULL) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  set_string (builder, "x_label", landscape->x_label);
  set_string (builder, "y_label", landscape->y_label);
  set_doubles (builder, "x", landscape->x);
  set_doubles (builder, "y", landscape->y);
  json_builder_set_member_name (builder, "z");
  json_builder_begin_array (builder);
  for (row = 0; row < landscape->y->len; row++)
    add_doubles (builder, &g_array_index (landscape->z, gdouble,
            row * landscape->x->len), landscape->x->len);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
set_run (JsonBuilder * builder, const BfftRunStats * run)
{
  json_builder_set_member_name (builder, "run");
  json_builder_begin_object (builder);
  set_count (builder, "frames", run->frames);
  set_count (builder, "dropped_frames", run->dropped_frames);
  set_number (builder, "ns_per_frame_mean", run->ns_per_frame_mean,
      DIGITS_CURVE);
  set_number (builder, "ns_per_frame_max", run->ns_per_frame_max, DIGITS_CURVE);
  json_builder_end_object (builder);
}

static void
set_thinning (JsonBuilder * builder, const BfftSidecarExtension * bfft)
{
  json_builder_set_member_name (builder, "thinning");
  json_builder_begin_object (builder);
  set_count (builder, "loss_recorded", bfft->loss_recorded);
  set_count (builder, "loss_every", bfft->loss_every);
  set_count (builder, "loss_not_finite", bfft->loss_not_finite);
  set_count (builder, "butterflies_per_column", bfft->butterflies_per_column);
  set_count (builder, "bins_per_pair", bfft->bins_per_pair);
  json_builder_end_object (builder);
}

static void
set_settings (JsonBuilder * builder, const BfftSidecarExtension * bfft)
{
  guint i;

  json_builder_set_member_name (builder, "settings");
  json_builder_begin_object (builder);
  for (i = 0; i < bfft->setting_names->len; i++)
    set_string (builder, g_ptr_array_index (bfft->setting_names, i),
        g_ptr_array_index (bfft->setting_values, i));
  json_builder_end_object (builder);
}

static void
add_plot (JsonBuilder * builder, const BfftPlot * plot)
{
  guint i;

  json_builder_begin_object (builder);
  set_string (builder, "title", plot->title);
  set_string (builder, "x_label", plot->x_label);
  set_string (builder, "y_label", plot->y_label);
  if (plot->period > 0)
    set_number (builder, "period", plot->period, DIGITS_CURVE);
  set_doubles (builder, "x", plot->x);
  if (plot->x_names->len > 0) {
    json_builder_set_member_name (builder, "x_names");
    json_builder_begin_array (builder);
    for (i = 0; i < plot->x_names->len; i++)
      add_string (builder, g_ptr_array_index (plot->x_names, i));
    json_builder_end_array (builder);
  }
  json_builder_set_member_name (builder, "lines");
  json_builder_begin_array (builder);
  for (i = 0; i < plot->lines->len; i++) {
    const BfftPlotLine *line = g_ptr_array_index (plot->lines, i);

    json_builder_begin_object (builder);
    set_string (builder, "name", line->name);
    set_doubles (builder, "y", line->y);
    if (line->confidence->len > 0)
      set_doubles (builder, "confidence", line->confidence);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
set_plots (JsonBuilder * builder, const GPtrArray * plots)
{
  guint i;

  if (plots->len == 0)
    return;
  json_builder_set_member_name (builder, "plots");
  json_builder_begin_array (builder);
  for (i = 0; i < plots->len; i++)
    add_plot (builder, g_ptr_array_index (plots, i));
  json_builder_end_array (builder);
}

static void
set_extension (JsonBuilder * builder, const BfftSidecarExtension * bfft)
{
  guint i;

  json_builder_set_member_name (builder, "bfft");
  json_builder_begin_object (builder);
  set_string (builder, "element", bfft->element);
  set_string (builder, "execution", bfft->execution);
  set_string (builder, "bfft_version", bfft->bfft_version);
  set_string (builder, "gstreamer_version", bfft->gstreamer_version);
  set_string (builder, "orc_version", bfft->orc_version);
  set_count (builder, "sample_rate", bfft->sample_rate);
  set_count (builder, "n_mels", bfft->n_mels);
  if (bfft->hard_gates)
    set_number (builder, "hard_gate_threshold", bfft->gate_threshold,
        DIGITS_EXACT);
  set_count (builder, "active_butterflies", bfft->active_butterflies);
  json_builder_set_member_name (builder, "active_per_stage");
  json_builder_begin_array (builder);
  for (i = 0; i < bfft->active_per_stage->len; i++)
    json_builder_add_int_value (builder,
        g_array_index (bfft->active_per_stage, guint, i));
  json_builder_end_array (builder);
  set_count (builder, "resident_bytes", bfft->resident_bytes);
  set_run (builder, &bfft->run);
  set_params (builder, "params_original", &bfft->params_original);
  set_thinning (builder, bfft);
  set_settings (builder, bfft);
  set_plots (builder, bfft->plots);
  json_builder_end_object (builder);
}

static void
add_model (JsonBuilder * builder, const BfftSidecarModel * model)
{
  json_builder_begin_object (builder);
  set_string (builder, "model_id", model->model_id);
  set_string (builder, "variant", model->variant);
  set_count (builder, "n_fft", model->n_fft);
  set_count (builder, "batch", model->batch);
  set_count (builder, "train_steps", model->train_steps);
  set_params (builder, "params", &model->params);
  set_loss_curve (builder, model->loss_curve);
  set_heatmap (builder, &model->heatmap);
  set_landscape (builder, model->landscape);
  set_number (builder, "final_mel_err", model->final_mel_err, DIGITS_EXACT);
  set_number (builder, "final_spec_err", model->final_spec_err, DIGITS_EXACT);
  if (model->bfft)
    set_extension (builder, model->bfft);
  json_builder_end_object (builder);
}

GBytes *
bfft_sidecar_to_bytes (const BfftSidecar * sidecar)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  guint i;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "models");
  json_builder_begin_array (builder);
  for (i = 0; i < sidecar->models->len; i++)
    add_model (builder, g_ptr_array_index (sidecar->models, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
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
