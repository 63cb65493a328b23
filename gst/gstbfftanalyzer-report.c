/* bfft: statistics and sidecar of analysers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftanalyzer-private.h"

#include "gstbffterror.h"

void
gst_bfft_analyzer_get_stats (GObject * object, GValue * value)
{
  GstBfftAnalyzer *self = GST_BFFT_ANALYZER (object);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstBfftSummary summary;
  GstStructure *stats;

  GST_OBJECT_LOCK (self);
  summary = priv->summary;
  GST_OBJECT_UNLOCK (self);
  stats = gst_bfft_stats_to_structure (&priv->stats,
      summary.context.settings.execution);
  gst_structure_set (stats,
      "parameter-bytes", G_TYPE_UINT64, summary.parameter_bytes,
      "n-fft", G_TYPE_UINT, summary.context.format.n_fft,
      "active-butterflies", G_TYPE_UINT64, summary.active_butterflies,
      "variant", G_TYPE_STRING, summary.valid ?
      bfft_variant_to_string (summary.variant) : "none", NULL);
  g_value_take_boxed (value, stats);
}

/* The network of the sidecar: also the exact one that ran without a file. */
static BfftNetwork *
network_that_ran (const GstBfftSetup * setup, BfftVariant variant)
{
  guint n_fft = setup->context.format.n_fft;

  if (setup->context.network)
    return bfft_network_ref (setup->context.network);
  if (variant == BFFT_VARIANT_REFERENCE
      || !bfft_network_length_is_valid (n_fft))
    return NULL;
  return bfft_network_new_exact (variant, n_fft);
}

static gboolean
save_sidecar (GstBfftAnalyzer * self, const BfftRunStats * run,
    const gchar * location, GError ** error)
{
  GstBfftAnalyzerClass *klass = GST_BFFT_ANALYZER_GET_CLASS (self);
  GstBfftSetup *setup = gst_bfft_analyzer_get_private (self)->setup;
  BfftVariant variant = bfft_plan_get_variant (setup->plan);
  g_autoptr (BfftNetwork) network = network_that_ran (setup, variant);
  g_autoptr (BfftSidecar) sidecar = bfft_sidecar_new ();
  BfftSidecarModel *model;

  model = bfft_sidecar_add (sidecar, klass->name, variant,
      setup->context.format.n_fft, setup->n_mels, network);
  gst_bfft_stats_note_run (run, GST_ELEMENT (self), klass->name,
      setup->context.settings.execution,
      GST_AUDIO_INFO_RATE (&setup->context.info), model);
  model->bfft->resident_bytes = bfft_plan_get_parameter_bytes (setup->plan);
  if (klass->plot)
    klass->plot (self, setup, model);
  return bfft_sidecar_save (sidecar, location, error);
}

static gchar *
dup_location (GstBfftAnalyzer * self)
{
  gchar *location;

  GST_OBJECT_LOCK (self);
  location = g_strdup (gst_bfft_analyzer_get_private (self)->sidecar_location);
  GST_OBJECT_UNLOCK (self);
  return location;
}

gboolean
gst_bfft_analyzer_check_sidecar (GstBfftAnalyzer * self, GError ** error)
{
  g_autofree gchar *location = dup_location (self);

  return gst_bfft_check_writable ("sidecar-location", location, error);
}

void
gst_bfft_analyzer_write_sidecar (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  g_autofree gchar *location = dup_location (self);
  GError *error = NULL;
  BfftRunStats run;

  gst_bfft_stats_get (&priv->stats, &run);
  if (location == NULL || priv->setup == NULL
      || run.frames == priv->frames_written)
    return;
  priv->frames_written = run.frames;
  if (!save_sidecar (self, &run, location, &error))
    gst_bfft_post (self, GST_MESSAGE_WARNING, error);
}
