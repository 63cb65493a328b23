/* bfft: fits a network to a stream.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-denormals.h"
#include "bfft-trainer-private.h"

#include <math.h>
#include <string.h>

/* Of a step, in all channels. It needs up to 500 bytes for each. */
#define MAX_SAMPLES (1u << 22)

/* -80 dB. In the pauses of clean speech, batches of 128 ms go down to -70. */
#define HUSH 1e-8

G_DEFINE_QUARK (bfft-trainer-error-quark, bfft_trainer_error);

void
bfft_trainer_options_init (BfftTrainerOptions * options)
{
  *options = (BfftTrainerOptions) {
    .n_fft = 256,.variant = BFFT_VARIANT_LEARNED,.batch = 8,.channels =
        1,.sample_rate = 16000,.perturbation = 0.1,.optimizer =
        BFFT_OPTIMIZER_DIAG_PRECOND,.learning_rate = 5e-4,.gate_learning_rate =
        1e-3,.grad_clip = 1,.project_twiddles = TRUE,.train_q8 = TRUE,.loss = {
      .spectrum_weight = 0.25,
      .mel_weight = 2,
      .welch_weight = 1.5,
      .peak_weight = 2,
      .peak_k = 16,
      .n_mels = 40,
  },.sparsity_weight = 0.01,.noise_snr = INFINITY,.seed = 42,};
}

gboolean
bfft_trainer_check_options (const BfftTrainerOptions * options, GError ** error)
{
  const gchar *fault = NULL;

  if (!bfft_network_length_is_valid (options->n_fft))
    fault = "n-fft must be a power of two from 2 to 131072";
  else if (!bfft_tensors_variant_is_trained (options->variant))
    fault = "only domain, pruned, learned and unitary are trained";
  else if (options->batch < 1 || options->channels < 1)
    fault = "there must be at least one frame per step and one channel";
  else if (options->sample_rate < 1)
    fault = "the sample rate must be known";
  else if (options->init == BFFT_TRAINER_INIT_RANDOM
      && !(options->loss.spectrum_weight > 0))
    fault = "a random start learns from the spectrum; set spectrum-weight";
  else if ((guint64) options->n_fft * options->batch >
      MAX_SAMPLES / options->channels)
    fault = "a step would take too much memory; lower batch or n-fft";
  if (fault) {
    g_set_error (error, BFFT_TRAINER_ERROR, BFFT_TRAINER_ERROR_OPTIONS,
        "Cannot train with n-fft %u, batch %u and variant %s: %s",
        options->n_fft, options->batch,
        bfft_variant_to_string (options->variant), fault);
  }
  return fault == NULL;
}

static void
make_parts (BfftTrainer * self)
{
  const BfftTrainerOptions *o = &self->options;
  BfftLossSpec spec = o->loss;
  guint i;

  spec.rate = o->sample_rate;
  self->loss = bfft_loss_new (&spec, o->n_fft, o->batch, o->execution);
  self->teacher = bfft_teacher_new (&self->loss->shape, self->loss->window,
      self->loss->power_stride);
  self->student = bfft_student_new (o->variant, o->n_fft,
      o->batch + self->loss->shape.segments, o->execution);
  self->quantized = o->variant == BFFT_VARIANT_LEARNED && o->train_q8;
  self->judged = bfft_tensors_new (o->variant, o->n_fft);
  self->best = bfft_tensors_new (o->variant, o->n_fft);
  self->batches = g_new0 (BfftBatch *, o->channels);
  for (i = 0; i < o->channels; i++) {
    self->batches[i] = bfft_batch_new (&self->loss->shape, o->noise_snr,
        o->sample_rate);
  }
  self->blank = bfft_network_new_exact (o->variant, o->n_fft);
  bfft_trainer_make_groups (self);
}

BfftTrainer *
bfft_trainer_new (const BfftTrainerOptions * options, GError ** error)
{
  BfftTrainer *self;

  if (!bfft_trainer_check_options (options, error))
    return NULL;
  self = g_new0 (BfftTrainer, 1);
  self->options = *options;
  self->kernels = bfft_kernels_get (options->execution);
  self->random = options->seed;
  self->progress.rate = 1;
  make_parts (self);
  bfft_trainer_start (self);
  return self;
}

void
bfft_trainer_free (BfftTrainer * trainer)
{
  guint i;

  if (trainer == NULL)
    return;
  bfft_trainer_free_groups (trainer);
  bfft_trainer_free_warmup (trainer);
  for (i = 0; i < trainer->options.channels; i++)
    bfft_batch_free (trainer->batches[i]);
  g_free (trainer->batches);
  bfft_student_free (trainer->student);
  bfft_teacher_free (trainer->teacher);
  bfft_loss_free (trainer->loss);
  bfft_tensors_free (trainer->judged);
  bfft_tensors_free (trainer->best);
  bfft_network_unref (trainer->blank);
  g_free (trainer);
}

guint
bfft_trainer_feed (BfftTrainer * trainer, guint channel,
    const gfloat * samples, guint length)
{
  return bfft_batch_feed (trainer->batches[channel], samples, length);
}

