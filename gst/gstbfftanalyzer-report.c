/* bfft: statistics and sidecar of analysers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftanalyzer-private.h"

#include "gstbffterror.h"

static void
get_summary (GstBfftAnalyzer * self, GstBfftSummary * summary)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  GST_OBJECT_LOCK (self);
  *summary = priv->summary;
  if (summary->network)
    bfft_network_ref (summary->network);
  GST_OBJECT_UNLOCK (self);
}

void
gst_bfft_analyzer_get_stats (GObject * object, GValue * value)
{
  GstBfftAnalyzer *self = GST_BFFT_ANALYZER (object);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstStructure *stats;
  GstBfftSummary summary;
  BfftRunStats run;

  get_summary (self, &summary);
  gst_bfft_stats_get (&priv->stats, &run);
  stats = gst_structure_new ("stats",
      "frames", G_TYPE_UINT64, run.frames,
      "ns-per-frame-mean", G_TYPE_DOUBLE, run.ns_per_frame_mean,
      "ns-per-frame-max", G_TYPE_DOUBLE, run.ns_per_frame_max,
      "parameter-bytes", G_TYPE_UINT64, (guint64) summary.parameter_bytes,
      "n-fft", G_TYPE_UINT, summary.n_fft,
      "active-butterflies", G_TYPE_UINT64, summary.active_butterflies,
      "dropped", G_TYPE_UINT64, run.dropped_frames,
      "execution", G_TYPE_STRING, bfft_execution_get_name (summary.execution),
      "variant", G_TYPE_STRING, summary.valid ?
      bfft_variant_to_string (summary.variant) : "none", NULL);
  g_clear_pointer (&summary.network, bfft_network_unref);
  g_value_take_boxed (value, stats);
}

/* The network of the sidecar: also the exact one that ran without a file. */
static BfftNetwork *
network_that_ran (const GstBfftSummary * summary)
{
  if (summary->network)
    return bfft_network_ref (summary->network);
  if (summary->variant == BFFT_VARIANT_REFERENCE ||
      !bfft_network_length_is_valid (summary->n_fft))
    return NULL;
  return bfft_network_new_exact (summary->variant, summary->n_fft);
}

static gboolean
save_sidecar (GstBfftAnalyzer * self, const GstBfftSummary * summary,
    const BfftRunStats * run, const gchar * location, GError ** error)
{
  GstBfftAnalyzerClass *klass = GST_BFFT_ANALYZER_GET_CLASS (self);
  GstBfftSetup *setup = gst_bfft_analyzer_get_private (self)->setup;
  const gchar *name = klass->name;
  BfftNetwork *network = network_that_ran (summary);
  BfftSidecar *sidecar = bfft_sidecar_new ();
  BfftSidecarModel *model;
  gboolean ok;

  model = bfft_sidecar_add (sidecar, name, summary->variant, summary->n_fft,
      summary->n_mels, network);
  gst_bfft_stats_note_run (run, GST_ELEMENT (self), name, summary->execution,
      summary->rate, model);
  model->bfft->resident_bytes = summary->parameter_bytes;
  if (klass->plot && setup)
    klass->plot (self, setup, model);
  ok = bfft_sidecar_save (sidecar, location, error);
  bfft_sidecar_free (sidecar);
  g_clear_pointer (&network, bfft_network_unref);
  return ok;
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
  GError *error = NULL;
  GstBfftSummary summary;
  BfftRunStats run;
  g_autofree gchar *location = dup_location (self);

  get_summary (self, &summary);
  gst_bfft_stats_get (&priv->stats, &run);
  if (location && summary.valid && run.frames != priv->frames_written) {
    priv->frames_written = run.frames;
    if (!save_sidecar (self, &summary, &run, location, &error))
      gst_bfft_post (self, GST_MESSAGE_WARNING, error);
  }
  g_clear_pointer (&summary.network, bfft_network_unref);
}
