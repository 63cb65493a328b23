/* bfft: fits a network to a stream.
 *
 * Samples go in, a step is taken whenever a batch is complete, weights come
 * out at any time. The same samples and options give the same weights, bit for
 * bit, however the samples were cut. After creation nothing is allocated but
 * by the functions that return something new. One thread at a time.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-execution.h"
#include "bfft-loss.h"
#include "bfft-network.h"
#include "bfft-optimizer.h"

G_BEGIN_DECLS

#define BFFT_TRAINER_ERROR (bfft_trainer_error_quark ())
GQuark bfft_trainer_error_quark (void);

typedef enum
{
  BFFT_TRAINER_ERROR_OPTIONS,   /* options that cannot be met */
  BFFT_TRAINER_ERROR_STATE,     /* a state that belongs to another training */
} BfftTrainerError;

/**
 * BfftTrainerInit:
 * @BFFT_TRAINER_INIT_EXACT: the exact network
 * @BFFT_TRAINER_INIT_PERTURBED: its twiddles turned by random angles
 * @BFFT_TRAINER_INIT_RANDOM: random twiddles on the unit circle, or matrices
 *     made of such
 *
 * The others than the exact network first learn its spectrum alone, from the
 * output.
 */
typedef enum
{
  BFFT_TRAINER_INIT_EXACT,
  BFFT_TRAINER_INIT_PERTURBED,
  BFFT_TRAINER_INIT_RANDOM,
} BfftTrainerInit;

/**
 * BfftTrainerOptions:
 * @n_fft: transform length, a power of two in 2..131072
 * @variant: domain, pruned, learned or unitary
 * @batch: frames per step, at least 1
 * @channels: that are trained on, in turn
 * @sample_rate: Hz
 * @init: where training starts
 * @perturbation: standard deviation in rad of the angles of a perturbed start
 * @optimizer: method
 * @learning_rate: is divided by sqrt (log2 (n_fft))
 * @gate_learning_rate: taken as it is
 * @grad_clip: largest norm of the whole gradient, 0 for no limit
 * @project_twiddles: twiddles are trained as angles and stay on the unit
 *     circle; otherwise re and im are free
 * @train_q8: learned alone: training sees the twiddles rounded to int8
 * @loss: weights of the loss and mel bands; its rate is not looked at
 * @sparsity_weight: of mean |gate|
 * @noise_snr: dB, of noise in the student's input, infinity for none
 * @seed: of all random numbers
 * @steps: steps planned, 0 if open; given, the learning rate of the whole loss
 *     falls along a cosine in the second half, to 0 in the last step, and
 *     pruned trains with hard gates there
 * @execution: which kernels
 *
 * bfft_trainer_options_init() sets the defaults.
 */
typedef struct
{
  guint n_fft;
  BfftVariant variant;
  guint batch;
  guint channels;
  guint sample_rate;
  BfftTrainerInit init;
  gdouble perturbation;
  BfftOptimizerMethod optimizer;
  gdouble learning_rate;
  gdouble gate_learning_rate;
  gdouble grad_clip;
  gboolean project_twiddles;
  gboolean train_q8;
  BfftLossSpec loss;
  gdouble sparsity_weight;
  gdouble noise_snr;
  guint64 seed;
  guint64 steps;
  BfftExecution execution;
} BfftTrainerOptions;

/**
 * BfftTrainerState:
 * @BFFT_TRAINER_STATE_TRAINING: the loss still falls
 * @BFFT_TRAINER_STATE_CONVERGED: it no longer does and has not risen; training
 *     goes on
 * @BFFT_TRAINER_STATE_DIVERGED: it exploded; the best weights were restored
 *     and training goes on from there at a quarter of the learning rate, which
 *     climbs back as time passes without another explosion
 * @BFFT_TRAINER_STATE_STALLED: from a start other than the exact network, the
 *     spectrum is still wrong and comes no nearer; training goes on
 */
