/* bfft: what happens to an analyser's buffers.
 *
 * A buffer is judged by the timeline; what a piece that ends owes is drained;
 * samples go to the framer until the element's next frame is complete, and what
 * the element makes of it goes to the output.
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

const gfloat *
gst_bfft_analyzer_get_samples (GstBfftSetup * setup, guint channel, guint n)
{
  return gst_bfft_framer_get (&setup->framer, channel, n);
}

guint64
gst_bfft_analyzer_get_position (GstBfftAnalyzer * self)
{
  return gst_bfft_analyzer_get_private (self)->timeline.position;
}

GstClockTime
gst_bfft_analyzer_get_time (GstBfftAnalyzer * self, guint64 position)
{
  return gst_bfft_timeline_get_time (&gst_bfft_analyzer_get_private
      (self)->timeline, position);
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
  GstBfftSetup *setup = gst_bfft_analyzer_get_private (self)->setup;
  const GstBfftContext *context = &setup->context;
  GstStructure *structure = gst_bfft_message_new (setup->message_name ?
      setup->message_name : klass->name, &GST_BASE_TRANSFORM (self)->segment,
      timestamp, duration, context->format.n_fft,
      GST_AUDIO_INFO_RATE (&context->info),
      bfft_variant_to_string (bfft_plan_get_variant (setup->plan)));

  klass->describe (self, setup, structure);
  return structure;
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
  gst_bfft_analytics_add (priv->output.audio, format->tensor,
      gst_bfft_tensors_buffer (values, dims[0] * dims[1] * dims[2], timestamp,
          duration), dims + mixed, G_N_ELEMENTS (dims) - mixed);
}
#endif

void
gst_bfft_analyzer_push_result (GstBfftAnalyzer * self, const gfloat * values,
    GstClockTime timestamp, GstClockTime duration)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  const GstBfftContext *context = &priv->setup->context;
  GstStructure *structure = NULL;

  priv->result_end = priv->timeline.position;
  priv->any = TRUE;
  if (priv->output.flow != GST_FLOW_OK)
    return;
  GST_LOG_OBJECT (self, "result at %" GST_TIME_FORMAT ", %" GST_TIME_FORMAT
      " long", GST_TIME_ARGS (timestamp), GST_TIME_ARGS (duration));
  if (gst_bfft_output_needs_structure (&priv->output))
    structure = make_structure (self, timestamp, duration);
  stop_timer (priv);
#ifdef HAVE_ANALYTICS
  if (priv->output.audio && context->settings.attach_tensors)
    attach_tensor (self, values, timestamp, duration);
#endif
  gst_bfft_output_push (&priv->output, GST_BASE_TRANSFORM (self), structure,
      values, gst_bfft_format_size (&context->format) *
      gst_bfft_format_rows (&context->format, context->channels), timestamp,
      duration);
  start_timer (priv);
}

void
gst_bfft_analyzer_push_span (GstBfftAnalyzer * self, const gfloat * values,
    guint64 start, guint64 end)
{
  GstClockTime timestamp, duration;

  gst_bfft_timeline_get_span (&gst_bfft_analyzer_get_private (self)->timeline,
      start, end, &timestamp, &duration);
  gst_bfft_analyzer_push_result (self, values, timestamp, duration);
}

/* Pieces of the stream */

static void
begin (GstBfftAnalyzer * self, GstBuffer * buffer, guint64 n)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  if (priv->timeline.position > priv->result_end) {
    GST_INFO_OBJECT (self, "%" G_GUINT64_FORMAT " samples gave no result",
        priv->timeline.position - priv->result_end);
    gst_bfft_stats_drop (&priv->stats, 1);
  }
  GST_DEBUG_OBJECT (self, "a piece begins at %" GST_TIME_FORMAT,
      GST_TIME_ARGS (GST_BUFFER_PTS (buffer)));
  gst_bfft_framer_reset (&priv->setup->framer);
  gst_bfft_timeline_begin (&priv->timeline,
      GST_AUDIO_INFO_RATE (&priv->setup->context.info), buffer, n);
  priv->result_end = 0;
  priv->output.discont = TRUE;
  priv->until = GST_BFFT_ANALYZER_GET_CLASS (self)->restart (self, priv->setup);
}

