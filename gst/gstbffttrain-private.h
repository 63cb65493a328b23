/* bfft: the element bffttrain: what its files share.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstbffttrain.h"

#include <gst/audio/audio.h>

#include "gstbfftenums.h"
#include "gstbfftframer.h"
#include "gstbffttimeline.h"
#include "gstbfftproperty.h"
#include "gstbfftworker.h"

G_BEGIN_DECLS

/* At and above this there is no noise. */
#define GST_BFFT_TRAIN_NO_NOISE 1000.0

typedef enum
{
  GST_BFFT_TRAIN_ASYNC,
  GST_BFFT_TRAIN_SYNC,
} GstBfftTrainMode;

/* A model on its way downstream. */
typedef struct
{
  GBytes *bytes;
  guint64 step;
} Model;

struct _GstBfftTrain
{
  GstBaseTransform parent;

  /* GST_OBJECT_LOCK; read when a training begins */
  GstBfftSessionSettings settings;
  gdouble noise_snr;
  gboolean multi_channel;
  GstBfftTrainMode mode;
  guint queue_frames;

  /* the streaming thread's */
  GstAudioInfo info;
  gboolean refused;             /* no training on info, and an error posted */
  GstBfftWorker *worker;        /* from start to stop */
  gchar *location;              /* that was set for the training */
  gchar *written;               /* that one before may have written to */
  GstBfftTimeline timeline;
  GstBfftFramer framer;
  gsize n_fft;
  guint channels;
  gboolean rate_bound;          /* what is learned is of one rate */
  BfftExecution execution;
  GstBfftFrame frame;           /* that is being filled */
  guint filled;                 /* samples of it */

  GstBfftStats stats;
    _Atomic (Model *) model;    /* to be pushed */
};

/* gstbffttrain-properties.c */
extern const GstBfftProperty gst_bfft_train_properties[];

G_END_DECLS
