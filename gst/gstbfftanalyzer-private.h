/* bfft: what the parts of the analysers' base class share.
 *
 * gstbfftanalyzer.c has the class, properties, caps, events and queries,
 * gstbfftanalyzer-setup.c how setups are made and taken into use,
 * gstbfftanalyzer-stream.c what happens to a buffer, and
 * gstbfftanalyzer-report.c statistics and sidecar.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstbfftanalyzer.h"
#include "gstbffthandover.h"
#include "gstbfftoutput.h"
#include "gstbfftstats.h"
#include "gstbffttensors.h"
#include "gstbffttimeline.h"

G_BEGIN_DECLS

/* In whatever function has a self. */
#undef GST_CAT_DEFAULT
#define GST_CAT_DEFAULT (GST_BFFT_ANALYZER_GET_CLASS (self)->debug)

/* What others may ask about the setup in use, which they must not touch. */
typedef struct
{
  gboolean valid;               /* there was one */
  gboolean running;             /* there is */
  GstBfftContext context;       /* without a network */
  BfftVariant variant;          /* that runs */
  guint64 parameter_bytes, active_butterflies;
  GstClockTime latency;         /* 0 unless there are tensors */
} GstBfftSummary;

typedef struct
{
  GstBfftHandover handover;     /* makes setups */

  /* GST_OBJECT_LOCK */
  gboolean constructed;
  GstBfftSettings settings;
  gchar *sidecar_location;
  gchar *message_name;
  GstBfftSummary summary;

  GstBfftStats stats;

  /* The streaming thread's own. */
  GstBfftSetup *setup;
  GstBfftOutput output;
  gboolean any;                 /* results in the stream */
  guint64 longest;              /* piece of it, that had none */
  gboolean announce;            /* tensor caps may have changed */
  GstBfftTimeline timeline;
  GQueue held;                  /* buffers that wait for a timestamp */
  guint64 n_held;               /* samples of them */
  guint64 until;
  guint64 result_end;           /* position of the latest result */
  guint new_frames;             /* counted since the timer started */
  GstClockTime timer;
  guint64 float_mode;           /* before the timer was started */
  guint64 busy;                 /* ns before the timer was last stopped */
  guint64 frames_written;       /* in the last sidecar */
} GstBfftAnalyzerPrivate;

GstBfftAnalyzerPrivate *gst_bfft_analyzer_get_private (GstBfftAnalyzer * self);


/* All spellings of the tensor caps of @format. */
GstCaps *gst_bfft_analyzer_tensor_caps (const GstBfftFormat * format,
    guint channels);

/* gstbfftanalyzer-setup.c */

/* How setups are made and used. */
extern const GstBfftHandoverFuncs gst_bfft_analyzer_handover_funcs;

/* Copies the settings; with everything else of @context that get_format() may
 * see. */
void gst_bfft_analyzer_get_context (GstBfftAnalyzer * self,
    const GstAudioInfo * info, GstBfftContext * context);

/* Streaming thread: what others may ask about the setup is of the one in use,
 * and the latency is right. */
void gst_bfft_analyzer_summarize (GstBfftAnalyzer * self);

/* gstbfftanalyzer-stream.c */

/* Looks at @buffer and returns it, or unrefs it and returns NULL. */
GstBuffer *gst_bfft_analyzer_take (GstBfftAnalyzer * self,
    GstBuffer * buffer);

/* A serialized event, before it goes on: what a piece that ends with it owes
 * is delivered. */
void gst_bfft_analyzer_notice (GstBfftAnalyzer * self, GstEvent * event);

/* Forgets the buffers that wait for a timestamp. */
void gst_bfft_analyzer_drop_held (GstBfftAnalyzer * self);

/* gstbfftanalyzer-report.c */

/* The property stats. */
void gst_bfft_analyzer_get_stats (GObject * object, GValue * value);

/* Whether a sidecar that is wanted can be written. */
gboolean gst_bfft_analyzer_check_sidecar (GstBfftAnalyzer * self,
    GError ** error);

/* Writes the sidecar if one is wanted and there is something new to say. */
void gst_bfft_analyzer_write_sidecar (GstBfftAnalyzer * self);

G_END_DECLS
