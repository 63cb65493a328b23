/* bfft: what a session fits to the stream.
 *
 * A session owns files, messages and progress; what it fits is behind this: a
 * network by training (gstbfftfit-trainer.c), or whatever else learns from
 * frames. The session's thread alone calls it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

#include "bfft-sidecar.h"
#include "bfft-trainer.h"
#include "gstbfftqueue.h"

G_BEGIN_DECLS

typedef struct _GstBfftFit GstBfftFit;

/**
 * GstBfftFitClass:
 * @free: frees all
 * @resume: goes on from a file, or sets an error that is a sentence
 * @interrupt: the frame that comes does not continue the one before
 * @feed: takes a frame, of which steps follow
 * @step: takes a step and updates @steps, @loss and @state; returns %FALSE when
 *     there is none to be taken, or when it was cancelled
 * @can_pause: what is saved now continues as if it had not been
 * @describe: adds its fields to the message of a step
 * @get_network: (transfer full): the best so far
 * @save: writes a file that @resume reads
 * @fill_sidecar: all that is not the session's; a landscape if @last
 */
typedef struct
{
  void (*free) (GstBfftFit * fit);
  gboolean (*resume) (GstBfftFit * fit, const gchar * filename,
      GError ** error);
  void (*interrupt) (GstBfftFit * fit);
  void (*feed) (GstBfftFit * fit, const GstBfftFrame * frame);
  gboolean (*step) (GstBfftFit * fit);
  gboolean (*can_pause) (const GstBfftFit * fit);
  void (*describe) (GstBfftFit * fit, GstStructure * message);
  BfftNetwork *(*get_network) (GstBfftFit * fit);
  gboolean (*save) (GstBfftFit * fit, const gchar * filename, GError ** error);
  void (*fill_sidecar) (GstBfftFit * fit, BfftSidecarModel * model,
      gboolean last);
} GstBfftFitClass;

/**
 * GstBfftFit:
 * @element: that warnings are posted on
 * @cancel: the session's: nothing but files is wanted any more
 * @steps: taken, those before a resume included
 * @loss: of the latest step, for the eye
 * @state: nick, for messages
 */
struct _GstBfftFit
{
  const GstBfftFitClass *klass;
  GstElement *element;
  const BfftCancel *cancel;
  guint64 steps;
  gdouble loss;
  const gchar *state;
};

/* A training with options that bfft_trainer_check_options() lets pass. */
GstBfftFit *gst_bfft_fit_trainer_new (GstElement * element,
    const BfftTrainerOptions * options, gboolean landscape,
    const BfftCancel * cancel);

/* A matching of the other channels, mixed, to @reference. @delay: samples, or
 * BFFT_MATCH_AUTO. */
GstBfftFit *gst_bfft_fit_match_new (GstElement * element,
    const BfftTrainerOptions * options, gint reference, gint delay);
gboolean gst_bfft_fit_match_check (const BfftTrainerOptions * options,
    gint reference, gint delay, GError ** error);

G_END_DECLS
