/* bfft: bffttrain's worker: which frames a training gets when it is behind.
 *
 * The training is one of the test's own, which waits when it is told to.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gst/check/gstcheck.h>

#include "gstbfftworker.h"

#define BATCH 4
#define QUEUE 16

struct _GstBfftSession
{
  GMutex lock;
  GCond changed;
  gint allowed;                 /* frames that it may take */
  GArray *taken;                /* their numbers, negative with discont */
};

static _Atomic guint dropped;

gboolean
gst_bfft_session_feed (GstBfftSession * self, const GstBfftFrame * frame)
{
  gint number = frame->samples[0];

  g_mutex_lock (&self->lock);
  while (self->allowed == 0)
    g_cond_wait (&self->changed, &self->lock);
  self->allowed--;
  if (frame->discont)
    number = -number;
  g_array_append_val (self->taken, number);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

void
gst_bfft_session_free (GstBfftSession * self)
{
}

void
gst_bfft_session_finish (GstBfftSession * self)
{
}

void
gst_bfft_session_cancel (GstBfftSession * self)
{
}

gboolean
gst_bfft_session_has_learned (const GstBfftSession * self)
{
  return FALSE;
}

void
gst_bfft_stats_drop (GstBfftStats * stats, guint frames)
{
  dropped += frames;
}

/* Lets it take @n more, and waits until it has. */
static void
allow (GstBfftSession * session, guint n)
{
  guint all;

  g_mutex_lock (&session->lock);
  session->allowed += n;
  all = session->taken->len + session->allowed;
  g_cond_broadcast (&session->changed);
  while (session->taken->len < all)
    g_cond_wait (&session->changed, &session->lock);
  g_mutex_unlock (&session->lock);
}

/* Pushes the frames from number @from on until @n have been taken in. Returns:
 * the number of the next. */
static gint
push (GstBfftWorker * worker, gint from, guint n)
{
  guint before = dropped, i;

  for (i = 0; i < n; i++) {
    gfloat sample = from + i;
    GstBfftFrame frame = {.samples = &sample };

    gst_bfft_worker_push (worker, &frame);
  }
  GST_INFO ("%u of %u dropped", dropped - before, n);
  return from + n;
}

/* From the queue's end on, frames are dropped until there is room for a batch;
 * the first after that says that something is missing, no other does. */
GST_START_TEST (test_drops)
{
  const GstBfftWorkerSettings settings = {.queue_frames = QUEUE,.n = 1,
    .channels = 1,.batch = BATCH
  };
  GstBfftSession session = {.taken = g_array_new (FALSE, FALSE, sizeof (gint))
  };
  GstBfftWorker *worker = gst_bfft_worker_new (NULL);
  gint next, resumed, i;

  g_mutex_init (&session.lock);
  g_cond_init (&session.changed);
  gst_bfft_worker_begin (worker, &session, &settings);
  next = push (worker, 1, QUEUE + 5);
  fail_unless_equals_int (dropped, 5);

  /* the one that is being taken leaves the queue when the next is begun */
  allow (&session, BATCH - 1);
  next = push (worker, next, 1);
  fail_unless_equals_int (dropped, 6);
  allow (&session, 2);
  resumed = next;
  next = push (worker, next, BATCH);
  fail_unless_equals_int (dropped, 6);

  allow (&session, QUEUE + BATCH - (BATCH - 1) - 2);
  fail_unless_equals_int (session.taken->len, QUEUE + BATCH);
  for (i = 0; i < QUEUE + BATCH; i++)
    fail_unless_equals_int (g_array_index (session.taken, gint, i),
        i < QUEUE ? i + 1 : i == QUEUE ? -resumed : resumed + i - QUEUE);
  gst_bfft_worker_free (worker);
  g_array_unref (session.taken);
  g_cond_clear (&session.changed);
  g_mutex_clear (&session.lock);
}

GST_END_TEST;

static Suite *
worker_suite (void)
{
  Suite *suite = suite_create ("worker");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_drops);
  return suite;
}

GST_CHECK_MAIN (worker);
