/* bfft: trainings one after the other, in their own thread or in that of the
 * stream.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftworker.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

/* Training waits for the machine, nothing for training. */
#define NICE 10

/* What may still be learned once nothing more comes, a first step apart. */
#define LAST_WORK G_TIME_SPAN_SECOND

/* Samples that may wait, unless two batches are more: 256 MB. */
#define MAX_QUEUED (1u << 26)

/* One training, from caps to caps. */
typedef struct
{
  GstBfftSession *session;
  GstBfftQueue *queue;          /* NULL without a thread */
  guint channels;
  guint batch;
  _Atomic gboolean done;        /* all steps are done */

  /* the stream's */
  guint64 pushed;
  gboolean dropping;
  gboolean torn;                /* frames are missing before the next */

  /* with the lock */
  gboolean retired;             /* nothing more will be pushed */
  gboolean finish;              /* it is to be written */
  gint64 deadline;              /* of learning, or 0 */
} Course;

struct _GstBfftWorker
{
  GstBfftStats *stats;
  GThread *thread;              /* from the first course that needs it on */
  GMutex lock;
  GCond work;
  GCond rest;
  Course *course;               /* the latest, or NULL */
  Course *before;               /* that the thread is at still, or NULL */
  gboolean ended;               /* the thread has, for it was cancelled */
  _Atomic gboolean cancelled;   /* set with the lock */
  _Atomic gboolean idle;        /* the queue was empty */
};

static void
course_free (Course * course)
{
  if (course == NULL)
    return;
  gst_bfft_queue_free (course->queue);
  gst_bfft_session_free (course->session);
  g_free (course);
}

/* Counted in transforms, as the frames that are learned from. */
static void
count_drop (GstBfftWorker * self, const Course * course)
{
  gst_bfft_stats_drop (self->stats, course->channels);
}

/* Returns: whether there was a frame to be dropped. */
static gboolean
drop_queued (GstBfftWorker * self, Course * course)
{
  if (gst_bfft_queue_peek (course->queue) == NULL)
    return FALSE;
  if (!course->done)
    count_drop (self, course);
  gst_bfft_queue_pop (course->queue);
  return TRUE;
}

/* The thread must not have the streaming thread's real-time policy. Failures
 * leave it as it is, which is no reason not to train. */
static void
be_nice (void)
{
#ifdef SCHED_OTHER
  const struct sched_param normal = { 0 };

  pthread_setschedparam (pthread_self (), SCHED_OTHER, &normal);
#endif
#ifdef __linux__
  /* of this thread alone */
  setpriority (PRIO_PROCESS, 0, NICE);
#endif
}

/* With the lock. Returns: FALSE when @course has nothing left to be done. */
static gboolean
work (GstBfftWorker * self, Course * course)
{
  const GstBfftFrame *frame = gst_bfft_queue_peek (course->queue);
  gboolean late = self->cancelled || (course->deadline > 0
      && g_get_monotonic_time () >= course->deadline
      && gst_bfft_session_has_learned (course->session));

  if (frame == NULL)
    return FALSE;
  g_mutex_unlock (&self->lock);
  if (late) {
    while (drop_queued (self, course));
  } else {
    if (!course->done)
      course->done = !gst_bfft_session_feed (course->session, frame);
    gst_bfft_queue_pop (course->queue);
  }
  g_mutex_lock (&self->lock);
  return TRUE;
}

/* With the lock: writes, and frees what nothing more will be pushed to. */
static void
end (GstBfftWorker * self, Course * course)
{
  gboolean retired = course->retired || self->cancelled;

  g_mutex_unlock (&self->lock);
  gst_bfft_session_finish (course->session);
  g_mutex_lock (&self->lock);
  if (retired && course == self->before) {
    self->before = NULL;
    if (self->course->deadline > 0)
      self->course->deadline = g_get_monotonic_time () + LAST_WORK;
    g_mutex_unlock (&self->lock);
    course_free (course);
    g_mutex_lock (&self->lock);
    return;
  }
  course->finish = FALSE;
  course->deadline = 0;
  g_cond_broadcast (&self->rest);
}

/* The stream wakes without the lock where it would have to wait for it. What
 * is then overlooked waits for the next frame, or for the end. */
static void
rest (GstBfftWorker * self, Course * course)
{
  self->idle = TRUE;
  if (course == NULL || gst_bfft_queue_peek (course->queue) == NULL)
    g_cond_wait (&self->work, &self->lock);
  self->idle = FALSE;
}

static gpointer
run (gpointer data)
{
  GstBfftWorker *self = data;

  be_nice ();
  g_mutex_lock (&self->lock);
  while (!self->cancelled || self->before) {
    Course *course = self->before ? self->before : self->course;

    if (course && course->queue == NULL)
      course = NULL;
    if (course && work (self, course))
      continue;
    if (course && (course->retired || course->finish))
      end (self, course);
    else if (!self->cancelled)
      rest (self, course);
    else
      break;
  }
  if (self->course && self->course->queue) {
    while (work (self, self->course));
    end (self, self->course);
  }
  self->ended = TRUE;
  g_cond_broadcast (&self->rest);
  g_mutex_unlock (&self->lock);
  return NULL;
}

