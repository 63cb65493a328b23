/* bfft: the element bffttrain.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/**
 * SECTION:element-bffttrain
 * @title: bffttrain
 * @short_description: fits a butterfly FFT network to what passes
 *
 * Audio passes untouched while a network learns from it to do the exact FFT's
 * work on this stream. Weights are written to `location`, and go downstream at
 * each checkpoint, where analysers with `follow-model` adopt them.
 *
 * With `reference-channel` a curve is fitted instead, which makes the other
 * channels sound like that one. bfftfilter plays it.
 *
 * ## Example launch line
 *
 * |[
 * gst-launch-1.0 -m filesrc location=speech.wav ! wavparse ! audioconvert \
 *     ! bffttrain mode=sync steps=1000 variant=domain init=perturbed \
 *     location=speech.safetensors ! fakesink
 * ]|
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbffttrain-private.h"

#include <math.h>

#include "gstbfftaudio.h"
#include "gstbffterror.h"
#include "gstbfftmodel.h"

GST_DEBUG_CATEGORY_STATIC (bffttrain_debug);
#define GST_CAT_DEFAULT bffttrain_debug

static GstStaticPadTemplate sink_template =
GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_BFFT_AUDIO_CAPS));
static GstStaticPadTemplate src_template =
GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_BFFT_AUDIO_CAPS));

G_DEFINE_FINAL_TYPE (GstBfftTrain, gst_bfft_train, GST_TYPE_BASE_TRANSFORM);
GST_ELEMENT_REGISTER_DEFINE (bffttrain, "bffttrain", GST_RANK_NONE,
    GST_TYPE_BFFT_TRAIN);

static void
free_model (Model * model)
{
  if (model == NULL)
    return;
  g_bytes_unref (model->bytes);
  g_free (model);
}

/* From the thread that trains: the latest model replaces one that was not
 * pushed yet. */
static void
publish (GstElement * element, GBytes * bytes, guint64 step)
{
  GstBfftTrain *self = GST_BFFT_TRAIN (element);
  Model *model = g_new (Model, 1);

  model->bytes = g_bytes_ref (bytes);
  model->step = step;
  free_model (atomic_exchange (&self->model, model));
}

static void
push_model (GstBfftTrain * self)
{
  Model *model;

  if (atomic_load_explicit (&self->model, memory_order_relaxed) == NULL)
    return;
  model = atomic_exchange (&self->model, NULL);
  GST_INFO_OBJECT (self, "the model of step %" G_GUINT64_FORMAT " goes on",
      model->step);
  gst_pad_push_event (GST_BASE_TRANSFORM_SRC_PAD (self),
      gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
          gst_structure_new (GST_BFFT_MODEL_EVENT,
              "model", G_TYPE_BYTES, model->bytes,
              "step", G_TYPE_UINT64, model->step, NULL)));
  free_model (model);
}

/* Called with GST_OBJECT_LOCK: channels that are looked at apart. */
static guint
count_channels (const GstBfftTrain * self, const GstAudioInfo * info)
{
  return self->multi_channel || self->settings.reference_channel >= 0 ?
      GST_AUDIO_INFO_CHANNELS (info) : 1;
}

/* The options of a training on the audio in self->info. */
static void
get_settings (GstBfftTrain * self, GstBfftSessionSettings * settings,
    guint * queue_frames)
{
  BfftTrainerOptions *options = &settings->options;

  GST_OBJECT_LOCK (self);
  gst_bfft_session_settings_copy (settings, &self->settings);
  if (options->variant == GST_BFFT_VARIANT_AUTO)
    options->variant = BFFT_VARIANT_LEARNED;
  if (options->variant == BFFT_VARIANT_LEARNED
      && settings->reference_channel >= 0)
    options->variant = BFFT_VARIANT_FUSED_SPECTRAL;
  options->noise_snr =
      self->noise_snr < GST_BFFT_TRAIN_NO_NOISE ? self->noise_snr : INFINITY;
  options->channels = count_channels (self, &self->info);
  *queue_frames = self->mode == GST_BFFT_TRAIN_SYNC ? 0 : self->queue_frames;
  GST_OBJECT_UNLOCK (self);
  options->sample_rate = GST_AUDIO_INFO_RATE (&self->info);
}

