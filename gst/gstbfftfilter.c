/* bfft: the element bfftfilter.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/**
 * SECTION:element-bfftfilter
 * @title: bfftfilter
 * @short_description: plays what was fitted: an equaliser of a weights file
 *
 * Audio goes through FFT, mask and inverse FFT in overlapping frames. The mask
 * is that of a weights file: a curve that bffttrain fitted with
 * `reference-channel`, or one made of a calibration file. Timestamps and length
 * are kept; the latency is n-fft samples.
 *
 * ## Example launch line
 *
 * |[
 * gst-launch-1.0 autoaudiosrc ! audioconvert \
 *     ! bfftfilter model-location=mic.safetensors ! audioconvert ! autoaudiosink
 * ]|
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftfilter.h"

#include <stdatomic.h>

#include "bfft-denormals.h"
#include "bfft-filter.h"
#include "gstbfftaudio.h"
#include "gstbfftenums.h"
#include "gstbffterror.h"
#include "gstbffthandover.h"
#include "gstbfftstats.h"
#include "gstbffttimeline.h"

#define DEFAULT_N_FFT 1024
#define MIN_N_FFT 16

GST_DEBUG_CATEGORY_STATIC (bfftfilter_debug);
#define GST_CAT_DEFAULT bfftfilter_debug

/* A filter and what it was made for. */
typedef struct
{
  BfftFilter *filter;
  GstAudioInfo info;
  guint n_fft;
  BfftExecution execution;
} Setup;

struct _GstBfftFilter
{
  GstBaseTransform parent;

  GstBfftHandover handover;     /* makes setups */

  /* GST_OBJECT_LOCK */
  guint n_fft;                  /* 0: the model's */
  gdouble overlap, mix, smoothing, max_gain;
  BfftExecution execution;
  GstClockTime latency;         /* as it is reported */

  _Atomic gdouble mix_now, max_gain_now;        /* see note_controls() */

  /* the streaming thread's */
  Setup *setup;
  GstBfftTimeline timeline;
  guint64 offset;               /* of the piece's first sample, or none */

  GstBfftStats stats;
};

static GstStaticPadTemplate sink_template =
GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_BFFT_AUDIO_CAPS));
static GstStaticPadTemplate src_template =
GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_BFFT_AUDIO_CAPS));

G_DEFINE_FINAL_TYPE (GstBfftFilter, gst_bfft_filter, GST_TYPE_BASE_TRANSFORM);
GST_ELEMENT_REGISTER_DEFINE (bfftfilter, "bfftfilter", GST_RANK_NONE,
    GST_TYPE_BFFT_FILTER);

/* Setups */

static void
free_setup (gpointer data)
{
  Setup *setup = data;

  bfft_filter_free (setup->filter);
  g_free (setup);
}

static gpointer
make_setup (GstElement * element, const GstAudioInfo * info, guint * n_fft,
    GError ** error)
{
  GstBfftFilter *self = GST_BFFT_FILTER (element);
  BfftFilterSpec spec = {.channels = info->channels,.rate = info->rate };
  BfftFilter *filter;
  Setup *setup;

  GST_OBJECT_LOCK (self);
  spec.n_fft = *n_fft ? *n_fft : self->n_fft;
  spec.overlap = self->overlap;
  spec.smoothing = self->smoothing;
  spec.execution = self->execution;
  GST_OBJECT_UNLOCK (self);
  if (spec.n_fft == 0)
    spec.n_fft = gst_bfft_handover_get_model_n_fft (&self->handover, TRUE);
  if (spec.n_fft == 0)
    spec.n_fft = DEFAULT_N_FFT;
  if (spec.n_fft < MIN_N_FFT || !bfft_network_length_is_valid (spec.n_fft)) {
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "n-fft is %u; a filter needs a power of two from %u to %u",
        spec.n_fft, MIN_N_FFT, BFFT_MAX_N);
    return NULL;
  }
  if (!gst_bfft_check_channels (spec.channels, spec.n_fft, error)
      || !gst_bfft_handover_pick_network (&self->handover, spec.n_fft,
          &spec.network, error))
    return NULL;
  filter = bfft_filter_new (&spec, error);
  g_clear_pointer (&spec.network, bfft_network_unref);
  if (filter == NULL)
    return NULL;
  setup = g_new (Setup, 1);
  *setup = (Setup) {
  filter, *info, *n_fft = spec.n_fft, spec.execution};
  return setup;
}

