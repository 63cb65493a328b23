/* bfft: charts of the gates and of the twiddles' magnitudes, one row a stage.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-chart.h"
#include "bfft-format.h"
#include "bfft-svg.h"

#include <math.h>

#define LEFT 52
#define RIGHT 52
#define TOP 26
#define BOTTOM 78

/* A chart shows no more columns than this: the eye cannot tell more apart. */
#define MAX_COLUMNS 256

/* Magnitudes that differ from 1 by less show as 1: rounding. */
#define SMALLEST_REACH 1e-6

/* A colour scale: values from @low to @high get the classes PREFIX0 ..
 * PREFIX(levels - 1). */
typedef struct
{
  gchar prefix;
  guint levels;
  gdouble low, high;
} Scale;

static guint
level_of (const Scale * scale, gdouble value)
{
  gdouble part = (value - scale->low) / (scale->high - scale->low);

  return lround (CLAMP (part, 0, 1) * (scale->levels - 1));
}

/* Mean of the values that column @column of @columns shows. */
static gdouble
cell (const BfftHeatmap * heatmap, const GArray * values, guint stage,
    guint column, guint columns)
{
  guint64 first = (guint64) column * heatmap->butterflies / columns;
  guint64 end = (guint64) (column + 1) * heatmap->butterflies / columns;
  gdouble sum = 0;
  guint64 i;

  for (i = first; i < end; i++)
    sum += g_array_index (values, gfloat, stage * heatmap->butterflies + i);
  return sum / (end - first);
}

static void
draw_rows (GString * svg, const BfftHeatmap * heatmap, const GArray * values,
    const BfftBox * box)
{
  gdouble height = box->height / heatmap->stages;
  guint stage;

  for (stage = 0; stage < heatmap->stages; stage++) {
    gdouble y = box->y + (stage + 0.5) * height + 4;
    g_autofree gchar *name = g_strdup_printf ("%u", stage);
    g_autofree gchar *mean = g_strdup_printf ("%.3f",
        cell (heatmap, values, stage, 0, 1));

    bfft_svg_text (svg, box->x - 8, y, "end", "tick", name);
    bfft_svg_text (svg, box->x + box->width + 8, y, "start", "tick", mean);
  }
  bfft_svg_text (svg, box->x - 8, box->y - 8, "end", "axis", "stage");
  bfft_svg_text (svg, box->x + box->width + 8, box->y - 8, "start", "axis",
      "mean");
}

static void
draw_legend (GString * svg, const Scale * scale, gdouble x, gdouble y,
    const gchar * low, const gchar * high)
{
  const gdouble width = 12;
  guint level;

  for (level = 0; level < scale->levels; level++) {
    g_string_append_printf (svg, "<rect class=\"%c%u\" width=\"12\" "
        "height=\"10\" x=\"%.4g\" y=\"%.4g\"/>\n", scale->prefix, level,
        x + level * width, y);
  }
  bfft_svg_text (svg, x, y + 24, "start", "tick", low);
  bfft_svg_text (svg, x + width * scale->levels, y + 24, "end", "tick", high);
}

static gdouble
height_of_rows (const BfftHeatmap * heatmap)
{
  return CLAMP (220 / heatmap->stages, 14, 28) * heatmap->stages;
}

static void
draw_heatmap (GString * svg, const BfftSidecarModel * model,
    const GArray * values, const Scale * scale, guint width)
{
  const BfftHeatmap *heatmap = &model->heatmap;
  guint columns = MIN (heatmap->butterflies, MAX_COLUMNS);
  const BfftBox box = { LEFT, TOP, width - LEFT - RIGHT,
    height_of_rows (heatmap)
  };
  BfftAxis x = { 0, model->n_fft / 2, FALSE, LEFT, LEFT + box.width };
  g_autofree guint8 *levels = g_new (guint8, heatmap->stages * columns);
  guint i;

  bfft_axis_widen (&x);
  for (i = 0; i < heatmap->stages * columns; i++)
    levels[i] = level_of (scale, cell (heatmap, values, i / columns,
            i % columns, columns));
  bfft_svg_cells (svg, &box, levels, heatmap->stages, columns, scale->prefix);
  bfft_svg_x_axis (svg, &x, &box, "butterfly");
  draw_rows (svg, heatmap, values, &box);
}

static guint
full_height (const BfftHeatmap * heatmap)
{
  return TOP + height_of_rows (heatmap) + BOTTOM;
}

guint
bfft_chart_draw_gates (GString * svg, const BfftChart * chart,
    const BfftReport * report, guint model, guint width)
{
  const Scale scale = { 'g', 11, 0, 1 };
  const BfftSidecarModel *shown = bfft_report_model (report, model);
  guint height = full_height (&shown->heatmap);

  bfft_svg_open (svg, width, height, chart->title);
  draw_heatmap (svg, shown, shown->heatmap.gates, &scale, width);
  draw_legend (svg, &scale, LEFT, height - 38, "0 closed", "1 open");
  bfft_svg_close (svg);
  return height;
}

guint
bfft_chart_draw_twiddles (GString * svg, const BfftChart * chart,
    const BfftReport * report, guint model, guint width)
{
  gdouble reach = MAX (report->twiddle_reach, SMALLEST_REACH);
  const Scale scale = { 'd', 13, 1 - reach, 1 + reach };
  const BfftSidecarModel *shown = bfft_report_model (report, model);
  guint height = full_height (&shown->heatmap);
  g_autofree gchar *text = bfft_format_number (reach);
  g_autofree gchar *low = g_strconcat ("1 \342\210\222 ", text, NULL);
  g_autofree gchar *high = g_strconcat ("1 + ", text, NULL);

  bfft_svg_open (svg, width, height, chart->title);
  draw_heatmap (svg, shown, shown->heatmap.twiddle_mag, &scale, width);
  draw_legend (svg, &scale, LEFT, height - 38, low, high);
  bfft_svg_close (svg);
  return height;
}
