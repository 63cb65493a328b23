/* bfft: all that continues a training to the same bits.
 *
 * The same list of members is walked to count bytes, to write and to read
 * them; numbers are as the machine has them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-trainer-private.h"

#include <math.h>
#include <string.h>

/* Of this layout; reads differently with the other byte order. */
#define MAGIC 0x62665433

/**
 * Walk:
 * @data: bytes, or %NULL to count them only
 * @at: where the walk is
 * @load: bytes to members, else members to bytes
 * @damaged: a number that was loaded is none
 */
typedef struct
{
  guint8 *data;
  gsize at;
  gboolean load;
  gboolean damaged;
} Walk;

static void
walk (Walk * self, gpointer member, gsize size)
{
  if (self->data && self->load)
    memcpy (member, self->data + self->at, size);
  else if (self->data)
    memcpy (self->data + self->at, member, size);
  self->at += size;
}

static void
walk_floats (Walk * self, gfloat * values, gsize count)
{
  gsize i;

  walk (self, values, count * sizeof (gfloat));
  for (i = 0; self->load && i < count; i++)
    self->damaged |= !isfinite (values[i]);
}

static void
walk_double (Walk * self, gdouble * value)
{
  walk (self, value, sizeof (*value));
  self->damaged |= self->load && !isfinite (*value);
}

static void
walk_progress (Walk * self, BfftProgress * progress)
{
  walk_double (self, &progress->window_sum);
  walk (self, &progress->window_steps, sizeof (progress->window_steps));
  walk (self, &progress->has_best, sizeof (progress->has_best));
  walk_double (self, &progress->best);
  walk (self, &progress->calm, sizeof (progress->calm));
  walk_double (self, &progress->rate);
  walk (self, &progress->steady, sizeof (progress->steady));
  walk (self, &progress->futile, sizeof (progress->futile));
  walk (self, &progress->state, sizeof (progress->state));
}

static void
walk_warmup (Walk * self, BfftWarmup * warmup)
{
  walk_floats (self, warmup->curvature, warmup->count);
  walk_floats (self, warmup->momentum, warmup->count);
  walk_double (self, &warmup->error);
  walk (self, &warmup->steps, sizeof (warmup->steps));
  walk_double (self, &warmup->best);
  walk (self, &warmup->calm, sizeof (warmup->calm));
}

static void
walk_batch (Walk * self, BfftBatch * batch)
{
  walk_floats (self, batch->clean, batch->history);
  if (batch->noisy)
    walk_floats (self, batch->noisy, batch->history);
  walk_double (self, &batch->level);
  walk (self, &batch->steps, sizeof (batch->steps));
}

static void
walk_trainer (Walk * self, BfftTrainer * trainer)
{
  const BfftTensors *p = trainer->student->params;
  guint i;

  walk (self, &trainer->steps, sizeof (trainer->steps));
  walk (self, &trainer->random, sizeof (trainer->random));
  walk (self, &trainer->phase, sizeof (trainer->phase));
  walk (self, &trainer->student->hard, sizeof (gboolean));
  walk_progress (self, &trainer->progress);
  walk_floats (self, p->values, p->count);
  walk_floats (self, trainer->judged->values, p->count);
  walk_floats (self, trainer->best->values, p->count);
  if (trainer->warmup)
    walk_warmup (self, trainer->warmup);
  for (i = 0; i < BFFT_N_GROUPS; i++) {
    BfftOptimizer *optimizer = trainer->groups[i].optimizer;

    if (optimizer) {
      walk (self, &optimizer->steps, sizeof (optimizer->steps));
      walk_floats (self, optimizer->first, 3 * optimizer->count);
    }
  }
  for (i = 0; i < trainer->options.channels; i++)
    walk_batch (self, trainer->batches[i]);
}

/* What must be the same for a state to make sense. */
static void
fill_head (const BfftTrainer * trainer, guint32 head[9])
{
  const BfftTrainerOptions *o = &trainer->options;

  head[0] = MAGIC;
  head[1] = o->n_fft;
  head[2] = o->variant;
  head[3] = o->batch;
  head[4] = o->channels;
  head[5] = o->init;
  head[6] = o->optimizer;
  head[7] = o->project_twiddles;
  head[8] = trainer->quantized;
}

static gsize
state_size (BfftTrainer * trainer)
{
  Walk count = { NULL, 9 * sizeof (guint32), FALSE, FALSE };

  walk_trainer (&count, trainer);
  return count.at;
}

GBytes *
bfft_trainer_save_state (BfftTrainer * trainer)
{
  gsize size = state_size (trainer);
  guint8 *data = g_malloc (size);
  Walk save = { data, 9 * sizeof (guint32), FALSE, FALSE };
  guint32 head[9];

  fill_head (trainer, head);
  memcpy (data, head, sizeof (head));
  walk_trainer (&save, trainer);
  return g_bytes_new_take (data, size);
}

static gboolean
is_sound (const BfftTrainer * trainer)
{
  return (guint) trainer->phase <= BFFT_PHASE_WHOLE
      && (guint) trainer->progress.state <= BFFT_TRAINER_STATE_STALLED
      && trainer->progress.rate > 0 && trainer->progress.rate <= 1
      && (trainer->phase != BFFT_PHASE_WARMUP || trainer->warmup);
}

gboolean
bfft_trainer_restore_state (BfftTrainer * trainer, GBytes * state,
    GError ** error)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (state, &size);
  Walk load = { (guint8 *) data, 9 * sizeof (guint32), TRUE, FALSE };
  guint32 head[9];

  fill_head (trainer, head);
  if (size != state_size (trainer) || memcmp (data, head, sizeof (head))) {
    g_set_error_literal (error, BFFT_TRAINER_ERROR, BFFT_TRAINER_ERROR_STATE,
        "The training that was saved had other settings (n-fft, variant, "
        "batch, channels, init, optimizer, project-twiddles, train-q8, or "
        "noise or none)");
    return FALSE;
  }
  walk_trainer (&load, trainer);
  trainer->channel = 0;
  trainer->has_batch = FALSE;
  if (load.damaged || !is_sound (trainer)) {
    g_set_error_literal (error, BFFT_TRAINER_ERROR, BFFT_TRAINER_ERROR_STATE,
        "The training that was saved is damaged");
    return FALSE;
  }
  return TRUE;
}
