/* bfft: what happens to an analyser's buffers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftanalyzer-private.h"

#include "bfft-denormals.h"
#include "gstbfftanalytics.h"
#include "gstbfftaudio.h"
#include "gstbffttensors.h"

const gfloat *
gst_bfft_analyzer_get_samples (GstBfftSetup * setup, guint channel, guint n)
{
  return gst_bfft_framer_get (&setup->framer, channel, n);
}

guint64
gst_bfft_analyzer_get_position (GstBfftAnalyzer * self)
{
  return gst_bfft_analyzer_get_private (self)->position;
}

GstClockTime
gst_bfft_analyzer_get_time (GstBfftAnalyzer * self, guint64 position)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  if (!GST_CLOCK_TIME_IS_VALID (priv->anchor))
    return GST_CLOCK_TIME_NONE;
  return priv->anchor + gst_util_uint64_scale (position, GST_SECOND,
      GST_AUDIO_INFO_RATE (&priv->setup->context.info));
}

void
gst_bfft_analyzer_count_frames (GstBfftAnalyzer * self, guint n)
{
  gst_bfft_analyzer_get_private (self)->new_frames += n;
}

/* What the statistics count as time for a frame stops while others work, and
 * so does our way with denormal numbers. */
static void
start_timer (GstBfftAnalyzerPrivate * priv)
{
  priv->float_mode = bfft_denormals_flush ();
  priv->timer = gst_util_get_timestamp ();
}

static void
stop_timer (GstBfftAnalyzerPrivate * priv)
{
  priv->busy += gst_util_get_timestamp () - priv->timer;
  bfft_denormals_restore (priv->float_mode);
}

static void
count_time (GstBfftAnalyzerPrivate * priv)
{
  GstClockTime now = gst_util_get_timestamp ();

  gst_bfft_stats_add (&priv->stats, priv->new_frames,
      priv->busy + (now - priv->timer));
  priv->timer = now;
  priv->new_frames = 0;
  priv->busy = 0;
}

static GstStructure *
make_structure (GstBfftAnalyzer * self, GstClockTime timestamp,
    GstClockTime duration)
{
  GstBfftAnalyzerClass *klass = GST_BFFT_ANALYZER_GET_CLASS (self);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  const GstBfftContext *context = &priv->setup->context;
  GstStructure *structure = gst_bfft_message_new (klass->name,
      &GST_BASE_TRANSFORM (self)->segment, timestamp, duration,
      context->format.n_fft, GST_AUDIO_INFO_RATE (&context->info),
      bfft_variant_to_string (bfft_plan_get_variant (priv->setup->plan)));

  klass->describe (self, priv->setup, structure);
  return structure;
}

static void
push_tensor (GstBfftAnalyzer * self, const gfloat * values,
    GstClockTime timestamp, GstClockTime duration)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  const GstBfftContext *context = &priv->setup->context;
  GstBuffer *buffer = gst_bfft_tensors_buffer (values,
      gst_bfft_format_size (&context->format) *
      gst_bfft_format_rows (&context->format, context->channels), timestamp,
      duration);

  if (priv->discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  priv->discont = FALSE;
  priv->flow = gst_pad_push (GST_BASE_TRANSFORM_SRC_PAD (self), buffer);
}

#ifdef HAVE_ANALYTICS
/* [channels][frames][bands], without channels where they are mixed. */
static void
attach_tensor (GstBfftAnalyzer * self, const gfloat * values,
    GstClockTime timestamp, GstClockTime duration)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  const GstBfftContext *context = &priv->setup->context;
  const GstBfftFormat *format = &context->format;
  guint frames = MAX (format->frames, 1);
  guint rows = gst_bfft_format_rows (format, context->channels);
  gsize dims[3] = { rows, frames, format->bands };
  gboolean mixed = !context->settings.multi_channel;

  if (format->turned && frames > 1) {
    dims[1] = format->bands;
    dims[2] = frames;
  }
  gst_bfft_analytics_add (priv->output, format->tensor,
      gst_bfft_tensors_buffer (values, dims[0] * dims[1] * dims[2], timestamp,
          duration), dims + mixed, G_N_ELEMENTS (dims) - mixed);
}
#endif

void
gst_bfft_analyzer_push_result (GstBfftAnalyzer * self, const gfloat * values,
    GstClockTime timestamp, GstClockTime duration)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  const GstBfftSettings *settings = &priv->setup->context.settings;
  GstStructure *structure = NULL;

  priv->result_end = priv->position;
  if (priv->flow != GST_FLOW_OK)
    return;
  if (settings->post_messages || (priv->output && settings->attach_meta))
    structure = make_structure (self, timestamp, duration);
  stop_timer (priv);
  if (priv->output && settings->attach_meta)
    gst_bfft_meta_add (priv->output, structure);
#ifdef HAVE_ANALYTICS
  if (priv->output && settings->attach_tensors)
    attach_tensor (self, values, timestamp, duration);
