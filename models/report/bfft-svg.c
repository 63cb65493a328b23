/* bfft: what all charts are drawn with.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-svg.h"

#include "bfft-format.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

/* Whole numbers below these are written with all their digits: below a chart, and
 * beside it. */
#define MAX_ACROSS 1e15
#define MAX_BESIDE 1e5

void
bfft_svg_style (GString * text, const gchar * name)
{
  g_autofree gchar *path = g_strconcat ("/bfft/report/", name, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path,
      G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_return_if_fail (bytes != NULL);
  g_string_append_len (text, g_bytes_get_data (bytes, NULL),
      g_bytes_get_size (bytes));
}

void
bfft_svg_open (GString * svg, guint width, guint height,
    const gchar * description)
{
  g_autofree gchar *escaped = g_markup_escape_text (description, -1);

  g_string_append_printf (svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
      "class=\"chart\" role=\"img\" width=\"%u\" height=\"%u\" "
      "viewBox=\"0 0 %u %u\"><title>%s</title>\n", width, height, width,
      height, escaped);
}

void
bfft_svg_close (GString * svg)
{
  g_string_append (svg, "</svg>\n");
}

void
bfft_svg_text (GString * svg, gdouble x, gdouble y, const gchar * anchor,
    const gchar * klass, const gchar * text)
{
  g_autofree gchar *escaped = g_markup_escape_text (text, -1);

  g_string_append_printf (svg, "<text x=\"%.4g\" y=\"%.4g\" "
      "text-anchor=\"%s\" class=\"%s\">%s</text>\n", x, y, anchor, klass,
      escaped);
}

void
bfft_svg_key (GString * svg, gdouble x, gdouble y, guint series)
{
  g_string_append_printf (svg, "<path class=\"line s%u\" d=\"M%.4g %.4gh20\""
      "/>\n", series % BFFT_SVG_SERIES, x, y);
}

void
bfft_svg_point (GString * path, gchar command, gdouble x, gdouble y)
{
  g_string_append_printf (path, "%c%.4g %.4g", command, x, y);
}

/* One path for each level, of runs of cells in a row, one unit a cell. */
void
bfft_svg_cells (GString * svg, const BfftBox * box, const guint8 * levels,
    guint rows, guint columns, gchar prefix)
{
  guint level, row, column;

  g_string_append_printf (svg, "<g class=\"cells\" transform=\"translate(%.4g "
      "%.4g) scale(%.6g %.6g)\">\n", box->x, box->y, box->width / columns,
      box->height / rows);
  for (level = 0; level < 16; level++) {
    g_autoptr (GString) path = g_string_new (NULL);

    for (row = 0; row < rows; row++) {
      const guint8 *cells = &levels[row * columns];

      for (column = 0; column < columns; column++) {
        guint start = column;

        while (column < columns && cells[column] == level)
          column++;
        if (column > start)
          g_string_append_printf (path, "M%u %uh%uv1h-%uz", start, row,
              column - start, column - start);
      }
    }
    if (path->len > 0)
      g_string_append_printf (svg, "<path class=\"%c%u\" d=\"%s\"/>\n", prefix,
          level, path->str);
  }
  g_string_append (svg, "</g>\n");
}

/* More than doubles span, and less than infinity. */
#define MAX_DECADES 700

/* Not of a quotient, which may overflow. */
static gdouble
decades_between (gdouble low, gdouble high)
{
  return log10 (high) - log10 (low);
}

gdouble
bfft_axis_place (const BfftAxis * axis, gdouble value)
{
  gdouble part = axis->log
      ? decades_between (axis->min, value) / decades_between (axis->min,
      axis->max)
      : (value - axis->min) / (axis->max - axis->min);

  return axis->from + CLAMP (part, 0, 1) * (axis->to - axis->from);
}

void
bfft_axis_include (BfftAxis * axis, gdouble value)
{
  axis->min = MIN (axis->min, value);
  axis->max = MAX (axis->max, value);
}

void
bfft_axis_widen (BfftAxis * axis)
{
  gdouble size = MAX (fabs (axis->min), fabs (axis->max));

  if (axis->log && axis->max < 1.5 * axis->min) {
    axis->min /= 1.5;
    axis->max *= 1.5;
  } else if (!axis->log && axis->max - axis->min < 1e-6 * size) {
    axis->min -= 0.5 * size;
    axis->max += 0.5 * size;
  } else if (axis->max <= axis->min) {
    axis->max = axis->min + 1;
  }
}

void
bfft_axis_pad (BfftAxis * axis)
{
  gdouble ratio = axis->log
      ? pow (10, 0.04 * decades_between (axis->min, axis->max)) : 1;
  gdouble margin = axis->log ? 0 : 0.04 * (axis->max - axis->min);

  axis->min = axis->min / ratio - margin;
  axis->max = axis->max * ratio + margin;
}

static void
grid_line (GString * svg, gdouble x1, gdouble y1, gdouble x2, gdouble y2)
{
  g_string_append_printf (svg,
      "<path class=\"grid\" d=\"M%.4g %.4gL%.4g %.4g\"/>\n", x1, y1, x2, y2);
}

/* 1, 2 or 5 times a power of ten, so that about @count fit into @range. */
static gdouble
nice_step (gdouble range, guint count)
{
  gdouble power = pow (10, floor (log10 (range / count)));
  gdouble factor = range / count / power;

  return power * (factor < 1.5 ? 1 : factor < 3.5 ? 2 : factor < 7.5 ? 5 : 10);
}

static GArray *
linear_ticks (const BfftAxis * axis, guint count)
{
  GArray *ticks = g_array_new (FALSE, FALSE, sizeof (gdouble));
  gdouble step = nice_step (axis->max - axis->min, count);
  gdouble slack = 1e-9 * step;
  gint64 i;

  if (!(step > 0))              /* the range is too small for a double */
    return ticks;
  for (i = ceil (axis->min / step - 1e-9); i * step <= axis->max + slack; i++) {
    gdouble tick = i * step;

    g_array_append_val (ticks, tick);
  }
  return ticks;
}

/* Decades, of many every second or third; 1, 2, 5 where there are few; as on a
 * linear axis within one. */
static GArray *
log_ticks (const BfftAxis * axis)
{
  static const gdouble factors[] = { 1, 2, 5 };
  gdouble decades = decades_between (axis->min, axis->max);
  guint used = decades < 2.2 ? 3 : 1, i;
  gint every = MAX (ceil (decades / 6), 1);
  GArray *ticks;
  gint decade;

  if (decades < 1)
    return linear_ticks (axis, 4);
  ticks = g_array_new (FALSE, FALSE, sizeof (gdouble));
  if (!(decades <= MAX_DECADES))
    return ticks;
  for (decade = floor (log10 (axis->min)); decade <= log10 (axis->max);
      decade++) {
    for (i = 0; i < used; i++) {
      gdouble tick = factors[i] * pow (10, decade);

      if (decade % every == 0 && tick >= axis->min * 0.999
          && tick <= axis->max * 1.001)
        g_array_append_val (ticks, tick);
    }
  }
  return ticks;
}

/* Whole numbers below @most in digits, "10⁻³" for a power of ten beyond what is easily read, else plain. */
static gchar *
tick_label (const BfftAxis * axis, gdouble value, gdouble most)
{
  static const gchar *const digits[] = { "\342\201\260", "\302\271",
    "\302\262", "\302\263", "\342\201\264", "\342\201\265", "\342\201\266",
    "\342\201\267", "\342\201\270", "\342\201\271"
  };
  gdouble exponent = fabs (value) > 0 ? log10 (fabs (value)) : 0;
  gdouble step = axis->log ? 0 : nice_step (axis->max - axis->min, 5);
  GString *text;
  g_autofree gchar *power = NULL;
  gchar *label, *plus;
  const gchar *p;

  if (axis->log && axis->max >= 10 * axis->min
      && (exponent < -2.5 || exponent > 3.5)) {
    gint decade = floor (exponent + 1e-9);
    gint factor = lround (value / pow (10, decade));

    text = g_string_new (NULL);
    if (factor != 1)
      g_string_append_printf (text, "%d\302\267", factor);
    g_string_append (text, decade < 0 ? "10\342\201\273" : "10");
    power = g_strdup_printf ("%d", ABS (decade));
    for (p = power; *p; p++)
      g_string_append (text, digits[*p - '0']);
    return g_string_free (text, FALSE);
  }
  if (!axis->log && value == floor (value) && value >= 0 && value < most
      && step >= 1)
    return bfft_format_count (value);
  label = bfft_format_number (fabs (value) < 1e-9 * step ? 0 : value);
  if ((plus = strstr (label, "e+0")))   /* 1.5e6 has room beside a chart */
    memmove (plus + 1, plus + 3, strlen (plus + 2));
  return label;
}

void
bfft_svg_x_tick (GString * svg, gdouble x, gdouble bottom, const gchar * label)
{
  grid_line (svg, x, bottom, x, bottom + 4);
  bfft_svg_text (svg, x, bottom + 16, "middle", "tick", label);
}

void
bfft_svg_x_axis (GString * svg, const BfftAxis * axis, const BfftBox * box,
    const gchar * title)
{
  g_autoptr (GArray) ticks = linear_ticks (axis, box->width / 90);
  gdouble bottom = box->y + box->height;
  guint i;

  for (i = 0; i < ticks->len; i++) {
    gdouble value = g_array_index (ticks, gdouble, i);
    gdouble x = bfft_axis_place (axis, value);
    g_autofree gchar *label = tick_label (axis, value, MAX_ACROSS);

    bfft_svg_x_tick (svg, x, bottom, label);
  }
  bfft_svg_text (svg, box->x + box->width, bottom + 32, "end", "axis", title);
}

void
bfft_svg_y_axis (GString * svg, const BfftAxis * axis, const BfftBox * box,
    const gchar * title)
{
  g_autoptr (GArray) ticks = axis->log ? log_ticks (axis)
      : linear_ticks (axis, 5);
  guint i;

  for (i = 0; i < ticks->len; i++) {
    gdouble value = g_array_index (ticks, gdouble, i);
    gdouble y = bfft_axis_place (axis, value);
    g_autofree gchar *label = tick_label (axis, value, MAX_BESIDE);

    grid_line (svg, box->x, y, box->x + box->width, y);
    bfft_svg_text (svg, box->x - 6, y + 4, "end", "tick", label);
  }
  bfft_svg_text (svg, box->x, box->y - 8, "start", "axis", title);
}
