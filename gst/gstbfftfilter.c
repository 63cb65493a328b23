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

#include <gst/audio/audio.h>
#include <stdatomic.h>
#include <string.h>

#include "bfft-denormals.h"
#include "bfft-filter.h"
#include "gstbfftaudio.h"
#include "gstbfftenums.h"
#include "gstbfftfollower.h"
#include "gstbfftmodel.h"
#include "gstbffterror.h"
#include "gstbfftproperty.h"
#include "gstbfftstats.h"

#define AUDIO_CAPS GST_AUDIO_CAPS_MAKE ("{ " GST_AUDIO_NE (S16) \
    ", " GST_AUDIO_NE (S24) ", " GST_AUDIO_NE (S32) ", " GST_AUDIO_NE (F32) \
    ", " GST_AUDIO_NE (F64) " }") \
    ", layout=(string){ interleaved, non-interleaved }"

#define DEFAULT_N_FFT 1024
#define MIN_N_FFT 16

/* Timestamps that are off by more begin a new stream. */
#define MAX_JITTER (40 * GST_MSECOND)

GST_DEBUG_CATEGORY_STATIC (bfftfilter_debug);
#define GST_CAT_DEFAULT bfftfilter_debug

struct _GstBfftFilter
{
  GstBaseTransform parent;

  /* GST_OBJECT_LOCK */
  gchar *location;
  gboolean follow_model;
  guint n_fft_set;              /* 0: the model's */
  gdouble overlap, mix, smoothing, max_gain;
  BfftExecution execution;
  GstClockTime latency;         /* as it is reported */

  _Atomic gdouble mix_now, max_gain_now;        /* see note_controls() */

  /* config_lock; whoever makes a filter has it, and frees what is retired */
  GMutex config_lock;
  GstBfftModel model;
  GstAudioInfo info;
  guint n_fft;                  /* in use, 0 before caps and after stop */
    _Atomic (BfftFilter *) pending, retired;
  GstBfftFollower follower;

  /* the streaming thread's */
  BfftFilter *filter;
  gboolean refused;             /* info was, and an error posted */
  gboolean told;                /* that nothing is filtered backwards */
  gpointer *planes;             /* [channels] */
  GstClockTime base;            /* PTS of the first sample */
  guint64 offset;               /* its offset, or none */
  guint64 taken;                /* samples since, 0 for a new stream */

  GstBfftStats stats;
};

static GstStaticPadTemplate sink_template =
GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (AUDIO_CAPS));
static GstStaticPadTemplate src_template =
GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (AUDIO_CAPS));

G_DEFINE_FINAL_TYPE (GstBfftFilter, gst_bfft_filter, GST_TYPE_BASE_TRANSFORM);
GST_ELEMENT_REGISTER_DEFINE (bfftfilter, "bfftfilter", GST_RANK_NONE,
    GST_TYPE_BFFT_FILTER);

/* ---- filters: made beside the stream, taken over by it ---- */

/* Called with config_lock. */
static gboolean
load_model (GstBfftFilter * self, GError ** error)
{
  g_autofree gchar *location = NULL;

  GST_OBJECT_LOCK (self);
  location = g_strdup (self->location);
  GST_OBJECT_UNLOCK (self);
  return gst_bfft_model_load (&self->model, location, error);
}

/* Called with config_lock: for caps with @n_fft 0, else for a stream that has
 * begun. */
