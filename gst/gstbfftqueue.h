/* bfft: frames on their way to another thread.
 *
 * One thread pushes, one takes, neither ever waits for the other: a full queue
 * refuses.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstBfftFrame:
 * @timestamp: of its first sample
 * @stream_time: the same
 * @running_time: the same
 * @discont: does not continue the frame before
 * @samples: [channels][n]
 */
typedef struct
{
  GstClockTime timestamp;
  GstClockTime stream_time;
  GstClockTime running_time;
  gboolean discont;
  gfloat *samples;
} GstBfftFrame;

typedef struct _GstBfftQueue GstBfftQueue;

/* @capacity frames of @size floats. */
GstBfftQueue *gst_bfft_queue_new (guint capacity, gsize size);
void gst_bfft_queue_free (GstBfftQueue * self);

/* Frames that can be pushed; for the pushing thread. */
guint gst_bfft_queue_get_room (GstBfftQueue * self);

/* Copies @frame. Returns: FALSE when the queue is full. */
gboolean gst_bfft_queue_push (GstBfftQueue * self,
    const GstBfftFrame * frame);

/* The oldest frame, which stays in the queue until it is popped; NULL when
 * there is none. */
const GstBfftFrame *gst_bfft_queue_peek (GstBfftQueue * self);
void gst_bfft_queue_pop (GstBfftQueue * self);

G_END_DECLS
