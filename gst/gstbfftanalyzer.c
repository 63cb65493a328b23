/* bfft: base class of the analysers: class, properties, caps, events.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftanalyzer-private.h"

#include "gstbfftaudio.h"
#include "gstbffterror.h"

static GstStaticPadTemplate sink_template =
GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_BFFT_AUDIO_CAPS));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_BFFT_AUDIO_CAPS "; " GST_BFFT_TENSORS_CAPS));

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GstBfftAnalyzer, gst_bfft_analyzer,
    GST_TYPE_BASE_TRANSFORM);

#define parent_class gst_bfft_analyzer_parent_class

GstBfftAnalyzerPrivate *
gst_bfft_analyzer_get_private (GstBfftAnalyzer * self)
{
  return gst_bfft_analyzer_get_instance_private (self);
}

/* Properties */

#define ROW(KIND, member, ...) \
  GST_BFFT_##KIND (GstBfftAnalyzerPrivate, member, __VA_ARGS__)

/* *INDENT-OFF* */
static const GstBfftProperty properties[] = {
  ROW (ENUM, settings.variant, "variant", gst_bfft_variant_get_type,
      GST_BFFT_VARIANT_AUTO, GST_BFFT_PLAYING, "Network that computes the transform (auto = the model's; without one the exact network)"),
  ROW (ENUM, settings.execution, "execution", gst_bfft_execution_get_type,
      BFFT_EXECUTION_AUTO, GST_BFFT_PLAYING, "Kernels that run (auto = the fastest for this processor)"),
  GST_BFFT_MODEL_ROWS (GstBfftAnalyzerPrivate, handover,
      "Weights file (safetensors) of a network, whose n-fft is taken if that "
      "is left alone; set again, it is "
      "loaded again if the file has changed",
      "Adopt the models that come with the stream (bfft-model events), and "
      "their n-fft if that is left alone"),
  ROW (BOOLEAN, settings.multi_channel, "multi-channel", FALSE,
      GST_BFFT_PLAYING, "Analyse each channel on its own instead of their mix"),
  ROW (BOOLEAN, settings.post_messages, "post-messages", TRUE,
      GST_BFFT_PLAYING, "Post an element message for each result"),
  ROW (BOOLEAN, settings.tensor_messages, "tensor-messages", FALSE,
      GST_BFFT_PLAYING,
      "Post messages also of results that go downstream as tensors"),
  ROW (STRING, message_name, "message-name", GST_BFFT_PLAYING,
      "What messages are called: a letter, then letters, digits and /-_.:+; "
      "none = the element's own name"),
  ROW (BOOLEAN, settings.attach_meta, "attach-meta", FALSE, GST_BFFT_PLAYING,
      "Attach each result to the audio buffer that completed it, in its "
      "custom meta GstBfftMeta"),
#ifdef HAVE_ANALYTICS
  ROW (BOOLEAN, settings.attach_tensors, "attach-tensors", FALSE,
      GST_BFFT_PLAYING,
      "Attach each result to the audio buffer that completed it, as a tensor "
      "of its GstTensorMeta (GStreamer 1.26 or newer)"),
#endif
  ROW (STRING, sidecar_location, "sidecar-location", GST_BFFT_PLAYING,
      "File that gets the statistics of the run (JSON) at its end"),
  GST_BFFT_STATS (gst_bfft_analyzer_get_stats,
      "frames (transforms), ns-per-frame-mean and ns-per-frame-max, "
      "parameter-bytes, variant, n-fft, active-butterflies, dropped "
      "(results cut off by a discontinuity)"),
  {.name = NULL}
};
/* *INDENT-ON* */

void
gst_bfft_analyzer_class_install_framing (GstBfftAnalyzerClass * klass,
    const GstBfftProperty * rows)
{
  gst_bfft_properties_install (G_OBJECT_CLASS (klass), rows,
      GST_BFFT_FRAMING_IDS, G_PRIVATE_OFFSET (GstBfftAnalyzer, settings), NULL);
}

void
gst_bfft_analyzer_init_framing (GstBfftAnalyzer * self,
    const GstBfftProperty * rows)
{
  gst_bfft_properties_init (self, rows,
      G_PRIVATE_OFFSET (GstBfftAnalyzer, settings));
}

