/* bfft: a training in its own thread, or in that of the stream.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstbfftsession.h"

G_BEGIN_DECLS

typedef struct _GstBfftWorker GstBfftWorker;

/**
 * GstBfftWorkerSettings:
 * @queue_frames: frames that may wait for a thread of its own, at least; 0 to
 *     train in the thread that pushes
 * @n: samples of a frame, in each of
 * @channels: channels
 * @batch: frames of a step. When the queue is full, frames are dropped until so
 *     many fit: batches are not torn.
 */
typedef struct
{
  guint queue_frames;
  gsize n;
  guint channels;
  guint batch;
} GstBfftWorkerSettings;

/* Takes @session, and @before, which was retired, or NULL: nothing is trained
 * until that has ended. */
GstBfftWorker *gst_bfft_worker_new (GstBfftSession * session,
    const GstBfftWorkerSettings * settings, GstBfftWorker * before,
    GstBfftStats * stats);

/* Waits for the end of the thread. What is queued is lost, unless the worker
 * was retired. */
void gst_bfft_worker_free (GstBfftWorker * worker);

/* Never waits for the thread. */
void gst_bfft_worker_push (GstBfftWorker * worker, GstBfftFrame * frame);

/* Waits until all that was pushed is learned and written. */
void gst_bfft_worker_finish (GstBfftWorker * worker);

/* Nothing more will be pushed: the thread learns and writes the rest and ends.
 * Waits only as long as it has not begun, for another one before it.
 * Returns: @worker, or NULL if it has no thread and so is gone already. */
GstBfftWorker *gst_bfft_worker_retire (GstBfftWorker * worker);

/* Whether what is pushed is no longer looked at. */
gboolean gst_bfft_worker_is_done (GstBfftWorker * worker);

/* See gst_bfft_session_has_learned(); after gst_bfft_worker_finish(). */
gboolean gst_bfft_worker_has_learned (GstBfftWorker * worker);

G_END_DECLS