static void
adopt_setup (GstElement * element, gpointer new_setup, gpointer old_setup,
    gboolean fresh)
{
  GstBfftFilter *self = GST_BFFT_FILTER (element);
  Setup *setup = new_setup, *old = old_setup;

  self->setup = setup;
  if (!fresh) {
    if (!bfft_filter_carry_on (setup->filter, old->filter))
      bfft_filter_reset (setup->filter);
    return;
  }
  gst_bfft_set_latency (self, &self->latency,
      gst_util_uint64_scale_ceil (setup->n_fft, GST_SECOND, setup->info.rate));
  gst_bfft_warn_of_execution (element, setup->execution);
  GST_INFO_OBJECT (self, "%s; n-fft %u",
      bfft_execution_get_name (setup->execution), setup->n_fft);
}

static const GstBfftHandoverFuncs handover_funcs = {
  make_setup, adopt_setup, free_setup, NULL
};

/* Samples */

static BfftPcm
pcm_of (const GstAudioInfo * info)
{
  switch (GST_AUDIO_INFO_FORMAT (info)) {
    case GST_AUDIO_FORMAT_S16:
      return BFFT_PCM_S16;
    case GST_AUDIO_FORMAT_S24:
      return BFFT_PCM_S24;
    case GST_AUDIO_FORMAT_S32:
      return BFFT_PCM_S32;
    case GST_AUDIO_FORMAT_F64:
      return BFFT_PCM_F64;
    default:
      return BFFT_PCM_F32;
  }
}

static gboolean
is_interleaved (const GstBfftFilter * self)
{
  return self->setup->info.layout == GST_AUDIO_LAYOUT_INTERLEAVED;
}

/* Runs @audio, which is writable, through the filter. */
static void
run (GstBfftFilter * self, const GstBfftAudio * audio)
{
  BfftFilter *filter = self->setup->filter;
  GstClockTime begin = gst_util_get_timestamp ();
  guint64 frames = bfft_filter_get_frames (filter);
  guint64 mode = bfft_denormals_flush ();

  bfft_filter_run (filter, pcm_of (&self->setup->info), audio->planes,
      is_interleaved (self), 0, audio->n);
  bfft_denormals_restore (mode);
  gst_bfft_stats_add (&self->stats, bfft_filter_get_frames (filter) - frames,
      gst_util_get_timestamp () - begin);
}

/* Drops @skip of the samples of a buffer and keeps @n, which are number @first
 * and following of the piece. */
static void
trim (GstBfftFilter * self, GstBuffer * buffer, gsize skip, gsize n,
    guint64 first)
{
  const GstAudioInfo *info = &self->setup->info;
  GstAudioMeta *meta = gst_buffer_get_audio_meta (buffer);
  gint c;

  if (is_interleaved (self)) {
    gst_buffer_resize (buffer, skip * info->bpf, n * info->bpf);
  } else {
    for (c = 0; c < info->channels; c++)
      meta->offsets[c] += skip * (info->bpf / info->channels);
    meta->samples = n;
  }
  gst_bfft_timeline_get_span (&self->timeline, first, first + n,
      &GST_BUFFER_PTS (buffer), &GST_BUFFER_DURATION (buffer));
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_OFFSET (buffer) = GST_BUFFER_OFFSET_END (buffer) =
      GST_BUFFER_OFFSET_NONE;
  if (self->offset != GST_BUFFER_OFFSET_NONE) {
    GST_BUFFER_OFFSET (buffer) = self->offset + first;
    GST_BUFFER_OFFSET_END (buffer) = self->offset + first + n;
  }
  GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DISCONT);
  if (first == 0)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
}

