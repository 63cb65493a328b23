/* bfft: what a run measured, as a file: its content.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-sidecar.h"

#include <math.h>
#include <string.h>
#ifdef HAVE_ORC
#include <orc/orc.h>
#endif

G_DEFINE_QUARK (bfft-sidecar-error-quark, bfft_sidecar_error);

BfftSidecarExtension *
bfft_sidecar_extension_new (void)
{
  BfftSidecarExtension *self = g_new0 (BfftSidecarExtension, 1);

  self->gate_threshold = NAN;
  self->active_per_stage = g_array_new (FALSE, FALSE, sizeof (guint));
  self->setting_names = g_ptr_array_new_with_free_func (g_free);
  self->setting_values = g_ptr_array_new_with_free_func (g_free);
  self->plots =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bfft_plot_free);
  return self;
}

static void
extension_free (BfftSidecarExtension * self)
{
  g_free (self->element);
  g_free (self->date);
  g_free (self->command);
  g_free (self->source);
  g_free (self->execution);
  g_free (self->bfft_version);
  g_free (self->gstreamer_version);
  g_free (self->orc_version);
  g_array_unref (self->active_per_stage);
  g_ptr_array_unref (self->setting_names);
  g_ptr_array_unref (self->setting_values);
  g_ptr_array_unref (self->plots);
  g_free (self);
}

BfftSidecarModel *
bfft_sidecar_model_new (void)
{
  BfftSidecarModel *self = g_new0 (BfftSidecarModel, 1);

  self->loss_curve = g_array_new (FALSE, FALSE, sizeof (BfftLossEntry));
  self->heatmap.gates = g_array_new (FALSE, FALSE, sizeof (gfloat));
  self->heatmap.freq_mask = g_array_new (FALSE, FALSE, sizeof (gfloat));
  self->heatmap.twiddle_mag = g_array_new (FALSE, FALSE, sizeof (gfloat));
  self->final_mel_err = NAN;
  self->final_spec_err = NAN;
  return self;
}

static void
model_free (gpointer data)
{
  BfftSidecarModel *self = data;

  g_free (self->model_id);
  g_free (self->variant);
  g_array_unref (self->loss_curve);
  g_array_unref (self->heatmap.gates);
  g_array_unref (self->heatmap.freq_mask);
  g_array_unref (self->heatmap.twiddle_mag);
  g_clear_pointer (&self->landscape, bfft_landscape_free);
  g_clear_pointer (&self->bfft, extension_free);
  g_free (self);
}

BfftSidecar *
bfft_sidecar_new (void)
{
  BfftSidecar *self = g_new0 (BfftSidecar, 1);

  self->models = g_ptr_array_new_with_free_func (model_free);
  return self;
}

void
bfft_sidecar_free (BfftSidecar * sidecar)
{
  g_ptr_array_unref (sidecar->models);
  g_free (sidecar);
}

/* Appends the mean of values[0], values[stride], ... values[(count - 1) *
 * stride]. */
static void
append_mean (GArray * means, const gfloat * values, guint count, guint stride)
{
  gdouble sum = 0;
  gfloat mean;
  guint i;

  for (i = 0; i < count; i++)
    sum += values[(gsize) i * stride];
  mean = sum / count;
  g_array_append_val (means, mean);
}

/* How many of @count neighbours are averaged so that at most @max remain; both
 * are powers of two. */
static guint
group_size (guint count, guint max)
{
  return MAX (count / max, 1);
}

static void
add_mask (BfftSidecarModel * model, const BfftNetwork * network)
{
  guint group = group_size (network->n_fft, 2 * BFFT_HEATMAP_MAX_COLUMNS);
  guint bin;

  model->bfft->bins_per_pair = group;
  for (bin = 0; bin < network->n_fft; bin += group) {
    const gfloat *pair = &network->freq_mask[2 * (gsize) bin];

    append_mean (model->heatmap.freq_mask, pair, group, 2);
    append_mean (model->heatmap.freq_mask, pair + 1, group, 2);
  }
}

static void
add_heatmap (BfftSidecarModel * model, const BfftNetwork * network)
{
  guint group = group_size (network->half, BFFT_HEATMAP_MAX_COLUMNS);
  gsize count = (gsize) network->stages * network->half, i;
  g_autofree gfloat *magnitude = g_new (gfloat, count);
  g_autofree gfloat *gates = g_new (gfloat, count);
  BfftHeatmap *heatmap = &model->heatmap;

  for (i = 0; i < count; i++) {
    gdouble size = hypot (network->twiddles[2 * i],
        network->twiddles[2 * i + 1]);

    magnitude[i] = MIN (size, G_MAXFLOAT);
    gates[i] = network->gates ? network->gates[i] : 1;
  }
  heatmap->stages = network->stages;
  heatmap->butterflies = network->half / group;
  model->bfft->butterflies_per_column = group;
  for (i = 0; i < count; i += group) {
    append_mean (heatmap->gates, &gates[i], group, 1);
    append_mean (heatmap->twiddle_mag, &magnitude[i], group, 1);
  }
}

/* The shape that GstFFT stands in for, with every gate open; lengths that are
 * no power of two have no such shape. */
