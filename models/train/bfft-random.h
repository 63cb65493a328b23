/* bfft: random numbers that are the same everywhere.
 *
 * Sequence and state belong to training's determinism: the whole state is one
 * number that is stored with a checkpoint.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
 * generators, OOPSLA 2014). Any start is good. */
guint64 bfft_random_next (guint64 * state);

/* 0 <= x < 1 */
gdouble bfft_random_uniform (guint64 * state);

/* Mean 0, variance 1 (Box and Muller 1958). */
gdouble bfft_random_gaussian (guint64 * state);

G_END_DECLS
