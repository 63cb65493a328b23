/* bfft: charts of what was measured over frequency, one below the other.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-chart.h"
#include "bfft-svg.h"

#include <math.h>

#define LEFT 52
#define PLOT_HEIGHT 180
#define LINE_HEIGHT 18

/* Characters that fit: of a title, and of a name in the legend. */
#define TITLE_CHARS 56
#define NAME_CHARS 22

/* Lines of less confidence are fainter, in this many steps. */
#define STEPS 4

/* Pixels between labels below the axis, so that they do not touch. */
#define TICK_GAP 27
#define NAME_GAP 40

static gdouble
value_at (const GArray * values, guint index)
{
  return g_array_index (values, gdouble, index);
}

static gchar *
cut_text (const gchar * text, guint chars)
{
  return g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1),
          (glong) chars));
}

static void
find_range (const BfftPlot * plot, BfftAxis * y)
{
  guint i, j;

  for (i = 0; i < plot->lines->len; i++) {
    const BfftPlotLine *line = g_ptr_array_index (plot->lines, i);

    for (j = 0; j < line->y->len; j++) {
      gdouble value = value_at (line->y, j);

      if (isfinite (value))
        bfft_axis_include (y, value);
    }
  }
  if (y->min > y->max)
    y->min = y->max = 0;
  if (plot->period > 0) {
    bfft_axis_include (y, -plot->period / 2);
    bfft_axis_include (y, plot->period / 2);
  }
  bfft_axis_widen (y);
  bfft_axis_pad (y);
}

/* Whether a line goes from point @i - 1 to @i. */
static gboolean
is_joined (const BfftPlot * plot, const BfftPlotLine * line, guint i)
{
  gdouble step = value_at (line->y, i) - value_at (line->y, i - 1);

  return isfinite (step) && (!(plot->period > 0)
      || fabs (step) < plot->period / 2);
}

static guint
confidence_step (const BfftPlotLine * line, guint i)
{
  if (line->confidence->len == 0)
    return STEPS - 1;
  return lrint ((STEPS - 1) * MIN (value_at (line->confidence, i - 1),
          value_at (line->confidence, i)));
}

static void
draw_line (GString * svg, const BfftPlot * plot, guint series,
    const BfftAxis * x, const BfftAxis * y)
{
  const BfftPlotLine *line = g_ptr_array_index (plot->lines, series);
  guint step, i, j;

  for (step = 0; step < STEPS; step++) {
    g_autoptr (GString) path = g_string_new (NULL);
    gboolean pen_down = FALSE;

    for (i = 1; i < plot->x->len; i++) {
      gboolean here = is_joined (plot, line, i)
          && confidence_step (line, i) == step;

      for (j = pen_down ? i : i - 1; here && j <= i; j++)
        bfft_svg_point (path, j < i ? 'M' : 'L', bfft_axis_place (x,
                value_at (plot->x, j)), bfft_axis_place (y,
                value_at (line->y, j)));
      pen_down = here;
    }
    if (path->len > 0)
      g_string_append_printf (svg, "<path class=\"line s%u\" "
          "stroke-opacity=\"0.%u\" d=\"%s\"/>\n", series,
          25 + 74 * step / (STEPS - 1), path->str);
  }
}

/* Side by side, in each band one for each line. */
static void
draw_bars (GString * svg, const BfftPlot * plot, guint series,
    const BfftAxis * x, const BfftAxis * y)
{
  const BfftPlotLine *line = g_ptr_array_index (plot->lines, series);
  gdouble band = (x->to - x->from) / plot->x->len;
  gdouble width = 0.8 * band / plot->lines->len;
  guint i;

  g_string_append_printf (svg, "<path class=\"line s%u\" style=\"stroke-width:"
      "%.3g;stroke-linecap:butt\" d=\"", series, width);
  for (i = 0; i < plot->x->len; i++) {
    gdouble middle = x->from + (i + 0.1) * band + (series + 0.5) * width;

    if (!isfinite (value_at (line->y, i)))
      continue;
    bfft_svg_point (svg, 'M', middle, y->from);
    bfft_svg_point (svg, 'L', middle, bfft_axis_place (y, value_at (line->y,
                i)));
  }
  g_string_append (svg, "\"/>\n");
}