guint
gst_bfft_analyzer_get_bands (GstBfftAnalyzer * self)
{
  const GstBfftSummary *summary =
      &gst_bfft_analyzer_get_private (self)->summary;
  guint bands;

  GST_OBJECT_LOCK (self);
  bands = summary->running ? summary->context.format.bands : 0;
  GST_OBJECT_UNLOCK (self);
  return bands;
}

gboolean
gst_bfft_analyzer_is_constructed (GstBfftAnalyzer * self)
{
  return gst_bfft_analyzer_get_private (self)->constructed;
}

/* Comes once for all the properties of a g_object_set(). */
static void
gst_bfft_analyzer_dispatch_properties_changed (GObject * object, guint n,
    GParamSpec ** pspecs)
{
  GstBfftAnalyzer *self = GST_BFFT_ANALYZER (object);
  gboolean changed = FALSE, reload = FALSE;
  guint i;

  gst_bfft_analyzer_get_private (self)->constructed = TRUE;
  G_OBJECT_CLASS (parent_class)->dispatch_properties_changed (object, n,
      pspecs);
  for (i = 0; i < n; i++) {
    if (!g_type_is_a (pspecs[i]->owner_type, GST_TYPE_BFFT_ANALYZER))
      continue;
    changed |= !g_str_equal (pspecs[i]->name, "sidecar-location");
    reload |= g_str_equal (pspecs[i]->name, "model-location");
  }
  if (changed)
    gst_bfft_handover_update (&gst_bfft_analyzer_get_private (self)->handover,
        reload);
}

/* Whoever made it has set what there was to be set when this notification
 * comes: notifications wait until then. */
static void
gst_bfft_analyzer_constructed (GObject * object)
{
  G_OBJECT_CLASS (parent_class)->constructed (object);
  g_object_notify (object, "stats");
}

static void
gst_bfft_analyzer_finalize (GObject * object)
{
  GstBfftAnalyzerPrivate *priv =
      gst_bfft_analyzer_get_private (GST_BFFT_ANALYZER (object));

  gst_bfft_handover_clear (&priv->handover);
  gst_bfft_properties_clear (object, properties,
      GstBfftAnalyzer_private_offset);
  G_OBJECT_CLASS (parent_class)->finalize (object);
}

/* States */

static gboolean
gst_bfft_analyzer_start (GstBaseTransform * trans)
{
  GstBfftAnalyzer *self = GST_BFFT_ANALYZER (trans);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GError *error = NULL;

  gst_bfft_stats_reset (&priv->stats);
  priv->frames_written = 0;
  gst_bfft_timeline_reset (&priv->timeline);
  priv->result_end = 0;
  priv->any = FALSE;
  priv->longest = 0;
  if (gst_bfft_analyzer_check_sidecar (self, &error)
      && gst_bfft_handover_start (&priv->handover, &error))
    return TRUE;
  gst_bfft_post (self, GST_MESSAGE_ERROR, error);
  return FALSE;
}

