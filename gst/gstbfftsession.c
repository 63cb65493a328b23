/* bfft: a training and all that it reports.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftsession.h"

#include <string.h>

#include "bfft-weights.h"
#include "gstbffterror.h"

#define PROGRESS_CODE "train"

struct _GstBfftSession
{
  GstElement *element;
  GstBfftSessionSettings settings;
  GstBfftPublish publish;
  GstBfftStats *stats;
  BfftCancel cancel;
  GstBfftFit *fit;              /* from the first frame on, or a resume */
  GstBfftFrame frame;           /* the latest, without samples */
  gboolean resumed;             /* and nothing was fed since */
  gboolean started;             /* progress was told */
  guint percent;                /* of it */
  guint64 begun;                /* steps when the session began */
  guint64 saved;                /* steps at the last checkpoint */
  gboolean complete;            /* it was a last one */
  gboolean warned[2];           /* of weights, of a sidecar */
  gboolean done;
};

void
gst_bfft_session_settings_copy (GstBfftSessionSettings * to,
    const GstBfftSessionSettings * from)
{
  *to = *from;
  to->location = g_strdup (from->location);
  to->sidecar_location = g_strdup (from->sidecar_location);
  to->resume_location = g_strdup (from->resume_location);
}

void
gst_bfft_session_settings_clear (GstBfftSessionSettings * settings)
{
  g_clear_pointer (&settings->location, g_free);
  g_clear_pointer (&settings->sidecar_location, g_free);
  g_clear_pointer (&settings->resume_location, g_free);
}

#define SUFFIX ".safetensors"

/* Without the suffix that files of weights have. */
static gsize
stem_length (const gchar * name, const gchar * suffix)
{
  return strlen (name) - (g_str_has_suffix (name, suffix) ?
      strlen (suffix) : 0);
}

/* "a/b.safetensors" has its sidecar in "a/b.json". */
static void
choose_sidecar (GstBfftSessionSettings * settings)
{
  if (settings->sidecar_location || settings->location == NULL)
    return;
  settings->sidecar_location = g_strdup_printf ("%.*s.json",
      (gint) stem_length (settings->location, SUFFIX), settings->location);
}

/* "a/b.safetensors" as "a/b-2.safetensors". */
static void
number (gchar ** name, const gchar * suffix, guint count)
{
  gsize length;
  gchar *numbered;

  if (*name == NULL)
    return;
  length = stem_length (*name, suffix);
  numbered = g_strdup_printf ("%.*s-%u%s", (gint) length, *name, count,
      *name + length);
  g_free (*name);
  *name = numbered;
}

static gboolean
exists (const gchar * name)
{
  return name && g_file_test (name, G_FILE_TEST_EXISTS);
}

void
gst_bfft_session_settings_write_beside (GstBfftSessionSettings * settings)
{
  const gchar *location = settings->location;
  const gchar *sidecar = settings->sidecar_location;
  guint count = 1;
  gboolean taken;

  do {
    g_autofree gchar *weights = g_strdup (location);
    g_autofree gchar *telemetry = g_strdup (sidecar);

    number (&weights, SUFFIX, ++count);
    number (&telemetry, ".json", count);
    taken = exists (weights) || exists (telemetry);
  } while (taken && count < G_MAXUINT16);
  g_clear_pointer (&settings->resume_location, g_free);
  number (&settings->location, SUFFIX, count);
  number (&settings->sidecar_location, ".json", count);
}

static void
post_progress (GstBfftSession * self, GstProgressType type, const gchar * text)
{
  gst_element_post_message (self->element,
      gst_message_new_progress (GST_OBJECT (self->element), type,
          PROGRESS_CODE, text));
}

/* What is saved is to be resumed: the last channel takes its step, too. */
static gboolean
is_done (const GstBfftSession * self)
{
  guint64 steps = self->settings.options.steps;

  return steps > 0 && self->fit->steps >= steps
      && self->fit->klass->can_pause (self->fit);
}

/* Takes long for long transforms. */
static void
make_fit (GstBfftSession * self)
{
  const GstBfftSessionSettings *s = &self->settings;

  if (s->reference_channel >= 0)
    self->fit = gst_bfft_fit_match_new (self->element, &s->options,
        s->reference_channel, s->reference_delay);
  else
    self->fit = gst_bfft_fit_trainer_new (self->element, &s->options,
        s->landscape, &self->cancel);
}

