/* bfft: samples to log-mel bands.
 *
 * Frame by frame: mean removal, pre-emphasis, window and transform (a plan),
 * mel bands, logarithm (all but PCEN's). What looks at more than one frame
 * comes after it, see bfft-features.h. Making a BfftLogmel does all that can be done once;
 * using it allocates nothing. One serves one thread at a time.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-logmel-options.h"
#include "bfft-plan.h"

G_BEGIN_DECLS

typedef struct _BfftLogmel BfftLogmel;

/* @options are resolved and checked for @rate, see bfft-logmel-options.h.
 * Returns: NULL with a sentence that says what to change. */
BfftLogmel *bfft_logmel_new (const BfftLogmelOptions * options, guint rate,
    BfftExecution execution, GError ** error);
void bfft_logmel_free (BfftLogmel * logmel);

/* The options as resolved. */
const BfftLogmelOptions *bfft_logmel_get_options (const BfftLogmel * logmel);

/* What may not be what was meant, in a sentence: a rate that the definition is
 * not for, bands that hold no bin. Returns: a new string, or NULL. */
gchar *bfft_logmel_get_warning (const BfftLogmel * logmel);

/* Sets n_fft, window and the bins wanted in @spec; the window is owned by
 * @logmel. */
void bfft_logmel_fill_plan_spec (const BfftLogmel * logmel,
    BfftPlanSpec * spec);

/* The features out[n_mels] of the frame that starts at @samples:
 * bfft_logmel_options_frame_length() of them, full scale 1, never written to.
 * Pre-emphasis over the stream also reads samples[-1], which is 0 before the
 * first sample. @plan was made with bfft_logmel_fill_plan_spec(). A NaN or an
 * infinity in the frame makes its features NaN. */
void bfft_logmel_run (BfftLogmel * logmel, BfftPlan * plan,
    const gfloat * samples, gfloat * out);

/* The same for a frame that reaches beyond the ends of the stream, which are
 * padded as the options say. @samples are @n of the stream, at most
 * frame_length + 1, and @silence zeros that follow them. The frame starts at
 * samples[start], @start may be negative, and has at least one sample or zero
 * of them. If it reaches beyond an end, that end is the stream's. */
void bfft_logmel_run_edge (BfftLogmel * logmel, BfftPlan * plan,
    const gfloat * samples, guint n, guint64 silence, gint64 start,
    gfloat * out);

/* The last steps alone: bands and logarithm of a power spectrum, n_fft / 2 + 1
 * bins. */
void bfft_logmel_from_power (BfftLogmel * logmel, const gfloat * power,
    gfloat * out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftLogmel, bfft_logmel_free)

G_END_DECLS
