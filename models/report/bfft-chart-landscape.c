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

/* About how many cells are drawn across, to have smooth contours. */
#define FINE_CELLS 50

/* From this ratio of largest to smallest loss on, levels are logarithmic. */
#define LOG_FROM 20

typedef struct
{
  const BfftLandscape *data;
  BfftAxis x, y;
  gboolean log;
  gdouble low, high;            /* of the loss as drawn */
  guint fine;                   /* cells drawn for each of the grid's */
} Surface;

typedef struct
{
  gdouble x, y, z;
} Point;

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

static gdouble
axis_value (const GArray * values, gdouble index)
{
  guint below = MIN ((guint) index, values->len - 2);
  gdouble from = g_array_index (values, gdouble, below);
  gdouble to = g_array_index (values, gdouble, below + 1);

  return from + (index - below) * (to - from);
}

static Point
corner (const Surface * self, guint fine_row, guint fine_column)
{
  gdouble row = (gdouble) fine_row / self->fine;
  gdouble column = (gdouble) fine_column / self->fine;
  Point point;

  point.x = bfft_axis_place (&self->x, axis_value (self->data->x, column));
  point.y = bfft_axis_place (&self->y, axis_value (self->data->y, row));
  point.z = interpolate (self, row, column);
  return point;
}

/* Appends the part of the triangle that is at or above @z. */
static void
clip_triangle (GString * path, const Point * triangle, gdouble z)
{
  gboolean first = TRUE;
  guint i;

  for (i = 0; i < 3; i++) {
    const Point *a = &triangle[i], *b = &triangle[(i + 1) % 3];

    if (a->z >= z) {
      bfft_svg_point (path, first ? 'M' : 'L', a->x, a->y);
      first = FALSE;
    }
    if ((a->z >= z) != (b->z >= z)) {
      gdouble t = (z - a->z) / (b->z - a->z);

      bfft_svg_point (path, first ? 'M' : 'L', a->x + t * (b->x - a->x),
          a->y + t * (b->y - a->y));
      first = FALSE;
    }
  }
  if (!first)
    g_string_append_c (path, 'z');
}

/* Appends the rectangle of the fine cells @column..@end of a row. */
static void
append_run (GString * path, const Point * corners, guint stride, guint row,
    guint column, guint end)
{
  const Point *top = &corners[row * stride], *below = top + stride;

  g_string_append_printf (path, "M%.4g %.4gH%.4gV%.4gH%.4gz", top[column].x,
      top[column].y, top[end].x, below[end].y, top[column].x);
}

/* Everything at or above @z as one path, so that no seams show: whole cells in
 * runs, cells on the contour as clipped triangles. */
static void
append_region (GString * path, const Point * corners, guint rows,
    guint columns, gdouble z)
{
  guint stride = columns + 1;
  guint row, column, start;

  for (row = 0; row < rows; row++) {
    for (start = column = 0; column < columns; column++) {
      const Point *p = &corners[row * stride + column];
      const Point upper[3] = { p[0], p[1], p[stride + 1] };
      const Point lower[3] = { p[0], p[stride + 1], p[stride] };

      if (p[0].z >= z && p[1].z >= z && p[stride].z >= z
          && p[stride + 1].z >= z)
        continue;
      if (start < column)
        append_run (path, corners, stride, row, start, column);
      clip_triangle (path, upper, z);
      clip_triangle (path, lower, z);
      start = column + 1;
    }
    if (start < columns)
      append_run (path, corners, stride, row, start, columns);
  }
}

static void
draw_surface (GString * svg, const Surface * self)
{
  guint rows = self->fine * (self->data->y->len - 1);
  guint columns = self->fine * (self->data->x->len - 1);
  g_autofree Point *corners = g_new (Point, (rows + 1) * (columns + 1));
  guint row, column, level;

  for (row = 0; row <= rows; row++) {
    for (column = 0; column <= columns; column++)
      corners[row * (columns + 1) + column] = corner (self, row, column);
  }
  for (level = 0; level < LEVELS; level++) {
    g_string_append_printf (svg, "<path class=\"l%u\" d=\"", level);
    append_region (svg, corners, rows, columns,
        level == 0 ? -G_MAXDOUBLE : threshold (self, level));
    g_string_append (svg, "\"/>\n");
  }
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
    FALSE, 0, 0, MAX (FINE_CELLS / data->x->len, 1)
  };

  find_levels (&self);
  bfft_svg_open (svg, width, TOP + side + BOTTOM, chart->title);
  bfft_svg_y_axis (svg, &self.y, &box, data->y_label);
  bfft_svg_x_axis (svg, &self.x, &box, data->x_label);
  draw_surface (svg, &self);
  draw_marks (svg, &self);
  draw_legend (svg, &self, &box);
  bfft_svg_close (svg);
  return TOP + side + BOTTOM;
}