GstBfftWorker *
gst_bfft_worker_new (GstBfftStats * stats)
{
  GstBfftWorker *self = g_new0 (GstBfftWorker, 1);

  self->stats = stats;
  g_mutex_init (&self->lock);
  g_cond_init (&self->work);
  g_cond_init (&self->rest);
  return self;
}

void
gst_bfft_worker_cancel (GstBfftWorker * self)
{
  g_mutex_lock (&self->lock);
  self->cancelled = TRUE;
  if (self->course)
    gst_bfft_session_cancel (self->course->session);
  if (self->before)
    gst_bfft_session_cancel (self->before->session);
  g_cond_signal (&self->work);
  g_mutex_unlock (&self->lock);
}

void
gst_bfft_worker_free (GstBfftWorker * self)
{
  if (self == NULL)
    return;
  gst_bfft_worker_cancel (self);
  if (self->thread)
    g_thread_join (self->thread);
  if (self->course && self->course->queue == NULL)
    gst_bfft_session_finish (self->course->session);
  else if (self->course)
    while (drop_queued (self, self->course));
  course_free (self->before);
  course_free (self->course);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->work);
  g_cond_clear (&self->rest);
  g_free (self);
}

static Course *
course_new (GstBfftSession * session, const GstBfftWorkerSettings * settings)
{
  gsize size = settings->n * settings->channels;
  guint frames = MIN (settings->queue_frames, MAX_QUEUED / size);
  Course *course = g_new0 (Course, 1);

  course->session = session;
  course->channels = settings->channels;
  course->batch = settings->batch;
  if (settings->queue_frames > 0) {
    course->queue = gst_bfft_queue_new (MAX (frames, 2 * settings->batch),
        size);
  }
  return course;
}

void
gst_bfft_worker_begin (GstBfftWorker * self, GstBfftSession * session,
    const GstBfftWorkerSettings * settings)
{
  Course *course = course_new (session, settings);
  Course *old, *skipped = NULL;

  if (self->cancelled) {
    course_free (course);
    return;
  }
  if (self->course && self->course->queue == NULL)
    gst_bfft_session_finish (self->course->session);
  g_mutex_lock (&self->lock);
  old = self->course;
  /* However often caps change, there are at most two: one that the thread has
   * not come to has learned nothing. */
  if (self->cancelled) {
    skipped = course;
  } else if (old && (old->queue == NULL || self->before)) {
    skipped = old;
  } else if (old) {
    old->retired = TRUE;
    old->deadline = g_get_monotonic_time () + LAST_WORK;
    self->before = old;
  }
  if (skipped != course)
    self->course = course;
  g_cond_signal (&self->work);
  g_mutex_unlock (&self->lock);
  if (skipped && skipped->queue)
    while (drop_queued (self, skipped));
  course_free (skipped);
  if (skipped != course && course->queue && self->thread == NULL)
    self->thread = g_thread_new ("bffttrain", run, self);
}

gboolean
gst_bfft_worker_has_begun (const GstBfftWorker * self)
{
  return self->course != NULL;
}

void
gst_bfft_worker_push (GstBfftWorker * self, GstBfftFrame * frame)
{
  Course *course = self->course;
  guint room;

  if (course->done)
    return;
  /* The frame may even be of other caps. */
  if (self->cancelled) {
    count_drop (self, course);
    return;
  }
  course->pushed++;
  if (course->queue == NULL) {
    course->done = !gst_bfft_session_feed (course->session, frame);
    return;
  }
  room = gst_bfft_queue_get_room (course->queue);
  course->dropping = room == 0 || (course->dropping && room < course->batch);
  if (course->dropping) {
    course->torn = TRUE;
    count_drop (self, course);
    return;
  }
  frame->discont |= course->torn;
  course->torn = FALSE;
  gst_bfft_queue_push (course->queue, frame);
  if (self->idle && g_mutex_trylock (&self->lock)) {
    g_cond_signal (&self->work);
    g_mutex_unlock (&self->lock);
  }
}

void
gst_bfft_worker_finish (GstBfftWorker * self)
{
  Course *course = self->course;

  if (course->queue == NULL) {
    gst_bfft_session_finish (course->session);
    return;
  }
  g_mutex_lock (&self->lock);
  course->finish = TRUE;
  course->deadline = g_get_monotonic_time () + LAST_WORK;
  g_cond_signal (&self->work);
  while (course->finish && !self->ended)
    g_cond_wait (&self->rest, &self->lock);
  g_mutex_unlock (&self->lock);
}

gboolean
gst_bfft_worker_is_done (const GstBfftWorker * self)
{
  return self->course->done;
}

gboolean
gst_bfft_worker_has_fed (const GstBfftWorker * self)
{
  return self->course->pushed >= self->course->batch;
}

gboolean
gst_bfft_worker_has_learned (const GstBfftWorker * self)
{
  return gst_bfft_session_has_learned (self->course->session);
}
