/* bfft: the log-mel term of the loss.
 *
 * Log-mel as Whisper scales it: x = log10 (max (e, 1e-10)), not less than the
 * frame's largest x minus 8, and then (x + 4) / 4. Where the floor is reached
 * the value hangs on the largest band, and so does the gradient; below 1e-10
 * there is none.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-loss.h"

#include <math.h>

#define MIN_ENERGY 1e-10f
#define DEPTH 8.0f
#define OFFSET 4.0f
#define RANGE 4.0f

/* Fills logs[n_mels], not yet limited from the frame's top.
 * Returns: the largest band. */
static guint
take_logs (const gfloat * energies, guint n_mels, gfloat * logs)
{
  guint top = 0;
  guint i;

  for (i = 0; i < n_mels; i++) {
    logs[i] = log10f (MAX (energies[i], MIN_ENERGY));
    if (logs[i] > logs[top])
      top = i;
  }
  return top;
}

static gfloat
scaled (gfloat log, gfloat largest)
{
  return (MAX (log, largest - DEPTH) + OFFSET) / RANGE;
}

/* dpower += gradient by the band's energy times its filter. */
static void
filter_back (BfftLoss * self, guint band, gfloat gradient, gfloat * dpower)
{
  guint first, length, i;
  const gfloat *weights =
      bfft_mel_get_filter (self->mel, band, &first, &length);

  for (i = 0; i < length; i++)
    dpower[first + i] += gradient * weights[i];
}

/* The gradient of a band is @scale times its error. */
static void
frame_back (BfftLoss * self, guint top, gdouble scale, gfloat * dpower)
{
  gdouble at_top = 0;
  guint i;

  for (i = 0; i < self->n_mels; i++) {
    gdouble gradient = scale / RANGE * self->mel_error[i];

    if (i == top || self->logs[i] < self->logs[top] - DEPTH)
      at_top += gradient;
    else if (self->energies[i] > MIN_ENERGY)
      filter_back (self, i, gradient / (G_LN10 * self->energies[i]), dpower);
  }
  if (self->energies[top] > MIN_ENERGY)
    filter_back (self, top, at_top / (G_LN10 * self->energies[top]), dpower);
}

void
bfft_loss_add_mel (BfftLoss * loss, const BfftTeacher * teacher,
    BfftLossValues * values)
{
  gdouble count = (gdouble) loss->shape.frames * loss->n_mels;
  gdouble sum = 0;
  guint frame, i;

  for (frame = 0; frame < loss->shape.frames; frame++) {
    gsize row = (gsize) loss->power_stride
        * bfft_batch_shape_last_segment (&loss->shape, frame);
    guint top, target_top;

    bfft_mel_apply (loss->mel, teacher->power + row, loss->energies);
    target_top = take_logs (loss->energies, loss->n_mels, loss->target_logs);
    bfft_mel_apply (loss->mel, loss->power + row, loss->energies);
    top = take_logs (loss->energies, loss->n_mels, loss->logs);
    for (i = 0; i < loss->n_mels; i++) {
      gdouble error = scaled (loss->logs[i], loss->logs[top])
          - scaled (loss->target_logs[i], loss->target_logs[target_top]);

      sum += error * error;
      values->mel_err = MAX (values->mel_err, fabs (error));
      loss->mel_error[i] = error;
    }
    frame_back (loss, top, 2 * loss->spec.mel_weight / count,
        loss->dpower + row);
  }
  values->mel = sum / count;
  values->total += loss->spec.mel_weight * values->mel;
}
