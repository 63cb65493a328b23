/* bfft: frames on their way to another thread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftqueue.h"

#include <stdatomic.h>
#include <string.h>

struct _GstBfftQueue
{
  guint capacity;
  gsize size;
  GstBfftFrame *frames;
  gfloat *samples;
  _Atomic guint pushed;         /* ever, by the one thread */
  _Atomic guint popped;         /* ever, by the other */
};

GstBfftQueue *
gst_bfft_queue_new (guint capacity, gsize size)
{
  GstBfftQueue *self = g_new0 (GstBfftQueue, 1);
  guint i;

  /* A power of two, so that places stay right when the counters wrap. */
  self->capacity = 1;
  while (self->capacity < capacity)
    self->capacity *= 2;
  self->size = size;
  self->samples = g_new (gfloat, self->capacity * size);
  self->frames = g_new0 (GstBfftFrame, self->capacity);
  for (i = 0; i < self->capacity; i++)
    self->frames[i].samples = self->samples + i * size;
  return self;
}

void
gst_bfft_queue_free (GstBfftQueue * self)
{
  if (self == NULL)
    return;
  g_free (self->samples);
  g_free (self->frames);
  g_free (self);
}

guint
gst_bfft_queue_get_room (GstBfftQueue * self)
{
  return self->capacity - (atomic_load (&self->pushed)
      - atomic_load (&self->popped));
}

gboolean
gst_bfft_queue_push (GstBfftQueue * self, const GstBfftFrame * frame)
{
  guint pushed = atomic_load (&self->pushed);
  GstBfftFrame *place = &self->frames[pushed % self->capacity];
  gfloat *samples = place->samples;

  if (gst_bfft_queue_get_room (self) == 0)
    return FALSE;
  *place = *frame;
  place->samples = samples;
  memcpy (samples, frame->samples, self->size * sizeof (gfloat));
  atomic_store (&self->pushed, pushed + 1);
  return TRUE;
}

const GstBfftFrame *
gst_bfft_queue_peek (GstBfftQueue * self)
{
  guint popped = atomic_load (&self->popped);

  if (popped == atomic_load (&self->pushed))
    return NULL;
  return &self->frames[popped % self->capacity];
}

void
gst_bfft_queue_pop (GstBfftQueue * self)
{
  atomic_fetch_add (&self->popped, 1);
}