/* Pushes what is still in the frames of the piece that ends. */
static GstFlowReturn
drain (GstBfftFilter * self)
{
  const GstAudioInfo *info = &self->setup->info;
  gsize n = self->setup->n_fft, skip;
  guint64 position = self->timeline.position;
  GstBfftAudio audio;
  GstBuffer *buffer;

  if (position == 0)
    return GST_FLOW_OK;
  buffer = gst_buffer_new_allocate (NULL, n * info->bpf, NULL);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);
  if (!gst_bfft_audio_open_writable (&audio, info, buffer, GST_ELEMENT (self))) {
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }
  run (self, &audio);
  gst_bfft_audio_close (&audio);
  skip = position < n ? n - position : 0;
  trim (self, buffer, skip, n - skip, position < n ? 0 : position - n);
  return gst_pad_push (GST_BASE_TRANSFORM_SRC_PAD (self), buffer);
}

/* @audio, of @buffer, begins another piece unless it goes on. */
static GstFlowReturn
judge (GstBfftFilter * self, GstBuffer * buffer, const GstBfftAudio * audio)
{
  GstBfftVerdict verdict =
      gst_bfft_timeline_judge (&self->timeline, buffer, audio->n);
  GstFlowReturn flow = GST_FLOW_OK;

  if (verdict == GST_BFFT_VERDICT_DRAIN)
    flow = drain (self);
  if (verdict == GST_BFFT_VERDICT_DRAIN || verdict == GST_BFFT_VERDICT_BEGIN) {
    gst_bfft_timeline_begin (&self->timeline, self->setup->info.rate, buffer,
        audio->n);
    self->offset = GST_BUFFER_OFFSET (buffer);
    bfft_filter_reset (self->setup->filter);
  }
  return flow;
}

static GstFlowReturn
filter_buffer (GstBfftFilter * self, GstBuffer * buffer,
    const GstBfftAudio * audio)
{
  const GstSegment *segment = &GST_BASE_TRANSFORM (self)->segment;
  GstClockTime time = segment->format != GST_FORMAT_TIME ? GST_CLOCK_TIME_NONE :
      gst_segment_to_stream_time (segment, GST_FORMAT_TIME,
      GST_BUFFER_PTS (buffer));
  GstFlowReturn flow = judge (self, buffer, audio);

  if (flow != GST_FLOW_OK)
    return flow;
  if (GST_CLOCK_TIME_IS_VALID (time))
    gst_object_sync_values (GST_OBJECT (self), time);
  gst_bfft_handover_adopt (&self->handover);
  bfft_filter_set (self->setup->filter, self->mix_now, self->max_gain_now);
  run (self, audio);
  gst_bfft_timeline_advance (&self->timeline, audio->n);
  return GST_FLOW_OK;
}

static GstFlowReturn
gst_bfft_filter_transform_ip (GstBaseTransform * trans, GstBuffer * buffer)
{
  GstBfftFilter *self = GST_BFFT_FILTER (trans);
  guint64 n_fft, before, position;
  GstFlowReturn flow;
  GstBfftAudio audio;
  gsize skip;

  if (self->setup == NULL)
    return GST_FLOW_NOT_NEGOTIATED;
  /* Frames of sound that runs backwards do not overlap as they should. */
  if (gst_bfft_timeline_refuses (&self->timeline, GST_ELEMENT (self),
          "Sound that is played backwards goes through unfiltered"))
    return GST_FLOW_OK;
  if (!gst_bfft_audio_open_writable (&audio, &self->setup->info, buffer,
          GST_ELEMENT (self)))
    return GST_FLOW_ERROR;
  flow = filter_buffer (self, buffer, &audio);
  gst_bfft_audio_close (&audio);
  if (flow != GST_FLOW_OK)
    return flow;
  n_fft = self->setup->n_fft;
  position = self->timeline.position;
  before = position - audio.n;
  if (position <= n_fft)
    return GST_BASE_TRANSFORM_FLOW_DROPPED;
  skip = before < n_fft ? n_fft - before : 0;
  trim (self, buffer, skip, audio.n - skip, before + skip - n_fft);
  return GST_FLOW_OK;
}