static gboolean
gst_bfft_analyzer_stop (GstBaseTransform * trans)
{
  GstBfftAnalyzer *self = GST_BFFT_ANALYZER (trans);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  gst_bfft_analyzer_write_sidecar (self);
  gst_bfft_analyzer_drop_held (self);
  gst_bfft_handover_stop (&priv->handover);
  priv->setup = NULL;
  GST_OBJECT_LOCK (self);
  priv->summary.running = FALSE;
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

/* Caps */

/* What runs on @info; if nothing does, what would by the settings. Those that
 * were refused while it runs change nothing. */
static gboolean
get_format (GstBfftAnalyzer * self, const GstAudioInfo * info,
    GstBfftFormat * format, guint * channels)
{
  const GstBfftSummary *summary =
      &gst_bfft_analyzer_get_private (self)->summary;
  GstBfftContext context;
  gboolean running;

  GST_OBJECT_LOCK (self);
  running = summary->running && gst_audio_info_is_equal (info,
      &summary->context.info);
  *format = summary->context.format;
  *channels = summary->context.channels;
  GST_OBJECT_UNLOCK (self);
  if (running)
    return TRUE;
  gst_bfft_analyzer_get_context (self, info, &context);
  *channels = context.channels;
  return GST_BFFT_ANALYZER_GET_CLASS (self)->get_format (self, &context,
      format, NULL);
}

GstCaps *
gst_bfft_analyzer_tensor_caps (const GstBfftFormat * format, guint channels)
{
  guint frames = MAX (format->frames, 1);
  guint rows = gst_bfft_format_rows (format, channels);
  guint dims[3] = { format->bands, rows, 1 };

  if (frames > 1) {
    dims[0] = format->turned ? frames : format->bands;
    dims[1] = format->turned ? format->bands : frames;
    dims[2] = rows;
  }
  return gst_bfft_tensors_caps (dims, G_N_ELEMENTS (dims), format->fps_n,
      format->fps_d);
}

/* Of audio caps that are fixed; otherwise only what is known of all. What is
 * impossible is told when caps are set, so they come as far as that. */
static GstCaps *
tensor_caps (GstBfftAnalyzer * self, GstStructure * audio)
{
  GstCaps *caps = gst_caps_new_full (gst_structure_copy (audio), NULL);
  GstCaps *tensors = NULL;
  GstBfftFormat format;
  GstAudioInfo info;
  guint channels;

  if (gst_caps_is_fixed (caps) && gst_audio_info_from_caps (&info, caps)
      && get_format (self, &info, &format, &channels))
    tensors = gst_bfft_analyzer_tensor_caps (&format, channels);
  gst_caps_unref (caps);
  return tensors ? tensors : gst_caps_from_string (GST_BFFT_TENSORS_CAPS);
}

/* Audio first: it is preferred. */
static GstCaps *
src_caps (GstBfftAnalyzer * self, GstCaps * caps)
{
  GstCaps *result = gst_caps_copy (caps);
  guint i;

  for (i = 0; i < gst_caps_get_size (caps); i++)
    result = gst_caps_merge (result,
        tensor_caps (self, gst_caps_get_structure (caps, i)));
  return result;
}

static GstCaps *
sink_caps (GstBaseTransform * trans, GstCaps * caps)
{
  GstCaps *result = gst_caps_new_empty ();
  guint i;

  for (i = 0; i < gst_caps_get_size (caps); i++) {
    GstStructure *s = gst_caps_get_structure (caps, i);

    if (gst_structure_has_name (s, GST_BFFT_TENSORS_NAME))
      result = gst_caps_merge (result,
          gst_pad_get_pad_template_caps (trans->sinkpad));
    else
      result = gst_caps_merge_structure (result, gst_structure_copy (s));
  }
  return result;
}

static GstCaps *
gst_bfft_analyzer_transform_caps (GstBaseTransform * trans,
    GstPadDirection direction, GstCaps * caps, GstCaps * filter)
{
  GstCaps *result, *filtered;

  if (direction == GST_PAD_SINK)
    result = src_caps (GST_BFFT_ANALYZER (trans), caps);
  else
    result = sink_caps (trans, caps);
  if (filter == NULL)
    return result;
  filtered = gst_caps_intersect_full (filter, result, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (result);
  return filtered;
}

static GstCaps *
gst_bfft_analyzer_fixate_caps (GstBaseTransform * trans,
    GstPadDirection direction, GstCaps * caps, GstCaps * othercaps)
{
  guint i, chosen = 0;
  GstCaps *result;

  for (i = gst_caps_get_size (othercaps); i-- > 0;) {
    if (!gst_structure_has_name (gst_caps_get_structure (othercaps, i),
            GST_BFFT_TENSORS_NAME))
      chosen = i;
  }
  result = gst_caps_copy_nth (othercaps, chosen);
  gst_caps_unref (othercaps);
  return gst_caps_fixate (result);
}

static gboolean
gst_bfft_analyzer_set_caps (GstBaseTransform * trans, GstCaps * in,
    GstCaps * out)
{
  GstBfftAnalyzer *self = GST_BFFT_ANALYZER (trans);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstAudioInfo info;

  if (!gst_audio_info_from_caps (&info, in))
    return FALSE;
  GST_DEBUG_OBJECT (self, "caps %" GST_PTR_FORMAT " to %" GST_PTR_FORMAT, in,
      out);
  priv->output.tensors = gst_bfft_tensors_is_caps (out);
  priv->announce = TRUE;
  if (!gst_bfft_handover_configure (&priv->handover, &info))
    return FALSE;
  gst_bfft_analyzer_summarize (self);
  return TRUE;
}

/* Data, events, queries */

static GstFlowReturn
gst_bfft_analyzer_generate_output (GstBaseTransform * trans,
    GstBuffer ** output)
{
  GstBfftAnalyzer *self = GST_BFFT_ANALYZER (trans);
  GstBuffer *buffer = g_steal_pointer (&trans->queued_buf);

  *output = NULL;
  if (buffer == NULL)
    return GST_FLOW_OK;
  *output = gst_bfft_analyzer_take (self, buffer);
  return gst_bfft_analyzer_get_private (self)->output.flow;
}

static gboolean
gst_bfft_analyzer_sink_event (GstBaseTransform * trans, GstEvent * event)
{
  GstBfftAnalyzer *self = GST_BFFT_ANALYZER (trans);
  gboolean taken = gst_bfft_handover_event (&gst_bfft_analyzer_get_private
      (self)->handover, event);

  /* FLUSH_START comes while the streaming thread works. */
  if (GST_EVENT_IS_SERIALIZED (event))
    gst_bfft_analyzer_notice (self, event);
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    gst_bfft_analyzer_write_sidecar (self);
  return GST_BASE_TRANSFORM_CLASS (parent_class)->sink_event (trans, event)
      || taken;
}

static gboolean
gst_bfft_analyzer_query (GstBaseTransform * trans, GstPadDirection direction,
    GstQuery * query)
{
  return GST_BASE_TRANSFORM_CLASS (parent_class)->query (trans, direction,
      query) && gst_bfft_add_latency (trans, direction, query,
      &gst_bfft_analyzer_get_private (GST_BFFT_ANALYZER (trans))->
      summary.latency);
}

/* GLib refuses what gst_structure_new() would. */
static void
limit_message_name (GObjectClass * klass)
{
  GParamSpecString *spec = G_PARAM_SPEC_STRING (g_object_class_find_property
      (klass, "message-name"));

  spec->cset_first = g_strdup (G_CSET_A_2_Z G_CSET_a_2_z);
  spec->cset_nth = g_strdup (G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "/-_.:+");
  spec->null_fold_if_empty = TRUE;
}

static void
gst_bfft_analyzer_class_init (GstBfftAnalyzerClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);

  object_class->dispatch_properties_changed =
      gst_bfft_analyzer_dispatch_properties_changed;
  object_class->constructed = gst_bfft_analyzer_constructed;
  object_class->finalize = gst_bfft_analyzer_finalize;
  gst_bfft_properties_install (object_class, properties, 1,
      GstBfftAnalyzer_private_offset, NULL);
  limit_message_name (object_class);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);

  trans_class->start = GST_DEBUG_FUNCPTR (gst_bfft_analyzer_start);
  trans_class->stop = GST_DEBUG_FUNCPTR (gst_bfft_analyzer_stop);
  trans_class->transform_caps =
      GST_DEBUG_FUNCPTR (gst_bfft_analyzer_transform_caps);
  trans_class->fixate_caps = GST_DEBUG_FUNCPTR (gst_bfft_analyzer_fixate_caps);
  trans_class->set_caps = GST_DEBUG_FUNCPTR (gst_bfft_analyzer_set_caps);
  trans_class->generate_output =
      GST_DEBUG_FUNCPTR (gst_bfft_analyzer_generate_output);
  trans_class->sink_event = GST_DEBUG_FUNCPTR (gst_bfft_analyzer_sink_event);
  trans_class->query = GST_DEBUG_FUNCPTR (gst_bfft_analyzer_query);
  trans_class->passthrough_on_same_caps = TRUE;

  gst_type_mark_as_plugin_api (GST_TYPE_BFFT_ANALYZER, 0);
}

static void
gst_bfft_analyzer_init (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  gst_bfft_handover_init (&priv->handover, GST_ELEMENT (self),
      &gst_bfft_analyzer_handover_funcs);
  gst_bfft_properties_init (self, properties, GstBfftAnalyzer_private_offset);
  gst_bfft_timeline_reset (&priv->timeline);
  g_queue_init (&priv->held);
}
