/* bfft: how far bfft-extract is, in one line of a terminal.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _ExtractProgress ExtractProgress;

/* Counts the files that @inputs stand for, meanwhile; @jobs have a part of a
 * file each under way. Without a terminal nothing is shown. */
ExtractProgress *extract_progress_new (gchar ** inputs, guint jobs,
    gboolean quiet);
void extract_progress_free (ExtractProgress * progress);

typedef enum
{
  EXTRACT_DONE,
  EXTRACT_SKIPPED,
  EXTRACT_FAILED,
} ExtractOutcome;

/* From any thread. @seconds: of sound; @fault: of what failed. */
void extract_progress_add (ExtractProgress * progress, ExtractOutcome outcome,
    gdouble seconds, const gchar * label, const gchar * fault);
void extract_progress_set_part (ExtractProgress * progress, guint job,
    gdouble part);

/* Draws the line anew. */
void extract_progress_show (ExtractProgress * progress);

/* Whether nothing has been added. */
gboolean extract_progress_is_empty (ExtractProgress * progress);

/* Says at the end how many there were, on a terminal or if some failed.
 * Returns: whether all went well. */
gboolean extract_progress_finish (ExtractProgress * progress);

G_END_DECLS
