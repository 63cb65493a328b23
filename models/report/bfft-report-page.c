/* bfft: a report as a page.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-report-page.h"

#include "bfft-style.h"
#include "bfft-svg.h"
#include "bfft-table.h"

/* Colours, then names: so that a chart's lines can be told apart. */
static void
append_legend (GString * html, const BfftReport * report,
    const BfftChart * chart)
{
  guint i;

  if (report->models->len < 2)
    return;
  g_string_append (html, "<ul class=\"legend\">\n");
  for (i = 0; i < report->models->len; i++) {
    g_autofree gchar *label =
        g_markup_escape_text (bfft_report_label (report, i), -1);

    if (chart->has_data (bfft_report_model (report, i)))
      g_string_append_printf (html, "<li><svg class=\"chart key\" "
          "viewBox=\"0 0 22 10\" aria-hidden=\"true\"><path class=\"line s%u\""
          " d=\"M1 5h20\"/></svg>%s</li>\n", i % BFFT_SVG_SERIES, label);
  }
  g_string_append (html, "</ul>\n");
}

static void
append_heading (GString * html, const gchar * name, const gchar * title,
    const gchar * caption)
{
  g_string_append_printf (html, "<section id=\"%s\">\n<h2>%s</h2>\n", name,
      title);
  if (*caption)
    g_string_append_printf (html, "<p class=\"caption\">%s</p>\n", caption);
}

static void
append_figure (GString * html, const BfftReport * report,
    const BfftChart * chart, guint model, const gchar * klass, guint width)
{
  g_string_append_printf (html, "<figure class=\"%s\">\n", klass);
  chart->draw (html, chart, report, model, width);
  g_string_append (html, "</figure>\n");
}

/* The total loss is as wide as two others; on a phone, as wide as one. */
static void
append_loss (GString * html, const BfftReport * report)
{
  const BfftChart *chart = bfft_charts;

  if (!bfft_chart_has_data (chart, report))
    return;
  append_heading (html, "loss", "Loss", chart->caption);
  append_legend (html, report, chart);
  g_string_append (html, "<div class=\"charts\">\n");
  append_figure (html, report, chart, 0, "wide", BFFT_CHART_WIDE);
  append_figure (html, report, chart, 0, "narrow", BFFT_CHART_NARROW);
  while ((++chart)->shared)
    append_figure (html, report, chart, 0, "metric", BFFT_CHART_NARROW);
  g_string_append (html, "</div>\n</section>\n");
}

/* What thinning did to the chart of @model, or NULL. */
static gchar *
thinning_note (const BfftSidecarModel * model, const BfftChart * chart)
{
  if (model->bfft == NULL)
    return NULL;
  if (g_str_equal (chart->name, "mask") && model->bfft->bins_per_pair > 1)
    return g_strdup_printf ("Each point: mean of %" G_GUINT64_FORMAT " bins.",
        model->bfft->bins_per_pair);
  if ((g_str_equal (chart->name, "gates")
          || g_str_equal (chart->name, "twiddles"))
      && model->bfft->butterflies_per_column > 1)
    return g_strdup_printf ("Each column: mean of %" G_GUINT64_FORMAT
        " butterflies.", model->bfft->butterflies_per_column);
  return NULL;
}

static void
append_model_chart (GString * html, const BfftReport * report,
    const BfftChart * chart, guint model, const gchar * title,
    const gchar * caption)
{
  g_autofree gchar *escaped = g_markup_escape_text (title, -1);
  g_autofree gchar *note =
      thinning_note (bfft_report_model (report, model), chart);

  g_string_append_printf (html, "<figure>\n<h3>%s</h3>\n", escaped);
  chart->draw (html, chart, report, model, BFFT_CHART_NARROW);
  if (*caption || note)
    g_string_append_printf (html, "<figcaption>%s%s%s</figcaption>\n", caption,
        *caption && note ? " " : "", note ? note : "");
  g_string_append (html, "</figure>\n");
}

/* One kind of chart for all models, side by side. */
static void
append_comparison (GString * html, const BfftReport * report,
    const BfftChart * chart)
{
  guint i;

  append_heading (html, chart->name, chart->title, chart->caption);
  g_string_append (html, "<div class=\"charts\">\n");
  for (i = 0; i < report->models->len; i++) {
    if (chart->has_data (bfft_report_model (report, i)))
      append_model_chart (html, report, chart, i,
          bfft_report_label (report, i), "");
  }
  g_string_append (html, "</div>\n</section>\n");
}