static void
add_open_gates (BfftSidecarModel * model, guint n_fft)
{
  const gfloat open = 1;
  guint group, i;

  model->bfft->butterflies_per_column = 1;
  if (!bfft_network_length_is_valid (n_fft))
    return;
  group = group_size (n_fft / 2, BFFT_HEATMAP_MAX_COLUMNS);
  model->bfft->butterflies_per_column = group;
  model->heatmap.stages = g_bit_storage (n_fft) - 1;
  model->heatmap.butterflies = n_fft / 2 / group;
  for (i = 0; i < model->heatmap.stages * model->heatmap.butterflies; i++)
    g_array_append_val (model->heatmap.gates, open);
}

static void
count_active (BfftSidecarExtension * self, const BfftNetwork * network)
{
  guint stage, butterfly;

  for (stage = 0; stage < network->stages; stage++) {
    guint active = 0;

    for (butterfly = 0; butterfly < network->half; butterfly++)
      active += bfft_network_gate (network,
          stage * network->half + butterfly) != 0;
    g_array_append_val (self->active_per_stage, active);
    self->active_butterflies += active;
  }
}

BfftSidecarModel *
bfft_sidecar_add (BfftSidecar * sidecar, const gchar * model_id,
    BfftVariant variant, guint n_fft, guint n_mels, const BfftNetwork * network)
{
  BfftSidecarModel *model = bfft_sidecar_model_new ();
  BfftSidecarExtension *bfft = bfft_sidecar_extension_new ();

  g_ptr_array_add (sidecar->models, model);
  model->model_id = g_strdup (model_id);
  model->variant = g_strdup (bfft_variant_to_string (variant));
  model->n_fft = n_fft;
  model->bfft = bfft;
  bfft->bfft_version = g_strdup (VERSION);
#ifdef HAVE_ORC
  bfft->orc_version = g_strdup (orc_version_string ());
#endif
  bfft->n_mels = n_mels;
  bfft->bins_per_pair = 1;
  if (bfft_network_length_is_valid (n_fft)) {
    bfft_params_count (variant, n_fft, n_mels, &model->params);
    bfft_params_count_original (variant, n_fft, n_mels, &bfft->params_original);
  }

  if (network == NULL) {
    add_open_gates (model, n_fft);
    return model;
  }
  model->train_steps = network->train_steps;
  bfft->sample_rate = network->sample_rate;
  if (network->hard_gates)
    bfft->gate_threshold = network->gate_threshold;
  bfft->resident_bytes = bfft_network_resident_bytes (network);
  count_active (bfft, network);
  add_heatmap (model, network);
  if (network->freq_mask)
    add_mask (model, network);
  return model;
}

/* "user:password@" behind "//" is nobody's business. */
static gchar *
without_passwords (const gchar * text)
{
  g_autoptr (GRegex) regex = g_regex_new ("//[^/@\\s]*@", 0, 0, NULL);

  return g_regex_replace_literal (regex, text, -1, 0, "//", 0, NULL);
}

/* The command line of this process as one would type it, NULL where the system
 * does not tell. */
static gchar *
command_line (void)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree gchar *words = NULL;
  const gchar *word;
  gsize length;

  if (!g_file_get_contents ("/proc/self/cmdline", &words, &length, NULL))
    return NULL;
  for (word = words; word < words + length; word += strlen (word) + 1) {
    g_autofree gchar *quoted = *word && strpbrk (word, " \t\n'\"\\$();&|<>*?")
        == NULL ? g_strdup (word) : g_shell_quote (word);

    g_string_append_printf (line, "%s%s", line->len ? " " : "", quoted);
  }
  return without_passwords (line->str);
}

void
bfft_sidecar_model_set_run (BfftSidecarModel * model, const gchar * element,
    const gchar * gstreamer_version, const gchar * execution,
    const gchar * source, guint sample_rate, const BfftRunStats * run)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  BfftSidecarExtension *bfft = model->bfft;

  bfft->element = g_strdup (element);
  bfft->gstreamer_version = g_strdup (gstreamer_version);
  bfft->execution = g_strdup (execution);
  bfft->date = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
  bfft->command = command_line ();
  bfft->source = source ? without_passwords (source) : NULL;
  bfft->sample_rate = sample_rate;
  bfft->run = *run;
}

void
bfft_sidecar_model_set_loss_curve (BfftSidecarModel * model,
    const BfftLossCurve * curve)
{
  g_array_unref (model->loss_curve);
  model->loss_curve = bfft_loss_curve_get (curve);
  model->bfft->loss_recorded = bfft_loss_curve_get_recorded (curve);
  model->bfft->loss_every = bfft_loss_curve_get_every (curve);
  model->bfft->loss_not_finite = bfft_loss_curve_get_not_finite (curve);
}

void
bfft_sidecar_model_take_landscape (BfftSidecarModel * model,
    BfftLandscape * landscape)
{
  g_clear_pointer (&model->landscape, bfft_landscape_free);
  model->landscape = landscape;
}

void
bfft_sidecar_model_add_setting (BfftSidecarModel * model, const gchar * name,
    const gchar * value)
{
  g_ptr_array_add (model->bfft->setting_names, g_strdup (name));
  g_ptr_array_add (model->bfft->setting_values, g_strdup (value));
}

void
bfft_sidecar_model_take_plot (BfftSidecarModel * model, BfftPlot * plot)
{
  if (plot->x->len > 0 && plot->lines->len > 0
      && model->bfft->plots->len < BFFT_PLOTS_MAX)
    g_ptr_array_add (model->bfft->plots, plot);
  else
    bfft_plot_free (plot);
}