/* One that has nothing left to learn still writes what it is asked for. */
static gboolean
resume (GstBfftSession * self, GError ** error)
{
  make_fit (self);
  if (!self->fit->klass->resume (self->fit, self->settings.resume_location,
          error))
    return FALSE;
  self->begun = self->saved = self->fit->steps;
  self->resumed = TRUE;
  self->done = is_done (self);
  self->complete = !self->done;
  return TRUE;
}

GstBfftSession *
gst_bfft_session_new (GstElement * element,
    const GstBfftSessionSettings * settings, GstBfftPublish publish,
    GstBfftStats * stats, GError ** error)
{
  GstBfftSession *self;

  if (settings->reference_channel >= 0 ?
      !gst_bfft_fit_match_check (&settings->options,
          settings->reference_channel, settings->reference_delay, error) :
      !bfft_trainer_check_options (&settings->options, error))
    return NULL;
  self = g_new0 (GstBfftSession, 1);
  self->element = element;
  self->publish = publish;
  self->stats = stats;
  self->complete = TRUE;
  gst_bfft_session_settings_copy (&self->settings, settings);
  choose_sidecar (&self->settings);
  if (settings->resume_location && !resume (self, error))
    g_clear_pointer (&self, gst_bfft_session_free);
  return self;
}

void
gst_bfft_session_free (GstBfftSession * self)
{
  if (self == NULL)
    return;
  if (self->fit)
    self->fit->klass->free (self->fit);
  gst_bfft_session_settings_clear (&self->settings);
  g_free (self);
}

void
gst_bfft_session_cancel (GstBfftSession * self)
{
  self->cancel = TRUE;
}

static void
post_step (GstBfftSession * self)
{
  const BfftTrainerOptions *options = &self->settings.options;
  GstStructure *structure;
  BfftRunStats run;

  gst_bfft_stats_get (self->stats, &run);
  structure = gst_structure_new ("bffttrain",
      "timestamp", G_TYPE_UINT64, self->frame.timestamp,
      "stream-time", G_TYPE_UINT64, self->frame.stream_time,
      "running-time", G_TYPE_UINT64, self->frame.running_time,
      "n-fft", G_TYPE_UINT, options->n_fft,
      "rate", G_TYPE_INT, (gint) options->sample_rate,
      "variant", G_TYPE_STRING, bfft_variant_to_string (options->variant),
      "step", G_TYPE_UINT64, self->fit->steps,
      "frames", G_TYPE_UINT64, run.frames,
      "dropped-frames", G_TYPE_UINT64, run.dropped_frames,
      "state", G_TYPE_STRING, self->done ? "done" : self->fit->state, NULL);
  self->fit->klass->describe (self->fit, structure);
  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element), structure));
}

static gboolean
save_sidecar (GstBfftSession * self, const BfftNetwork * network,
    gboolean last, GError ** error)
{
  const BfftTrainerOptions *o = &self->settings.options;
  g_autoptr (BfftSidecar) sidecar = bfft_sidecar_new ();
  g_autofree gchar *name = gst_element_get_name (self->element);
  BfftSidecarModel *model;
  BfftRunStats run;

  gst_bfft_stats_get (self->stats, &run);
  model = bfft_sidecar_add (sidecar, name, o->variant, o->n_fft,
      network->n_mels, network);
  model->train_steps = self->fit->steps;
  gst_bfft_stats_note_run (&run, self->element, "bffttrain", o->execution,
      o->sample_rate, model);
  self->fit->klass->fill_sidecar (self->fit, model, last);
  return bfft_sidecar_save (sidecar, self->settings.sidecar_location, error);
}

/* Once for each file: what fails at one checkpoint fails at the next. */
static void
warn (GstBfftSession * self, gboolean * warned, GError * error)
{
  if (!*warned)
    gst_bfft_post (self->element, GST_MESSAGE_WARNING, error);
  else
    g_error_free (error);
  *warned = TRUE;
}

