/* bfft: the models that a report shows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-sidecar.h"

G_BEGIN_DECLS

/**
 * BfftReport:
 * @sidecars: GPtrArray of BfftSidecar, owned
 * @models: GPtrArray of BfftSidecarModel, all of theirs in order
 * @labels: GPtrArray of strings, what each model is called, none twice: by its
 *     file, or by its id where a file holds several
 * @files: GPtrArray of strings, the file of each model as it may be shown
 * @dates: GPtrArray of strings, when each was written, of files of others when
 *     they were changed last: "2026-11-25 16:10 UTC"
 * @twiddle_reach: largest | |w| - 1 | of all models, so that their heatmaps
 *     share a scale
 */
typedef struct
{
  GPtrArray *sidecars;
  GPtrArray *models;
  GPtrArray *labels;
  GPtrArray *files;
  GPtrArray *dates;
  gdouble twiddle_reach;
} BfftReport;

BfftReport *bfft_report_new (void);
void bfft_report_free (BfftReport * report);

/* Adds all models of the sidecar in @filename; errors as bfft_sidecar_load(),
 * but what is another kind of file is called what it is. Longer curves of other
 * writers are thinned as ours are. */
gboolean bfft_report_add_file (BfftReport * report, const gchar * filename,
    GError ** error);

const BfftSidecarModel *bfft_report_model (const BfftReport * report,
    guint index);
const gchar *bfft_report_label (const BfftReport * report, guint index);

/* "/a/b/repaired.json" is called "repaired"; may be shown. */
gchar *bfft_report_stem (const gchar * filename);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftReport, bfft_report_free)

G_END_DECLS
