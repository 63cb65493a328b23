/* bfft: transposition of rows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* out[c * stride + r] = rows[r][c] for r < n_rows, c < columns. The rows may
 * be in any order and place, which folds a permutation in. */
void bfft_transpose (const gfloat * const *rows, guint n_rows, guint columns,
    gfloat * out, guint stride);

/* out[c][r] = rows[r][c]: what comes out may be in any order as well. */
void bfft_transpose_to (const gfloat * const *rows, guint n_rows,
    guint columns, gfloat * const *out);

G_END_DECLS
