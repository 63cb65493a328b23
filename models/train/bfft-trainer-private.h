/* bfft: the parts of a training.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-trainer.h"

G_BEGIN_DECLS

/* What a step does. A start other than the exact network begins with the
 * warm-up: docs/training.md says why. */
typedef enum
{
  BFFT_PHASE_WARMUP,            /* the spectrum alone, on clean input */
  BFFT_PHASE_WHOLE,             /* the whole loss */
} BfftPhase;

/* The parameters fall into groups with a learning rate each. */
typedef enum
{
  BFFT_GROUP_TWIDDLES,
  BFFT_GROUP_GATES,
  BFFT_GROUP_OTHERS,
  BFFT_N_GROUPS
} BfftGroupIndex;

/**
 * BfftGroup:
 * @params: [count], in the student's tensors
 * @gradient: [count], likewise
 * @coordinates: [optimizer->count], gradient of what the optimiser moves:
 *     @gradient itself, or that of angles
 * @step: [optimizer->count], to be subtracted
 * @optimizer: its state, or %NULL for a group that the variant does not have
 */
typedef struct
{
  gsize count;
  gfloat *params;
  gfloat *gradient;
  gfloat *coordinates;
  gfloat *step;
  BfftOptimizer *optimizer;
} BfftGroup;

/**
 * BfftProgress:
 * @window_sum: of the losses of the window that runs
 * @window_steps: how many these are
 * @has_best: a window has ended
 * @best: mean loss of the best window
 * @calm: windows in a row that brought nothing
 * @rate: what learning rates are multiplied with, falls after divergence and
 *     climbs back
 * @steady: windows since divergence, or since the rate climbed
 * @futile: recoveries in a row whose weights exploded before they were moved
 * @state: see there
 */
typedef struct
{
  gdouble window_sum;
  guint window_steps;
  gboolean has_best;
  gdouble best;
  guint calm;
  gdouble rate;
  guint steady;
  guint futile;
  BfftTrainerState state;
} BfftProgress;

/**
 * BfftWarmup:
 * @count: coordinates: angles, re and im of twiddles, or of matrices
 * @first: [half], energy of the first inputs of a stage's butterflies
 * @second: [half], of the second ones
 * @curvature: [count], running mean
 * @momentum: [count]
 * @error: relative spectrum error, summed over the window that runs
 * @steps: taken
 * @best: mean error of the best window, 0 before the first
 * @calm: windows in a row that brought nothing
 */
typedef struct
{
  gsize count;
  gfloat *first, *second;
  gfloat *curvature;
  gfloat *momentum;
  gdouble error;
  guint64 steps;
  gdouble best;
  guint calm;
} BfftWarmup;

struct _BfftTrainer
{
  BfftTrainerOptions options;
  const BfftKernels *kernels;
  BfftStudent *student;
  BfftTeacher *teacher;
  BfftLoss *loss;
  BfftBatch **batches;          /* [channels] */
  guint channel;                /* whose turn it is */
  BfftGroup groups[BFFT_N_GROUPS];
  gfloat *angles;               /* [stages * half], or NULL */
  BfftTensors *judged;          /* parameters that the latest loss is of */
  BfftTensors *best;            /* those of the best window */
  BfftNetwork *blank;           /* how networks that go out begin: exact */
  BfftProgress progress;
  BfftWarmup *warmup;           /* or NULL */
  BfftPhase phase;
  gboolean quantized;           /* the whole loss is learned with int8 */
  gboolean has_batch;           /* the student's input is that of a step */
  guint64 random;
  guint64 steps;
};

/* bfft-trainer-start.c: the initial weights. */
void bfft_trainer_start (BfftTrainer * self);

/* bfft-trainer-warmup.c: from the gradient, a step towards the exact spectrum
 * alone. Returns:
 * FALSE when it is reached, or is near and comes no nearer. */
void bfft_trainer_make_warmup (BfftTrainer * self);
void bfft_trainer_free_warmup (BfftTrainer * self);
gboolean bfft_trainer_warm_up (BfftTrainer * self, gdouble spec_relative);

/* It is far from the exact spectrum and comes no nearer. */
gboolean bfft_trainer_is_stalled (const BfftTrainer * self);

/* Its step size. */
gdouble bfft_trainer_warmup_rate (const BfftTrainer * self);

/* Momentum, curvature and the window that runs begin anew. */
void bfft_trainer_restart_warmup (BfftTrainer * self);

/* bfft-trainer-update.c: the student's gradient to new parameters. */
void bfft_trainer_make_groups (BfftTrainer * self);
void bfft_trainer_free_groups (BfftTrainer * self);
void bfft_trainer_reset_optimizers (BfftTrainer * self);
gdouble bfft_trainer_learning_rate (const BfftTrainer * self);
void bfft_trainer_update (BfftTrainer * self, gdouble loss);

/* Makes the coordinates' gradients from those of the parameters. */
void bfft_trainer_take_angles (BfftTrainer * self);

/* Subtracts a step from the parameters of a group, which it keeps in range. */
void bfft_trainer_descend (BfftTrainer * self, BfftGroupIndex index,
    const gfloat * step);

/* bfft-trainer-progress.c: best so far, convergence, divergence. */
gboolean bfft_trainer_is_diverging (const BfftTrainer * self, gdouble loss);
void bfft_trainer_recover (BfftTrainer * self);
void bfft_trainer_note_loss (BfftTrainer * self, gdouble loss);
void bfft_trainer_forget_best (BfftTrainer * self);
const BfftTensors *bfft_trainer_get_best (const BfftTrainer * self);

G_END_DECLS
