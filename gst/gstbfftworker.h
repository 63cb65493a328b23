/* bfft: trainings one after the other, in their own thread or in that of the
 * stream.
 *
 * The stream's thread calls all of it but gst_bfft_worker_cancel(), and waits
 * in gst_bfft_worker_finish() alone.
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

GstBfftWorker *gst_bfft_worker_new (GstBfftStats * stats);

/* Cancels, and waits until what was learned is written. */
void gst_bfft_worker_free (GstBfftWorker * self);

/* From any thread: nothing more is learned, what goes on ends soon. */
void gst_bfft_worker_cancel (GstBfftWorker * self);

/* Takes @session. That before gets nothing more: it learns from what is queued,
 * for a second at most, is written and freed. Two never train at once: what
 * they write and count would mix. */
void gst_bfft_worker_begin (GstBfftWorker * self, GstBfftSession * session,
    const GstBfftWorkerSettings * settings);

/* There is a training, to be pushed to. */
gboolean gst_bfft_worker_has_begun (const GstBfftWorker * self);

void gst_bfft_worker_push (GstBfftWorker * self, GstBfftFrame * frame);

/* Waits until what was pushed is learned, for a second and the step that goes
 * on then, or the first one, and written. The rest is dropped. */
void gst_bfft_worker_finish (GstBfftWorker * self);

/* Whether what is pushed is no longer looked at. */
gboolean gst_bfft_worker_is_done (const GstBfftWorker * self);

/* A batch and more were pushed to the training since it began. */
gboolean gst_bfft_worker_has_fed (const GstBfftWorker * self);

/* See gst_bfft_session_has_learned(); after gst_bfft_worker_finish(). */
gboolean gst_bfft_worker_has_learned (const GstBfftWorker * self);

G_END_DECLS
