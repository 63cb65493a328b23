/* bfft: a training and all that it reports.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftsession.h"

#include <math.h>

#include "bfft-checkpoint.h"
#include "bfft-weights.h"
#include "gstbfftenums.h"

#define PROGRESS_CODE "train"

struct _GstBfftSession
{
  GstElement *element;
  GstBfftSessionSettings settings;
  GstBfftPublish publish;
  GstBfftStats *stats;
  BfftTrainer *trainer;
  BfftLossCurve *curve;
  BfftTrainerMetrics metrics;   /* of the latest step */
  GstBfftFrame frame;           /* the latest, without samples */
  gboolean resumed;             /* and nothing was fed since */
  gboolean started;             /* progress was told */
  guint percent;                /* of it */
  guint64 begun;                /* steps when the session began */
  guint64 saved;                /* steps at the last checkpoint */
  gboolean complete;            /* it was a last one */
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

/* "a/b.safetensors" has its sidecar in "a/b.json". */
static void
choose_sidecar (GstBfftSessionSettings * settings)
{
  const gchar *suffix = ".safetensors";
  gsize length;

  if (settings->sidecar_location || settings->location == NULL)
    return;
  length = strlen (settings->location);
  if (g_str_has_suffix (settings->location, suffix))
    length -= strlen (suffix);
  settings->sidecar_location =
      g_strdup_printf ("%.*s.json", (gint) length, settings->location);
}

static void
post_progress (GstBfftSession * self, GstProgressType type, const gchar * text)
{
  gst_element_post_message (self->element,
      gst_message_new_progress (GST_OBJECT (self->element), type,
          PROGRESS_CODE, text));
}

/* The channels take turns, and what is saved between their turns cannot be
 * resumed: the last one takes its step, too. */
static gboolean
is_done (const GstBfftSession * self)
{
  guint64 steps = self->settings.options.steps;

  return steps > 0 && bfft_trainer_get_steps (self->trainer) >= steps
      && bfft_trainer_is_between_batches (self->trainer);
}

GstBfftSession *
gst_bfft_session_new (GstElement * element,
    const GstBfftSessionSettings * settings, GstBfftPublish publish,
    GstBfftStats * stats, GError ** error)
{
  BfftTrainer *trainer = bfft_trainer_new (&settings->options, error);
  GstBfftSession *self;

  if (trainer == NULL)
    return NULL;
  if (settings->resume_location
      && !bfft_checkpoint_resume (trainer, settings->resume_location, error)) {
    bfft_trainer_free (trainer);
    return NULL;
  }
  self = g_new0 (GstBfftSession, 1);
  self->element = element;
  self->trainer = trainer;
  self->publish = publish;
  self->stats = stats;
  gst_bfft_session_settings_copy (&self->settings, settings);
  choose_sidecar (&self->settings);
  self->curve = bfft_loss_curve_new ();
  self->begun = self->saved = bfft_trainer_get_steps (trainer);
  self->metrics.step = self->saved;
  self->resumed = settings->resume_location != NULL;
  self->done = is_done (self);
  /* One that has nothing left to learn still writes what it is asked for. */
  self->complete = !self->done;
  return self;
}

void
gst_bfft_session_free (GstBfftSession * session)
{
  if (session == NULL)
    return;
  bfft_trainer_free (session->trainer);
  bfft_loss_curve_free (session->curve);
  gst_bfft_session_settings_clear (&session->settings);
  g_free (session);
}

static const gchar *
state_name (const GstBfftSession * self)
{
  static const gchar *const names[] = {
    "training", "converged", "diverged", "stalled"
  };

  return self->done ? "done" : names[self->metrics.state];
}

static void
post_metrics (GstBfftSession * self)
{
  const BfftTrainerOptions *options = &self->settings.options;
  const BfftTrainerMetrics *metrics = &self->metrics;
  const BfftLossValues *loss = &metrics->loss;
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
      "step", G_TYPE_UINT64, metrics->step,
      "total-loss", G_TYPE_DOUBLE, loss->total,
      "mel-err", G_TYPE_DOUBLE, loss->mel_err,
      "spec-err", G_TYPE_DOUBLE, loss->spec_err,
      "spec-rms", G_TYPE_DOUBLE, loss->spec_relative,
      "welch-err", G_TYPE_DOUBLE, loss->welch_err,
      "peak-err", G_TYPE_DOUBLE, loss->peak_err,
      "mean-gate", G_TYPE_DOUBLE, metrics->mean_gate,
      "active-gates", G_TYPE_UINT, metrics->active_gates,
      "learning-rate", G_TYPE_DOUBLE, metrics->learning_rate,
      "frames", G_TYPE_UINT64, run.frames,
      "dropped-frames", G_TYPE_UINT64, run.dropped_frames,
      "state", G_TYPE_STRING, state_name (self), NULL);
  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element), structure));
}

