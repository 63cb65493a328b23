/* bfft: back to the exact spectrum, end to end.
 *
 * Far from the exact network the spectrum term is the one that shows the way:
 * the others see magnitudes only, and a log-mel band that is nearly empty pulls
 * harder the emptier it is. So twiddles, or matrices, first learn the spectrum
 * term alone, on clean input and from its true gradient, until it is met.
 *
 * The term is a sum of squares and its curvature (Gauss and Newton) by the
 * angle of twiddle w at stage s follows from the energy of what w multiplies:
 * 2 |b|^2 2^(stages - s) over the teacher's energy, as the later stages double
 * energies. Steps are gradients over curvature, with momentum.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-trainer-private.h"

#include <math.h>
#include <string.h>

#define MOMENTUM 0.9

/* Of Newton's step; is divided by sqrt (stages), as stages add up. */
#define RATE 0.25

/* White sound has curvature 1 everywhere. Below this, steps stay short. */
#define LEAST_CURVATURE 0.01

/* Momentum that would raise the error by more than this share of it is lost. */
#define UPHILL 0.1

/* The mean of the curvature forgets at this rate. */
#define FORGET 0.01

/* It ends when the error is this small, or when it is near and not 10 % smaller
 * than ever before for so many windows of steps. From random angles the error
 * rests for long before it falls. */
#define MET 1e-5
#define NEAR 1e-4
#define GAIN 0.9
#define WINDOW 32
#define CALM_WINDOWS 16
#define RANDOM_CALM_WINDOWS 200

/* Which parameters warm up. */
static BfftGroupIndex
group_index (const BfftTrainer * self)
{
  return self->student->params->unitary ? BFFT_GROUP_OTHERS :
      BFFT_GROUP_TWIDDLES;
}

void
bfft_trainer_make_warmup (BfftTrainer * self)
{
  guint half = self->student->params->half;
  BfftWarmup *warmup = g_new0 (BfftWarmup, 1);

  warmup->count = self->groups[group_index (self)].optimizer->count;
  warmup->first = g_new0 (gfloat, half);
  warmup->second = g_new0 (gfloat, half);
  warmup->curvature = g_new0 (gfloat, warmup->count);
  warmup->momentum = g_new0 (gfloat, warmup->count);
  self->warmup = warmup;
}

void
bfft_trainer_free_warmup (BfftTrainer * self)
{
  if (self->warmup == NULL)
    return;
  g_free (self->warmup->first);
  g_free (self->warmup->second);
  g_free (self->warmup->curvature);
  g_free (self->warmup->momentum);
  g_free (self->warmup);
}

void
bfft_trainer_restart_warmup (BfftTrainer * self)
{
  BfftWarmup *warmup = self->warmup;

  if (warmup == NULL)
    return;
  memset (warmup->curvature, 0, warmup->count * sizeof (gfloat));
  memset (warmup->momentum, 0, warmup->count * sizeof (gfloat));
  warmup->error = 0;
  warmup->steps = 0;
}

gdouble
bfft_trainer_warmup_rate (const BfftTrainer * self)
{
  return self->progress.rate * RATE / sqrt (self->student->params->stages);
}

/* Makes steps of a run of gradients that see the same energies: @repeat
 * numbers for each of @energies. */
static void
make_steps (BfftTrainer * self, gsize first, guint repeat,
    const gfloat * energies, gdouble scale, gfloat * coordinates)
{
  BfftWarmup *warmup = self->warmup;
  guint half = self->student->params->half;
  gdouble weight = MAX (FORGET, 1.0 / warmup->steps);
  gfloat slope = half / self->loss->spec.spectrum_weight;
  gfloat rate = bfft_trainer_warmup_rate (self);
  guint i;

  for (i = 0; i < repeat * half; i++) {
    gfloat now = scale * energies[i / repeat];
    gfloat *mean = &warmup->curvature[first + i];
    gfloat *momentum = &warmup->momentum[first + i];
    gfloat curvature;

    *mean += weight * (now - *mean);
    curvature = MAX (MAX (now, *mean), LEAST_CURVATURE);
    *momentum = MOMENTUM * *momentum
        + slope * coordinates[first + i] / curvature;
    coordinates[first + i] = rate * *momentum;
  }
}

