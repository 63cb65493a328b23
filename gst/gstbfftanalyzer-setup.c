/* bfft: how setups of analysers are made and taken into use.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftanalyzer-private.h"

#include "gstbfftaudio.h"
#include "gstbffterror.h"

/* So that latencies can be added up. */
#define MAX_LATENCY (24 * 60 * 60 * GST_SECOND)

static void
free_setup (gpointer data)
{
  GstBfftSetup *setup = data;

  if (setup->release)
    setup->release (setup);
  g_clear_pointer (&setup->memory, g_ptr_array_unref);
  bfft_plan_free (setup->plan);
  gst_bfft_framer_clear (&setup->framer);
  g_clear_pointer (&setup->context.network, bfft_network_unref);
  g_free (setup->message_name);
  g_free (setup);
}

gpointer
gst_bfft_setup_alloc (GstBfftSetup * setup, gsize n, gsize size)
{
  gpointer memory = g_malloc0_n (MAX (n, 1), size);

  if (setup->memory == NULL)
    setup->memory = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (setup->memory, memory);
  return memory;
}

void
gst_bfft_analyzer_get_context (GstBfftAnalyzer * self,
    const GstAudioInfo * info, GstBfftContext * context)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  *context = (GstBfftContext) {
  .info = *info};
  GST_OBJECT_LOCK (self);
  context->settings = priv->settings;
  GST_OBJECT_UNLOCK (self);
  context->model_n_fft =
      gst_bfft_handover_get_model_n_fft (&priv->handover, FALSE);
  context->channels =
      context->settings.multi_channel ? GST_AUDIO_INFO_CHANNELS (info) : 1;
}

BfftPlan *
gst_bfft_context_make_plan (const GstBfftContext * context,
    const gfloat * window, guint first_bin, guint n_bins, GError ** error)
{
  guint n_fft = context->format.n_fft;
  BfftPlanSpec spec = {
    .n_fft = n_fft,
    .variant = context->variant,
    .execution = context->settings.execution,
    .network = context->network,
    .rate = GST_AUDIO_INFO_RATE (&context->info),
    .window = window,
    .first_bin = first_bin,
    .n_bins = n_bins,
  };
  gfloat *values = NULL;
  BfftPlan *plan;

  if (window == NULL) {
    values = g_new (gfloat, n_fft);
    bfft_window_fill (context->settings.window,
        context->settings.symmetry != BFFT_WINDOW_SYMMETRY_SYMMETRIC, values,
        n_fft);
    spec.window = values;
  }
  plan = bfft_plan_new (&spec, error);
  g_free (values);
  return plan;
}

static gboolean
check_length (const GstBfftFormat * format, GError ** error)
{
  if (format->n_fft >= BFFT_MIN_N && format->n_fft <= BFFT_MAX_N)
    return TRUE;
  g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "A transform of %u samples is not possible; set n-fft from %u to %u",
      format->n_fft, BFFT_MIN_N, BFFT_MAX_N);
  return FALSE;
}

void
gst_bfft_analyzer_warn (GstBfftAnalyzer * self, gchar * text)
{
  gst_bfft_handover_warn (&gst_bfft_analyzer_get_private (self)->handover,
      text);
}

