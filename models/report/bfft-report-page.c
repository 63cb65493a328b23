/* bfft: a report as a page.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-report-page.h"

#include "bfft-story.h"
#include "bfft-svg.h"
#include "bfft-table.h"

/* Tables that come before the charts: the answer before the evidence. */
#define FIRST_TABLES 3

/* @nav: links to what is in @body, in its order */
typedef struct
{
  const BfftReport *report;
  GString *nav;
  GString *body;
} Page;

static void
append_escaped (GString * html, const gchar * before, const gchar * text,
    const gchar * after)
{
  g_autofree gchar *escaped = g_markup_escape_text (text, -1);

  g_string_append_printf (html, "%s%s%s", before, escaped, after);
}

static void
open_section (Page * self, const gchar * name, const gchar * title,
    const gchar * caption)
{
  g_string_append_printf (self->nav, "<a href=\"#%s\">%s</a>\n", name, title);
  g_string_append_printf (self->body, "<section id=\"%s\">\n<h2>%s</h2>\n",
      name, title);
  if (*caption)
    g_string_append_printf (self->body, "<p class=\"caption\">%s</p>\n",
        caption);
}

/* What a line looks like, then whose it is. */
static void
append_key (GString * html, guint model)
{
  g_string_append (html, "<svg class=\"chart key\" viewBox=\"0 0 22 10\" "
      "aria-hidden=\"true\">");
  bfft_svg_key (html, 1, 5, model);
  g_string_append (html, "</svg>");
}

static void
append_legend (Page * self, const BfftChart * chart)
{
  guint i;

  if (self->report->models->len < 2)
    return;
  g_string_append (self->body, "<ul class=\"legend\">\n");
  for (i = 0; i < self->report->models->len; i++) {
    if (!chart->has_data (chart, bfft_report_model (self->report, i)))
      continue;
    g_string_append (self->body, "<li>");
    append_key (self->body, i);
    append_escaped (self->body, "", bfft_report_label (self->report, i),
        "</li>\n");
  }
  g_string_append (self->body, "</ul>\n");
}

/* A line for each model: how it ended, what was attempted. */
static void
append_verdicts (Page * self)
{
  guint i;

  open_section (self, "verdict", "What came of it", "");
  g_string_append (self->body, "<ul class=\"verdicts\">\n");
  for (i = 0; i < self->report->models->len; i++) {
    BfftOutcome outcome;
    g_autofree gchar *text = bfft_story_verdict (self->report, i, &outcome);

    g_string_append_printf (self->body, "<li class=\"o%u\"><b>%s</b> <span>",
        outcome, bfft_outcome_name (outcome));
    if (self->report->models->len > 1)
      append_escaped (self->body, "<strong>", bfft_report_label (self->report,
              i), "</strong> ");
    append_escaped (self->body, "", text, "</span></li>\n");
  }
  g_string_append (self->body, "</ul>\n</section>\n");
}

static void
append_figure (Page * self, const BfftChart * chart, guint model,
    const gchar * klass, guint width)
{
  g_string_append_printf (self->body, "<figure class=\"%s\">\n", klass);
  chart->draw (self->body, chart, self->report, model, width);
  g_string_append (self->body, "</figure>\n");
}