static void
make_stage_steps (BfftTrainer * self, guint stage, gfloat * coordinates)
{
  BfftWarmup *warmup = self->warmup;
  const BfftTensors *p = self->student->params;
  guint half = p->half;
  guint size = warmup->count / p->stages / half;
  gsize base = (gsize) stage * half * size;
  gdouble scale = ldexp (1, p->stages - stage)
      / ((gdouble) self->options.batch * p->n * self->teacher->energy);
  guint plane;

  memset (warmup->first, 0, half * sizeof (gfloat));
  memset (warmup->second, 0, half * sizeof (gfloat));
  bfft_student_energy (self->student, stage, warmup->first, warmup->second);
  if (p->unitary == NULL) {
    make_steps (self, base, size, warmup->second, scale, coordinates);
    return;
  }
  for (plane = 0; plane < 4; plane++) {
    make_steps (self, base + (gsize) plane * 2 * half, 2,
        plane % 2 ? warmup->second : warmup->first, scale, coordinates);
  }
}

static gboolean
is_calm (const BfftTrainer * self)
{
  return self->warmup->calm >= (self->options.init == BFFT_TRAINER_INIT_RANDOM ?
      RANDOM_CALM_WINDOWS : CALM_WINDOWS);
}

gboolean
bfft_trainer_is_stalled (const BfftTrainer * self)
{
  return self->phase == BFFT_PHASE_WARMUP && is_calm (self)
      && self->warmup->best > NEAR;
}

/* Returns: whether the error is still large. */
static gboolean
goes_on (BfftTrainer * self, gdouble error)
{
  BfftWarmup *warmup = self->warmup;
  gdouble mean;

  if (error < MET)
    return FALSE;
  warmup->error += error;
  if (warmup->steps % WINDOW != 0)
    return TRUE;
  mean = warmup->error / WINDOW;
  warmup->error = 0;
  if (warmup->best == 0 || mean < GAIN * warmup->best) {
    warmup->best = mean;
    warmup->calm = 0;
  } else {
    warmup->calm++;
  }
  return !is_calm (self) || warmup->best > NEAR;
}

/* Curvature that comes and goes from batch to batch, as that of speech does, can
 * feed momentum like a swing that is pushed at the right moments. Momentum that
 * leads uphill starts anew (after O'Donoghue and Candes 2015), if steeply, as
 * batches differ. */
static void
restrain_momentum (BfftTrainer * self, const gfloat * gradient, gdouble error)
{
  BfftWarmup *warmup = self->warmup;
  gdouble rate = MOMENTUM * bfft_trainer_warmup_rate (self);
  gdouble fall = 0;
  gsize i;

  for (i = 0; i < warmup->count; i++)
    fall += (gdouble) gradient[i] * warmup->momentum[i];
  if (-rate * fall > UPHILL * self->loss->spec.spectrum_weight * error * error)
    memset (warmup->momentum, 0, warmup->count * sizeof (gfloat));
}

gboolean
bfft_trainer_warm_up (BfftTrainer * self, gdouble spec_relative)
{
  BfftStudent *student = self->student;
  BfftGroupIndex index = group_index (self);
  gfloat *coordinates = self->groups[index].coordinates;
  guint rows = student->rows;
  guint stage;

  self->warmup->steps++;
  student->rows = self->options.batch;
  if (index == BFFT_GROUP_TWIDDLES)
    bfft_trainer_take_angles (self);
  restrain_momentum (self, coordinates, spec_relative);
  for (stage = 0; stage < student->params->stages; stage++)
    make_stage_steps (self, stage, coordinates);
  student->rows = rows;
  bfft_trainer_descend (self, index, coordinates);
  return goes_on (self, spec_relative);
}
