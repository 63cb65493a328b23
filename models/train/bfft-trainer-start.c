/* bfft: the weights that training starts from.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-trainer-private.h"

#include <math.h>
#include <string.h>

#include "bfft-random.h"

static void
turn (gfloat * w, gdouble angle)
{
  gdouble c = cos (angle), s = sin (angle);
  gdouble re = w[0] * c - w[1] * s, im = w[0] * s + w[1] * c;

  w[0] = re;
  w[1] = im;
}

/* Turns complex numbers by Gaussian angles. */
static void
perturb (BfftTrainer * self, gfloat * values, gsize count)
{
  gsize i;

  for (i = 0; i < count; i++) {
    turn (&values[2 * i], self->options.perturbation
        * bfft_random_gaussian (&self->random));
  }
}

static void
randomize (BfftTrainer * self, gfloat * twiddles, gsize count)
{
  gsize i;

  for (i = 0; i < count; i++) {
    twiddles[2 * i] = 1;
    twiddles[2 * i + 1] = 0;
    turn (&twiddles[2 * i], 2 * G_PI * bfft_random_uniform (&self->random));
  }
}

/* Stages that compute what @twiddles do, both in order of execution. */
static void
set_unitary (BfftTensors * tensors, const gfloat * twiddles)
{
  guint half = tensors->half;
  guint s, i;

  for (s = 0; s < tensors->stages; s++) {
    gfloat *m00 = tensors->unitary + (gsize) s * 8 * half;
    gfloat *m01 = m00 + 2 * half, *m10 = m00 + 4 * half, *m11 = m00 + 6 * half;
    const gfloat *w = twiddles + (gsize) s * 2 * half;

    for (i = 0; i < 2 * half; i++) {
      m00[i] = m10[i] = i % 2 ? 0 : 1;
      m01[i] = w[i];
      m11[i] = -w[i];
    }
  }
}

static void
start_random (BfftTrainer * self)
{
  BfftTensors *p = self->student->params;
  gsize count = (gsize) p->stages * p->half;
  g_autofree gfloat *twiddles = g_new (gfloat, 2 * count);

  randomize (self, twiddles, count);
  if (p->unitary)
    set_unitary (p, twiddles);
  else
    memcpy (p->twiddles, twiddles, 2 * count * sizeof (gfloat));
}

void
bfft_trainer_start (BfftTrainer * self)
{
  BfftTensors *p = self->student->params;
  gsize count = (gsize) p->stages * p->half;

  self->phase = BFFT_PHASE_WHOLE;
  if (self->options.init != BFFT_TRAINER_INIT_EXACT
      && self->options.loss.spectrum_weight > 0)
    bfft_trainer_make_warmup (self);
  bfft_tensors_load (p, self->blank);
  switch (self->options.init) {
    case BFFT_TRAINER_INIT_EXACT:
      break;
    case BFFT_TRAINER_INIT_PERTURBED:
      perturb (self, p->unitary ? p->unitary : p->twiddles,
          p->unitary ? 4 * count : count);
      break;
    case BFFT_TRAINER_INIT_RANDOM:
      start_random (self);
      break;
  }
  if (self->warmup)
    self->phase = BFFT_PHASE_WARMUP;
  memcpy (self->judged->values, p->values, p->count * sizeof (gfloat));
  memcpy (self->best->values, p->values, p->count * sizeof (gfloat));
}
