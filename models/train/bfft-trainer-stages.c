/* bfft: each stage learns alone.
 *
 * From random twiddles the loss at the output has many poor minima. But the
 * teacher knows the exact values between all stages, and given those, each
 * twiddle is a problem of its own: t = w b with b and the right t known. Over
 * a batch, c = sum conj (b) t has the right angle. A step turns w towards it
 * by the sine of what is missing.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-trainer-private.h"

#include <math.h>
#include <string.h>

/* Root mean square of |w - right w| at which stages are near enough to learn
 * together. */
#define NEAR 1e-3

/* Sets the turn, to be subtracted, of each twiddle of a stage.
 * Returns: the sum of |w - right w|^2. */
static gdouble
find_turns (const gfloat * twiddles, const gfloat * right, guint half,
    gfloat * turns)
{
  gdouble sum = 0;
  guint i;

  for (i = 0; i < half; i++) {
    const gfloat *w = &twiddles[2 * i], *c = &right[2 * i];
    gfloat length = hypotf (c[0], c[1]);
    gfloat cosine, sine;

    turns[i] = 0;
    /* nothing was heard there */
    if (length == 0)
      continue;
    cosine = (w[0] * c[0] + w[1] * c[1]) / length;
    sine = (w[0] * c[1] - w[1] * c[0]) / length;
    sum += 2 * (1 - MIN (cosine, 1));
    if (cosine < 0)
      sine = copysignf (1, sine);
    turns[i] = -sine;
  }
  return sum;
}

gboolean
bfft_trainer_teach_stages (BfftTrainer * self)
{
  BfftStudent *exact = self->exact;
  const BfftTensors *p = exact->params;
  gsize frames = (gsize) exact->rows * p->n * sizeof (gfloat);
  gdouble sum = 0;
  guint s;

  memcpy (exact->in_re, self->student->in_re, frames);
  bfft_student_forward (exact);
  memset (exact->gradient->values, 0, p->count * sizeof (gfloat));
  for (s = 0; s < p->stages; s++) {
    gsize base = (gsize) s * p->half;
    gfloat *right = exact->gradient->twiddles + 2 * base;
    gfloat *twiddles = self->staged_twiddles + 2 * base;

    bfft_student_correlate (exact, s, right);
    sum += find_turns (twiddles, right, p->half, self->turns);
    self->kernels->train_rotate (BFFT_PAIRS (twiddles), self->turns, p->half);
  }
  if (self->student->params->unitary) {
    bfft_trainer_unitary_from_twiddles (self->student->params,
        self->staged_twiddles);
  }
  return sqrt (sum / p->stages / p->half) > NEAR;
}
