/* bfft: log-mel bands to results.
 *
 * What looks at more than one frame: PCEN, the floor below a result's maximum,
 * cepstra, derivatives over time, windows of frames and their normalisation.
 * All of it is kept per channel; making one does all that can be done once,
 * using it allocates nothing. One serves one thread at a time.
 *
 *   bfft_features_restart ()
 *   for each frame of the stream:
 *     write its log-mel bands to bfft_features_slot (c), for each channel
 *     if (bfft_features_push ()) there is a result
 *   at the end: while (bfft_features_flush ()) there is one more
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-execution.h"
#include "bfft-logmel-options.h"

G_BEGIN_DECLS

typedef struct _BfftFeatures BfftFeatures;

/* @options are resolved, for @rate. Returns: NULL with a sentence that says what
 * to change if a result would have too many numbers. */
BfftFeatures *bfft_features_new (const BfftLogmelOptions * options,
    guint rate, guint channels, BfftExecution execution, GError ** error);
void bfft_features_free (BfftFeatures * features);

/* The next frame is the first of a stream. */
void bfft_features_restart (BfftFeatures * features);

/* Where the next frame's log-mel bands of @channel go: [n_mels]. */
gfloat *bfft_features_slot (BfftFeatures * features, guint channel);

/* They are there. Returns: a result, valid until the next call: per channel
 * [frames][bands], or [bands][frames] as the options say; NULL if none is
 * complete. */
const gfloat *bfft_features_push (BfftFeatures * features);

/* The stream has ended: what derivatives held back, one result a call. */
const gfloat *bfft_features_flush (BfftFeatures * features);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftFeatures, bfft_features_free)

G_END_DECLS
