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
  guint channels;
  guint batch;
  gboolean dropping;            /* the stream's */
  gboolean torn;                /* frames are missing before the next */
  _Atomic gboolean done;        /* all steps are done */

  GstBfftQueue *queue;          /* NULL without a thread */
  GThread *thread;
  GstBfftWorker *before;        /* the thread's, until it begins */
  gboolean begun;
  _Atomic gboolean retired;
  _Atomic gboolean stop;
  _Atomic gboolean idle;        /* the queue was empty */
  GMutex lock;
  GCond work;
  GCond rest;
};

/* Two workers never train at once: what they write and count would mix. */
static void
begin (GstBfftWorker * self)
{
  g_clear_pointer (&self->before, gst_bfft_worker_free);
  g_mutex_lock (&self->lock);
  self->begun = TRUE;
  g_cond_broadcast (&self->rest);
  g_mutex_unlock (&self->lock);
}

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

/* With the lock. Once all steps are done the stream wakes nobody, and who does
 * has the lock. */
static void
rest (GstBfftWorker * self)
{
  self->idle = TRUE;
  g_cond_broadcast (&self->rest);
  if (self->done) {
    g_cond_wait (&self->work, &self->lock);
  } else {
    g_cond_wait_until (&self->work, &self->lock,
        g_get_monotonic_time () + PATIENCE);
  }
  self->idle = FALSE;
}

static gpointer
run (gpointer data)
{
  GstBfftWorker *self = data;
  gboolean retired = FALSE;

  begin (self);
  while (!self->stop && !retired) {
    work (self);
    g_mutex_lock (&self->lock);
    if (gst_bfft_queue_peek (self->queue) == NULL && !self->stop) {
      retired = self->retired;
      if (!retired)
        rest (self);
    }
    g_mutex_unlock (&self->lock);
  }
  if (retired)
    gst_bfft_session_finish (self->session);
  return NULL;
}

static void
start_thread (GstBfftWorker * self, const GstBfftWorkerSettings * settings)
{
  gsize size = settings->n * settings->channels;
  guint frames = MIN (settings->queue_frames, MAX_QUEUED / size);

  g_mutex_init (&self->lock);
  g_cond_init (&self->work);
  g_cond_init (&self->rest);
  self->queue = gst_bfft_queue_new (MAX (frames, 2 * settings->batch), size);
  self->thread = g_thread_new ("bffttrain", run, self);
}

GstBfftWorker *
gst_bfft_worker_new (GstBfftSession * session,
    const GstBfftWorkerSettings * settings, GstBfftWorker * before,
    GstBfftStats * stats)
{
  GstBfftWorker *self = g_new0 (GstBfftWorker, 1);

  self->session = session;
  self->stats = stats;
  self->channels = settings->channels;
  self->batch = settings->batch;
  self->before = before;
  if (settings->queue_frames > 0)
    start_thread (self, settings);
  else
    g_clear_pointer (&self->before, gst_bfft_worker_free);
  return self;
}

static void
set_and_wake (GstBfftWorker * self, _Atomic gboolean * flag)
{
  g_mutex_lock (&self->lock);
  *flag = TRUE;
  g_cond_signal (&self->work);
  g_mutex_unlock (&self->lock);
}

void
gst_bfft_worker_free (GstBfftWorker * worker)
{
  if (worker == NULL)
    return;
  if (worker->thread) {
    if (!worker->retired)
      set_and_wake (worker, &worker->stop);
    g_thread_join (worker->thread);
    g_mutex_clear (&worker->lock);
    g_cond_clear (&worker->work);
    g_cond_clear (&worker->rest);
  }
  gst_bfft_queue_free (worker->queue);
  gst_bfft_session_free (worker->session);
  g_free (worker);
}

/* Counted in transforms, as the frames that are learned from. */
static void
drop (GstBfftWorker * self)
{
  guint c;

  self->torn = TRUE;
  for (c = 0; c < self->channels; c++)
    gst_bfft_stats_drop (self->stats);
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
    drop (worker);
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

GstBfftWorker *
gst_bfft_worker_retire (GstBfftWorker * worker)
{
  if (worker->thread == NULL) {
    gst_bfft_session_finish (worker->session);
    gst_bfft_worker_free (worker);
    return NULL;
  }
  g_mutex_lock (&worker->lock);
  /* However often caps change, there are at most two. */
  while (!worker->begun)
    g_cond_wait (&worker->rest, &worker->lock);
  g_mutex_unlock (&worker->lock);
  set_and_wake (worker, &worker->retired);
  return worker;
}

gboolean
gst_bfft_worker_is_done (GstBfftWorker * worker)
{
  return worker->done;
}

gboolean
gst_bfft_worker_has_learned (GstBfftWorker * worker)
{
  return gst_bfft_session_has_learned (worker->session);
}