/* The stream */

static gboolean
gst_bfft_filter_set_caps (GstBaseTransform * trans, GstCaps * incaps,
    GstCaps * outcaps)
{
  GstBfftFilter *self = GST_BFFT_FILTER (trans);
  GstAudioInfo info;

  if (!gst_audio_info_from_caps (&info, incaps))
    return FALSE;
  GST_DEBUG_OBJECT (self, "caps %" GST_PTR_FORMAT, incaps);
  return gst_bfft_handover_configure (&self->handover, &info);
}

/* What a piece owes comes before the event that ends it. */
static void
notice (GstBfftFilter * self, GstEvent * event)
{
  gboolean ends = gst_bfft_timeline_event (&self->timeline,
      event) == GST_BFFT_VERDICT_DRAIN;

  if (self->setup == NULL)
    return;
  if (GST_EVENT_TYPE (event) == GST_EVENT_GAP
      || gst_bfft_audio_event_changes (&self->setup->info, event))
    ends = gst_bfft_timeline_end (&self->timeline);
  if (ends)
    drain (self);
}

static gboolean
gst_bfft_filter_sink_event (GstBaseTransform * trans, GstEvent * event)
{
  GstBfftFilter *self = GST_BFFT_FILTER (trans);
  gboolean taken = gst_bfft_handover_event (&self->handover, event);

  /* FLUSH_START comes while the streaming thread works. */
  if (GST_EVENT_IS_SERIALIZED (event))
    notice (self, event);
  return GST_BASE_TRANSFORM_CLASS (gst_bfft_filter_parent_class)->sink_event
      (trans, event) || taken;
}

static gboolean
gst_bfft_filter_query (GstBaseTransform * trans, GstPadDirection direction,
    GstQuery * query)
{
  return GST_BASE_TRANSFORM_CLASS (gst_bfft_filter_parent_class)->query (trans,
      direction, query)
      && gst_bfft_add_latency (trans, direction, query,
      &GST_BFFT_FILTER (trans)->latency);
}

static gboolean
gst_bfft_filter_start (GstBaseTransform * trans)
{
  GstBfftFilter *self = GST_BFFT_FILTER (trans);
  GError *error = NULL;

  gst_bfft_stats_reset (&self->stats);
  gst_bfft_timeline_reset (&self->timeline);
  if (gst_bfft_handover_start (&self->handover, &error))
    return TRUE;
  gst_bfft_post (self, GST_MESSAGE_ERROR, error);
  return FALSE;
}