static gpointer
make_setup (GstElement * element, const GstAudioInfo * info, guint * n_fft,
    GError ** error)
{
  GstBfftAnalyzer *self = GST_BFFT_ANALYZER (element);
  GstBfftAnalyzerClass *klass = GST_BFFT_ANALYZER_GET_CLASS (self);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstBfftSetup *setup;
  GstBfftContext context;

  gst_bfft_analyzer_get_context (self, info, &context);
  if (!klass->get_format (self, &context, &context.format, error) ||
      !check_length (&context.format, error) ||
      !gst_bfft_check_channels (GST_AUDIO_INFO_CHANNELS (info),
          context.format.n_fft, error))
    return NULL;
  if (context.format.rows) {
    context.settings.multi_channel = TRUE;
    context.channels = GST_AUDIO_INFO_CHANNELS (info);
  }
  if (!gst_bfft_handover_pick_network (&priv->handover, context.format.n_fft,
          &context.network, error))
    return NULL;
  context.variant = gst_bfft_handover_pick_variant (context.settings.variant,
      context.network);

  setup = klass->prepare (self, &context, error);
  if (setup == NULL) {
    g_clear_pointer (&context.network, bfft_network_unref);
    return NULL;
  }
  gst_bfft_handover_warn_of_variant (&priv->handover, context.variant,
      context.network, context.format.n_fft, setup->plan);
  setup->context = context;
  setup->release = klass->release;
  GST_OBJECT_LOCK (self);
  setup->message_name = g_strdup (priv->message_name);
  GST_OBJECT_UNLOCK (self);
  *n_fft = context.format.n_fft;
  gst_bfft_framer_init (&setup->framer, info, context.channels,
      setup->history, context.settings.execution);
  return setup;
}

static guint
get_n_fft (GstElement * element, const GstAudioInfo * info)
{
  GstBfftAnalyzer *self = GST_BFFT_ANALYZER (element);
  GstBfftContext context;

  gst_bfft_analyzer_get_context (self, info, &context);
  return GST_BFFT_ANALYZER_GET_CLASS (self)->get_format (self, &context,
      &context.format, NULL) ? context.format.n_fft : 0;
}

void
gst_bfft_analyzer_summarize (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  const BfftPlan *plan = priv->setup->plan;
  GstBfftSummary summary = {
    .valid = TRUE,
    .running = TRUE,
    .context = priv->setup->context,
    .variant = bfft_plan_get_variant (plan),
    .parameter_bytes = bfft_plan_get_parameter_bytes (plan),
    .active_butterflies = bfft_plan_get_active_butterflies (plan),
  };
  GstClockTime latency = 0;

  summary.context.network = NULL;
  if (priv->output.tensors)
    latency = MIN (gst_util_uint64_scale_ceil (priv->setup->latency,
            GST_SECOND, summary.context.info.rate), MAX_LATENCY);
  GST_OBJECT_LOCK (self);
  summary.latency = priv->summary.latency;
  priv->summary = summary;
  GST_OBJECT_UNLOCK (self);
  gst_bfft_set_latency (self, &priv->summary.latency, latency);
}

static gboolean
carry_on (GstBfftAnalyzer * self, GstBfftSetup * setup, GstBfftSetup * old)
{
  GstBfftAnalyzerClass *klass = GST_BFFT_ANALYZER_GET_CLASS (self);
  GstBfftFramer framer;

  if (old == NULL || klass->carry_on == NULL ||
      setup->history != old->history ||
      setup->context.channels != old->context.channels ||
      !klass->carry_on (setup, old))
    return FALSE;
  framer = setup->framer;
  setup->framer = old->framer;
  setup->framer.kernels = framer.kernels;
  old->framer = framer;
  return TRUE;
}

static void
adopt_setup (GstElement * element, gpointer new_setup, gpointer old_setup,
    gboolean fresh)
{
  GstBfftAnalyzer *self = GST_BFFT_ANALYZER (element);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstBfftSetup *setup = new_setup, *old = old_setup;
  BfftExecution execution = setup->context.settings.execution;

  if (fresh || !carry_on (self, setup, old))
    gst_bfft_timeline_end (&priv->timeline);
  priv->setup = setup;
  priv->announce = TRUE;
  if (old == NULL || execution != old->context.settings.execution)
    gst_bfft_warn_of_execution (GST_ELEMENT (self), execution);
  GST_INFO_OBJECT (self, "%s; n-fft %u; %s",
      bfft_execution_get_name (execution), setup->context.format.n_fft,
      bfft_plan_describe (setup->plan));
  gst_bfft_analyzer_summarize (self);
}

const GstBfftHandoverFuncs gst_bfft_analyzer_handover_funcs = {
  make_setup, adopt_setup, free_setup, get_n_fft
};
