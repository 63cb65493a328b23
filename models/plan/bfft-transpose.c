/* bfft: transposition of rows.
 *
 * ORC has no shuffle across more than two elements, so this is C: blocks of
 * 4x4 in vector registers where the compiler has GNU vectors, else a loop.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-transpose.h"

#include <string.h>

static void
transpose_plain (const gfloat * const *rows, guint n_rows, guint from,
    guint columns, gfloat * out, guint stride)
{
  guint r, c;

  for (r = 0; r < n_rows; r++) {
    for (c = from; c < columns; c++)
      out[c * stride + r] = rows[r][c];
  }
}

static void
transpose_to_plain (const gfloat * const *rows, guint from, guint n_rows,
    guint columns, gfloat * const *out)
{
  guint r, c;

  for (r = from; r < n_rows; r++) {
    for (c = 0; c < columns; c++)
      out[c][r] = rows[r][c];
  }
}

#ifdef __GNUC__
typedef gfloat Vector __attribute__((vector_size (16)));

#ifdef __clang__
#define SHUFFLE(a, b, i, j, k, l) __builtin_shufflevector (a, b, i, j, k, l)
#else
typedef gint Lanes __attribute__((vector_size (16)));
#define SHUFFLE(a, b, i, j, k, l) __builtin_shuffle (a, b, (Lanes) {i, j, k, l})
#endif

static inline Vector
load (const gfloat * from)
{
  Vector v;

  memcpy (&v, from, sizeof (v));
  return v;
}

static inline void
transpose_4x4 (const gfloat * const *rows, guint c, gfloat * out0,
    gfloat * out1, gfloat * out2, gfloat * out3)
{
  Vector r0 = load (rows[0] + c), r1 = load (rows[1] + c);
  Vector r2 = load (rows[2] + c), r3 = load (rows[3] + c);
  Vector low01 = SHUFFLE (r0, r1, 0, 4, 1, 5);
  Vector low23 = SHUFFLE (r2, r3, 0, 4, 1, 5);
  Vector high01 = SHUFFLE (r0, r1, 2, 6, 3, 7);
  Vector high23 = SHUFFLE (r2, r3, 2, 6, 3, 7);

  r0 = SHUFFLE (low01, low23, 0, 1, 4, 5);
  r1 = SHUFFLE (low01, low23, 2, 3, 6, 7);
  r2 = SHUFFLE (high01, high23, 0, 1, 4, 5);
  r3 = SHUFFLE (high01, high23, 2, 3, 6, 7);
  memcpy (out0, &r0, sizeof (r0));
  memcpy (out1, &r1, sizeof (r1));
  memcpy (out2, &r2, sizeof (r2));
  memcpy (out3, &r3, sizeof (r3));
}

void
bfft_transpose (const gfloat * const *rows, guint n_rows, guint columns,
    gfloat * out, guint stride)
{
  guint r, c;

  for (r = 0; r + 4 <= n_rows; r += 4) {
    for (c = 0; c + 4 <= columns; c += 4) {
      gfloat *to = out + c * stride + r;

      transpose_4x4 (rows + r, c, to, to + stride, to + 2 * stride,
          to + 3 * stride);
    }
    transpose_plain (rows + r, 4, c, columns, out + r, stride);
  }
  transpose_plain (rows + r, n_rows - r, 0, columns, out + r, stride);
}

void
bfft_transpose_to (const gfloat * const *rows, guint n_rows, guint columns,
    gfloat * const *out)
{
  guint r = 0, c;

  for (; columns % 4 == 0 && r + 4 <= n_rows; r += 4) {
    for (c = 0; c < columns; c += 4) {
      transpose_4x4 (rows + r, c, out[c] + r, out[c + 1] + r, out[c + 2] + r,
          out[c + 3] + r);
    }
  }
  transpose_to_plain (rows, r, n_rows, columns, out);
}
#else
void
bfft_transpose (const gfloat * const *rows, guint n_rows, guint columns,
    gfloat * out, guint stride)
{
  transpose_plain (rows, n_rows, 0, columns, out, stride);
}

void
bfft_transpose_to (const gfloat * const *rows, guint n_rows, guint columns,
    gfloat * const *out)
{
  transpose_to_plain (rows, 0, n_rows, columns, out);
}
#endif