/* The total loss is as wide as two others; on a phone, as wide as one. */
static void
append_loss (Page * self)
{
  const BfftChart *chart = bfft_charts;

  if (!bfft_chart_has_data (chart, self->report))
    return;
  open_section (self, "loss", "Loss", chart->caption);
  append_legend (self, chart);
  g_string_append (self->body, "<div class=\"charts\">\n");
  append_figure (self, chart, 0, "wide", BFFT_CHART_WIDE);
  append_figure (self, chart, 0, "narrow", BFFT_CHART_NARROW);
  while ((++chart)->shared)
    if (bfft_chart_has_data (chart, self->report))
      append_figure (self, chart, 0, "metric", BFFT_CHART_NARROW);
  g_string_append (self->body, "</div>\n</section>\n");
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
append_model_chart (Page * self, const BfftChart * chart, guint model,
    const gchar * title, const gchar * caption)
{
  g_autofree gchar *note =
      thinning_note (bfft_report_model (self->report, model), chart);

  append_escaped (self->body, "<figure>\n<h3>", title, "</h3>\n");
  chart->draw (self->body, chart, self->report, model, BFFT_CHART_NARROW);
  if (*caption || note)
    g_string_append_printf (self->body, "<figcaption>%s%s%s</figcaption>\n",
        caption, *caption && note ? " " : "", note ? note : "");
  g_string_append (self->body, "</figure>\n");
}

/* Models of which the chart would be one colour, as a sentence for each that
 * differs. Returns: how many they are */
static guint
append_same (Page * self, const BfftChart * chart)
{
  g_autofree gchar *last = NULL;
  guint count = 0, i;

  for (i = 0; chart->all_same && i < self->report->models->len; i++) {
    const BfftSidecarModel *model = bfft_report_model (self->report, i);
    g_autofree gchar *text = chart->has_data (chart, model)
        ? chart->all_same (model) : NULL;

    if (text == NULL)
      continue;
    count++;
    if (self->report->models->len > 1) {
      g_string_append (self->body, g_strcmp0 (text, last) == 0 ? ", "
          : last ? "</p>\n<p class=\"same\">" : "<p class=\"same\">");
      if (g_strcmp0 (text, last) != 0)
        g_string_append_printf (self->body, "%s: ", text);
      append_escaped (self->body, "", bfft_report_label (self->report, i), "");
    } else {
      g_string_append_printf (self->body, "<p class=\"same\">%s.", text);
    }
    g_free (last);
    last = g_steal_pointer (&text);
  }
  if (count > 0)
    g_string_append (self->body, "</p>\n");
  return count;
}

static gboolean
is_drawn (const BfftChart * chart, const BfftSidecarModel * model)
{
  g_autofree gchar *same = NULL;

  if (!chart->has_data (chart, model))
    return FALSE;
  if (chart->all_same)
    same = chart->all_same (model);
  return same == NULL;
}

/* One kind of chart for all models, side by side. */
static void
append_comparison (Page * self, const BfftChart * chart)
{
  guint i;

  open_section (self, chart->name, chart->title, chart->caption);
  append_same (self, chart);
  g_string_append (self->body, "<div class=\"charts\">\n");
  for (i = 0; i < self->report->models->len; i++) {
    if (is_drawn (chart, bfft_report_model (self->report, i)))
      append_model_chart (self, chart, i, bfft_report_label (self->report, i),
          "");
  }
  g_string_append (self->body, "</div>\n</section>\n");
}

/* All kinds of charts of the only model, side by side. */
static void
append_network (Page * self)
{
  const BfftChart *chart;

  open_section (self, "measured", "Network and measurements", "");
  for (chart = bfft_charts; chart->name; chart++)
    append_same (self, chart);
  g_string_append (self->body, "<div class=\"charts pictures\">\n");
  for (chart = bfft_charts; chart->name; chart++) {
    if (!chart->shared && is_drawn (chart, bfft_report_model (self->report, 0)))
      append_model_chart (self, chart, 0, chart->title, chart->caption);
  }
  g_string_append (self->body, "</div>\n</section>\n");
}

static void
append_charts (Page * self)
{
  const BfftChart *chart;

  append_loss (self);
  if (self->report->models->len == 1)
    append_network (self);
  for (chart = bfft_charts; chart->name; chart++) {
    if (self->report->models->len > 1 && !chart->shared
        && bfft_chart_has_data (chart, self->report))
      append_comparison (self, chart);
  }
}

/* Tables of one model are narrow: they stand side by side. */
static void
append_tables (Page * self, const GPtrArray * tables, guint from, guint to)
{
  guint i;

  g_string_append_printf (self->body, "<div class=\"%s\">\n",
      self->report->models->len == 1 ? "beside" : "below");
  for (i = from; i < MIN (to, tables->len); i++) {
    const BfftTable *table = g_ptr_array_index (tables, i);

    open_section (self, table->name, table->title, table->caption);
    if (table->folded)
      g_string_append (self->body, "<details><summary>Show</summary>\n");
    bfft_table_to_html (table, self->body);
    g_string_append (self->body, table->folded ? "</details>\n</section>\n"
        : "</section>\n");
  }
  g_string_append (self->body, "</div>\n");
}

static void
append_head (GString * html, const gchar * title)
{
  g_string_append (html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
      "<meta charset=\"utf-8\">\n" BFFT_REPORT_MARK "\n"
      "<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "img-src data:\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n");
  append_escaped (html, "<title>", title, " \342\200\223 bfft</title>\n"
      "<style>\n");
  bfft_svg_style (html, "bfft-page.css");
  bfft_svg_style (html, "bfft-chart.css");
  g_string_append (html, "</style>\n</head>\n<body>\n");
}

GString *
bfft_report_to_html (const BfftReport * report)
{
  g_autoptr (GPtrArray) tables = bfft_tables_new (report);
  g_autoptr (GString) nav = g_string_new (NULL);
  g_autoptr (GString) body = g_string_new (NULL);
  g_autofree gchar *title = bfft_story_title (report);
  g_autofree gchar *subtitle = bfft_story_subtitle (report);
  const BfftSidecarModel *first = bfft_report_model (report, 0);
  GString *html = g_string_new (NULL);
  Page page = { report, nav, body };

  append_verdicts (&page);
  append_tables (&page, tables, 0, FIRST_TABLES);
  append_charts (&page);
  append_tables (&page, tables, FIRST_TABLES, tables->len);

  append_head (html, title);
  append_escaped (html, "<header>\n<h1>", title, "</h1>\n");
  append_escaped (html, "<p>", subtitle, "</p>\n");
  if (report->models->len == 1 && first->bfft && first->bfft->command)
    append_escaped (html, "<pre tabindex=\"0\">", first->bfft->command,
        "</pre>\n");
  g_string_append_printf (html, "<nav aria-label=\"Contents\">\n%s</nav>\n"
      "</header>\n<main>\n%s</main>\n</body>\n</html>\n", nav->str, body->str);
  return html;
}
