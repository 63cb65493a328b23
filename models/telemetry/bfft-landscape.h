/* bfft: the loss around one twiddle.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-network.h"

G_BEGIN_DECLS

#define BFFT_LANDSCAPE_POINTS 11
#define BFFT_LANDSCAPE_REACH 0.35

/**
 * BfftLandscape:
 * @x_label: what @x is
 * @y_label: what @y is
 * @x: GArray of gdouble, columns
 * @y: GArray of gdouble, rows
 * @z: GArray of gdouble, z[row * columns + column]
 */
typedef struct
{
  gchar *x_label;
  gchar *y_label;
  GArray *x;
  GArray *y;
  GArray *z;
} BfftLandscape;

/* The loss of @network, which is there to evaluate and not to
 * keep: for training, the log-mel MSE over one fixed batch. */
typedef gdouble (*BfftLandscapeLoss) (const BfftNetwork * network,
    gpointer user_data);

/**
 * bfft_landscape_new:
 * @network: the fitted network, not written to
 * @twiddle: which twiddle moves, stage * half + butterfly
 * @loss: called 121 times
 * @user_data: for @loss
 *
 * Evaluates @loss on an 11x11 grid, -0.35..0.35 added to the real part of one
 * twiddle (columns) and to its imaginary part (rows), all else fixed. The
 * middle of the grid is @network itself. int8 twiddles are quantised anew at
 * each point; of a unitary stage m01 and -m11 move, where the twiddle stands.
 *
 * Returns: (nullable): the landscape, or %NULL when a loss was not finite
 * as float, which the file has no number for
 */
BfftLandscape *bfft_landscape_new (const BfftNetwork * network, guint twiddle,
    BfftLandscapeLoss loss, gpointer user_data);

/* Takes the labels; the arrays start empty. */
BfftLandscape *bfft_landscape_new_empty (gchar * x_label, gchar * y_label);

void bfft_landscape_free (BfftLandscape * landscape);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftLandscape, bfft_landscape_free)

G_END_DECLS