static void
draw_band_names (GString * svg, const BfftPlot * plot, const BfftAxis * x,
    gdouble bottom)
{
  gdouble band = (x->to - x->from) / plot->x->len;
  guint every = ceil (NAME_GAP / band), i;

  for (i = 0; i < plot->x->len; i += every)
    bfft_svg_x_tick (svg, x->from + (i + 0.5) * band, bottom,
        g_ptr_array_index (plot->x_names, i));
}

/* 1, 2 and 5 of each decade, of which those have labels that have room. */
static void
draw_decades (GString * svg, const BfftAxis * x, gdouble bottom)
{
  static const guint factors[] = { 1, 2, 5 };
  gint decade, last = floor (log10 (x->max));
  gdouble decades = log10 (x->max) - log10 (x->min);
  guint used = (x->to - x->from) * 0.3 / decades < TICK_GAP ? 1 : 3, i;
  gdouble free_from = x->from;

  for (decade = floor (log10 (x->min)); decade <= last; decade++) {
    for (i = 0; i < used; i++) {
      gdouble value = factors[i] * pow (10, decade);
      gdouble place = bfft_axis_place (x, value);
      g_autofree gchar *label = decade >= 3 && decade < 6 ?
          g_strdup_printf ("%uk", (guint) (value / 1000))
          : g_strdup_printf ("%g", value);

      if (value < x->min * 0.999 || value > x->max * 1.001 || place < free_from)
        continue;
      bfft_svg_x_tick (svg, place, bottom, label);
      free_from = place + TICK_GAP;
    }
  }
}

static guint
draw_legend (GString * svg, const BfftPlot * plot, guint top)
{
  guint i;

  for (i = 0; i < plot->lines->len; i++) {
    const BfftPlotLine *line = g_ptr_array_index (plot->lines, i);
    guint x = LEFT + i % 2 * 170, y = top + i / 2 * LINE_HEIGHT;
    g_autofree gchar *name = cut_text (line->name, NAME_CHARS);

    bfft_svg_key (svg, x, y - 4, i);
    bfft_svg_text (svg, x + 26, y, "start", "tick", name);
  }
  return top + (plot->lines->len + 1) / 2 * LINE_HEIGHT;
}

/* Draws from @top on; returns where it ends. */
static guint
draw_plot (GString * svg, const BfftPlot * plot, guint top, guint width)
{
  gboolean bars = plot->x_names->len > 0;
  BfftBox box = { LEFT, 0, width - LEFT - 16, PLOT_HEIGHT };
  BfftAxis x = { value_at (plot->x, 0), value_at (plot->x, plot->x->len - 1),
    TRUE, box.x, box.x + box.width
  };
  BfftAxis y = { G_MAXDOUBLE, -G_MAXDOUBLE, FALSE, 0, 0 };
  g_autofree gchar *title = cut_text (plot->title, TITLE_CHARS);
  g_autofree gchar *x_label = cut_text (plot->x_label, TITLE_CHARS);
  g_autofree gchar *y_label = cut_text (plot->y_label, TITLE_CHARS);
  guint i;

  bfft_svg_text (svg, LEFT, top + 12, "start", "axis", title);
  box.y = draw_legend (svg, plot, top + 12 + LINE_HEIGHT) + 14;
  y.from = box.y + box.height;
  y.to = box.y;
  find_range (plot, &y);
  bfft_axis_widen (&x);
  bfft_svg_y_axis (svg, &y, &box, y_label);
  if (bars)
    draw_band_names (svg, plot, &x, y.from);
  else
    draw_decades (svg, &x, y.from);
  bfft_svg_text (svg, x.to, y.from + 32, "end", "axis", x_label);
  for (i = 0; i < plot->lines->len; i++)
    (bars ? draw_bars : draw_line) (svg, plot, i, &x, &y);
  return y.from + 50;
}

guint
bfft_chart_draw_plots (GString * svg, const BfftChart * chart,
    const BfftReport * report, guint model, guint width)
{
  const GPtrArray *plots = bfft_report_model (report, model)->bfft->plots;
  g_autoptr (GString) drawn = g_string_new (NULL);
  guint height = 0, i;

  for (i = 0; i < plots->len; i++)
    height = draw_plot (drawn, g_ptr_array_index (plots, i), height, width);
  bfft_svg_open (svg, width, height, chart->title);
  g_string_append (svg, drawn->str);
  bfft_svg_close (svg);
  return height;
}
