/* bfft: models that come with a stream, taken in another thread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftfollower.h"

void
gst_bfft_follower_init (GstBfftFollower * self, GstElement * element,
    GstBfftFollowerFunc func, gpointer data)
{
  *self = (GstBfftFollower) {
  .element = element,.func = func,.data = data};
  g_mutex_init (&self->lock);
  g_cond_init (&self->idle);
}

void
gst_bfft_follower_clear (GstBfftFollower * self)
{
  g_cond_clear (&self->idle);
  g_mutex_clear (&self->lock);
}

/* The next event to take, NULL if there is none: then this thread is done. */
static GstEvent *
take_next (GstBfftFollower * self)
{
  GstEvent *event;

  g_mutex_lock (&self->lock);
  event = g_steal_pointer (&self->next);
  self->busy = event != NULL;
  if (!self->busy)
    g_cond_broadcast (&self->idle);
  g_mutex_unlock (&self->lock);
  return event;
}

static void
follow (GstElement * element, gpointer data)
{
  GstBfftFollower *self = data;
  GstEvent *event;

  while ((event = take_next (self))) {
    self->func (self->data, event);
    gst_event_unref (event);
  }
}

void
gst_bfft_follower_push (GstBfftFollower * self, GstEvent * event)
{
  gboolean start;

  g_mutex_lock (&self->lock);
  gst_event_replace (&self->next, event);
  start = !self->busy;
  self->busy = TRUE;
  g_mutex_unlock (&self->lock);
  /* It has a reference to the element, and with that to this part of it. */
  if (start)
    gst_element_call_async (self->element, follow, self, NULL);
}

void
gst_bfft_follower_stop (GstBfftFollower * self)
{
  g_mutex_lock (&self->lock);
  gst_clear_event (&self->next);
  while (self->busy)
    g_cond_wait (&self->idle, &self->lock);
  g_mutex_unlock (&self->lock);
}