#endif
  if (settings->post_messages)
    gst_element_post_message (GST_ELEMENT (self),
        gst_message_new_element (GST_OBJECT (self), structure));
  else if (structure)
    gst_structure_free (structure);
  if (priv->tensors)
    push_tensor (self, values, timestamp, duration);
  start_timer (priv);
}

static void
restart (GstBfftAnalyzer * self, GstClockTime timestamp)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  if (priv->position > priv->result_end)
    gst_bfft_stats_drop (&priv->stats, 1);
  gst_bfft_framer_reset (&priv->setup->framer);
  priv->anchor = timestamp;
  priv->position = 0;
  priv->result_end = 0;
  priv->restart = FALSE;
  priv->discont = TRUE;
  priv->until = GST_BFFT_ANALYZER_GET_CLASS (self)->restart (self, priv->setup);
}

static void
consume (GstBfftAnalyzer * self, const GstBfftAudio * audio)
{
  GstBfftAnalyzerClass *klass = GST_BFFT_ANALYZER_GET_CLASS (self);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  gsize done = 0;

  while (done < audio->n && priv->flow == GST_FLOW_OK) {
    gsize chunk = MIN (audio->n - done, priv->until);

    gst_bfft_framer_append (&priv->setup->framer, audio->planes, done, chunk);
    done += chunk;
    priv->position += chunk;
    priv->until -= chunk;
    if (priv->until == 0) {
      priv->until = klass->frame (self, priv->setup);
      count_time (priv);
    }
  }
}

/* Before a buffer's first sample. */
static void
prepare_for (GstBfftAnalyzer * self, GstBuffer * buffer)
{
  GstBfftAnalyzerClass *klass = GST_BFFT_ANALYZER_GET_CLASS (self);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  if ((GST_BUFFER_IS_DISCONT (buffer) || priv->gap)
      && !gst_bfft_analyzer_keeps_framing (priv))
    priv->restart = TRUE;
  priv->gap = FALSE;
  if (priv->restart)
    restart (self, GST_BUFFER_PTS (buffer));
  if (klass->take_buffer)
    priv->until = klass->take_buffer (self, priv->setup, buffer, priv->until);
}

/* Tensor caps follow the settings. */
static gboolean
announce (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  const GstBfftContext *context = &priv->setup->context;
  GstPad *pad = GST_BASE_TRANSFORM_SRC_PAD (self);
  gboolean ok = TRUE;
  GstCaps *caps, *old;

  if (!priv->tensors) {
    priv->announce = FALSE;
    return TRUE;
  }
  caps = gst_bfft_tensors_choose (pad,
      gst_bfft_analyzer_tensor_caps (&context->format, context->channels));
  old = gst_pad_get_current_caps (pad);
  if (caps == NULL)
    ok = FALSE;
  else if (old == NULL || !gst_caps_is_equal (old, caps))
    ok = gst_base_transform_update_src_caps (GST_BASE_TRANSFORM (self), caps);
  priv->announce = !ok;
  gst_clear_caps (&caps);
  gst_clear_caps (&old);
  return ok;
}

static GstFlowReturn
analyse (GstBfftAnalyzer * self, GstBuffer * buffer)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstBfftAudio audio;

  if (!gst_bfft_audio_open (&audio, &priv->setup->context.info, buffer)) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT, (NULL),
        ("A buffer's memory or GstAudioMeta does not fit its caps"));
    return GST_FLOW_ERROR;
  }
  priv->flow = GST_FLOW_OK;
  start_timer (priv);
  prepare_for (self, buffer);
  consume (self, &audio);
  count_time (priv);
  bfft_denormals_restore (priv->float_mode);
  gst_bfft_audio_close (&audio);
  return priv->flow;
}

GstBuffer *
gst_bfft_analyzer_process (GstBfftAnalyzer * self, GstBuffer * buffer)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  const GstBfftSettings *settings;

  gst_bfft_analyzer_adopt (self);
  if (priv->setup == NULL || (priv->announce && !announce (self))) {
    priv->flow = GST_PAD_IS_FLUSHING (GST_BASE_TRANSFORM_SRC_PAD (self)) ?
        GST_FLOW_FLUSHING : GST_FLOW_NOT_NEGOTIATED;
  } else {
    settings = &priv->setup->context.settings;
    if ((settings->attach_meta || settings->attach_tensors) && !priv->tensors)
      priv->output = buffer = gst_buffer_make_writable (buffer);
    priv->flow = analyse (self, buffer);
    priv->output = NULL;
  }
  if (priv->tensors || priv->flow != GST_FLOW_OK)
    gst_clear_buffer (&buffer);
  return buffer;
}

void
gst_bfft_analyzer_finish (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerClass *klass = GST_BFFT_ANALYZER_GET_CLASS (self);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  if (priv->setup == NULL)
    return;
  if (klass->drain && !priv->restart) {
    priv->flow = GST_FLOW_OK;
    start_timer (priv);
    klass->drain (self, priv->setup);
    count_time (priv);
    bfft_denormals_restore (priv->float_mode);
  }
  if (!gst_bfft_analyzer_keeps_framing (priv))
    priv->restart = TRUE;
}
