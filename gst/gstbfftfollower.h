/* bfft: models that come with a stream, taken in another thread.
 *
 * Reading a model and making what runs it takes milliseconds, which the
 * streaming thread does not have. The events are taken one after the other, in
 * their order, in a thread of GStreamer's pool; one that is still waiting when
 * the next comes is left out.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Takes an event that is about a model. In the other thread, never two at a
 * time, never after gst_bfft_follower_stop(). */
typedef void (*GstBfftFollowerFunc) (gpointer data, GstEvent * event);

typedef struct
{
  GstElement *element;          /* whose part this is */
  GstBfftFollowerFunc func;
  gpointer data;                /* for it */
  GMutex lock;                  /* never held while @func runs */
  GCond idle;
  GstEvent *next;               /* the latest that was not taken yet */
  gboolean busy;
} GstBfftFollower;

void gst_bfft_follower_init (GstBfftFollower * self, GstElement * element,
    GstBfftFollowerFunc func, gpointer data);
void gst_bfft_follower_clear (GstBfftFollower * self);

/* Streaming thread: @event, which is about a model, is to be taken. */
void gst_bfft_follower_push (GstBfftFollower * self, GstEvent * event);

/* Forgets what was not taken yet, and waits for what is being taken. */
void gst_bfft_follower_stop (GstBfftFollower * self);

G_END_DECLS