static BfftFilter *
make_filter (GstBfftFilter * self, guint n_fft, GError ** error)
{
  BfftFilterSpec spec = {.channels = self->info.channels,
    .rate = self->info.rate
  };
  GError *model_error = NULL;
  BfftFilter *filter;
  gboolean follow;

  bfft_filter_free (atomic_exchange (&self->retired, NULL));
  if (!load_model (self, error))
    return NULL;
  GST_OBJECT_LOCK (self);
  spec.n_fft = n_fft ? n_fft : self->n_fft_set;
  spec.overlap = self->overlap;
  spec.smoothing = self->smoothing;
  spec.execution = self->execution;
  follow = self->follow_model;
  GST_OBJECT_UNLOCK (self);
  if (spec.n_fft == 0 && follow && self->model.followed)
    spec.n_fft = self->model.followed->n_fft;
  else if (spec.n_fft == 0 && self->model.located)
    spec.n_fft = self->model.located->n_fft;
  if (spec.n_fft == 0)
    spec.n_fft = DEFAULT_N_FFT;
  if (spec.n_fft < MIN_N_FFT || !bfft_network_length_is_valid (spec.n_fft)) {
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "n-fft is %u; a filter needs a power of two from %u to %u",
        spec.n_fft, MIN_N_FFT, BFFT_MAX_N);
    return NULL;
  }
  if (!gst_bfft_check_channels (spec.channels, spec.n_fft, error))
    return NULL;
  spec.network = gst_bfft_model_pick (&self->model, spec.n_fft, follow,
      &model_error);
  if (model_error) {
    g_propagate_error (error, model_error);
    return NULL;
  }
  filter = bfft_filter_new (&spec, error);
  g_clear_pointer (&spec.network, bfft_network_unref);
  if (filter)
    self->n_fft = spec.n_fft;
  return filter;
}

/* For a change while it plays. */
static void
update (GstBfftFilter * self)
{
  GError *error = NULL;
  BfftFilter *filter;

  g_mutex_lock (&self->config_lock);
  if (self->n_fft > 0) {
    filter = make_filter (self, self->n_fft, &error);
    if (filter)
      bfft_filter_free (atomic_exchange (&self->pending, filter));
  }
  g_mutex_unlock (&self->config_lock);
  if (error)
    gst_bfft_post (self, GST_MESSAGE_WARNING, error);
}

/* The follower's function; follow-model may be set later. */
static void
follow (GstElement * element, GstEvent * event)
{
  GstBfftFilter *self = GST_BFFT_FILTER (element);
  GError *error = NULL;
  BfftNetwork *network = gst_bfft_model_from_event (event, &error);
  gboolean wanted;
  guint n_fft = 0;

  if (network) {
    g_mutex_lock (&self->config_lock);
    g_clear_pointer (&self->model.followed, bfft_network_unref);
    self->model.followed = network;
    n_fft = network->n_fft;
    g_mutex_unlock (&self->config_lock);
  }
  GST_OBJECT_LOCK (self);
  wanted = self->follow_model;
  GST_OBJECT_UNLOCK (self);
  if (!wanted)
    g_clear_error (&error);
  else if (network)
    update (self);
  if (error)
    gst_bfft_post (self, GST_MESSAGE_WARNING, error);
  if (network)
    GST_INFO_OBJECT (self, "the stream's model, for n-fft %u, is %s", n_fft,
        wanted ? "taken" : "kept for later");
}

static void
take_over (GstBfftFilter * self, BfftFilter * filter)
{
  BfftFilter *old = self->filter;

  if (old && !bfft_filter_carry_on (filter, old))
    bfft_filter_reset (filter);
  self->filter = filter;
  /* Whoever made this one has freed what was there. */
  old = atomic_exchange (&self->retired, old);
  bfft_filter_free (old);
}

static void
adopt (GstBfftFilter * self)
{
  BfftFilter *filter;

  if (atomic_load_explicit (&self->pending, memory_order_relaxed)) {
    filter = atomic_exchange (&self->pending, NULL);
    if (filter)
      take_over (self, filter);
  }
  bfft_filter_set (self->filter, self->mix_now, self->max_gain_now);
}

/* ---- samples ---- */

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
  return self->info.layout == GST_AUDIO_LAYOUT_INTERLEAVED;
}

/* Samples per channel, 0 if the buffer is not what the caps say. */
static gsize
count_samples (GstBfftFilter * self, GstBuffer * buffer)
{
  gsize size = gst_buffer_get_size (buffer);
  GstAudioMeta *meta;
  gint c;

  if (is_interleaved (self))
    return size / self->info.bpf;
  meta = gst_buffer_get_audio_meta (buffer);
  if (meta == NULL && GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP))
    meta = gst_buffer_add_audio_meta (buffer, &self->info,
        size / self->info.bpf, NULL);
  if (meta == NULL || meta->info.channels != self->info.channels)
    return 0;
  for (c = 0; c < self->info.channels; c++) {
    if (meta->offsets[c] > size || meta->samples >
        (size - meta->offsets[c]) / (self->info.bpf / self->info.channels))
      return 0;
  }
  return meta->samples;
}

