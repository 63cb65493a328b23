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
  GstBfftQueue *queue = g_new0 (GstBfftQueue, 1);
  guint i;

  /* A power of two, so that places stay right when the counters wrap. */
  queue->capacity = 1;
  while (queue->capacity < capacity)
    queue->capacity *= 2;
  queue->size = size;
  queue->samples = g_new (gfloat, queue->capacity * size);
  queue->frames = g_new0 (GstBfftFrame, queue->capacity);
  for (i = 0; i < queue->capacity; i++)
    queue->frames[i].samples = queue->samples + i * size;
  return queue;
}

void
gst_bfft_queue_free (GstBfftQueue * queue)
{
  if (queue == NULL)
    return;
  g_free (queue->samples);
  g_free (queue->frames);
  g_free (queue);
}

guint
gst_bfft_queue_get_room (GstBfftQueue * queue)
{
  return queue->capacity - (atomic_load (&queue->pushed)
      - atomic_load (&queue->popped));
}

gboolean
gst_bfft_queue_push (GstBfftQueue * queue, const GstBfftFrame * frame)
{
  guint pushed = atomic_load (&queue->pushed);
  GstBfftFrame *place = &queue->frames[pushed % queue->capacity];
  gfloat *samples = place->samples;

  if (gst_bfft_queue_get_room (queue) == 0)
    return FALSE;
  *place = *frame;
  place->samples = samples;
  memcpy (samples, frame->samples, queue->size * sizeof (gfloat));
  atomic_store (&queue->pushed, pushed + 1);
  return TRUE;
}

const GstBfftFrame *
gst_bfft_queue_peek (GstBfftQueue * queue)
{
  guint popped = atomic_load (&queue->popped);

  if (popped == atomic_load (&queue->pushed))
    return NULL;
  return &queue->frames[popped % queue->capacity];
}

void
gst_bfft_queue_pop (GstBfftQueue * queue)
{
  atomic_fetch_add (&queue->popped, 1);
}
