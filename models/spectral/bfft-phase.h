/* bfft: angles of complex numbers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>
#include "bfft-tier.h"

G_BEGIN_DECLS

/* sum[i] += the angle of (re[i], im[i]), in -pi..pi. */
typedef void (*BfftPhaseAdd) (gfloat * restrict sum,
    const gfloat * restrict re, const gfloat * restrict im, guint n);

BfftPhaseAdd bfft_phase_add_get (BfftTier tier);

G_END_DECLS