/* Runs @n samples of @buffer, which is writable, through the filter. */
static gboolean
run (GstBfftFilter * self, GstBuffer * buffer, gsize n)
{
  GstAudioMeta *meta = gst_buffer_get_audio_meta (buffer);
  GstClockTime begin = gst_util_get_timestamp ();
  guint64 frames = bfft_filter_get_frames (self->filter);
  guint64 mode;
  GstMapInfo map;
  gint c;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READWRITE))
    return FALSE;
  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP))
    memset (map.data, 0, map.size);
  for (c = 0; c < self->info.channels; c++)
    self->planes[c] = map.data + (is_interleaved (self) ? 0 : meta->offsets[c]);
  mode = bfft_denormals_flush ();
  bfft_filter_run (self->filter, pcm_of (&self->info), self->planes,
      is_interleaved (self), 0, n);
  bfft_denormals_restore (mode);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_GAP);
  gst_bfft_stats_add (&self->stats,
      bfft_filter_get_frames (self->filter) - frames,
      gst_util_get_timestamp () - begin);
  return TRUE;
}

/* Drops @skip of the @n samples of a buffer, and dates the rest: its first
 * sample is number @first of the stream. */
static void
trim (GstBfftFilter * self, GstBuffer * buffer, gsize skip, gsize n,
    guint64 first)
{
  gsize width = self->info.bpf / self->info.channels;
  GstAudioMeta *meta = gst_buffer_get_audio_meta (buffer);
  GstClockTime time = gst_util_uint64_scale_round (first, GST_SECOND,
      self->info.rate);
  gint c;

  if (is_interleaved (self)) {
    gst_buffer_resize (buffer, skip * self->info.bpf, n * self->info.bpf);
  } else {
    for (c = 0; c < self->info.channels; c++)
      meta->offsets[c] += skip * width;
    meta->samples = n;
  }
  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  if (GST_CLOCK_TIME_IS_VALID (self->base))
    GST_BUFFER_PTS (buffer) = self->base + time;
  GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale_round (first + n,
      GST_SECOND, self->info.rate) - time;
  GST_BUFFER_OFFSET (buffer) = GST_BUFFER_OFFSET_END (buffer) =
      GST_BUFFER_OFFSET_NONE;
  if (self->offset != GST_BUFFER_OFFSET_NONE) {
    GST_BUFFER_OFFSET (buffer) = self->offset + first;
    GST_BUFFER_OFFSET_END (buffer) = self->offset + first + n;
  }
  if (first == 0)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  else
    GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DISCONT);
}

/* Pushes what is still in the frames; the next buffer begins a new stream. */
static GstFlowReturn
drain (GstBfftFilter * self)
{
  gsize n = self->n_fft, skip;
  guint64 taken = self->taken;
  GstBuffer *buffer;

  self->taken = 0;
  if (taken == 0 || self->filter == NULL)
    return GST_FLOW_OK;
  buffer = gst_buffer_new_allocate (NULL, n * self->info.bpf, NULL);
  gst_buffer_memset (buffer, 0, 0, n * self->info.bpf);
  if (!is_interleaved (self))
    gst_buffer_add_audio_meta (buffer, &self->info, n, NULL);
  run (self, buffer, n);
  skip = taken < n ? n - taken : 0;
  trim (self, buffer, skip, n - skip, taken < n ? 0 : taken - n);
  bfft_filter_reset (self->filter);
  return gst_pad_push (GST_BASE_TRANSFORM_SRC_PAD (self), buffer);
}

/* Whether @buffer does not go on where the last one ended; what is off by
 * little moves the times of what follows. */