static void
tell_checkpoint (GstBfftSession * self, gboolean weights, gboolean sidecar)
{
  const GstBfftSessionSettings *s = &self->settings;

  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element),
          gst_structure_new ("bffttrain-checkpoint",
              "location", G_TYPE_STRING, weights ? s->location : NULL,
              "sidecar-location", G_TYPE_STRING,
              sidecar ? s->sidecar_location : NULL,
              "step", G_TYPE_UINT64, self->saved, NULL)));
}

static void
checkpoint (GstBfftSession * self, gboolean last)
{
  const GstBfftSessionSettings *s = &self->settings;
  g_autoptr (BfftNetwork) network = self->fit->klass->get_network (self->fit);
  g_autoptr (GBytes) model = bfft_weights_to_bytes (network);
  gboolean weights, sidecar;
  GError *error = NULL;

  self->saved = self->fit->steps;
  self->complete = last;
  self->publish (self->element, model, self->saved);
  weights = s->location != NULL
      && self->fit->klass->save (self->fit, s->location, &error);
  if (error)
    warn (self, &self->warned[0], g_steal_pointer (&error));
  sidecar = s->sidecar_location != NULL
      && save_sidecar (self, network, last, &error);
  if (error)
    warn (self, &self->warned[1], error);
  if (weights || sidecar)
    tell_checkpoint (self, weights, sidecar);
}

/* Applications stay in PAUSED as long as something there is in progress, and
 * a training needs them to play: what is learned before is not told, unless it
 * is all. */
static void
tell_percent (GstBfftSession * self)
{
  guint64 steps = self->settings.options.steps;
  guint percent;

  if (steps == 0 || (!self->done
          && GST_STATE (self->element) != GST_STATE_PLAYING))
    return;
  if (!self->started)
    post_progress (self, GST_PROGRESS_TYPE_START, "Training");
  self->started = TRUE;
  percent = MIN (100 * self->fit->steps / steps, 100);
  if (percent != self->percent && !self->done) {
    g_autofree gchar *text = g_strdup_printf ("Training: %u %%, loss %.3g",
        percent, self->fit->loss);

    self->percent = percent;
    post_progress (self, GST_PROGRESS_TYPE_CONTINUE, text);
  }
}

static void
note_step (GstBfftSession * self)
{
  const GstBfftSessionSettings *s = &self->settings;

  self->done = is_done (self);
  tell_percent (self);
  if (self->done || (s->interval > 0 && self->fit->steps % s->interval == 0))
    post_step (self);
  /* Not where it could not be resumed. */
  if (!self->done && s->checkpoint_interval > 0
      && self->fit->klass->can_pause (self->fit)
      && self->fit->steps - self->saved >= s->checkpoint_interval)
    checkpoint (self, FALSE);
}

gboolean
gst_bfft_session_feed (GstBfftSession * self, const GstBfftFrame * frame)
{
  GstBfftFit *fit;
  GstClockTime start = gst_util_get_timestamp ();

  if (self->done) {
    if (!self->complete)
      tell_percent (self);
    gst_bfft_session_finish (self);
    return FALSE;
  }
  if (self->cancel) {
    gst_bfft_stats_drop (self->stats, self->settings.options.channels);
    return TRUE;
  }
  if (self->fit == NULL)
    make_fit (self);
  fit = self->fit;
  if (frame->discont && !self->resumed)
    fit->klass->interrupt (fit);
  self->resumed = FALSE;
  self->frame = *frame;
  fit->klass->feed (fit, frame);
  while (!self->done && fit->klass->step (fit))
    note_step (self);
  gst_bfft_stats_add (self->stats, self->settings.options.channels,
      gst_util_get_timestamp () - start);
  if (self->done)
    gst_bfft_session_finish (self);
  return !self->done;
}

void
gst_bfft_session_finish (GstBfftSession * self)
{
  if (self->fit == NULL)
    return;
  if (self->fit->steps != self->saved || (!self->complete && !self->cancel))
    checkpoint (self, TRUE);
  if (!self->started)
    return;
  self->started = FALSE;
  post_progress (self, self->done ? GST_PROGRESS_TYPE_COMPLETE :
      GST_PROGRESS_TYPE_CANCELED, self->done ? "Training is done" :
      "Training ended with the stream");
}

gboolean
gst_bfft_session_has_learned (const GstBfftSession * self)
{
  return self->done || (self->fit && self->fit->steps > self->begun);
}