gboolean
bfft_trainer_is_ready (const BfftTrainer * trainer)
{
  guint i;

  for (i = trainer->channel; i < trainer->options.channels; i++) {
    if (!bfft_batch_is_full (trainer->batches[i]))
      return FALSE;
  }
  return TRUE;
}

void
bfft_trainer_discontinuity (BfftTrainer * trainer)
{
  guint i;

  for (i = 0; i < trainer->options.channels; i++)
    bfft_batch_reset (trainer->batches[i]);
  trainer->channel = 0;
}

/* The student's rows: frames as they are, then Hann-windowed segments. */
static void
fill_rows (BfftTrainer * self, const BfftBatch * batch, gboolean noisy)
{
  guint i;

  for (i = 0; i < batch->shape.frames; i++) {
    bfft_student_set_row (self->student, i,
        bfft_batch_frame (batch, i, noisy), NULL);
  }
  for (i = 0; i < batch->shape.segments; i++) {
    bfft_student_set_row (self->student, batch->shape.frames + i,
        bfft_batch_segment (batch, i, noisy), self->loss->window);
  }
}

/* Errors are relative to the batch, but a bias is not: one that is right for
 * sound is far too much for what is hardly there beside it. */
static gboolean
is_hushed (const BfftTrainer * self, const BfftBatch * batch)
{
  return self->student->params->bias
      && batch->power + batch->noise_variance < HUSH * batch->level;
}

static gdouble
mean_gate (const BfftTrainer * self)
{
  const BfftTensors *p = self->student->params;
  gsize count = (gsize) p->stages * p->half, i;
  gdouble sum = 0;

  if (p->gates == NULL)
    return 1;
  for (i = 0; i < count; i++)
    sum += p->gates[i];
  return sum / count;
}

/* The warm-up is about the frames alone. */
static gboolean
backward (BfftTrainer * self)
{
  guint rows = self->student->rows;
  gboolean ok;

  if (self->phase == BFFT_PHASE_WARMUP)
    self->student->rows = self->options.batch;
  ok = bfft_student_backward (self->student);
  self->student->rows = rows;
  return ok;
}

/* Its part of the loss. */
static gdouble
sparsity (const BfftTrainer * self)
{
  return self->student->params->gates ?
      self->options.sparsity_weight * mean_gate (self) : 0;
}

/* Forward, loss, new parameters by what the phase does. Noise and int8 wait
 * until the whole loss is learned. In the second half of the steps planned,
 * pruned has its gates as they will be executed, and the twiddles make the best
 * of that. A best on clean input is none in noise, or with int8. Returns: FALSE when
 * it was cancelled. */
static gboolean
learn (BfftTrainer * self, const BfftBatch * batch,
    BfftTrainerMetrics * metrics)
{
  BfftLossValues *values = &metrics->loss;
  BfftTensors *p = self->student->params;
  gboolean whole = self->phase == BFFT_PHASE_WHOLE;
  gboolean hard;

  fill_rows (self, batch, whole);
  self->student->quantized = self->quantized && whole;
  hard = self->options.variant == BFFT_VARIANT_PRUNED && whole
      && self->options.steps > 0 && 2 * self->steps >= self->options.steps;
  /* A best of soft gates is none of hard ones. */
  if (hard && !self->student->hard)
    bfft_trainer_forget_best (self);
  metrics->hard = self->student->hard = hard;
  metrics->quantized = self->student->quantized;
  if (!bfft_student_forward (self->student))
    return FALSE;
  bfft_loss_run (self->loss, self->student, self->teacher,
      whole ? batch->noise_variance : 0, values);
  if (bfft_trainer_is_diverging (self, values->total)) {
    bfft_trainer_recover (self);
    metrics->recovered = TRUE;
    return TRUE;
  }
  if (!backward (self))
    return FALSE;
  memcpy (self->judged->values, p->values, p->count * sizeof (gfloat));
  bfft_trainer_note_loss (self, values->total + sparsity (self));
  if (whole) {
    bfft_trainer_update (self, values->total);
  } else if (!bfft_trainer_warm_up (self, values->spec_relative)) {
    self->phase = BFFT_PHASE_WHOLE;
    if (!isinf (self->options.noise_snr) || self->quantized)
      bfft_trainer_forget_best (self);
  }
  return TRUE;
}

static guint
active_gates (const BfftTrainer * self)
{
  const BfftTensors *p = self->student->params;
  guint count = p->stages * p->half, active = 0, i;

  if (p->gates == NULL)
    return count;
  for (i = 0; i < count; i++)
    active += p->gates[i] >= BFFT_DEFAULT_GATE_THRESHOLD;
  return active;
}

void
bfft_trainer_set_cancel (BfftTrainer * trainer, const BfftCancel * cancel)
{
  trainer->student->cancel = cancel;
}