typedef enum
{
  BFFT_TRAINER_STATE_TRAINING,
  BFFT_TRAINER_STATE_CONVERGED,
  BFFT_TRAINER_STATE_DIVERGED,
  BFFT_TRAINER_STATE_STALLED,
} BfftTrainerState;

/**
 * BfftTrainerMetrics:
 * @step: counted from 1
 * @loss: before the step, see BfftLossValues; total with sparsity
 * @mean_gate: mean of the gates after the step, 1 without gates
 * @active_gates: gates at or above the threshold, of stages * half
 * @learning_rate: of this step, scaled
 * @state: after the step
 * @silent: the batch was silent, or nearly so beside the sound before it, and
 *     nothing was learned from it
 * @recovered: the loss exploded and the best weights were restored
 * @hard: the gates were rounded
 * @quantized: the twiddles were int8
 */
typedef struct
{
  guint64 step;
  BfftLossValues loss;
  gdouble mean_gate;
  guint active_gates;
  gdouble learning_rate;
  BfftTrainerState state;
  gboolean silent;
  gboolean recovered;
  gboolean hard;
  gboolean quantized;
} BfftTrainerMetrics;

typedef struct _BfftTrainer BfftTrainer;

void bfft_trainer_options_init (BfftTrainerOptions * options);

/* Says in a sentence which option cannot be met. */
gboolean bfft_trainer_check_options (const BfftTrainerOptions * options,
    GError ** error);

/* Returns: NULL for options that cannot be met. */
BfftTrainer *bfft_trainer_new (const BfftTrainerOptions * options,
    GError ** error);
void bfft_trainer_free (BfftTrainer * trainer);

/* Takes samples of a channel, at most what a step lacks; returns how many. */
guint bfft_trainer_feed (BfftTrainer * trainer, guint channel,
    const gfloat * samples, guint length);

/* All channels have a full batch, so that bfft_trainer_step() can be called,
 * once per channel. */
gboolean bfft_trainer_is_ready (const BfftTrainer * trainer);

/* One step on the next channel's batch. Returns: FALSE when it was cancelled:
 * then it was not taken, and @metrics are of no use. */
gboolean bfft_trainer_step (BfftTrainer * trainer,
    BfftTrainerMetrics * metrics);

/* @cancel, which must live longer, is looked at within steps; or NULL. */
void bfft_trainer_set_cancel (BfftTrainer * trainer,
    const BfftCancel * cancel);

/* What follows does not continue what was fed: a started batch is dropped. */
void bfft_trainer_discontinuity (BfftTrainer * trainer);

/* No channel is ahead of the others and none has begun a batch. */
gboolean bfft_trainer_is_between_batches (const BfftTrainer * trainer);

guint64 bfft_trainer_get_steps (const BfftTrainer * trainer);

/* Returns: a new network with the weights as they are, or (@best) with the
 * best so far. Pruned comes with hard gates, learned with int8 twiddles when
 * it was trained for them. */
BfftNetwork *bfft_trainer_get_network (const BfftTrainer * trainer,
    gboolean best);

/* The terms of the loss of @network, of the training's variant and length, on
 * the frames of the latest step; as it is executed, with its hard gates and
 * int8 twiddles if it has them. Returns: FALSE before the first step. */
gboolean bfft_trainer_evaluate (BfftTrainer * trainer,
    const BfftNetwork * network, BfftLossValues * values);

/* All that continues a training to the same bits, between two batches:
 * weights, optimiser, random numbers, the latest samples; not those of a batch
 * that has been started. */
GBytes *bfft_trainer_save_state (BfftTrainer * trainer);

/* Needs a trainer with the same options, steps and rates apart. One that fails
 * must be freed. */
gboolean bfft_trainer_restore_state (BfftTrainer * trainer, GBytes * state,
    GError ** error);

/* Starts from the parameters of @network; optimiser, learning rate and best
 * weights begin anew. With project_twiddles, twiddles are brought to the unit
 * circle. */
gboolean bfft_trainer_set_network (BfftTrainer * trainer,
    const BfftNetwork * network, GError ** error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftTrainer, bfft_trainer_free)

G_END_DECLS
