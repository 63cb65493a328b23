/* bfft: a training as what a session fits.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftfit.h"

#include <math.h>

#include "bfft-checkpoint.h"
#include "gstbfftenums.h"
#include "gstbffterror.h"

#undef GST_CAT_DEFAULT
#define GST_CAT_DEFAULT (gst_bfft_category (self->fit.element))

/* A landscape that takes longer is left out. */
#define LANDSCAPE_TIME G_TIME_SPAN_SECOND

/* Points after which it is known how long it will take. */
#define FIRST_POINTS 4

typedef struct
{
  GstBfftFit fit;
  BfftTrainerOptions options;
  gboolean landscape;
  BfftTrainer *trainer;
  BfftLossCurve *curve;
  BfftTrainerMetrics metrics;   /* of the latest step */
  guint64 hard_since;           /* step from which gates were rounded, 0: none */
  guint64 int8_since;           /* the same of int8 twiddles */
} Training;

static void
training_free (GstBfftFit * fit)
{
  Training *self = (Training *) fit;

  bfft_trainer_free (self->trainer);
  bfft_loss_curve_free (self->curve);
  g_free (self);
}

static gboolean
training_resume (GstBfftFit * fit, const gchar * filename, GError ** error)
{
  Training *self = (Training *) fit;

  if (!bfft_checkpoint_resume (self->trainer, filename, error))
    return FALSE;
  fit->steps = self->metrics.step = bfft_trainer_get_steps (self->trainer);
  return TRUE;
}

static void
training_interrupt (GstBfftFit * fit)
{
  bfft_trainer_discontinuity (((Training *) fit)->trainer);
}

static void
training_feed (GstBfftFit * fit, const GstBfftFrame * frame)
{
  Training *self = (Training *) fit;
  guint n = self->options.n_fft, c;

  for (c = 0; c < self->options.channels; c++)
    bfft_trainer_feed (self->trainer, c, frame->samples + (gsize) c * n, n);
}

/* What happens for the first time. */
static void
warn (const Training * self, const BfftTrainerMetrics * before)
{
  const BfftTrainerMetrics *metrics = &self->metrics;

  if (metrics->state == BFFT_TRAINER_STATE_STALLED
      && before->state != BFFT_TRAINER_STATE_STALLED) {
    GST_ELEMENT_WARNING (self->fit.element, STREAM, FAILED,
        ("The start is stalled at step %" G_GUINT64_FORMAT ": the spectrum is "
            "still wrong by %.2g and comes no nearer; richer sound, another "
            "seed or a lower n-fft may help", metrics->step,
            metrics->loss.spec_relative), (NULL));
  }
  if (metrics->recovered && !before->recovered) {
    GST_ELEMENT_WARNING (self->fit.element, STREAM, FAILED,
        ("Training diverged at step %" G_GUINT64_FORMAT
            "; it goes on from the best weights at a lower learning rate",
            metrics->step), (NULL));
  }
}

static void
note_step (Training * self)
{
  static const gchar *const states[] = {
    "training", "converged", "diverged", "stalled"
  };
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
  self->fit.steps = metrics->step;
  self->fit.loss = metrics->loss.total;
  self->fit.state = states[metrics->state];
}

/* Of a training that is resumed, what set in before is not known. */
static void
note_rounding (Training * self, const BfftTrainerMetrics * before)
{
  const BfftTrainerMetrics *now = &self->metrics;
  gboolean known = before->step > 0 || now->step == 1;

  if (known && now->hard && !before->hard)
    self->hard_since = now->step;
  if (known && now->quantized && !before->quantized)
    self->int8_since = now->step;
}

static gboolean
training_step (GstBfftFit * fit)
{
  Training *self = (Training *) fit;
  BfftTrainerMetrics before = self->metrics;

  if (!bfft_trainer_is_ready (self->trainer))
    return FALSE;
  if (!bfft_trainer_step (self->trainer, &self->metrics)) {
    self->metrics = before;
    return FALSE;
  }
  /* Silence has no loss; that of the latest sound stands. */
  if (self->metrics.silent) {
    self->metrics.loss = before.loss;
    self->metrics.hard = before.hard;
    self->metrics.quantized = before.quantized;
  }
  note_step (self);
  note_rounding (self, &before);
  warn (self, &before);
  return TRUE;
}

/* The channels take turns, and what is saved between their turns cannot be
 * resumed. */
static gboolean
training_can_pause (const GstBfftFit * fit)
{
  return bfft_trainer_is_between_batches (((const Training *) fit)->trainer);
}

