/* bfft: chart of the loss around one twiddle, as filled contours.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-chart.h"
#include "bfft-format.h"
#include "bfft-svg.h"

#include <math.h>

#define LEVELS 10
#define TOP 26
#define LEFT 52
#define RIGHT 92
#define BOTTOM 48

/* Cells drawn across, to have smooth contours. */
#define FINE 128

/* From this ratio of largest to smallest loss on, levels are logarithmic. */
#define LOG_FROM 20

typedef struct
{
  const BfftLandscape *data;
  BfftAxis x, y;
  gboolean log;
  gdouble low, high;            /* of the loss as drawn */
} Surface;

static gdouble
drawn (const Surface * self, gdouble z)
{
  return self->log ? log (z) : z;
}

static gdouble
at (const Surface * self, gint row, gint column)
{
  gint rows = self->data->y->len, columns = self->data->x->len;

  return drawn (self, g_array_index (self->data->z, gdouble,
          CLAMP (row, 0, rows - 1) * columns + CLAMP (column, 0, columns - 1)));
}

/* Catmull-Rom spline through b and c, at t in 0..1 between them. */
static gdouble
spline (gdouble a, gdouble b, gdouble c, gdouble d, gdouble t)
{
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d
          + t * (3 * (b - c) + d - a)));
}

/* The loss between the dots; never beyond what was measured anywhere. */
static gdouble
interpolate (const Surface * self, gdouble row, gdouble column)
{
  gint i = floor (row), j = floor (column), k;
  gdouble across[4];

  for (k = 0; k < 4; k++)
    across[k] = spline (at (self, i + k - 1, j - 1), at (self, i + k - 1, j),
        at (self, i + k - 1, j + 1), at (self, i + k - 1, j + 2), column - j);
  return CLAMP (spline (across[0], across[1], across[2], across[3], row - i),
      self->low, self->high);
}

static gdouble
threshold (const Surface * self, guint level)
{
  return self->low + (self->high - self->low) * level / LEVELS;
}

/* Where @part of the way along an axis is between its numbers. */
static gdouble
index_at (const GArray * values, gdouble part)
{
  gdouble first = g_array_index (values, gdouble, 0);
  gdouble last = g_array_index (values, gdouble, values->len - 1);
  gdouble value = first + part * (last - first), from, to;
  guint below = 0;

  while (below < values->len - 2
      && g_array_index (values, gdouble, below + 1) <= value)
    below++;
  from = g_array_index (values, gdouble, below);
  to = g_array_index (values, gdouble, below + 1);
  return below + (value - from) / (to - from);
}

/* Filled contours, FINE cells across. */
static void
draw_surface (GString * svg, const Surface * self, const BfftBox * box)
{
  g_autofree guint8 *levels = g_new (guint8, FINE * FINE);
  guint row, column;

  for (row = 0; row < FINE; row++) {
    gdouble y = index_at (self->data->y, 1 - (row + 0.5) / FINE);

    for (column = 0; column < FINE; column++) {
      gdouble z = interpolate (self, y, index_at (self->data->x,
              (column + 0.5) / FINE));

      levels[row * FINE + column] = MIN (LEVELS * ((z - self->low)
              / (self->high - self->low)), LEVELS - 1);
    }
  }
  bfft_svg_cells (svg, box, levels, FINE, FINE, 'l');
}

static void
draw_dot (GString * svg, const Surface * self, guint index, gdouble radius,
    const gchar * klass)
{
  guint columns = self->data->x->len;

  g_string_append_printf (svg, "<circle class=\"%s\" r=\"%.4g\" cx=\"%.4g\" "
      "cy=\"%.4g\"/>\n", klass, radius, bfft_axis_place (&self->x,
          g_array_index (self->data->x, gdouble, index % columns)),
      bfft_axis_place (&self->y,
          g_array_index (self->data->y, gdouble, index / columns)));
}

