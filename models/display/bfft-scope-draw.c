/* bfft: spectra as pictures: pixels.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-scope-private.h"

#include <math.h>
#include <string.h>

#include "bfft-pixel.h"

#define LINE 0xf4f4f0
#define HELD 0x8f949c

/* ---- colours ---- */

#define STOPS 9

/* Equally spaced colours from the lowest to the highest level: every 32nd of
 * matplotlib's maps of those names (CC0); ice and gray are ours. */
static const guint32 palettes[BFFT_N_PALETTES][STOPS] = {
  [BFFT_PALETTE_INFERNO] = {0x000004, 0x210c4a, 0x57106e, 0x8a226a, 0xbc3754,
      0xe45a31, 0xf98e09, 0xf9cb35, 0xfcffa4},
  [BFFT_PALETTE_MAGMA] = {0x000004, 0x1d1147, 0x51127c, 0x832681, 0xb73779,
      0xe75263, 0xfc8961, 0xfec488, 0xfcfdbf},
  [BFFT_PALETTE_VIRIDIS] = {0x440154, 0x472c7a, 0x3b518b, 0x2c718e, 0x21908d,
      0x27ad81, 0x5cc863, 0xaadc32, 0xfde725},
  [BFFT_PALETTE_ICE] = {0x000004, 0x07153d, 0x0b2c6b, 0x0f4a99, 0x1a70bd,
      0x3b9bd4, 0x74c3e3, 0xb5e3ef, 0xf6feff},
  [BFFT_PALETTE_GRAY] = {0x000000, 0x202020, 0x404040, 0x606060, 0x808080,
      0x9f9f9f, 0xbfbfbf, 0xdfdfdf, 0xffffff},
};

void
bfft_scope_make_colors (BfftScope * scope)
{
  const guint32 *stops = palettes[scope->options.palette];
  guint i;

  for (i = 0; i < BFFT_SCOPE_COLORS; i++) {
    guint place = i * (STOPS - 1) * 255 / (BFFT_SCOPE_COLORS - 1);
    guint stop = MIN (place / 255, STOPS - 2);

    scope->colors[i] = bfft_pixel_mix (stops[stop], stops[stop + 1],
        place - stop * 255);
  }
}

/* Part of the range that @level is above its lower end, 0 to 1. */
static gfloat
part_of_range (const BfftScope * self, gfloat level)
{
  const BfftScopeOptions *o = &self->options;

  return CLAMP ((level - o->reference) / o->range + 1, 0, 1);
}

void
bfft_scope_add_row (BfftScope * scope)
{
  guint32 *row;
  guint x;

  scope->head = (scope->head > 0 ? scope->head : scope->height) - 1;
  row = scope->image + (gsize) scope->head * scope->width;
  for (x = 0; x < scope->width; x++)
    row[x] = scope->colors[(guint) (part_of_range (scope, scope->fresh[x]) *
            (BFFT_SCOPE_COLORS - 1) + 0.5f)];
}

static void
draw_waterfall (const BfftScope * self, guint32 * pixels, gsize stride)
{
  guint y;

  for (y = 0; y < self->height; y++)
    memcpy (pixels + y * stride, self->image + (gsize) ((self->head + y) %
            self->height) * self->width, self->width * sizeof (guint32));
}

/* ---- curves and bars ---- */

/* Pixels below the plot's top. */
static gfloat
depth (const BfftScope * self, gfloat level)
{
  return (1 - part_of_range (self, level)) * self->height;
}

/* What is below the levels, in the colours of the levels there. */
static void
fill (const BfftScope * self, guint32 * pixels, gsize stride, guint strength)
{
  gint highest = self->height;
  guint i, x;
  gint y;

  for (x = 0; x < self->width; x++)
    self->top[x] = self->height;
  for (i = 0; i < self->n_spans; i++) {
    const BfftScopeSpan *span = &self->spans[i];
    gint top = depth (self, self->level[i]);

    for (x = span->x; x < MIN (span->x + span->width, self->width); x++)
      self->top[x] = MIN (self->top[x], top);
    highest = MIN (highest, top);
  }
  for (y = highest; y < (gint) self->height; y++) {
    guint level = (self->height - 1 - y) * (BFFT_SCOPE_COLORS - 1) /
        MAX (self->height - 1, 1);
    guint32 color = bfft_pixel_scale (self->colors[level], strength);
    guint32 *row = pixels + y * stride;

    for (x = 0; x < self->width; x++)
      row[x] = y >= self->top[x] ? color : row[x];
  }
}

/* The part of a column of pixels from @from to @to, smoothly. */
static void
draw_stroke (const BfftScope * self, guint32 * pixels, gsize stride,
    gfloat from, gfloat to, guint32 color)
{
  gint y;

  from = MAX (from, 0);
  to = MIN (to, self->height);
  for (y = from; y < to; y++) {
    gfloat part = MIN (to, y + 1) - MAX (from, y);

    pixels[y * stride] = bfft_pixel_mix (pixels[y * stride], color, 255 * part);
  }
}

/* A line of @thickness pixels through @levels, none where they are below what is
 * shown. Bars are not joined. */
static void
draw_line (const BfftScope * self, guint32 * pixels, gsize stride,
    const gfloat * levels, gfloat thickness, guint32 color)
{
  gboolean joined = self->options.style == BFFT_SCOPE_SPECTRUM;
  gfloat last = self->n_spans > 0 ? depth (self, levels[0]) : 0;
  gfloat here = last, next;
  guint i, x;

  for (i = 0; i < self->n_spans; i++, last = here, here = next) {
    const BfftScopeSpan *span = &self->spans[i];
    gfloat low = here, high = here;

    next = i + 1 < self->n_spans ? depth (self, levels[i + 1]) : here;
    if (joined) {
      low = MIN (here, MIN (last + here, here + next) / 2);
      high = MAX (here, MAX (last + here, here + next) / 2);
    }
    if (low >= self->height)
      continue;
    /* as thick at the upper end */
    low = MAX (low - thickness / 2, 0);
    high = MAX (high + thickness / 2, low + thickness);
    for (x = span->x; x < MIN (span->x + span->width, self->width); x++)
      draw_stroke (self, pixels + x, stride, low, high, color);
  }
}

void
bfft_scope_draw (const BfftScope * scope, guint32 * pixels, gsize stride)
{
  const BfftScopeOptions *o = &scope->options;
  gfloat thickness = MAX (scope->height / 400.0, 1);
  guint32 *plot = pixels + scope->y * stride + scope->x;

  if (o->style == BFFT_SCOPE_WATERFALL) {
    draw_waterfall (scope, plot, stride);
  } else {
    fill (scope, plot, stride, o->style == BFFT_SCOPE_BANDS ? 230 : 150);
    if (o->hold)
      draw_line (scope, plot, stride, scope->held, thickness, HELD);
    draw_line (scope, plot, stride, scope->level, 1.25 * thickness, LINE);
  }
  if (scope->overlay)
    bfft_overlay_blend (scope->overlay, pixels, stride);
}