static gboolean
gst_bfft_filter_stop (GstBaseTransform * trans)
{
  GstBfftFilter *self = GST_BFFT_FILTER (trans);

  gst_bfft_handover_stop (&self->handover);
  self->setup = NULL;
  GST_OBJECT_LOCK (self);
  self->latency = 0;
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

/* Properties */

/* What the streaming thread reads is kept beside, as it takes no lock. */
static void
note_controls (GstBfftFilter * self)
{
  GST_OBJECT_LOCK (self);
  self->mix_now = self->mix;
  self->max_gain_now = self->max_gain;
  GST_OBJECT_UNLOCK (self);
}

static void
gst_bfft_filter_set_property (GObject * object, guint id,
    const GValue * value, GParamSpec * pspec)
{
  static const gchar *const remaking[] = { "smoothing", "follow-model", NULL };
  GstBfftFilter *self = GST_BFFT_FILTER (object);
  gboolean changed = gst_bfft_properties_set (object, value, pspec);

  note_controls (self);
  if (g_str_equal (pspec->name, "model-location"))
    gst_bfft_handover_update (&self->handover, TRUE);
  else if (changed && g_strv_contains (remaking, pspec->name))
    gst_bfft_handover_update (&self->handover, FALSE);
}

static void
get_stats (GObject * object, GValue * value)
{
  GstBfftFilter *self = GST_BFFT_FILTER (object);
  GstStructure *stats =
      gst_bfft_stats_to_structure (&self->stats, self->execution);

  gst_structure_set (stats, "n-fft", G_TYPE_UINT,
      gst_bfft_handover_get_n_fft (&self->handover), NULL);
  g_value_take_boxed (value, stats);
}

/* *INDENT-OFF* */
static const GstBfftProperty properties[] = {
  GST_BFFT_MODEL_ROWS (GstBfftFilter, handover,
      "Weights file (safetensors) with the mask to play; a curve of any n-fft "
      "and rate, or another network of this n-fft",
      "Play the models that bffttrain sends downstream"),
  GST_BFFT_UINT (GstBfftFilter, n_fft, "n-fft", 0, BFFT_MAX_N, 0,
      GST_BFFT_READY,
      "Samples per frame and of latency, a power of two; 0 for the model's, "
      "or 1024 without one"),
  GST_BFFT_DOUBLE (GstBfftFilter, overlap, "overlap", 0.5, 0.984375, 0.75,
      GST_BFFT_READY,
      "Part of a frame that the next one shares, 0.5 to 0.984375"),
  GST_BFFT_DOUBLE (GstBfftFilter, mix, "mix", 0, 1, 1,
      GST_BFFT_PLAYING | GST_PARAM_CONTROLLABLE,
      "Part of the filtered sound in the output, 0 to 1; the rest is the input"),
  GST_BFFT_DOUBLE (GstBfftFilter, smoothing, "smoothing", 0, 10, 0,
      GST_BFFT_PLAYING,
      "Width that a curve is smoothed over, in octaves (0 = not smoothed)"),
  GST_BFFT_DOUBLE (GstBfftFilter, max_gain, "max-gain", 0, 200, 24,
      GST_BFFT_PLAYING | GST_PARAM_CONTROLLABLE,
      "Most that a curve may raise or lower a frequency by, in dB re its input"),
  GST_BFFT_ENUM (GstBfftFilter, execution, "execution",
      gst_bfft_execution_get_type, BFFT_EXECUTION_AUTO, GST_BFFT_READY,
      "Kernels that run (auto = the fastest for this processor)"),
  GST_BFFT_STATS (get_stats,
      "frames, ns-per-frame-mean and -max (all channels), n-fft (0 before "
      "caps), execution"),
  {.name = NULL}
};
/* *INDENT-ON* */

static void
gst_bfft_filter_finalize (GObject * object)
{
  GstBfftFilter *self = GST_BFFT_FILTER (object);

  gst_bfft_handover_clear (&self->handover);
  gst_bfft_properties_clear (self, properties, 0);
  G_OBJECT_CLASS (gst_bfft_filter_parent_class)->finalize (object);
}

static void
gst_bfft_filter_class_init (GstBfftFilterClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (bfftfilter_debug, "bfftfilter", 0,
      "equaliser of weights files");
  G_OBJECT_CLASS (klass)->finalize = gst_bfft_filter_finalize;
  gst_bfft_properties_install (G_OBJECT_CLASS (klass), properties, 1, 0, NULL);
  G_OBJECT_CLASS (klass)->set_property = gst_bfft_filter_set_property;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class,
      "Butterfly FFT filter", "Filter/Effect/Audio",
      "Plays the mask of a weights file: an equaliser curve that was fitted or "
      "measured", "The bfft authors");
  trans_class->start = GST_DEBUG_FUNCPTR (gst_bfft_filter_start);
  trans_class->stop = GST_DEBUG_FUNCPTR (gst_bfft_filter_stop);
  trans_class->set_caps = GST_DEBUG_FUNCPTR (gst_bfft_filter_set_caps);
  trans_class->sink_event = GST_DEBUG_FUNCPTR (gst_bfft_filter_sink_event);
  trans_class->query = GST_DEBUG_FUNCPTR (gst_bfft_filter_query);
  trans_class->transform_ip = GST_DEBUG_FUNCPTR (gst_bfft_filter_transform_ip);
}

static void
gst_bfft_filter_init (GstBfftFilter * self)
{
  gst_bfft_handover_init (&self->handover, GST_ELEMENT (self), &handover_funcs);
  gst_bfft_properties_init (self, properties, 0);
  note_controls (self);
}