static void
draw_cross (GString * svg, const Surface * self, const gchar * klass)
{
  g_string_append_printf (svg, "<path class=\"%s\" d=\"M%.4g %.4g"
      "h10m-5-5v10\"/>\n", klass, bfft_axis_place (&self->x, 0) - 5,
      bfft_axis_place (&self->y, 0));
}

/* Marks have a dark rim: they must show on every colour, and beside them. */
static void
draw_marks (GString * svg, const Surface * self)
{
  const GArray *z = self->data->z;
  guint best = 0, i;

  for (i = 0; i < z->len; i++) {
    if (g_array_index (z, gdouble, i) < g_array_index (z, gdouble, best))
      best = i;
    draw_dot (svg, self, i, 1, "dot");
  }
  draw_dot (svg, self, best, 6, "mark rim");
  draw_dot (svg, self, best, 6, "mark");
  draw_cross (svg, self, "mark rim");
  draw_cross (svg, self, "mark");
}

/* As few digits as tell the levels that are named apart. */
static gint
legend_digits (const Surface * self)
{
  gdouble size = MAX (fabs (self->low), fabs (self->high));
  gdouble step = (self->high - self->low) / LEVELS;

  if (self->log || step <= 0)
    return 3;
  return CLAMP (ceil (log10 (size / step)) + 1, 3, 6);
}

/* The levels beside the picture, with the losses that they start at. */
static void
draw_legend (GString * svg, const Surface * self, const BfftBox * box)
{
  gdouble height = box->height / LEVELS;
  gdouble x = box->x + box->width + 12;
  gint digits = legend_digits (self);
  guint level;

  for (level = 0; level <= LEVELS; level++) {
    gdouble y = box->y + box->height - level * height;
    gdouble z = threshold (self, level);

    if (level < LEVELS)
      g_string_append_printf (svg, "<rect class=\"l%u\" width=\"10\" "
          "x=\"%.4g\" y=\"%.4g\" height=\"%.4g\"/>\n", level, x, y - height,
          height + 0.5);
    if (level % 2 == 0) {
      g_autofree gchar *text = g_strdup_printf ("%.*g", digits,
          self->log ? exp (z) : z);

      bfft_svg_text (svg, x + 15, y + 4, "start", "tick", text);
    }
  }
  bfft_svg_text (svg, x, box->y + box->height + 20, "start", "axis", "loss");
}

static void
find_levels (Surface * self)
{
  const GArray *z = self->data->z;
  gdouble low = G_MAXDOUBLE, high = -G_MAXDOUBLE;
  guint i;

  for (i = 0; i < z->len; i++) {
    low = MIN (low, g_array_index (z, gdouble, i));
    high = MAX (high, g_array_index (z, gdouble, i));
  }
  self->log = low > 0 && high > LOG_FROM * low;
  self->low = drawn (self, low);
  self->high = drawn (self, high);
  if (self->high <= self->low)
    self->high = self->low + MAX (fabs (self->low) * 1e-6, G_MINDOUBLE);
}

guint
bfft_chart_draw_landscape (GString * svg, const BfftChart * chart,
    const BfftReport * report, guint model, guint width)
{
  const BfftLandscape *data = bfft_report_model (report, model)->landscape;
  gdouble side = width - LEFT - RIGHT;
  const BfftBox box = { LEFT, TOP, side, side };
  Surface self = { data,
    {g_array_index (data->x, gdouble, 0),
          g_array_index (data->x, gdouble, data->x->len - 1), FALSE, LEFT,
        LEFT + side},
    {g_array_index (data->y, gdouble, 0),
          g_array_index (data->y, gdouble, data->y->len - 1), FALSE,
        TOP + side, TOP},
    FALSE, 0, 0
  };

  find_levels (&self);
  bfft_svg_open (svg, width, TOP + side + BOTTOM, chart->title);
  bfft_svg_y_axis (svg, &self.y, &box, data->y_label);
  bfft_svg_x_axis (svg, &self.x, &box, data->x_label);
  draw_surface (svg, &self, &box);
  draw_marks (svg, &self);
  draw_legend (svg, &self, &box);
  bfft_svg_close (svg);
  return TOP + side + BOTTOM;
}
