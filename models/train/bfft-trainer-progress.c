/* bfft: best so far, convergence, divergence.
 *
 * Losses are compared as means over windows of steps, as one batch says
 * little.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-trainer-private.h"

#include <math.h>
#include <string.h>

#define WINDOW 64

/* From so many steps on a window that still runs can say something. */
#define FEW 8

/* Sound changes, so newer weights may be a little worse on newer sound and
 * still be the best. */
#define TOLERANCE 1.25

/* Converged: this many windows in a row without a loss 1 % below any before.
 */
#define CALM_WINDOWS 4
#define GAIN 0.99

/* Relative errors of order 1 make losses of the order of their weights, so
 * this is told in those. */
#define EXPLOSION 1e4

/* A fall of the learning rate after which it is not made to fall further. */
#define LOWEST_RATE 1e-6

/* This many windows in a row without divergence double a rate that fell. */
#define STEADY_WINDOWS 4

gboolean
bfft_trainer_is_diverging (const BfftTrainer * self, gdouble loss)
{
  const BfftLossSpec *spec = &self->options.loss;
  gdouble weights = spec->spectrum_weight + spec->mel_weight
      + spec->welch_weight + spec->peak_weight;

  return !isfinite (loss) || loss > EXPLOSION * MAX (1, weights);
}

/* Weights that explode before they were moved say that the sound is unlike what
 * they learned from, not that steps are too long. */
void
bfft_trainer_recover (BfftTrainer * self)
{
  BfftProgress *progress = &self->progress;
  gboolean moved = progress->state != BFFT_TRAINER_STATE_DIVERGED
      || progress->window_steps > 0;
  gsize size = self->best->count * sizeof (gfloat);

  progress->futile = moved ? 0 : progress->futile + 1;
  /* Sound that the best weights never fit again: they are of no use. */
  if (progress->futile >= WINDOW
      && self->options.init == BFFT_TRAINER_INIT_EXACT) {
    bfft_tensors_load (self->best, self->blank);
    progress->has_best = FALSE;
    progress->futile = 0;
  }
  memcpy (self->student->params->values, self->best->values, size);
  memcpy (self->judged->values, self->best->values, size);
  bfft_trainer_reset_optimizers (self);
  bfft_trainer_restart_warmup (self);
  progress->window_sum = 0;
  progress->window_steps = 0;
  progress->steady = 0;
  if (moved)
    progress->rate = MAX (progress->rate / 4, LOWEST_RATE);
  progress->state = BFFT_TRAINER_STATE_DIVERGED;
}

void
bfft_trainer_forget_best (BfftTrainer * self)
{
  BfftProgress *progress = &self->progress;

  progress->has_best = FALSE;
  progress->window_sum = 0;
  progress->window_steps = 0;
  progress->calm = 0;
  if (progress->state == BFFT_TRAINER_STATE_CONVERGED)
    progress->state = BFFT_TRAINER_STATE_TRAINING;
  memcpy (self->best->values, self->judged->values,
      self->best->count * sizeof (gfloat));
}

const BfftTensors *
bfft_trainer_get_best (const BfftTrainer * self)
{
  const BfftProgress *progress = &self->progress;
  gdouble mean;

  if (!progress->has_best)
    return self->judged;
  if (progress->window_steps < FEW)
    return self->best;
  mean = progress->window_sum / progress->window_steps;
  return mean <= TOLERANCE * progress->best ? self->judged : self->best;
}

static void
raise_rate (BfftProgress * progress)
{
  if (progress->rate >= 1 || ++progress->steady < STEADY_WINDOWS)
    return;
  progress->rate = MIN (2 * progress->rate, 1);
  progress->steady = 0;
}

/* What comes before the whole loss is no convergence, nor is a loss that rose
 * and stays there. */
static BfftTrainerState
find_state (const BfftTrainer * self, gdouble mean)
{
  if (bfft_trainer_is_stalled (self))
    return BFFT_TRAINER_STATE_STALLED;
  if (self->phase == BFFT_PHASE_WHOLE && self->progress.calm >= CALM_WINDOWS
      && mean <= TOLERANCE * self->progress.best)
    return BFFT_TRAINER_STATE_CONVERGED;
  return BFFT_TRAINER_STATE_TRAINING;
}

/* @loss is of the weights in self->judged. */
void
bfft_trainer_note_loss (BfftTrainer * self, gdouble loss)
{
  BfftProgress *progress = &self->progress;
  gdouble mean;

  progress->window_sum += loss;
  if (++progress->window_steps < WINDOW)
    return;
  mean = progress->window_sum / WINDOW;
  progress->window_sum = 0;
  progress->window_steps = 0;

  if (!progress->has_best || mean <= TOLERANCE * progress->best) {
    memcpy (self->best->values, self->judged->values,
        self->best->count * sizeof (gfloat));
  }
  if (!progress->has_best || mean < GAIN * progress->best)
    progress->calm = 0;
  else
    progress->calm++;
  if (!progress->has_best || mean < progress->best)
    progress->best = mean;
  progress->has_best = TRUE;
  progress->state = find_state (self, mean);
  raise_rate (progress);
}