static gboolean
is_elsewhere (GstBfftFilter * self, GstBuffer * buffer)
{
  GstClockTime time = GST_BUFFER_PTS (buffer), wanted;
  GstClockTimeDiff off;

  if (GST_BUFFER_IS_DISCONT (buffer))
    return TRUE;
  if (!GST_CLOCK_TIME_IS_VALID (time) || !GST_CLOCK_TIME_IS_VALID (self->base))
    return FALSE;
  wanted = self->base + gst_util_uint64_scale_round (self->taken, GST_SECOND,
      self->info.rate);
  off = GST_CLOCK_DIFF (wanted, time);
  if (ABS (off) > MAX_JITTER)
    return TRUE;
  if (ABS (off) > GST_USECOND && (off > 0 || self->base >= (guint64) - off))
    self->base += off;
  return FALSE;
}

/* Frames of sound that runs backwards do not overlap as they should. */
static GstFlowReturn
refuse (GstBfftFilter * self)
{
  if (!self->told)
    GST_ELEMENT_WARNING (self, STREAM, NOT_IMPLEMENTED,
        ("Sound that is played backwards goes through unfiltered"), (NULL));
  self->told = TRUE;
  return GST_FLOW_OK;
}

static GstFlowReturn
gst_bfft_filter_transform_ip (GstBaseTransform * trans, GstBuffer * buffer)
{
  GstBfftFilter *self = GST_BFFT_FILTER (trans);
  gsize n = count_samples (self, buffer), skip;
  GstFlowReturn flow = GST_FLOW_OK;
  guint64 before;
  GstClockTime time;

  if (self->filter == NULL)
    return GST_FLOW_NOT_NEGOTIATED;
  if (trans->segment.rate < 0)
    return refuse (self);
  if (!gst_bfft_audio_is_whole (&self->info, buffer, GST_ELEMENT (self)))
    return GST_FLOW_ERROR;
  if (n == 0 && gst_buffer_get_size (buffer) >= (gsize) self->info.bpf) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT, (NULL),
        ("A buffer's memory or GstAudioMeta does not fit its caps"));
    return GST_FLOW_ERROR;
  }
  if (self->taken > 0 && is_elsewhere (self, buffer))
    flow = drain (self);
  if (flow != GST_FLOW_OK)
    return flow;
  if (self->taken == 0) {
    self->base = GST_BUFFER_PTS (buffer);
    self->offset = GST_BUFFER_OFFSET (buffer);
  }
  time = gst_segment_to_stream_time (&trans->segment, GST_FORMAT_TIME,
      GST_BUFFER_PTS (buffer));
  if (GST_CLOCK_TIME_IS_VALID (time))
    gst_object_sync_values (GST_OBJECT (self), time);
  adopt (self);
  if (n > 0 && !run (self, buffer, n))
    return GST_FLOW_ERROR;
  before = self->taken;
  self->taken += n;
  if (self->taken <= self->n_fft)
    return GST_BASE_TRANSFORM_FLOW_DROPPED;
  skip = before < self->n_fft ? self->n_fft - before : 0;
  trim (self, buffer, skip, n - skip, before + skip - self->n_fft);
  return GST_FLOW_OK;
}

/* ---- the stream ---- */

static gboolean
gst_bfft_filter_set_caps (GstBaseTransform * trans, GstCaps * incaps,
    GstCaps * outcaps)
{
  GstBfftFilter *self = GST_BFFT_FILTER (trans);
  GstAudioInfo info;
  GError *error = NULL;
  BfftFilter *filter;
  GstClockTime latency = 0, before;
  gboolean told;

  if (!gst_audio_info_from_caps (&info, incaps))
    return FALSE;
  GST_DEBUG_OBJECT (self, "caps %" GST_PTR_FORMAT, incaps);
  /* Refused caps come again with every event. */
  told = self->refused && gst_audio_info_is_equal (&info, &self->info);
  g_mutex_lock (&self->config_lock);
  self->info = info;
  bfft_filter_free (atomic_exchange (&self->pending, NULL));
  filter = make_filter (self, 0, &error);
  g_mutex_unlock (&self->config_lock);
  g_clear_pointer (&self->filter, bfft_filter_free);
  self->filter = filter;
  self->taken = 0;
  if (filter) {
    self->planes = g_renew (gpointer, self->planes, info.channels);
    latency = gst_util_uint64_scale_ceil (self->n_fft, GST_SECOND, info.rate);
    gst_bfft_warn_of_execution (GST_ELEMENT (self), self->execution);
    GST_INFO_OBJECT (self, "%s; n-fft %u",
        bfft_execution_get_name (self->execution), self->n_fft);
  }
  GST_OBJECT_LOCK (self);
  before = self->latency;
  self->latency = latency;
  GST_OBJECT_UNLOCK (self);
  if (latency != before)
    gst_element_post_message (GST_ELEMENT (self),
        gst_message_new_latency (GST_OBJECT (self)));
  self->refused = filter == NULL;
  if (error && told)
    g_error_free (error);
  else if (error)
    gst_bfft_post (self, GST_MESSAGE_ERROR, error);
  return filter != NULL;
}

