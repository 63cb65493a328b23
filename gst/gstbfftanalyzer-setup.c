/* bfft: how setups of analysers are made and handed over.
 *
 * A setup is made in the thread that changed something, under config_lock, and
 * put into "pending". The streaming thread takes it from there, and puts the
 * one that it used before on the list "retired". Whoever makes the next one
 * frees what is retired.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftanalyzer-private.h"

#include "gstbffterror.h"

/* So that latencies can be added up. */
#define MAX_LATENCY (24 * 60 * 60 * GST_SECOND)

static void
free_setup (GstBfftAnalyzer * self, GstBfftSetup * setup)
{
  if (setup == NULL)
    return;
  GST_BFFT_ANALYZER_GET_CLASS (self)->release (setup);
  bfft_plan_free (setup->plan);
  gst_bfft_framer_clear (&setup->framer);
  g_clear_pointer (&setup->context.network, bfft_network_unref);
  g_free (setup->message_name);
  g_free (setup);
}

static void
retire (GstBfftAnalyzerPrivate * priv, GstBfftSetup * setup)
{
  setup->next = atomic_load (&priv->retired);
  while (!atomic_compare_exchange_weak (&priv->retired, &setup->next, setup));
}

static void
free_retired (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstBfftSetup *setup = atomic_exchange (&priv->retired, NULL);

  while (setup) {
    GstBfftSetup *next = setup->next;

    free_setup (self, setup);
    setup = next;
  }
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
  context->model_n_fft = priv->settings.follow_model && priv->followed_n_fft ?
      priv->followed_n_fft : priv->located_n_fft;
  GST_OBJECT_UNLOCK (self);
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

/* Called with config_lock. */
static GstBfftSetup *
make_setup (GstBfftAnalyzer * self, const GstAudioInfo * info, GError ** error)
{
  GstBfftAnalyzerClass *klass = GST_BFFT_ANALYZER_GET_CLASS (self);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GError *model_error = NULL;
  GstBfftSetup *setup;
  GstBfftContext context;

  free_retired (self);
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
  context.network = gst_bfft_model_pick (&priv->model, context.format.n_fft,
      context.settings.follow_model, &model_error);
  if (model_error) {
    g_propagate_error (error, model_error);
    return NULL;
  }
  context.variant = context.settings.variant;
  if (context.settings.variant == GST_BFFT_VARIANT_AUTO)
    context.variant = context.network ? context.network->variant :
        BFFT_VARIANT_BUTTERFLY;

  setup = klass->prepare (self, &context, error);
  if (setup == NULL) {
    g_clear_pointer (&context.network, bfft_network_unref);
    return NULL;
  }
  setup->context = context;
  GST_OBJECT_LOCK (self);
  setup->message_name = g_strdup (priv->message_name);
  GST_OBJECT_UNLOCK (self);
  priv->n_fft = context.format.n_fft;
  gst_bfft_framer_init (&setup->framer, info, context.channels,
      setup->history, context.settings.execution);
  return setup;
}

/* Called with config_lock. */
static gboolean
hand_over (GstBfftAnalyzer * self, GError ** error)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstBfftSetup *setup;

  if (!priv->configured)
    return TRUE;
  setup = make_setup (self, &priv->info, error);
  if (setup == NULL)
    return FALSE;
  free_setup (self, atomic_exchange (&priv->pending, setup));
  return TRUE;
}

/* Called with config_lock, when the models are others. */
static void
note_models (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  GST_OBJECT_LOCK (self);
  priv->located_n_fft = gst_bfft_model_length (priv->model.located);
  priv->followed_n_fft = gst_bfft_model_length (priv->model.followed);
  GST_OBJECT_UNLOCK (self);
}

gboolean
gst_bfft_analyzer_load_model (GstBfftAnalyzer * self, GError ** error)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  g_autofree gchar *location = NULL;
  gboolean loaded;

  GST_OBJECT_LOCK (self);
  location = g_strdup (priv->model_location);
  GST_OBJECT_UNLOCK (self);
  loaded = gst_bfft_model_load (&priv->model, location, error);
  note_models (self);
  return loaded;
}

/* Called with config_lock. Returns: what is to be said once of the stream's
 * model if it does not fit the setup that was made last, otherwise NULL. */
static GError *
take_misfit (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  const BfftNetwork *network = priv->model.followed;
  gboolean wanted;

  GST_OBJECT_LOCK (self);
  wanted = priv->settings.follow_model;
  GST_OBJECT_UNLOCK (self);
  if (!wanted || network == NULL || priv->n_fft == 0
      || gst_bfft_model_fits (network, priv->n_fft)
      || (priv->told_n_fft == priv->n_fft
          && priv->told_model == network->n_fft))
    return NULL;
  priv->told_n_fft = priv->n_fft;
  priv->told_model = network->n_fft;
  return g_error_new (GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "The model that comes with the stream is for n-fft %u and is not used: "
      "n-fft is %u here; set it to %u, or leave it to the model (n-fft=0, "
      "without bands or a preset that has one)", network->n_fft, priv->n_fft,
      network->n_fft);
}

/* What went wrong, and what is to be said besides. */
static void
warn (GstBfftAnalyzer * self, GError * error, GError * misfit)
{
  if (error)
    gst_bfft_post (self, GST_MESSAGE_WARNING, error);
  if (misfit)
    gst_bfft_post (self, GST_MESSAGE_WARNING, misfit);
}

void
gst_bfft_analyzer_update (GstBfftAnalyzer * self, gboolean reload)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GError *error = NULL, *misfit;

  g_mutex_lock (&priv->config_lock);
  priv->refused = FALSE;
  priv->model.stale |= reload;
  if (priv->started && gst_bfft_analyzer_load_model (self, &error))
    hand_over (self, &error);
  misfit = take_misfit (self);
  g_mutex_unlock (&priv->config_lock);
  warn (self, error, misfit);
}

