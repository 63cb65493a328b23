/* bfft: what bfft-scope.c measures, -grid.c and -draw.c show.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-execution.h"
#include "bfft-overlay.h"
#include "bfft-scope.h"

G_BEGIN_DECLS

#define BFFT_SCOPE_COLORS 256

/* What a column of pixels, or a bar of them, shows. Columns that are narrower
 * than a bin have no bins of their own: they lie between four. */
typedef struct
{
  guint x, width;               /* pixels of the plot */
  guint first, n;               /* bins, or n = 0 */
  gfloat weight[4];             /* of four bins from the first on */
  gfloat low, high;             /* bars: parts of the outer bins */
} BfftScopeSpan;

struct _BfftScope
{
  BfftScopeOptions options;
  BfftAxis axis;                /* of the plot */
  guint x, y, width, height;    /* the plot */
  gdouble fps;
  guint bins;
  gfloat scale;                 /* power to that of a sine from -1 to 1 */
  gdouble noise_bandwidth;      /* of the window, in bins */
  const BfftKernels *kernels;
  gfloat *decibel, *peaked;     /* [bins] */

  BfftScopeSpan *spans;
  guint n_spans;
  gfloat *fresh;                /* [n_spans] dB: of the latest spectrum */
  gfloat *level;                /* these fall slowly */
  gfloat *held;                 /* these later */
  guint *age;                   /* spectra since they were reached */

  guint32 colors[BFFT_SCOPE_COLORS];    /* of levels */
  guint32 *image;               /* waterfall: [height][width], a ring of rows */
  guint head;                   /* the latest row */
  gint *top;                    /* [width]: upper end of the filled part */
  BfftOverlay *overlay;         /* grid and words */
};

/* Puts the plot where words leave room, and draws those. */
void bfft_scope_make_grid (BfftScope * scope, guint width, guint height);

/* Colours of levels; the latest spectrum as a row of them. */
void bfft_scope_make_colors (BfftScope * scope);
void bfft_scope_add_row (BfftScope * scope);

G_END_DECLS
