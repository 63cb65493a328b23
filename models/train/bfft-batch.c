/* bfft: the examples of a training step.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-batch.h"

#include <math.h>
#include <string.h>

#include "bfft-random.h"

#define LEVEL_SECONDS 10
#define SAMPLE_LIMIT 1000.0f

guint
bfft_batch_shape_last_segment (const BfftBatchShape * shape, guint frame)
{
  if (shape->segments == shape->frames)
    return frame;
  return 2 * frame + BFFT_BATCH_AVERAGED - 1;
}

BfftBatch *
bfft_batch_new (const BfftBatchShape * shape, gdouble noise_snr, guint rate)
{
  BfftBatch *self = g_new0 (BfftBatch, 1);
  gsize fresh = (gsize) shape->frames * shape->n;

  self->shape = *shape;
  self->history = (BFFT_BATCH_AVERAGED - 1) * shape->n / 2;
  self->clean = g_new0 (gfloat, self->history + fresh);
  self->slowness = MAX (1, LEVEL_SECONDS * (gdouble) rate / fresh);
  if (!isinf (noise_snr)) {
    self->noise_ratio = pow (10, -noise_snr / 10);
    self->noisy = g_new0 (gfloat, self->history + fresh);
  }
  return self;
}

void
bfft_batch_free (BfftBatch * batch)
{
  if (batch == NULL)
    return;
  g_free (batch->clean);
  g_free (batch->noisy);
  g_free (batch);
}

guint
bfft_batch_feed (BfftBatch * batch, const gfloat * samples, guint length)
{
  gfloat *to = batch->clean + batch->history + batch->filled;
  guint missing = batch->shape.frames * batch->shape.n - batch->filled;
  guint i;

  length = MIN (length, missing);
  for (i = 0; i < length; i++) {
    to[i] = isnan (samples[i]) ? 0
        : CLAMP (samples[i], -SAMPLE_LIMIT, SAMPLE_LIMIT);
  }
  batch->filled += length;
  return length;
}

void
bfft_batch_reset (BfftBatch * batch)
{
  batch->filled = 0;
  memset (batch->clean, 0, batch->history * sizeof (gfloat));
  if (batch->noisy)
    memset (batch->noisy, 0, batch->history * sizeof (gfloat));
}

gboolean
bfft_batch_is_full (const BfftBatch * batch)
{
  return batch->filled == batch->shape.frames * batch->shape.n;
}

/* A mean over all steps until there are enough, then one that forgets. */
static void
update_level (BfftBatch * self)
{
  const gfloat *x = self->clean + self->history;
  gdouble sums[8] = { 0, };     /* which do not wait for each other */
  gdouble power = 0;
  guint i, k;

  for (i = 0; i + 8 <= self->filled; i += 8) {
    for (k = 0; k < 8; k++)
      sums[k] += (gdouble) x[i + k] * x[i + k];
  }
  for (k = 0; k < 8; k++)
    power += sums[k];
  for (; i < self->filled; i++)
    power += (gdouble) x[i] * x[i];
  self->steps++;
  self->power = power / self->filled;
  self->level += (self->power - self->level) / MIN (self->steps,
      self->slowness);
}

void
bfft_batch_begin (BfftBatch * batch, guint64 * random)
{
  gdouble deviation;
  guint i;

  update_level (batch);
  if (batch->noisy == NULL)
    return;
  batch->noise_variance = batch->level * batch->noise_ratio;
  deviation = sqrt (batch->noise_variance);
  for (i = batch->history; i < batch->history + batch->filled; i++)
    batch->noisy[i] = batch->clean[i]
        + deviation * bfft_random_gaussian (random);
}

void
bfft_batch_end (BfftBatch * batch)
{
  gsize size = batch->history * sizeof (gfloat);

  memmove (batch->clean, batch->clean + batch->filled, size);
  if (batch->noisy)
    memmove (batch->noisy, batch->noisy + batch->filled, size);
  batch->filled = 0;
}

const gfloat *
bfft_batch_frame (const BfftBatch * batch, guint frame, gboolean noisy)
{
  const gfloat *samples = noisy && batch->noisy ? batch->noisy : batch->clean;

  return samples + batch->history + frame * (gsize) batch->shape.n;
}

const gfloat *
bfft_batch_segment (const BfftBatch * batch, guint segment, gboolean noisy)
{
  const gfloat *samples = noisy && batch->noisy ? batch->noisy : batch->clean;

  if (batch->shape.segments == batch->shape.frames)
    return bfft_batch_frame (batch, segment, noisy);
  return samples + segment * (gsize) batch->shape.n / 2;
}