/* Delivers what the piece that ends owes. */
static void
drain (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerClass *klass = GST_BFFT_ANALYZER_GET_CLASS (self);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstBuffer *audio = priv->output.audio;

  GST_DEBUG_OBJECT (self, "a piece of %" G_GUINT64_FORMAT " samples ends",
      priv->timeline.position);
  /* These have no buffer; the next one is not theirs. */
  priv->output.audio = NULL;
  if (klass->drain && priv->output.flow == GST_FLOW_OK) {
    klass->drain (self, priv->setup);
    count_time (priv);
  }
  priv->output.audio = audio;
  priv->longest = MAX (priv->longest, priv->timeline.position);
}

/* The stream is at its end. */
static void
end (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerClass *klass = GST_BFFT_ANALYZER_GET_CLASS (self);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  if (!priv->any && priv->longest > 0 && klass->end_empty)
    klass->end_empty (self, priv->setup, priv->longest);
  priv->any = FALSE;
  priv->longest = 0;
}

static void
take_samples (GstBfftAnalyzer * self, const GstBfftAudio * audio)
{
  GstBfftAnalyzerClass *klass = GST_BFFT_ANALYZER_GET_CLASS (self);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  gsize done = 0;

  while (done < audio->n && priv->output.flow == GST_FLOW_OK) {
    gsize chunk = MIN (audio->n - done, priv->until);

    gst_bfft_framer_append (&priv->setup->framer, audio->planes, done, chunk);
    done += chunk;
    gst_bfft_timeline_advance (&priv->timeline, chunk);
    priv->until -= chunk;
    if (priv->until == 0) {
      priv->until = klass->frame (self, priv->setup);
      count_time (priv);
    }
  }
}

static void
take_buffer (GstBfftAnalyzer * self, GstBuffer * buffer,
    const GstBfftAudio * audio)
{
  GstBfftAnalyzerClass *klass = GST_BFFT_ANALYZER_GET_CLASS (self);
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  if (klass->take_buffer)
    priv->until = klass->take_buffer (self, priv->setup, buffer, priv->until);
  take_samples (self, audio);
}

/* Results from before the first timestamp shall have times, too: buffers
 * without one wait for the first that has one: the very first if it is no
 * longer than half a second, others as long as all make a tenth. */

static gboolean
hold (GstBfftAnalyzer * self, GstBuffer * buffer, guint64 n)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  guint64 rate = GST_AUDIO_INFO_RATE (&priv->setup->context.info);

  if (GST_BUFFER_PTS_IS_VALID (buffer)
      || GST_BASE_TRANSFORM (self)->segment.format != GST_FORMAT_TIME
      || priv->n_held + n > rate / (priv->n_held ? 10 : 2)
      || (priv->n_held > 0 && GST_BUFFER_IS_DISCONT (buffer)))
    return FALSE;
  g_queue_push_tail (&priv->held, gst_buffer_ref (buffer));
  priv->n_held += n;
  return TRUE;
}

/* The first sample after those that waited is at @pts, if it is one. */
static void
take_held (GstBfftAnalyzer * self, GstClockTime pts)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstBuffer *buffer;
  GstBfftAudio audio;

  while ((buffer = g_queue_pop_head (&priv->held))) {
    if (!priv->timeline.open) {
      begin (self, buffer, 0);
      gst_bfft_timeline_learn (&priv->timeline, priv->n_held, pts);
    }
    if (gst_bfft_audio_open (&audio, &priv->setup->context.info, buffer,
            GST_ELEMENT (self))) {
      take_buffer (self, buffer, &audio);
      gst_bfft_audio_close (&audio);
    }
    gst_buffer_unref (buffer);
  }
  priv->n_held = 0;
}

static void
take (GstBfftAnalyzer * self, GstBuffer * buffer, const GstBfftAudio * audio)
{
  GstBfftTimeline *timeline = &gst_bfft_analyzer_get_private (self)->timeline;
  GstBfftVerdict verdict;

  if (gst_bfft_timeline_refuses (timeline, GST_ELEMENT (self), "No results "
          "while playback runs backwards; they go on when it runs forwards "
          "again"))
    return;
  verdict = gst_bfft_timeline_judge (timeline, buffer, audio->n);
  if (verdict == GST_BFFT_VERDICT_BEGIN) {
    if (hold (self, buffer, audio->n))
      return;
    take_held (self, GST_BUFFER_IS_DISCONT (buffer) ? GST_CLOCK_TIME_NONE :
        GST_BUFFER_PTS (buffer));
    verdict = gst_bfft_timeline_judge (timeline, buffer, audio->n);
  }
  if (verdict == GST_BFFT_VERDICT_DRAIN) {
    GST_INFO_OBJECT (self, "the stream breaks off before %" GST_PTR_FORMAT,
        buffer);
    drain (self);
  }
  if (verdict == GST_BFFT_VERDICT_DRAIN || verdict == GST_BFFT_VERDICT_BEGIN)
    begin (self, buffer, audio->n);
  take_buffer (self, buffer, audio);
}

