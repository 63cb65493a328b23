/* bfft: a training in its own thread, or in that of the stream.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstbfftsession.h"

G_BEGIN_DECLS

typedef struct _GstBfftWorker GstBfftWorker;

/* Takes @session. With @queue_frames 0 it trains in the thread that pushes,
 * otherwise in its own, behind a queue of at least so many frames of @size
 * floats. When the queue is full, frames are dropped, until @batch more fit:
 * batches are not torn.  */
GstBfftWorker *gst_bfft_worker_new (GstBfftSession * session,
    guint queue_frames, gsize size, guint batch, GstBfftStats * stats);

/* Ends the thread; what is queued is lost. */
void gst_bfft_worker_free (GstBfftWorker * worker);

/* Never waits for the thread. */
void gst_bfft_worker_push (GstBfftWorker * worker, GstBfftFrame * frame);

/* Waits until all that was pushed is learned and written. */
void gst_bfft_worker_finish (GstBfftWorker * worker);

G_END_DECLS
