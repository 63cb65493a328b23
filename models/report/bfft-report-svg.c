/* bfft: one chart of a report as an SVG file.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-report-page.h"

#include "bfft-svg.h"

#define MARGIN 16
#define LINE 20

/* A name at @y, behind a line of the model's colour when @key. */
static void
append_name (GString * svg, const BfftReport * report, guint model, guint y,
    gboolean key)
{
  if (key)
    bfft_svg_key (svg, MARGIN, y - 4, model);
  bfft_svg_text (svg, key ? MARGIN + 28 : MARGIN, y, "start",
      key ? "name" : "axis", bfft_report_label (report, model));
}

/* Appends @chart below @y; returns where it ends. */
static guint
append_chart (GString * svg, const BfftReport * report,
    const BfftChart * chart, guint model, guint y)
{
  guint height;

  g_string_append_printf (svg, "<g transform=\"translate(%d %u)\">\n", MARGIN,
      y);
  height = chart->draw (svg, chart, report, model, BFFT_CHART_NARROW);
  g_string_append (svg, "</g>\n");
  return y + height;
}

GString *
bfft_report_to_svg (const BfftReport * report, const BfftChart * chart)
{
  g_autoptr (GString) body = g_string_new (NULL);
  GString *svg = g_string_new (NULL);
  guint width = BFFT_CHART_NARROW + 2 * MARGIN;
  guint y = MARGIN, i;

  for (i = 0; i < report->models->len; i++) {
    if (!chart->has_data (chart, bfft_report_model (report, i)))
      continue;
    append_name (body, report, i, y + LINE / 2, chart->shared);
    y += LINE;
    if (!chart->shared)
      y = append_chart (body, report, chart, i, y) + LINE;
  }
  if (chart->shared)
    y = append_chart (body, report, chart, 0, y);

  g_string_append (svg, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  bfft_svg_open (svg, width, y + MARGIN, chart->title);
  g_string_append (svg, "<style>\n");
  bfft_svg_style (svg, "bfft-chart.css");
  g_string_append_printf (svg, "</style>\n<rect class=\"paper\" width=\"%u\" "
      "height=\"%u\"/>\n%s", width, y + MARGIN, body->str);
  bfft_svg_close (svg);
  return svg;
}