/* The training that ends here may have learned something and write it. */
static void
note_files (GstBfftTrain * self)
{
  if (gst_bfft_worker_has_begun (self->worker)
      && gst_bfft_worker_has_fed (self->worker)) {
    g_free (self->written);
    self->written = g_steal_pointer (&self->location);
  }
}

/* What was learned before stays what it is, unless @settings go on from it. */
static void
choose_files (GstBfftTrain * self, GstBfftSessionSettings * settings)
{
  const gchar *location = settings->location ? settings->location :
      settings->sidecar_location;
  gboolean restart = !gst_bfft_worker_has_begun (self->worker);

  note_files (self);
  g_free (self->location);
  self->location = g_strdup (location);
  if (location == NULL || g_strcmp0 (location, self->written) != 0
      || (restart && g_strcmp0 (settings->resume_location, location) == 0))
    return;
  gst_bfft_session_settings_write_beside (settings);
  GST_ELEMENT_WARNING (self, STREAM, FAILED,
      ("A new training begins and writes to %s; what was learned before stays "
          "in %s", settings->location ? settings->location :
          settings->sidecar_location, self->location), (NULL));
}

static void
begin_frames (GstBfftTrain * self, const GstBfftSessionSettings * settings)
{
  self->n_fft = settings->options.n_fft;
  self->channels = settings->options.channels;
  self->execution = settings->options.execution;
  gst_bfft_framer_clear (&self->framer);
  gst_bfft_framer_init (&self->framer, &self->info, self->channels,
      self->n_fft, self->execution);
  self->frame.samples = g_renew (gfloat, self->frame.samples,
      self->n_fft * self->channels);
  self->frame.discont = TRUE;
  self->filled = 0;
}

/* @told: an error was posted of the same before. */
static gboolean
begin_training (GstBfftTrain * self, gboolean told)
{
  GstBfftSessionSettings settings;
  GstBfftWorkerSettings worker = { 0 };
  GstBfftSession *session = NULL;
  GError *error = NULL;

  get_settings (self, &settings, &worker.queue_frames);
  if (gst_bfft_check_channels (self->info.channels, settings.options.n_fft,
          &error)) {
    choose_files (self, &settings);
    session = gst_bfft_session_new (GST_ELEMENT (self), &settings, publish,
        &self->stats, &error);
  }
  if (session) {
    begin_frames (self, &settings);
    gst_bfft_warn_of_execution (GST_ELEMENT (self), self->execution);
    GST_INFO_OBJECT (self,
        "a training begins; %s; n-fft %" G_GSIZE_FORMAT ", %u " "channels",
        bfft_execution_get_name (self->execution), self->n_fft, self->channels);
    worker.n = self->n_fft;
    worker.channels = self->channels;
    worker.batch = settings.options.batch;
    gst_bfft_worker_begin (self->worker, session, &worker);
    self->rate_bound = settings.options.variant == BFFT_VARIANT_LEARNED
        || settings.reference_channel >= 0;
  }
  gst_bfft_session_settings_clear (&settings);
  self->refused = session == NULL;
  if (error && told)
    g_error_free (error);
  else if (error)
    gst_bfft_post (self, GST_MESSAGE_ERROR, error);
  return session != NULL;
}

/* What becomes an FFT is right at any rate; a mask over frequency is not. */
static gboolean
goes_on (GstBfftTrain * self, const GstAudioInfo * info)
{
  guint channels;

  if (!gst_bfft_worker_has_begun (self->worker) || self->refused)
    return FALSE;
  GST_OBJECT_LOCK (self);
  channels = count_channels (self, info);
  GST_OBJECT_UNLOCK (self);
  return (info->rate == self->info.rate || !self->rate_bound)
      && self->channels == channels
      && gst_bfft_check_channels (info->channels, self->n_fft, NULL);
}

static gboolean
gst_bfft_train_set_caps (GstBaseTransform * trans, GstCaps * incaps,
    GstCaps * outcaps)
{
  GstBfftTrain *self = GST_BFFT_TRAIN (trans);
  GstAudioInfo info;
  gboolean told;

  if (!gst_audio_info_from_caps (&info, incaps))
    return FALSE;
  GST_DEBUG_OBJECT (self, "caps %" GST_PTR_FORMAT, incaps);
  gst_bfft_timeline_end (&self->timeline);
  if (goes_on (self, &info)) {
    gst_bfft_framer_clear (&self->framer);
    gst_bfft_framer_init (&self->framer, &info, self->channels, self->n_fft,
        self->execution);
    self->info = info;
    self->filled = 0;
    self->frame.discont = TRUE;
    return TRUE;
  }
  /* Refused caps come again with every event. */
  told = self->refused && gst_audio_info_is_equal (&info, &self->info);
  self->info = info;
  return begin_training (self, told);
}

