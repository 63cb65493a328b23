/* bfft: the self-sorting schedule.
 *
 * T. G. Stockham's autosort FFT (Cochran et al., "What is the fast Fourier
 * transform?", Proc. IEEE 55, 1967) writes each stage out of place so that the
 * index bit that the stage made is where it belongs. Bits may gather at the
 * upper or the lower end of the address: while they gather at the upper end
 * runs are long in early stages, else in late ones, so a plain transposition
 * changes over half way. Nothing is ever bit-reversed.
 *
 * A butterfly from four planes to four others would take ten arrays, so real
 * and imaginary parts are a call each.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-compiled.h"
#include "bfft-transpose.h"

#define BYTES(floats) ((gint) ((floats) * sizeof (gfloat)))

gboolean
bfft_stockham_fits (const BfftNetwork * network)
{
  return bfft_tables_kind (network) == BFFT_TABLES_FLOAT
      && network->gates == NULL;
}

static void
run_stage (const BfftKernels * kernels, const BfftLayout * layout,
    const BfftTables * tables, guint stage, const BfftPlanes * in,
    const BfftPlanes * out)
{
  const BfftStageTable *w = &tables->stage[stage];
  gboolean late = stage >= layout->row_stages;
  guint half = 1u << (layout->stages - 1);
  guint n = late ? 1u << stage : half >> stage, m = half / n;
  gint one = BYTES (n), two = BYTES (2 * n);
  /* Early: two halves of a row become two rows; late: the reverse. */
  gint in_stride = late ? one : two, out_stride = late ? two : one;
  guint in_b = late ? half : n, out_b = late ? n : half;

  kernels->network_split_re (out->re, out_stride, out->re + out_b, out_stride,
      in->re, in_stride, in->re + in_b, in_stride, in->im + in_b, in_stride,
      w->re, one, w->im, one, n, m);
  kernels->network_split_im (out->im, out_stride, out->im + out_b, out_stride,
      in->im, in_stride, in->im + in_b, in_stride, in->re + in_b, in_stride,
      w->re, one, w->im, one, n, m);
}

static void
transpose (const BfftLayout * layout, const gfloat * in, gfloat * out)
{
  const gfloat *rows[4];
  guint r, i, block = MIN (layout->rows, G_N_ELEMENTS (rows));

  for (r = 0; r < layout->rows; r += block) {
    for (i = 0; i < block; i++)
      rows[i] = in + (r + i) * layout->columns;
    bfft_transpose (rows, block, layout->columns, out + r, layout->rows);
  }
}

const BfftPlanes *
bfft_stockham_run (const BfftKernels * kernels, const BfftLayout * layout,
    const BfftTables * tables, const BfftPlanes * planes)
{
  const BfftPlanes *in = &planes[0], *out = &planes[1], *swap;
  guint s;

  for (s = 0; s <= layout->stages; s++) {
    if (s == layout->row_stages) {
      transpose (layout, in->re, out->re);
      transpose (layout, in->im, out->im);
      swap = in, in = out, out = swap;
    }
    if (s < layout->stages) {
      run_stage (kernels, layout, tables, s, in, out);
      swap = in, in = out, out = swap;
    }
  }
  return in;
}