static void
training_describe (GstBfftFit * fit, GstStructure * message)
{
  Training *self = (Training *) fit;
  const BfftTrainerMetrics *metrics = &self->metrics;
  const BfftLossValues *loss = &metrics->loss;

  gst_structure_set (message,
      "total-loss", G_TYPE_DOUBLE, loss->total,
      "mel-err", G_TYPE_DOUBLE, loss->mel_err,
      "spec-err", G_TYPE_DOUBLE, loss->spec_err,
      "spec-rms", G_TYPE_DOUBLE, loss->spec_relative,
      "welch-err", G_TYPE_DOUBLE, loss->welch_err,
      "peak-err", G_TYPE_DOUBLE, loss->peak_err,
      "mean-gate", G_TYPE_DOUBLE, metrics->mean_gate,
      "active-gates", G_TYPE_UINT, metrics->active_gates,
      "learning-rate", G_TYPE_DOUBLE, metrics->learning_rate, NULL);
}

static BfftNetwork *
training_get_network (GstBfftFit * fit)
{
  return bfft_trainer_get_network (((Training *) fit)->trainer, TRUE);
}

static gboolean
training_save (GstBfftFit * fit, const gchar * filename, GError ** error)
{
  return bfft_checkpoint_save (((Training *) fit)->trainer, filename, error);
}

/* Of the weights that are saved, on the latest batch. A term that has no weight
 * is not computed. */
static void
add_final_errors (Training * self, const BfftNetwork * network,
    BfftSidecarModel * model)
{
  const BfftLossSpec *spec = &self->options.loss;
  BfftLossValues values;

  model->final_mel_err = model->final_spec_err = NAN;
  if (!bfft_trainer_evaluate (self->trainer, network, &values))
    return;
  if (spec->mel_weight > 0)
    model->final_mel_err = values.mel_err;
  if (spec->spectrum_weight > 0)
    model->final_spec_err = values.spec_err;
}

typedef struct
{
  Training *training;
  gint64 begin;
  guint points;
} Survey;

/* NAN ends the landscape. */
static gdouble
landscape_loss (const BfftNetwork * network, gpointer data)
{
  Survey *survey = data;
  const guint all = BFFT_LANDSCAPE_POINTS * BFFT_LANDSCAPE_POINTS;
  gint64 taken = g_get_monotonic_time () - survey->begin;
  BfftLossValues values;

  if (*survey->training->fit.cancel || taken > LANDSCAPE_TIME)
    return NAN;
  if (survey->points >= FIRST_POINTS
      && taken / survey->points > LANDSCAPE_TIME / all)
    return NAN;
  survey->points++;
  return bfft_trainer_evaluate (survey->training->trainer, network, &values) ?
      values.mel : NAN;
}

static void
add_landscape (Training * self, const BfftNetwork * network,
    BfftSidecarModel * model)
{
  Survey survey = { self, g_get_monotonic_time (), 0 };

  if (self->landscape && !isnan (model->final_mel_err)) {
    bfft_sidecar_model_take_landscape (model,
        bfft_landscape_new (network, 0, landscape_loss, &survey));
  }
}

static void
add_settings (const Training * self, BfftSidecarModel * model)
{
  const BfftTrainerOptions *o = &self->options;
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

static void
training_fill_sidecar (GstBfftFit * fit, BfftSidecarModel * model,
    gboolean last)
{
  Training *self = (Training *) fit;
  g_autoptr (BfftNetwork) network = training_get_network (fit);

  model->batch = self->options.batch;
  add_final_errors (self, network, model);
  bfft_sidecar_model_set_loss_curve (model, self->curve);
  model->bfft->hard_gates_since = self->hard_since;
  model->bfft->int8_since = self->int8_since;
  if (last)
    add_landscape (self, network, model);
  add_settings (self, model);
}

GstBfftFit *
gst_bfft_fit_trainer_new (GstElement * element,
    const BfftTrainerOptions * options, gboolean landscape,
    const BfftCancel * cancel)
{
  static const GstBfftFitClass klass = {
    training_free, training_resume, training_interrupt, training_feed,
    training_step, training_can_pause, training_describe,
    training_get_network, training_save, training_fill_sidecar
  };
  Training *self = g_new0 (Training, 1);

  self->fit.klass = &klass;
  self->fit.element = element;
  self->fit.state = "training";
  self->options = *options;
  self->landscape = landscape;
  self->trainer = bfft_trainer_new (options, NULL);
  self->curve = bfft_loss_curve_new ();
  self->fit.cancel = cancel;
  bfft_trainer_set_cancel (self->trainer, cancel);
  return &self->fit;
}
