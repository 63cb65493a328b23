/* bfft: a training and all that it reports.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

#include "gstbfftfit.h"
#include "gstbfftstats.h"

G_BEGIN_DECLS

/**
 * GstBfftSessionSettings:
 * @options: of the training
 * @reference_channel: that the others are matched to, -1 to train
 * @reference_delay: samples by which they lag, BFFT_MATCH_AUTO to find out
 * @interval: steps between messages, 0 for none
 * @checkpoint_interval: steps between checkpoints, 0 for none before the end
 * @location: weights file, or %NULL
 * @sidecar_location: sidecar, or %NULL for one beside @location
 * @resume_location: weights file to go on from, or %NULL
 * @landscape: the last sidecar has a loss landscape, if it fits into a second
 */
typedef struct
{
  BfftTrainerOptions options;
  gint reference_channel;
  gint reference_delay;
  guint interval;
  guint checkpoint_interval;
  gchar *location;
  gchar *sidecar_location;
  gchar *resume_location;
  gboolean landscape;
} GstBfftSessionSettings;

void gst_bfft_session_settings_copy (GstBfftSessionSettings * to,
    const GstBfftSessionSettings * from);
void gst_bfft_session_settings_clear (GstBfftSessionSettings * settings);

/* Another training wrote to the locations: they become "NAME-2.safetensors" and
 * "NAME-2.json", or the next number that is free, and begin anew. */
void gst_bfft_session_settings_write_beside (GstBfftSessionSettings *
    settings);

/* What is told about each checkpoint: a weights file and its step. */
typedef void (*GstBfftPublish) (GstElement * element, GBytes * model,
    guint64 step);

typedef struct _GstBfftSession GstBfftSession;

/* Copies @settings. Messages are posted on @element, which must live longer;
 * @stats likewise. Returns NULL with a sentence for the user. */
GstBfftSession *gst_bfft_session_new (GstElement * element,
    const GstBfftSessionSettings * settings, GstBfftPublish publish,
    GstBfftStats * stats, GError ** error);
void gst_bfft_session_free (GstBfftSession * self);

/* From any thread: no step is begun or ended any more, and no landscape; what
 * was learned is still written by gst_bfft_session_finish(). */
void gst_bfft_session_cancel (GstBfftSession * self);

/* Trains on a frame of each channel: n samples, full scale 1. The first one
 * after a resume continues what was saved, whatever its discont says.
 * Returns: FALSE when all steps are done; nothing more is to be fed then. */
gboolean gst_bfft_session_feed (GstBfftSession * self,
    const GstBfftFrame * frame);

/* Writes weights and the last sidecar unless nothing was learned since the last
 * time. */
void gst_bfft_session_finish (GstBfftSession * self);

/* All steps were taken before, or there was at least one. */
gboolean gst_bfft_session_has_learned (const GstBfftSession * self);

G_END_DECLS
