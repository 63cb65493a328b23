/* bfft: a training in its own thread, or in that of the stream.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftworker.h"

/* The stream wakes the thread without the lock, so that it never waits for
 * it; a wake-up that comes to nothing for that is made up for after this. */
#define PATIENCE (20 * G_TIME_SPAN_MILLISECOND)

/* Samples that may wait, unless two batches are more: 256 MB. */
#define MAX_QUEUED (1u << 26)

struct _GstBfftWorker
{
  GstBfftSession *session;
  GstBfftStats *stats;
  guint batch;
  gboolean dropping;            /* the stream's */
  gboolean torn;                /* frames are missing before the next */
  _Atomic gboolean done;        /* all steps are done */

  GstBfftQueue *queue;          /* NULL without a thread */
  GThread *thread;
  _Atomic gboolean stop;
  _Atomic gboolean idle;        /* the queue was empty */
  GMutex lock;
  GCond work;
  GCond rest;
};

/* Frames until the queue is empty. */
static void
work (GstBfftWorker * self)
{
  const GstBfftFrame *frame;

  while (!self->stop && (frame = gst_bfft_queue_peek (self->queue))) {
    if (!self->done)
      self->done = !gst_bfft_session_feed (self->session, frame);
    gst_bfft_queue_pop (self->queue);
  }
}

static gpointer
run (gpointer data)
{
  GstBfftWorker *self = data;

  while (!self->stop) {
    work (self);
    g_mutex_lock (&self->lock);
    if (gst_bfft_queue_peek (self->queue) == NULL && !self->stop) {
      self->idle = TRUE;
      g_cond_broadcast (&self->rest);
      g_cond_wait_until (&self->work, &self->lock,
          g_get_monotonic_time () + PATIENCE);
      self->idle = FALSE;
    }
    g_mutex_unlock (&self->lock);
  }
  return NULL;
}

GstBfftWorker *
gst_bfft_worker_new (GstBfftSession * session, guint queue_frames, gsize size,
    guint batch, GstBfftStats * stats)
{
  GstBfftWorker *self = g_new0 (GstBfftWorker, 1);

  self->session = session;
  self->stats = stats;
  self->batch = batch;
  if (queue_frames == 0)
    return self;
  g_mutex_init (&self->lock);
  g_cond_init (&self->work);
  g_cond_init (&self->rest);
  queue_frames = MIN (queue_frames, MAX_QUEUED / size);
  self->queue = gst_bfft_queue_new (MAX (queue_frames, 2 * batch), size);
  self->thread = g_thread_new ("bffttrain", run, self);
  return self;
}

void
gst_bfft_worker_free (GstBfftWorker * worker)
{
  if (worker == NULL)
    return;
  if (worker->thread) {
    worker->stop = TRUE;
    g_cond_signal (&worker->work);
    g_thread_join (worker->thread);
    g_mutex_clear (&worker->lock);
    g_cond_clear (&worker->work);
    g_cond_clear (&worker->rest);
  }
  gst_bfft_queue_free (worker->queue);
  gst_bfft_session_free (worker->session);
  g_free (worker);
}

void
gst_bfft_worker_push (GstBfftWorker * worker, GstBfftFrame * frame)
{
  guint room;

  if (worker->done)
    return;
  if (worker->queue == NULL) {
    worker->done = !gst_bfft_session_feed (worker->session, frame);
    return;
  }
  room = gst_bfft_queue_get_room (worker->queue);
  worker->dropping = room == 0 || (worker->dropping && room < worker->batch);
  if (worker->dropping) {
    worker->torn = TRUE;
    gst_bfft_stats_drop (worker->stats);
    return;
  }
  frame->discont |= worker->torn;
  worker->torn = FALSE;
  gst_bfft_queue_push (worker->queue, frame);
  g_cond_signal (&worker->work);
}

void
gst_bfft_worker_finish (GstBfftWorker * worker)
{
  if (worker->thread) {
    g_mutex_lock (&worker->lock);
    while (!worker->idle || gst_bfft_queue_peek (worker->queue)) {
      g_cond_signal (&worker->work);
      g_cond_wait_until (&worker->rest, &worker->lock,
          g_get_monotonic_time () + PATIENCE);
    }
    /* The thread rests as long as we have the lock. */
    gst_bfft_session_finish (worker->session);
    g_mutex_unlock (&worker->lock);
  } else {
    gst_bfft_session_finish (worker->session);
  }
}