static void
push_frame (GstBfftTrain * self)
{
  guint c;

  for (c = 0; c < self->channels; c++) {
    memcpy (self->frame.samples + c * self->n_fft,
        gst_bfft_framer_get (&self->framer, c, self->n_fft),
        self->n_fft * sizeof (gfloat));
  }
  gst_bfft_worker_push (self->worker, &self->frame);
  self->frame.discont = FALSE;
  self->filled = 0;
}

/* The time of the sample that comes next, which a new frame begins with. */
static void
stamp_frame (GstBfftTrain * self)
{
  const GstSegment *segment = &GST_BASE_TRANSFORM (self)->segment;
  GstClockTime time = gst_bfft_timeline_get_time (&self->timeline,
      self->timeline.position);

  self->frame.timestamp = GST_CLOCK_TIME_NONE;
  self->frame.stream_time = GST_CLOCK_TIME_NONE;
  self->frame.running_time = GST_CLOCK_TIME_NONE;
  if (!GST_CLOCK_TIME_IS_VALID (time) || segment->format != GST_FORMAT_TIME)
    return;
  self->frame.timestamp = time;
  self->frame.stream_time =
      gst_segment_to_stream_time (segment, GST_FORMAT_TIME, time);
  self->frame.running_time =
      gst_segment_to_running_time (segment, GST_FORMAT_TIME, time);
}

static void
take_samples (GstBfftTrain * self, const GstBfftAudio * audio)
{
  gsize done = 0;

  while (done < audio->n) {
    gsize chunk = MIN (audio->n - done, self->n_fft - self->filled);

    if (self->filled == 0)
      stamp_frame (self);
    gst_bfft_framer_append (&self->framer, audio->planes, done, chunk);
    gst_bfft_timeline_advance (&self->timeline, chunk);
    self->filled += chunk;
    done += chunk;
    if (self->filled == self->n_fft)
      push_frame (self);
  }
}

static void
interrupt (GstBfftTrain * self)
{
  self->filled = 0;
  self->frame.discont = TRUE;
}

static void
train_on (GstBfftTrain * self, GstBuffer * buffer, const GstBfftAudio * audio)
{
  GstBfftVerdict verdict;

  if (gst_bfft_timeline_refuses (&self->timeline, GST_ELEMENT (self),
          "Nothing is learned from sound that is played backwards"))
    return;
  verdict = gst_bfft_timeline_judge (&self->timeline, buffer, audio->n);
  if (verdict == GST_BFFT_VERDICT_DRAIN || verdict == GST_BFFT_VERDICT_BEGIN) {
    interrupt (self);
    gst_bfft_timeline_begin (&self->timeline, self->info.rate, buffer,
        audio->n);
  }
  take_samples (self, audio);
}

static GstFlowReturn
gst_bfft_train_transform_ip (GstBaseTransform * trans, GstBuffer * buffer)
{
  GstBfftTrain *self = GST_BFFT_TRAIN (trans);
  GstBfftAudio audio;

  if (self->refused || !gst_bfft_worker_has_begun (self->worker))
    return GST_FLOW_NOT_NEGOTIATED;
  if (gst_bfft_worker_is_done (self->worker)) {
    push_model (self);
    return GST_FLOW_OK;
  }
  if (!gst_bfft_audio_open (&audio, &self->info, buffer, GST_ELEMENT (self)))
    return GST_FLOW_ERROR;
  train_on (self, buffer, &audio);
  gst_bfft_audio_close (&audio);
  push_model (self);
  return GST_FLOW_OK;
}

static void
finish_stream (GstBfftTrain * self)
{
  if (self->refused || !gst_bfft_worker_has_begun (self->worker))
    return;
  gst_bfft_worker_finish (self->worker);
  if (!gst_bfft_worker_has_learned (self->worker)) {
    GST_ELEMENT_WARNING (self, STREAM, FAILED,
        ("Nothing was learned: the stream ended before a batch was complete; "
            "it needs a longer one, or a lower batch or n-fft"), (NULL));
  }
}

