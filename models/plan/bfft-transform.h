/* bfft: a network compiled for complex frames, with its way back.
 *
 * As with plans, one transform serves one thread at a time; running it
 * allocates nothing.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-execution.h"
#include "bfft-network.h"

G_BEGIN_DECLS

typedef struct _BfftTransform BfftTransform;

/* @network is read and not kept. */
BfftTransform *bfft_transform_new (const BfftNetwork * network,
    BfftExecution execution);
void bfft_transform_free (BfftTransform * transform);

/* Input and output of n_fft each, planar, no window: the network as
 * docs/network.md has it, forward, and its unnormalised inverse
 * conj (F (conj (z))). Input and output may be the same arrays. */
void bfft_transform_forward (BfftTransform * transform, const gfloat * in_re,
    const gfloat * in_im, gfloat * out_re, gfloat * out_im);
void bfft_transform_inverse (BfftTransform * transform, const gfloat * in_re,
    const gfloat * in_im, gfloat * out_re, gfloat * out_im);

/* FFT, mask and denoiser, inverse FFT by 1 / n of a real frame: @out gets
 * n_fft samples. */
void bfft_transform_round_trip (BfftTransform * transform,
    const gfloat * frame, gfloat * out);

/* As of a plan: bfft-plan.h. */
gsize bfft_transform_get_parameter_bytes (const BfftTransform * transform);
guint64 bfft_transform_get_active_butterflies (const BfftTransform * transform);
const gchar *bfft_transform_describe (const BfftTransform * transform);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftTransform, bfft_transform_free)

G_END_DECLS
