/* bfft: from the gradient to new parameters.
 *
 * A mean over n bins gives each butterfly a gradient that shrinks with n.
 * Optimisers get it times n / 2, so that momentum and epsilon mean the same at
 * any length.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-trainer-private.h"

#include <float.h>
#include <math.h>
#include <string.h>

static void
make_group (BfftTrainer * self, BfftGroup * group, gfloat * params, gsize count)
{
  const BfftStudent *student = self->student;

  if (params == NULL)
    return;
  group->count = count;
  group->params = params;
  group->gradient = student->gradient->values
      + (params - student->params->values);
  group->coordinates = group->gradient;
  group->optimizer = bfft_optimizer_new (self->options.optimizer, count,
      self->options.execution);
  group->step = g_new0 (gfloat, count);
}

/* Groups follow one another as BfftTensors lays them out. */
void
bfft_trainer_make_groups (BfftTrainer * self)
{
  const BfftTensors *p = self->student->params;
  gsize butterflies = (gsize) p->stages * p->half;
  BfftGroup *twiddles = &self->groups[BFFT_GROUP_TWIDDLES];

  make_group (self, twiddles, p->twiddles, 2 * butterflies);
  make_group (self, &self->groups[BFFT_GROUP_GATES], p->gates, butterflies);
  make_group (self, &self->groups[BFFT_GROUP_OTHERS],
      p->mask ? p->mask : p->unitary,
      p->mask ? 6 * (gsize) p->n : 8 * butterflies);
  if (p->twiddles && self->options.project_twiddles) {
    self->angles = g_new0 (gfloat, butterflies);
    twiddles->coordinates = self->angles;
    bfft_optimizer_free (twiddles->optimizer);
    twiddles->optimizer = bfft_optimizer_new (self->options.optimizer,
        butterflies, self->options.execution);
  }
}

void
bfft_trainer_free_groups (BfftTrainer * self)
{
  guint i;

  for (i = 0; i < BFFT_N_GROUPS; i++) {
    bfft_optimizer_free (self->groups[i].optimizer);
    g_free (self->groups[i].step);
  }
  g_free (self->angles);
}

void
bfft_trainer_reset_optimizers (BfftTrainer * self)
{
  guint i;

  for (i = 0; i < BFFT_N_GROUPS; i++) {
    if (self->groups[i].optimizer)
      bfft_optimizer_reset (self->groups[i].optimizer);
  }
}

/* Falls along a cosine in the second half of the steps planned: the last one
 * has 0. */
static gdouble
schedule (const BfftTrainer * self)
{
  gdouble done;

  if (self->options.steps < 2)
    return 1;
  done = (gdouble) self->steps / (self->options.steps - 1);
  return done < 0.5 ? 1 : (1 + cos (2 * G_PI * (MIN (done, 1) - 0.5))) / 2;
}

gdouble
bfft_trainer_learning_rate (const BfftTrainer * self)
{
  return self->options.learning_rate / sqrt (self->student->params->stages)
      * self->progress.rate * schedule (self);
}

/* mean |gate| as long as gates are not negative. */
static void
add_sparsity (BfftTrainer * self)
{
  BfftGroup *gates = &self->groups[BFFT_GROUP_GATES];
  gfloat slope;
  gsize i;

  if (gates->optimizer == NULL)
    return;
  slope = self->options.sparsity_weight / gates->count;
  for (i = 0; i < gates->count; i++)
    gates->step[i] += slope;
}

/* What brings the norm of the whole gradient down to grad_clip. */
static gdouble
clip (const BfftTrainer * self)
{
  gdouble squares = 0, norm;
  guint i;
  gsize k;

  if (self->options.grad_clip <= 0)
    return 1;
  for (i = 0; i < BFFT_N_GROUPS; i++) {
    const BfftGroup *group = &self->groups[i];

    for (k = 0; group->optimizer && k < group->optimizer->count; k++)
      squares += (gdouble) group->step[k] * group->step[k];
  }
  norm = sqrt (squares);
  return norm > self->options.grad_clip ? self->options.grad_clip / norm : 1;
}

void
bfft_trainer_descend (BfftTrainer * self, BfftGroupIndex index,
    const gfloat * step)
{
  const BfftGroup *group = &self->groups[index];
  gboolean gates = index == BFFT_GROUP_GATES;

  if (group->coordinates == self->angles && self->angles) {
    self->kernels->train_rotate (group->params, step, group->optimizer->count);
  } else {
    self->kernels->train_descend (group->params, step, gates ? 0 : -FLT_MAX,
        gates ? 1 : FLT_MAX, group->count);
  }
}

/* The gradients of the angles, where these are trained. */
void
bfft_trainer_take_angles (BfftTrainer * self)
{
  const BfftGroup *twiddles = &self->groups[BFFT_GROUP_TWIDDLES];

  if (self->angles) {
    self->kernels->train_angle_gradient (self->angles,
        twiddles->params, twiddles->gradient, twiddles->optimizer->count);
  }
}

/* How far the steps are taken. A loss that can reach 0 has no reason to fall
 * by more than itself: steps that promise more, as the sum of gradient times
 * step says, overshoot and are cut back (the stochastic Polyak step size:
 * Loizou, Vaswani, Laradji, Lacoste-Julien 2021). Log-mel makes this needed,
 * whose slope grows without limit where a band is nearly empty. */
static gdouble
limit (const BfftTrainer * self, gdouble loss)
{
  gdouble promise = 0;
  guint i;
  gsize k;

  for (i = 0; i < BFFT_N_GROUPS; i++) {
    const BfftGroup *group = &self->groups[i];

    for (k = 0; group->optimizer && k < group->optimizer->count; k++)
      promise += (gdouble) group->coordinates[k] * group->step[k];
  }
  return promise > loss ? loss / promise : 1;
}

static void
make_steps (BfftTrainer * self)
{
  gdouble rate = bfft_trainer_learning_rate (self);
  gdouble gate_rate = self->student->hard ? 0 :
      self->options.gate_learning_rate * self->progress.rate * schedule (self);
  gdouble scale;
  guint i;

  for (i = 0; i < BFFT_N_GROUPS; i++) {
    BfftGroup *group = &self->groups[i];

    if (group->optimizer) {
      memcpy (group->step, group->coordinates,
          group->optimizer->count * sizeof (gfloat));
    }
  }
  add_sparsity (self);
  scale = clip (self) * self->student->params->half;
  for (i = 0; i < BFFT_N_GROUPS; i++) {
    BfftGroup *group = &self->groups[i];

    if (group->optimizer) {
      bfft_optimizer_step (group->optimizer, group->step, scale,
          i == BFFT_GROUP_GATES ? gate_rate : rate);
    }
  }
}

void
bfft_trainer_update (BfftTrainer * self, gdouble loss)
{
  gdouble length;
  guint i;

  bfft_trainer_take_angles (self);
  make_steps (self);
  length = limit (self, loss);
  for (i = 0; i < BFFT_N_GROUPS; i++) {
    BfftGroup *group = &self->groups[i];

    if (group->optimizer == NULL)
      continue;
    if (length < 1) {
      self->kernels->train_scale (group->step, length, group->optimizer->count);
    }
    bfft_trainer_descend (self, i, group->step);
  }
}