static gboolean
gst_bfft_train_sink_event (GstBaseTransform * trans, GstEvent * event)
{
  GstBfftTrain *self = GST_BFFT_TRAIN (trans);

  /* FLUSH_START comes while the streaming thread works. */
  if (GST_EVENT_IS_SERIALIZED (event))
    gst_bfft_timeline_event (&self->timeline, event);
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    finish_stream (self);
    push_model (self);
  }
  return GST_BASE_TRANSFORM_CLASS (gst_bfft_train_parent_class)->sink_event
      (trans, event);
}

static gboolean
check_locations (GstBfftTrain * self, GError ** error)
{
  g_autofree gchar *location = NULL, *sidecar = NULL, *resume = NULL;

  GST_OBJECT_LOCK (self);
  location = g_strdup (self->settings.location);
  sidecar = g_strdup (self->settings.sidecar_location);
  resume = g_strdup (self->settings.resume_location);
  GST_OBJECT_UNLOCK (self);
  return gst_bfft_check_readable ("resume-location", resume, error)
      && gst_bfft_check_writable ("location", location, error)
      && gst_bfft_check_writable ("sidecar-location", sidecar, error);
}

static gboolean
gst_bfft_train_start (GstBaseTransform * trans)
{
  GstBfftTrain *self = GST_BFFT_TRAIN (trans);
  GError *error = NULL;

  if (!check_locations (self, &error)) {
    gst_bfft_post (self, GST_MESSAGE_ERROR, error);
    return FALSE;
  }
  gst_bfft_stats_reset (&self->stats);
  self->worker = gst_bfft_worker_new (&self->stats);
  self->refused = FALSE;
  gst_bfft_timeline_reset (&self->timeline);
  return TRUE;
}

static gboolean
gst_bfft_train_stop (GstBaseTransform * trans)
{
  GstBfftTrain *self = GST_BFFT_TRAIN (trans);

  note_files (self);
  g_clear_pointer (&self->worker, gst_bfft_worker_free);
  gst_bfft_framer_clear (&self->framer);
  free_model (atomic_exchange (&self->model, NULL));
  return TRUE;
}

/* Pads are closed after this, and wait for the step in progress. */
static GstStateChangeReturn
gst_bfft_train_change_state (GstElement * element, GstStateChange transition)
{
  GstBfftTrain *self = GST_BFFT_TRAIN (element);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY && self->worker)
    gst_bfft_worker_cancel (self->worker);
  return GST_ELEMENT_CLASS (gst_bfft_train_parent_class)->change_state (element,
      transition);
}

static void
gst_bfft_train_finalize (GObject * object)
{
  GstBfftTrain *self = GST_BFFT_TRAIN (object);

  gst_bfft_session_settings_clear (&self->settings);
  g_free (self->frame.samples);
  g_free (self->location);
  g_free (self->written);
  G_OBJECT_CLASS (gst_bfft_train_parent_class)->finalize (object);
}

static void
gst_bfft_train_class_init (GstBfftTrainClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (bffttrain_debug, "bffttrain", 0,
      "training of butterfly FFT networks");
  object_class->finalize = gst_bfft_train_finalize;
  gst_bfft_properties_install (object_class, gst_bfft_train_properties, 1, 0,
      NULL);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class,
      "Butterfly FFT trainer", "Filter/Analyzer/Audio",
      "Fits a butterfly FFT network to the audio that passes",
      "The bfft authors");

  element_class->change_state = GST_DEBUG_FUNCPTR (gst_bfft_train_change_state);
  trans_class->start = GST_DEBUG_FUNCPTR (gst_bfft_train_start);
  trans_class->stop = GST_DEBUG_FUNCPTR (gst_bfft_train_stop);
  trans_class->set_caps = GST_DEBUG_FUNCPTR (gst_bfft_train_set_caps);
  trans_class->sink_event = GST_DEBUG_FUNCPTR (gst_bfft_train_sink_event);
  trans_class->transform_ip = GST_DEBUG_FUNCPTR (gst_bfft_train_transform_ip);
  trans_class->passthrough_on_same_caps = TRUE;
}

static void
gst_bfft_train_init (GstBfftTrain * self)
{
  gst_bfft_properties_init (self, gst_bfft_train_properties, 0);
  gst_base_transform_set_passthrough (GST_BASE_TRANSFORM (self), TRUE);
}