/* All kinds of charts of the only model, side by side. */
static void
append_network (GString * html, const BfftReport * report)
{
  const BfftChart *chart;

  append_heading (html, "measured", "Network and measurements", "");
  g_string_append (html, "<div class=\"charts pictures\">\n");
  for (chart = bfft_charts; chart->name; chart++) {
    if (!chart->shared && bfft_chart_has_data (chart, report))
      append_model_chart (html, report, chart, 0, chart->title, chart->caption);
  }
  g_string_append (html, "</div>\n</section>\n");
}

static void
append_charts (GString * html, const BfftReport * report)
{
  const BfftChart *chart;

  append_loss (html, report);
  if (report->models->len == 1) {
    append_network (html, report);
    return;
  }
  for (chart = bfft_charts; chart->name; chart++) {
    if (!chart->shared && bfft_chart_has_data (chart, report))
      append_comparison (html, report, chart);
  }
}

/* What the page is about: the model, or how many there are. */
static gchar *
make_title (const BfftReport * report)
{
  if (report->models->len == 1)
    return g_markup_escape_text (bfft_report_label (report, 0), -1);
  return g_strdup_printf ("%u models from %u %s", report->models->len,
      report->sidecars->len,
      report->sidecars->len == 1 ? "sidecar" : "sidecars");
}

static void
append_head (GString * html, const gchar * title)
{
  g_string_append_printf (html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
      "<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "img-src data:\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n"
      "<title>%s \342\200\223 bfft report</title>\n<style>\n", title);
  bfft_style_append (html, "bfft-page.css");
  bfft_style_append (html, "bfft-chart.css");
  g_string_append (html, "</style>\n</head>\n<body>\n");
}

static void
append_link (GString * html, const gchar * name, const gchar * title)
{
  g_string_append_printf (html, "<a href=\"#%s\">%s</a>\n", name, title);
}

static void
append_header (GString * html, const BfftReport * report,
    const GPtrArray * tables, const gchar * title)
{
  const BfftChart *chart;
  guint i;

  g_string_append_printf (html, "<header>\n<h1>bfft report</h1>\n"
      "<p>%s</p>\n<nav>\n", title);
  if (bfft_chart_has_data (bfft_charts, report))
    append_link (html, "loss", "Loss");
  if (report->models->len == 1)
    append_link (html, "measured", "Network and measurements");
  for (chart = bfft_charts; chart->name; chart++) {
    if (report->models->len > 1 && !chart->shared
        && bfft_chart_has_data (chart, report))
      append_link (html, chart->name, chart->title);
  }
  for (i = 0; i < tables->len; i++) {
    const BfftTable *table = g_ptr_array_index (tables, i);

    append_link (html, table->name, table->title);
  }
  g_string_append (html, "</nav>\n</header>\n<main>\n");
}

/* Tables of one model are narrow: they stand side by side. */
static void
append_tables (GString * html, const BfftReport * report,
    const GPtrArray * tables, guint from, guint to)
{
  guint i;

  g_string_append_printf (html, "<div class=\"%s\">\n",
      report->models->len == 1 ? "beside" : "below");
  for (i = from; i < to; i++) {
    const BfftTable *table = g_ptr_array_index (tables, i);

    append_heading (html, table->name, table->title, table->caption);
    bfft_table_to_html (table, html);
    g_string_append (html, "</section>\n");
  }
  g_string_append (html, "</div>\n");
}

/* Tables that come before the charts: the answer before the evidence. */
#define FIRST_TABLES 3

GString *
bfft_report_to_html (const BfftReport * report)
{
  g_autoptr (GPtrArray) tables = bfft_tables_new (report);
  g_autofree gchar *title = make_title (report);
  GString *html = g_string_new (NULL);

  append_head (html, title);
  append_header (html, report, tables, title);
  append_tables (html, report, tables, 0, FIRST_TABLES);
  append_charts (html, report);
  append_tables (html, report, tables, FIRST_TABLES, tables->len);
  g_string_append (html, "</main>\n</body>\n</html>\n");
  return html;
}
