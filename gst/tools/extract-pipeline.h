/* bfft: sound through an analyser, result by result into a writer.
 *
 *     uridecodebin, or what --source says ! audioconvert ! float32
 *       ! audioresample ! rate ! analyser ! arrays, or audio ! fakesink
 *
 * Results are taken in the streaming thread, before the sink; nothing of them
 * queues up.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "extract-options.h"

G_BEGIN_DECLS

typedef struct _ExtractPipeline ExtractPipeline;

/* Called several times a second while a pipeline runs, in the thread that runs
 * it. @part: of the sound that is done, 0 to 1. Returns: FALSE to stop. */
typedef gboolean (*ExtractTick) (gpointer data, gdouble part);

ExtractPipeline *extract_pipeline_new (const ExtractOptions * options,
    GError ** error);
void extract_pipeline_free (ExtractPipeline * pipeline);

/* Runs @uri (NULL: the source) to its end, and leaves the results to @writer.
 * After %TRUE the pipeline may run the next. A live source that @tick stops is
 * at its end; a file is not: %G_IO_ERROR_CANCELLED. */
gboolean extract_pipeline_run (ExtractPipeline * pipeline, const gchar * uri,
    ExtractWriter * writer, ExtractTick tick, gpointer data, GError ** error);

/* Of the matrix of a mix, which cannot be taken back. */
gboolean extract_pipeline_is_reusable (const ExtractPipeline * pipeline);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExtractPipeline, extract_pipeline_free)

G_END_DECLS