static gboolean
take_step (BfftTrainer * trainer, BfftTrainerMetrics * metrics)
{
  BfftBatch *batch = trainer->batches[trainer->channel];
  gdouble level = batch->level;
  guint64 random = trainer->random;
  gboolean warming = trainer->phase == BFFT_PHASE_WARMUP;

  memset (metrics, 0, sizeof (*metrics));
  bfft_batch_begin (batch, &trainer->random);
  metrics->learning_rate = warming ? bfft_trainer_warmup_rate (trainer) :
      bfft_trainer_learning_rate (trainer);
  metrics->silent = is_hushed (trainer, batch)
      || !bfft_teacher_run (trainer->teacher, batch);
  if (!metrics->silent) {
    gdouble before = sparsity (trainer);

    if (!learn (trainer, batch, metrics)) {
      batch->level = level;
      batch->steps--;
      trainer->random = random;
      return FALSE;
    }
    metrics->loss.total += before;
    trainer->has_batch = TRUE;
  }
  metrics->step = ++trainer->steps;
  metrics->state = trainer->progress.state;
  metrics->mean_gate = mean_gate (trainer);
  metrics->active_gates = active_gates (trainer);
  bfft_batch_end (batch);
  trainer->channel = (trainer->channel + 1) % trainer->options.channels;
  return TRUE;
}

gboolean
bfft_trainer_step (BfftTrainer * trainer, BfftTrainerMetrics * metrics)
{
  guint64 float_mode;
  gboolean taken;

  g_return_val_if_fail (bfft_batch_is_full
      (trainer->batches[trainer->channel]), FALSE);

  float_mode = bfft_denormals_flush ();
  taken = take_step (trainer, metrics);
  bfft_denormals_restore (float_mode);
  return taken;
}

gboolean
bfft_trainer_is_between_batches (const BfftTrainer * trainer)
{
  guint i;

  for (i = 0; i < trainer->options.channels; i++) {
    if (trainer->batches[i]->filled > 0)
      return FALSE;
  }
  return TRUE;
}

guint64
bfft_trainer_get_steps (const BfftTrainer * trainer)
{
  return trainer->steps;
}

BfftNetwork *
bfft_trainer_get_network (const BfftTrainer * trainer, gboolean best)
{
  BfftNetwork *network = bfft_network_copy (trainer->blank);

  bfft_tensors_store (best ? bfft_trainer_get_best (trainer) :
      trainer->student->params, network);
  if (trainer->quantized)
    bfft_network_quantize (network);
  network->sample_rate = trainer->options.sample_rate;
  network->n_mels = trainer->loss->n_mels;
  network->train_steps = trainer->steps;
  return network;
}

/* Turns are by the angle alone, which 0 does not have. */
static void
normalize_twiddles (BfftTensors * tensors)
{
  gsize count = (gsize) tensors->stages * tensors->half;
  gsize i;

  for (i = 0; tensors->twiddles && i < count; i++) {
    gfloat *w = &tensors->twiddles[2 * i];
    gdouble length = hypot (w[0], w[1]);

    w[0] = length > 0 ? w[0] / length : 1;
    w[1] = length > 0 ? w[1] / length : 0;
  }
}

gboolean
bfft_trainer_set_network (BfftTrainer * trainer, const BfftNetwork * network,
    GError ** error)
{
  BfftTensors *p = trainer->student->params;

  if (network->n_fft != p->n || network->variant != p->variant) {
    g_set_error (error, BFFT_TRAINER_ERROR, BFFT_TRAINER_ERROR_OPTIONS,
        "Weights of variant %s and n-fft %u do not fit a training of variant "
        "%s and n-fft %u", bfft_variant_to_string (network->variant),
        network->n_fft, bfft_variant_to_string (p->variant), p->n);
    return FALSE;
  }
  bfft_tensors_load (p, network);
  if (trainer->options.project_twiddles)
    normalize_twiddles (p);
  bfft_trainer_reset_optimizers (trainer);
  memcpy (trainer->judged->values, p->values, p->count * sizeof (gfloat));
  memset (&trainer->progress, 0, sizeof (trainer->progress));
  trainer->progress.rate = 1;
  bfft_trainer_forget_best (trainer);
  trainer->phase = BFFT_PHASE_WHOLE;
  return TRUE;
}

gboolean
bfft_trainer_evaluate (BfftTrainer * trainer, const BfftNetwork * network,
    BfftLossValues * values)
{
  BfftStudent *student = trainer->student;
  BfftTensors *p = student->params;
  gboolean hard = student->hard, quantized = student->quantized;
  const BfftCancel *cancel = student->cancel;

  if (!trainer->has_batch)
    return FALSE;
  /* The gradient is of no use between steps. */
  memcpy (student->gradient->values, p->values, p->count * sizeof (gfloat));
  bfft_tensors_load (p, network);
  student->hard = network->hard_gates;
  student->quantized = network->q8 != NULL;
  student->cancel = NULL;
  bfft_student_forward (student);
  student->cancel = cancel;
  bfft_loss_run (trainer->loss, student, trainer->teacher, 0, values);
  student->hard = hard;
  student->quantized = quantized;
  memcpy (p->values, student->gradient->values, p->count * sizeof (gfloat));
  return TRUE;
}