static gdouble
landscape_loss (const BfftNetwork * network, gpointer trainer)
{
  BfftLossValues values;

  return bfft_trainer_evaluate (trainer, network, &values) ? values.mel : NAN;
}

/* Of the weights that are saved, on the latest batch. A term that has no weight
 * is not computed. */
static void
add_final_errors (GstBfftSession * self, const BfftNetwork * network,
    BfftSidecarModel * model)
{
  const BfftLossSpec *spec = &self->settings.options.loss;
  BfftLossValues values;

  model->final_mel_err = model->final_spec_err = NAN;
  if (!bfft_trainer_evaluate (self->trainer, network, &values))
    return;
  if (spec->mel_weight > 0)
    model->final_mel_err = values.mel_err;
  if (spec->spectrum_weight > 0)
    model->final_spec_err = values.spec_err;
}

static void
add_settings (const GstBfftSession * self, BfftSidecarModel * model)
{
  const BfftTrainerOptions *o = &self->settings.options;
  const struct
  {
    const gchar *name;
    gdouble value;
  } numbers[] = {
    {"learning-rate", o->learning_rate},
    {"gate-learning-rate", o->gate_learning_rate},
    {"perturbation", o->perturbation},
    {"grad-clip", o->grad_clip},
    {"spectrum-weight", o->loss.spectrum_weight},
    {"mel-weight", o->loss.mel_weight},
    {"welch-weight", o->loss.welch_weight},
    {"peak-weight", o->loss.peak_weight},
    {"peak-k", o->loss.peak_k},
    {"sparsity-weight", o->sparsity_weight},
    {"noise-snr", o->noise_snr},
    {"seed", o->seed},
    {"train-q8", o->train_q8},
    {"project-twiddles", o->project_twiddles},
  };
  guint i;

  bfft_sidecar_model_add_setting (model, "optimizer",
      bfft_optimizer_method_to_string (o->optimizer));
  bfft_sidecar_model_add_setting (model, "init",
      gst_bfft_enum_nick (GST_TYPE_BFFT_INIT, o->init));
  for (i = 0; i < G_N_ELEMENTS (numbers); i++) {
    gchar text[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd (text, sizeof (text), "%.9g", numbers[i].value);
    bfft_sidecar_model_add_setting (model, numbers[i].name, text);
  }
}

static gboolean
save_sidecar (GstBfftSession * self, gboolean last, GError ** error)
{
  const BfftTrainerOptions *o = &self->settings.options;
  g_autoptr (BfftNetwork) network =
      bfft_trainer_get_network (self->trainer, TRUE);
  g_autoptr (BfftSidecar) sidecar = bfft_sidecar_new ();
  g_autofree gchar *name = gst_element_get_name (self->element);
  BfftSidecarModel *model;
  BfftRunStats run;

  gst_bfft_stats_get (self->stats, &run);
  model = bfft_sidecar_add (sidecar, name, o->variant, o->n_fft,
      bfft_trainer_get_n_mels (self->trainer), network);
  model->batch = o->batch;
  model->train_steps = bfft_trainer_get_steps (self->trainer);
  add_final_errors (self, network, model);
  gst_bfft_stats_note_run (&run, "bffttrain", o->execution, o->sample_rate,
      model);
  bfft_sidecar_model_set_loss_curve (model, self->curve);
  if (last && self->settings.landscape && !isnan (model->final_mel_err)) {
    bfft_sidecar_model_take_landscape (model,
        bfft_landscape_new (network, 0, landscape_loss, self->trainer));
  }
  add_settings (self, model);
  return bfft_sidecar_save (sidecar, self->settings.sidecar_location, error);
}

static void
warn (GstBfftSession * self, GError * error)
{
  gst_element_message_full (self->element, GST_MESSAGE_WARNING,
      GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE,
      g_strdup (error->message), NULL, __FILE__, GST_FUNCTION, __LINE__);
  g_error_free (error);
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
  g_autoptr (BfftNetwork) network =
      bfft_trainer_get_network (self->trainer, TRUE);
  g_autoptr (GBytes) model = bfft_weights_to_bytes (network);
  gboolean weights, sidecar;
  GError *error = NULL;

  self->saved = bfft_trainer_get_steps (self->trainer);
  self->complete = last;
  self->publish (self->element, model, self->saved);
  weights = s->location != NULL
      && bfft_checkpoint_save (self->trainer, s->location, &error);
  if (error)
    warn (self, g_steal_pointer (&error));
  sidecar = s->sidecar_location != NULL && save_sidecar (self, last, &error);
  if (error)
    warn (self, error);
  if (weights || sidecar)
    tell_checkpoint (self, weights, sidecar);
}

static void
note_step (GstBfftSession * self, const BfftTrainerMetrics * before)
{
  const BfftTrainerMetrics *metrics = &self->metrics;
  const BfftLossEntry entry = {
    .step = metrics->step,
    .total_loss = metrics->loss.total,
    .mel_err = metrics->loss.mel_err,
    .spec_err = metrics->loss.spec_err,
    .welch_err = metrics->loss.welch_err,
    .mean_gate = metrics->mean_gate,
  };

  if (!metrics->silent)
    bfft_loss_curve_add (self->curve, &entry);
  if (metrics->state == BFFT_TRAINER_STATE_STALLED
      && before->state != BFFT_TRAINER_STATE_STALLED) {
    GST_ELEMENT_WARNING (self->element, STREAM, FAILED,
        ("The start is stalled at step %" G_GUINT64_FORMAT ": the spectrum is "
            "still wrong by %.2g and comes no nearer; richer sound, another "
            "seed or a lower n-fft may help", metrics->step,
            metrics->loss.spec_relative), (NULL));
  }
  if (metrics->recovered && !before->recovered) {
    GST_ELEMENT_WARNING (self->element, STREAM, FAILED,
        ("Training diverged at step %" G_GUINT64_FORMAT
            "; it goes on from the best weights at a lower learning rate",
            metrics->step), (NULL));
  }
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
  percent = MIN (100 * self->metrics.step / steps, 100);
  if (percent != self->percent && !self->done) {
    g_autofree gchar *text = g_strdup_printf ("Training: %u %%, loss %.3g",
        percent, self->metrics.loss.total);

    self->percent = percent;
    post_progress (self, GST_PROGRESS_TYPE_CONTINUE, text);
  }
}

static void
step (GstBfftSession * self)
{
  const GstBfftSessionSettings *s = &self->settings;
  BfftTrainerMetrics before = self->metrics;

  bfft_trainer_step (self->trainer, &self->metrics);
  /* Silence has no loss; that of the latest sound stands. */
  if (self->metrics.silent)
    self->metrics.loss = before.loss;
  self->done = is_done (self);
  note_step (self, &before);
  tell_percent (self);
  if (self->done || (s->interval > 0 && self->metrics.step % s->interval == 0))
    post_metrics (self);
  /* Not in between the channels' steps: that could not be resumed. */
  if (!self->done && s->checkpoint_interval > 0
      && bfft_trainer_is_between_batches (self->trainer)
      && self->metrics.step - self->saved >= s->checkpoint_interval)
    checkpoint (self, FALSE);
}

gboolean
gst_bfft_session_feed (GstBfftSession * session, const GstBfftFrame * frame)
{
  const BfftTrainerOptions *options = &session->settings.options;
  GstClockTime start = gst_util_get_timestamp ();
  guint c;

  if (session->done) {
    if (!session->complete)
      tell_percent (session);
    gst_bfft_session_finish (session);
    return FALSE;
  }
  if (frame->discont && !session->resumed)
    bfft_trainer_discontinuity (session->trainer);
  session->resumed = FALSE;
  session->frame = *frame;
  for (c = 0; c < options->channels; c++) {
    bfft_trainer_feed (session->trainer, c,
        frame->samples + (gsize) c * options->n_fft, options->n_fft);
  }
  while (!session->done && bfft_trainer_is_ready (session->trainer))
    step (session);
  gst_bfft_stats_add (session->stats, options->channels,
      gst_util_get_timestamp () - start);
  if (session->done)
    gst_bfft_session_finish (session);
  return !session->done;
}

void
gst_bfft_session_finish (GstBfftSession * session)
{
  if (bfft_trainer_get_steps (session->trainer) != session->saved
      || !session->complete)
    checkpoint (session, TRUE);
  if (!session->started)
    return;
  session->started = FALSE;
  post_progress (session, session->done ? GST_PROGRESS_TYPE_COMPLETE :
      GST_PROGRESS_TYPE_CANCELED, session->done ? "Training is done" :
      "Training ended with the stream");
}

gboolean
gst_bfft_session_has_learned (const GstBfftSession * session)
{
  return session->done
      || bfft_trainer_get_steps (session->trainer) > session->begun;
}