/* Called with config_lock. Whether the stream's model changes what runs. */
static gboolean
is_of_use (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstBfftContext context;

  gst_bfft_analyzer_get_context (self, &priv->info, &context);
  return context.settings.follow_model && priv->configured
      && GST_BFFT_ANALYZER_GET_CLASS (self)->get_format (self, &context,
      &context.format, NULL)
      && gst_bfft_model_fits (priv->model.followed, context.format.n_fft);
}

void
gst_bfft_analyzer_follow (GstElement * element, GstEvent * event)
{
  GstBfftAnalyzer *self = GST_BFFT_ANALYZER (element);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GError *error = NULL, *misfit = NULL;
  gboolean wanted, used = FALSE;
  BfftNetwork *network;
  guint n_fft = 0;

  /* Also when it is not followed: follow-model may be set later. */
  network = gst_bfft_model_from_event (event, &error);
  if (network) {
    g_mutex_lock (&priv->config_lock);
    g_clear_pointer (&priv->model.followed, bfft_network_unref);
    priv->model.followed = network;
    note_models (self);
    if (is_of_use (self))
      used = hand_over (self, &error);
    misfit = take_misfit (self);
    n_fft = network->n_fft;
    g_mutex_unlock (&priv->config_lock);
  }
  GST_OBJECT_LOCK (self);
  wanted = priv->settings.follow_model;
  GST_OBJECT_UNLOCK (self);
  if (!wanted)
    g_clear_error (&error);
  warn (self, error, misfit);
  if (network)
    GST_INFO_OBJECT (self, "the stream's model, for n-fft %u, is %s", n_fft,
        used ? "taken" : "kept for later");
}

static void
summarize (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  const GstBfftContext *context = &priv->setup->context;
  BfftNetwork *old;
  GstBfftSummary summary = {
    .valid = TRUE,
    .running = TRUE,
    .info = context->info,
    .format = context->format,
    .channels = context->channels,
    .variant = bfft_plan_get_variant (priv->setup->plan),
    .execution = context->settings.execution,
    .n_fft = context->format.n_fft,
    .n_mels = priv->setup->n_mels,
    .rate = GST_AUDIO_INFO_RATE (&context->info),
    .parameter_bytes = bfft_plan_get_parameter_bytes (priv->setup->plan),
    .active_butterflies = bfft_plan_get_active_butterflies (priv->setup->plan),
  };
  gboolean changed;

  if (context->network)
    summary.network = bfft_network_ref (context->network);
  if (priv->output.tensors)
    summary.latency = MIN (gst_util_uint64_scale_ceil (priv->setup->latency,
            GST_SECOND, summary.rate), MAX_LATENCY);

  GST_OBJECT_LOCK (self);
  old = priv->summary.network;
  changed = priv->summary.latency != summary.latency;
  priv->summary = summary;
  GST_OBJECT_UNLOCK (self);
  g_clear_pointer (&old, bfft_network_unref);
  if (changed)
    gst_element_post_message (GST_ELEMENT (self),
        gst_message_new_latency (GST_OBJECT (self)));
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
use (GstBfftAnalyzer * self, GstBfftSetup * setup, gboolean fresh)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstBfftSetup *old = priv->setup;
  BfftExecution execution = setup->context.settings.execution;

  if (fresh || !carry_on (self, setup, old))
    gst_bfft_timeline_end (&priv->timeline);
  priv->setup = setup;
  priv->announce = TRUE;
  if (old == NULL || execution != old->context.settings.execution)
    gst_bfft_warn_of_execution (GST_ELEMENT (self), execution);
  if (old)
    retire (priv, old);
  GST_INFO_OBJECT (self, "%s; n-fft %u; %s",
      bfft_execution_get_name (execution), setup->context.format.n_fft,
      bfft_plan_describe (setup->plan));
  summarize (self);
}

gboolean
gst_bfft_analyzer_configure (GstBfftAnalyzer * self, const GstAudioInfo * info)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GError *error = NULL, *misfit;
  GstBfftSetup *setup = NULL;
  gboolean told = FALSE;

  g_mutex_lock (&priv->config_lock);
  if (!priv->configured || !gst_audio_info_is_equal (info, &priv->info)) {
    /* Refused caps come again with every event. */
    told = priv->refused && gst_audio_info_is_equal (info, &priv->info);
    priv->configured = FALSE;
    free_setup (self, atomic_exchange (&priv->pending, NULL));
    setup = make_setup (self, info, &error);
    priv->configured = setup != NULL;
    priv->refused = setup == NULL;
    priv->info = *info;
  }
  misfit = take_misfit (self);
  g_mutex_unlock (&priv->config_lock);
  warn (self, NULL, misfit);

  if (error) {
    if (told)
      g_error_free (error);
    else
      gst_bfft_post (self, GST_MESSAGE_ERROR, error);
    return FALSE;
  }
  if (setup)
    use (self, setup, TRUE);
  else
    summarize (self);
  return TRUE;
}

void
gst_bfft_analyzer_adopt (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstBfftSetup *setup;

  if (atomic_load_explicit (&priv->pending, memory_order_relaxed) == NULL)
    return;
  setup = atomic_exchange (&priv->pending, NULL);
  if (setup)
    use (self, setup, FALSE);
}

void
gst_bfft_analyzer_discard (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  free_setup (self, atomic_exchange (&priv->pending, NULL));
  free_setup (self, priv->setup);
  priv->setup = NULL;
  free_retired (self);
}
