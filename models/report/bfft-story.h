/* bfft: what a report says in words.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-report-model.h"

G_BEGIN_DECLS

typedef enum
{
  BFFT_OUTCOME_MEASURED,        /* nothing was attempted, or who did says so */
  BFFT_OUTCOME_WORKED,
  BFFT_OUTCOME_SAME,
  BFFT_OUTCOME_WORSE,
} BfftOutcome;

/* What an outcome is called, with a sign: "✓ worked". */
const gchar *bfft_outcome_name (BfftOutcome outcome);

/* Returns: (transfer full): what was attempted, from where, to where, in a few
 * sentences. */
gchar *bfft_story_verdict (const BfftReport * report, guint model,
    BfftOutcome * outcome);

/* Returns: (transfer full): what the report is about, and what it was heard in:
 * "repaired: speech.wav", "9 models from 1 sidecar" */
gchar *bfft_story_title (const BfftReport * report);

/* Returns: (transfer full): who wrote it when: "bffttrain, variant domain, n-fft
 * 256, 2026-11-25 16:10 UTC" */
gchar *bfft_story_subtitle (const BfftReport * report);

/* The URI that @model heard as people know it, or NULL. */
gchar *bfft_story_sound (const BfftSidecarModel * model);

/* The value of setting @name of @model, or NULL. */
const gchar *bfft_story_setting (const BfftSidecarModel * model,
    const gchar * name);

/* Whether setting @name is none, but a result that the verdict or the table of
 * results has. */
gboolean bfft_story_is_result (const gchar * name);

/* The same as a number, NaN for none. */
gdouble bfft_story_number (const BfftSidecarModel * model, const gchar * name);

/* The level that the total loss stays at: the median of its last quarter, if
 * that of the quarter before is the same within a quarter; NaN if it still moves
 * or is too short to tell. */
gdouble bfft_story_level (const BfftSidecarModel * model);

/* Smallest difference that one gain for all frequencies would leave between the
 * channels of a matching, in dB rms over the points of its plot; NaN for none. */
gdouble bfft_story_one_gain (const BfftSidecarModel * model);

G_END_DECLS