/* Tensor caps follow the settings. */
static gboolean
announce (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  const GstBfftContext *context = &priv->setup->context;
  GstCaps *caps;

  if (priv->output.tensors && priv->announce) {
    caps = gst_bfft_analyzer_tensor_caps (&context->format, context->channels);
    priv->announce =
        !gst_bfft_output_announce (GST_BASE_TRANSFORM (self), caps);
    return !priv->announce;
  }
  priv->announce = FALSE;
  return TRUE;
}

static void
analyse (GstBfftAnalyzer * self, GstBuffer * buffer)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstBfftAudio audio;

  priv->output.flow = GST_FLOW_ERROR;
  if (!gst_bfft_audio_open (&audio, &priv->setup->context.info, buffer,
          GST_ELEMENT (self)))
    return;
  priv->output.flow = GST_FLOW_OK;
  start_timer (priv);
  take (self, buffer, &audio);
  count_time (priv);
  bfft_denormals_restore (priv->float_mode);
  gst_bfft_audio_close (&audio);
}

GstBuffer *
gst_bfft_analyzer_take (GstBfftAnalyzer * self, GstBuffer * buffer)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  GstBfftOutput *output = &priv->output;

  gst_bfft_handover_adopt (&priv->handover);
  if (priv->setup == NULL || !announce (self)) {
    output->flow = GST_PAD_IS_FLUSHING (GST_BASE_TRANSFORM_SRC_PAD (self)) ?
        GST_FLOW_FLUSHING : GST_FLOW_NOT_NEGOTIATED;
  } else {
    const GstBfftSettings *settings = &priv->setup->context.settings;

    output->messages = settings->post_messages
        && (settings->tensor_messages || !output->tensors);
    output->metas = settings->attach_meta;
    if ((settings->attach_meta || settings->attach_tensors)
        && !output->tensors)
      output->audio = buffer = gst_buffer_make_writable (buffer);
    analyse (self, buffer);
    output->audio = NULL;
  }
  if (output->tensors || output->flow != GST_FLOW_OK)
    gst_clear_buffer (&buffer);
  return buffer;
}

/* Events */

void
gst_bfft_analyzer_notice (GstBfftAnalyzer * self, GstEvent * event)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);
  gboolean caps = priv->setup
      && gst_bfft_audio_event_changes (&priv->setup->context.info, event);
  GstEventType type = GST_EVENT_TYPE (event);
  GstBfftVerdict verdict;

  if (priv->setup == NULL || type == GST_EVENT_FLUSH_STOP)
    gst_bfft_analyzer_drop_held (self);
  start_timer (priv);
  priv->output.flow = GST_FLOW_OK;
  if (caps || type == GST_EVENT_SEGMENT || type == GST_EVENT_EOS
      || type == GST_EVENT_SEGMENT_DONE || type == GST_EVENT_GAP)
    take_held (self, GST_CLOCK_TIME_NONE);
  verdict = gst_bfft_timeline_event (&priv->timeline, event);
  if (caps && gst_bfft_timeline_end (&priv->timeline))
    verdict = GST_BFFT_VERDICT_DRAIN;
  if (verdict == GST_BFFT_VERDICT_DRAIN)
    drain (self);
  if (type == GST_EVENT_EOS)
    end (self);
  bfft_denormals_restore (priv->float_mode);
}

void
gst_bfft_analyzer_drop_held (GstBfftAnalyzer * self)
{
  GstBfftAnalyzerPrivate *priv = gst_bfft_analyzer_get_private (self);

  g_queue_clear_full (&priv->held, (GDestroyNotify) gst_buffer_unref);
  priv->n_held = 0;
}
