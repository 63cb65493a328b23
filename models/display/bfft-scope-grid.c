/* bfft: spectra as pictures: axes with units.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-scope-private.h"

#include <math.h>

#define FRAME 0xff3a3f47
#define MAJOR 0x38ffffff
#define MINOR 0x16ffffff

/* Smaller pictures have lines but no words. */
#define MIN_WIDTH 240
#define MIN_HEIGHT 135

typedef struct
{
  BfftScope *scope;
  gdouble size;                 /* of words, in pixels; 0 for none */
  gint line;                    /* pixels that lines are wide */
} Grid;

/* ---- frequencies, along the bottom ---- */

static void
draw_frequency (const Grid * grid, gdouble hz, guint32 color)
{
  const BfftScope *scope = grid->scope;
  gdouble x = scope->x + bfft_axis_position (&scope->axis, hz);

  bfft_overlay_rectangle (scope->overlay, floor (x - (grid->line - 1) / 2.0),
      scope->y, grid->line, scope->height, color);
}

static void
label_frequency (const Grid * grid, gdouble hz)
{
  const BfftScope *scope = grid->scope;
  gdouble position = bfft_axis_position (&scope->axis, hz), half;
  gchar text[32];

  g_snprintf (text, sizeof (text), hz < 1000 ? "%g Hz" : "%g kHz",
      hz < 1000 ? hz : hz / 1000);
  half = bfft_overlay_text_width (scope->overlay, text) / 2;
  /* the picture's edge is beside the plot's */
  if (grid->size > 0 && position + half < scope->axis.length + grid->size)
    bfft_overlay_text (scope->overlay, text, scope->x + position,
        scope->y + scope->height + 0.9 * grid->size, 0.5);
}

static void
draw_frequencies (const Grid * grid)
{
  const BfftScope *scope = grid->scope;
  gdouble ticks[BFFT_AXIS_MAX_TICKS];
  guint n, i;

  n = bfft_axis_ticks (&scope->axis, MAX (grid->size, 6), ticks);
  if (scope->axis.scale != BFFT_AXIS_LINEAR)
    for (i = 0; i < n; i++)
      draw_frequency (grid, ticks[i], MINOR);
  n = bfft_axis_ticks (&scope->axis, MAX (5 * grid->size, 24), ticks);
  for (i = 0; i < n; i++) {
    draw_frequency (grid, ticks[i], MAJOR);
    label_frequency (grid, ticks[i]);
  }
}

/* ---- levels or time, up the sides ---- */

/* Draws @length pixels from @x on for every step from @start down by a round
 * number of a total of @range, and labels: @format of the first, @next of the
 * others. */
static void
draw_scale (const Grid * grid, gdouble x, gdouble length, gdouble label_x,
    gdouble anchor, gdouble start, gdouble range, const gchar * format,
    const gchar * next)
{
  const BfftScope *scope = grid->scope;
  gdouble span = fabs (range);
  gdouble step = bfft_axis_step (span * MAX (3 * grid->size, 16) /
      scope->height);
  gdouble value;

  for (value = 0; value <= span * (1 + 1e-9); value += step) {
    gdouble y = scope->y + value / span * scope->height;
    gchar text[32];

    g_snprintf (text, sizeof (text), value == 0 ? format : next,
        range < 0 ? start - value : start + value);
    bfft_overlay_rectangle (scope->overlay, x, round (y), length, grid->line,
        MAJOR);
    if (grid->size > 0)
      bfft_overlay_text (scope->overlay, text, label_x, y, anchor);
  }
}

static void
draw_levels (const Grid * grid, gdouble x, gdouble length, gdouble label_x,
    gdouble anchor)
{
  const BfftScopeOptions *o = &grid->scope->options;

  draw_scale (grid, x, length, label_x, anchor, o->reference, -o->range,
      "%.4g dBFS", "%.4g");
}

/* A bar that says which colour is which level, right of a waterfall. */
static void
draw_colors (const Grid * grid)
{
  const BfftScope *scope = grid->scope;
  gint x = scope->x + scope->width + grid->size, y;

  for (y = 0; y < (gint) scope->height; y++)
    bfft_overlay_rectangle (scope->overlay, x, scope->y + y, grid->size, 1,
        0xff000000 | scope->colors[(scope->height - 1 - y) *
            (BFFT_SCOPE_COLORS - 1) / MAX (scope->height - 1, 1)]);
  draw_levels (grid, x, grid->size, x + 1.4 * grid->size, 0);
}

static void
draw_lines (const Grid * grid)
{
  BfftScope *scope = grid->scope;
  gdouble label_x = scope->x - 0.5 * grid->size;
  gboolean waterfall = scope->options.style == BFFT_SCOPE_WATERFALL;

  draw_frequencies (grid);
  if (!waterfall)
    draw_levels (grid, scope->x, scope->width, label_x, 1);
  else
    draw_scale (grid, scope->x, scope->width, label_x, 1, 0,
        scope->height / scope->fps, "now", "%.4g s");
  if (waterfall && grid->size > 0)
    draw_colors (grid);
  if (grid->size > 0) {
    bfft_overlay_rectangle (scope->overlay, scope->x - grid->line, scope->y,
        grid->line, scope->height + grid->line, FRAME);
    bfft_overlay_rectangle (scope->overlay, scope->x, scope->y + scope->height,
        scope->width, grid->line, FRAME);
  }
}

void
bfft_scope_make_grid (BfftScope * scope, guint width, guint height)
{
  Grid grid = {.scope = scope,.line = MAX (height / 1000, 1) };
  gdouble label;

  scope->width = width;
  scope->height = height;
  grid.size = CLAMP (height / 45.0, 10, 60);
  if (scope->options.grid)
    scope->overlay = bfft_overlay_new (width, height, grid.size);
  label = scope->overlay ?
      bfft_overlay_text_width (scope->overlay, "-000 dBFS") : 0;
  if (label == 0 || width < MIN_WIDTH || height < MIN_HEIGHT)
    grid.size = 0;
  if (grid.size > 0) {
    gboolean waterfall = scope->options.style == BFFT_SCOPE_WATERFALL;

    scope->x = (waterfall ? label / 2 : label) + grid.size;
    scope->y = 1.2 * grid.size;
    scope->width -= scope->x + (waterfall ? label + 2.5 * grid.size :
        2 * grid.size);
    scope->height -= scope->y + 2 * grid.size;
  }
  scope->axis.length = scope->width;
  if (scope->overlay == NULL)
    return;
  draw_lines (&grid);
  bfft_overlay_finish (scope->overlay);
}