static gboolean
gst_bfft_filter_sink_event (GstBaseTransform * trans, GstEvent * event)
{
  GstBfftFilter *self = GST_BFFT_FILTER (trans);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_FLUSH_STOP:
      self->taken = 0;
      if (self->filter)
        bfft_filter_reset (self->filter);
      break;
    case GST_EVENT_CAPS:
    case GST_EVENT_SEGMENT:
    case GST_EVENT_SEGMENT_DONE:
    case GST_EVENT_GAP:
    case GST_EVENT_EOS:
      drain (self);
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM_STICKY:
      gst_bfft_follower_push (&self->follower, event);
      /* Upstream takes a refused sticky event for an error of the stream, but
       * downstream may just be flushing. */
      GST_BASE_TRANSFORM_CLASS (gst_bfft_filter_parent_class)->sink_event
          (trans, event);
      return TRUE;
    default:
      break;
  }
  return GST_BASE_TRANSFORM_CLASS (gst_bfft_filter_parent_class)->sink_event
      (trans, event);
}

static gboolean
gst_bfft_filter_query (GstBaseTransform * trans, GstPadDirection direction,
    GstQuery * query)
{
  GstBfftFilter *self = GST_BFFT_FILTER (trans);
  GstClockTime min, max, latency;
  gboolean live;

  if (direction != GST_PAD_SRC || GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return GST_BASE_TRANSFORM_CLASS (gst_bfft_filter_parent_class)->query
        (trans, direction, query);
  if (!gst_pad_peer_query (GST_BASE_TRANSFORM_SINK_PAD (trans), query))
    return FALSE;
  gst_query_parse_latency (query, &live, &min, &max);
  GST_OBJECT_LOCK (self);
  latency = self->latency;
  GST_OBJECT_UNLOCK (self);
  gst_query_set_latency (query, live, min + latency,
      GST_CLOCK_TIME_IS_VALID (max) ? max + latency : max);
  return TRUE;
}

static gboolean
gst_bfft_filter_start (GstBaseTransform * trans)
{
  GstBfftFilter *self = GST_BFFT_FILTER (trans);
  GError *error = NULL;

  gst_bfft_stats_reset (&self->stats);
  self->taken = 0;
  self->refused = self->told = FALSE;
  g_mutex_lock (&self->config_lock);
  gst_bfft_model_restart (&self->model);
  load_model (self, &error);
  g_mutex_unlock (&self->config_lock);
  if (error == NULL)
    return TRUE;
  gst_bfft_post (self, GST_MESSAGE_ERROR, error);
  return FALSE;
}

static gboolean
gst_bfft_filter_stop (GstBaseTransform * trans)
{
  GstBfftFilter *self = GST_BFFT_FILTER (trans);

  gst_bfft_follower_stop (&self->follower);
  g_mutex_lock (&self->config_lock);
  self->n_fft = 0;
  bfft_filter_free (atomic_exchange (&self->pending, NULL));
  bfft_filter_free (atomic_exchange (&self->retired, NULL));
  gst_bfft_model_restart (&self->model);
  g_mutex_unlock (&self->config_lock);
  g_clear_pointer (&self->filter, bfft_filter_free);
  g_clear_pointer (&self->planes, g_free);
  GST_OBJECT_LOCK (self);
  self->latency = 0;
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

/* ---- properties ---- */

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
  if (g_str_equal (pspec->name, "model-location")) {
    g_mutex_lock (&self->config_lock);
    self->model.stale = TRUE;
    g_mutex_unlock (&self->config_lock);
    update (self);
  } else if (changed && g_strv_contains (remaking, pspec->name)) {
    update (self);
  }
}

static void
get_stats (GObject * object, GValue * value)
{
  GstBfftFilter *self = GST_BFFT_FILTER (object);
  BfftRunStats run;

  gst_bfft_stats_get (&self->stats, &run);
  g_mutex_lock (&self->config_lock);
  g_value_take_boxed (value, gst_structure_new ("stats",
          "frames", G_TYPE_UINT64, run.frames,
          "ns-per-frame-mean", G_TYPE_DOUBLE, run.ns_per_frame_mean,
          "ns-per-frame-max", G_TYPE_DOUBLE, run.ns_per_frame_max,
          "n-fft", G_TYPE_UINT, self->n_fft,
          "execution", G_TYPE_STRING,
          bfft_execution_get_name (self->execution), NULL));
  g_mutex_unlock (&self->config_lock);
}

/* *INDENT-OFF* */
static const GstBfftProperty properties[] = {
  GST_BFFT_STRING (GstBfftFilter, location, "model-location",
      GST_BFFT_PLAYING | GST_BFFT_AGAIN,
      "Weights file (safetensors) with the mask to play; a curve of any n-fft "
      "and rate, or another network of this n-fft"),
  GST_BFFT_BOOLEAN (GstBfftFilter, follow_model, "follow-model", FALSE,
      GST_BFFT_PLAYING,
      "Play the models that bffttrain sends downstream"),
  GST_BFFT_UINT (GstBfftFilter, n_fft_set, "n-fft", 0, BFFT_MAX_N, 0,
      GST_BFFT_READY,
      "Samples per frame and of latency, a power of two; 0 for the model's, "
      "or 1024 without one"),
  GST_BFFT_DOUBLE (GstBfftFilter, overlap, "overlap", 0.5, 0.984375, 0.75,
      GST_BFFT_READY,
      "Part of a frame that the next one shares"),
  GST_BFFT_DOUBLE (GstBfftFilter, mix, "mix", 0, 1, 1,
      GST_BFFT_PLAYING | GST_PARAM_CONTROLLABLE,
      "Part of the filtered sound in the output, the rest is the input"),
  GST_BFFT_DOUBLE (GstBfftFilter, smoothing, "smoothing", 0, 10, 0,
      GST_BFFT_PLAYING,
      "Octaves that a curve is smoothed over, 0 for none"),
  GST_BFFT_DOUBLE (GstBfftFilter, max_gain, "max-gain", 0, 200, 24,
      GST_BFFT_PLAYING | GST_PARAM_CONTROLLABLE,
      "Most that a curve may raise or lower a frequency by, in dB"),
  GST_BFFT_ENUM (GstBfftFilter, execution, "execution",
      gst_bfft_execution_get_type, BFFT_EXECUTION_AUTO, GST_BFFT_READY,
      "How kernels are executed"),
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

  bfft_filter_free (self->pending);
  bfft_filter_free (self->retired);
  gst_bfft_follower_clear (&self->follower);
  gst_bfft_model_clear (&self->model);
  gst_bfft_properties_clear (self, properties, 0);
  g_mutex_clear (&self->config_lock);
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
      "measured", "bfft");
  trans_class->start = gst_bfft_filter_start;
  trans_class->stop = gst_bfft_filter_stop;
  trans_class->set_caps = gst_bfft_filter_set_caps;
  trans_class->sink_event = gst_bfft_filter_sink_event;
  trans_class->query = gst_bfft_filter_query;
  trans_class->transform_ip = gst_bfft_filter_transform_ip;
}

static void
gst_bfft_filter_init (GstBfftFilter * self)
{
  g_mutex_init (&self->config_lock);
  gst_bfft_follower_init (&self->follower, GST_ELEMENT (self), follow);
  gst_bfft_properties_init (self, properties, 0);
  note_controls (self);
}
