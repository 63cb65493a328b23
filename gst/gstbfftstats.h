/* bfft: how a run goes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>
#include <stdatomic.h>

#include "bfft-execution.h"
#include "bfft-sidecar.h"

G_BEGIN_DECLS

/**
 * GstBfftStats:
 * @frames: transforms
 * @ns: time spent on them and all that depends on them, but not downstream
 * @ns_max: the most spent on one
 * @dropped: results cut off by a discontinuity; in bffttrain, transforms that
 *     there was no time for
 *
 * Each is written by one thread, read by any; in bffttrain @dropped by the
 * streaming thread and by the one that trains, the others by the latter.
 */
typedef struct
{
  _Atomic guint64 frames;
  _Atomic guint64 ns;
  _Atomic guint64 ns_max;
  _Atomic guint64 dropped;
} GstBfftStats;

void gst_bfft_stats_reset (GstBfftStats * self);

/* @ns were spent on @frames transforms, or on results of earlier ones. */
void gst_bfft_stats_add (GstBfftStats * self, guint frames, guint64 ns);
void gst_bfft_stats_drop (GstBfftStats * self, guint frames);
void gst_bfft_stats_get (GstBfftStats * self, BfftRunStats * run);

/* The property stats, as far as all elements have it: frames,
 * ns-per-frame-mean and -max, dropped, execution. */
GstStructure *gst_bfft_stats_to_structure (GstBfftStats * self,
    BfftExecution execution);

/* Warns on the bus if this build cannot run @execution. */
void gst_bfft_warn_of_execution (GstElement * element, BfftExecution execution);

/* Notes in @model who ran, on what and how it went: @element, called @name. */
void gst_bfft_stats_note_run (const BfftRunStats * run, GstElement * element,
    const gchar * name, BfftExecution execution, guint rate,
    BfftSidecarModel * model);

G_END_DECLS
