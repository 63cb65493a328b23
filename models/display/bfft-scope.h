/* bfft: spectra as pictures that follow one another.
 *
 * Each spectrum becomes a level per column of pixels, or per band; the picture
 * is drawn from what is kept of those. Frequencies lie along the bottom in all
 * styles, on a dark ground. One serves one thread at a time; after
 * bfft_scope_new() nothing is allocated.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-axis.h"

G_BEGIN_DECLS

/**
 * BfftScopeStyle:
 * @BFFT_SCOPE_WATERFALL: a row of colours for each spectrum, the latest on top
 * @BFFT_SCOPE_SPECTRUM: a curve
 * @BFFT_SCOPE_BANDS: bars; third octaves (IEC 61260-1, base ten) on a
 *     logarithmic axis, otherwise 32 equally wide ones
 */
typedef enum
{
  BFFT_SCOPE_WATERFALL,
  BFFT_SCOPE_SPECTRUM,
  BFFT_SCOPE_BANDS,
} BfftScopeStyle;

typedef enum
{
  BFFT_PALETTE_INFERNO,
  BFFT_PALETTE_MAGMA,
  BFFT_PALETTE_VIRIDIS,
  BFFT_PALETTE_ICE,
  BFFT_PALETTE_GRAY,
  BFFT_N_PALETTES,
} BfftPalette;

/* What a user chooses of it; @min 0: 20 Hz on a logarithmic axis, otherwise
 * 0 Hz. @max up to 0: so far below half the rate. @reference is the upper end of
 * levels in dB, where 0 is a sine from -1 to 1, and @range what is shown below.
 * @hold: what was reached stays for a while. */
typedef struct
{
  BfftScopeStyle style;
  BfftAxisScale scale;
  gdouble min, max;
  gdouble range, reference;
  BfftPalette palette;
  gboolean hold;
  gboolean grid;
} BfftScopeOptions;

/**
 * BfftScopeSpec:
 * @options: above
 * @width, @height: of pictures, in pixels
 * @fps: spectra per second
 * @rate: samples per second
 * @window: [@n_fft], that frames were multiplied with
 * @n_fft: samples of a frame, at least 2
 */
typedef struct
{
  BfftScopeOptions options;
  guint width, height;
  gdouble fps;
  guint rate;
  const gfloat *window;
  guint n_fft;
} BfftScopeSpec;

#define BFFT_SCOPE_ERROR (bfft_scope_error_quark ())
GQuark bfft_scope_error_quark (void);

typedef enum
{
  BFFT_SCOPE_ERROR_RANGE,       /* a number is outside its range */
} BfftScopeError;

typedef struct _BfftScope BfftScope;

/* @spec is copied. Returns: NULL with a sentence that says what to change if
 * there are no frequencies to show. */
BfftScope *bfft_scope_new (const BfftScopeSpec * spec, GError ** error);
void bfft_scope_free (BfftScope * scope);

/* Where spectra are drawn; the rest of the picture is for words. Sets @axis,
 * which begins at @x; the plot's lower right corner is at (x + axis->length,
 * y + height). */
void bfft_scope_get_plot (const BfftScope * scope, BfftAxis * axis, guint * x,
    guint * y, guint * height);

/* What @old was shown last goes on in @scope, if both have the same axes at the
 * same place; @old is only good to be freed then. */
void bfft_scope_carry_on (BfftScope * scope, BfftScope * old);

/* The next spectrum, |X[k]|^2 of n_fft / 2 + 1 bins. */
void bfft_scope_push (BfftScope * scope, const gfloat * power);

/* Draws on a picture of zeros: pixels are 0x00RRGGBB, rows @stride of them
 * apart. */
void bfft_scope_draw (const BfftScope * scope, guint32 * pixels, gsize stride);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftScope, bfft_scope_free)

G_END_DECLS
