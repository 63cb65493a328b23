/* bfft: chart of a training's loss, or one of its metrics, over the steps.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-chart.h"
#include "bfft-story.h"
#include "bfft-svg.h"

#include <math.h>

#define HEIGHT 300

/* Curves of more points than this also get a smooth line, each point of which
 * is the mean over 1 / SMOOTH of the curve. */
#define SMOOTH_FROM 100
#define SMOOTH 40

static gdouble
metric (const BfftChart * chart, const BfftSidecarModel * model, guint index)
{
  const BfftLossEntry *entry =
      &g_array_index (model->loss_curve, BfftLossEntry, index);

  return G_STRUCT_MEMBER (gdouble, entry, chart->metric);
}

static gdouble
step_of (const BfftSidecarModel * model, guint index)
{
  return g_array_index (model->loss_curve, BfftLossEntry, index).step;
}

/* A logarithmic scale has no place for 0. */
static gboolean
is_drawable (const BfftChart * chart, gdouble value)
{
  return !chart->log || value > 0;
}

static void
find_ranges (const BfftChart * chart, const BfftReport * report, BfftAxis * x,
    BfftAxis * y)
{
  guint i, j;

  x->min = y->min = G_MAXDOUBLE;
  x->max = y->max = -G_MAXDOUBLE;
  for (i = 0; i < report->models->len; i++) {
    const BfftSidecarModel *model = bfft_report_model (report, i);

    for (j = 0; j < model->loss_curve->len; j++) {
      gdouble value = metric (chart, model, j);

      if (!is_drawable (chart, value))
        continue;
      bfft_axis_include (x, step_of (model, j));
      bfft_axis_include (y, value);
    }
  }
  if (y->min > y->max) {
    x->min = y->min = 1;
    x->max = y->max = 2;
  }
  if (!chart->log) {
    bfft_axis_include (y, 0);
    bfft_axis_include (y, 1);
  }
}

/* Mean of the metric over @reach points on both sides, in the scale that is
 * drawn; NaN where there is nothing to draw. */
static gdouble
local_mean (const BfftChart * chart, const BfftSidecarModel * model,
    guint index, guint reach)
{
  guint last = MIN (index + reach, model->loss_curve->len - 1);
  guint i = index > reach ? index - reach : 0;
  gdouble sum = 0;
  guint count = 0;

  if (!is_drawable (chart, metric (chart, model, index)))
    return NAN;
  for (; i <= last; i++) {
    gdouble value = metric (chart, model, i);

    if (is_drawable (chart, value)) {
      sum += chart->log ? log (value) : value;
      count++;
    }
  }
  return chart->log ? exp (sum / count) : sum / count;
}

static void
draw_line (GString * svg, const BfftChart * chart,
    const BfftSidecarModel * model, const BfftAxis * x, const BfftAxis * y,
    guint reach, const gchar * klass, guint series)
{
  gboolean pen_down = FALSE;
  guint i;

  g_string_append_printf (svg, "<path class=\"%s s%u\" d=\"", klass,
      series % BFFT_SVG_SERIES);
  for (i = 0; i < model->loss_curve->len; i++) {
    gdouble value = local_mean (chart, model, i, reach);

    if (isnan (value)) {
      pen_down = FALSE;
      continue;
    }
    bfft_svg_point (svg, pen_down ? 'L' : 'M', bfft_axis_place (x,
            step_of (model, i)), bfft_axis_place (y, value));
    pen_down = TRUE;
  }
  g_string_append (svg, "\"/>\n");
}

static void
draw_smallest (GString * svg, const BfftChart * chart,
    const BfftSidecarModel * model, const BfftAxis * x, const BfftAxis * y,
    guint series)
{
  guint best = 0, i;

  for (i = 1; i < model->loss_curve->len; i++) {
    if (metric (chart, model, i) < metric (chart, model, best))
      best = i;
  }
  if (!is_drawable (chart, metric (chart, model, best)))
    return;
  g_string_append_printf (svg, "<circle class=\"ring s%u\" r=\"4\" "
      "cx=\"%.4g\" cy=\"%.4g\"/>\n", series % BFFT_SVG_SERIES,
      bfft_axis_place (x, step_of (model, best)), bfft_axis_place (y,
          metric (chart, model, best)));
}

/* The loss that the curve stays at, over its second half. */
static void
draw_level (GString * svg, const BfftSidecarModel * model, const BfftAxis * x,
    const BfftAxis * y, guint series)
{
  gdouble level = bfft_story_level (model);

  if (level > 0)
    g_string_append_printf (svg, "<path class=\"level s%u\" d=\"M%.4g %.4g"
        "H%.4g\"/>\n", series % BFFT_SVG_SERIES, bfft_axis_place (x,
            step_of (model, model->loss_curve->len / 2)),
        bfft_axis_place (y, level), x->to);
}

/* An upright line at @step, named if the chart has one model. */
static void
draw_since (GString * svg, const BfftReport * report, const gchar * name,
    guint64 step, const BfftAxis * x, const BfftAxis * y, guint series)
{
  gdouble place = bfft_axis_place (x, step);
  gboolean right = place > (x->from + x->to) / 2;

  if (step < x->min || step > x->max)
    return;
  g_string_append_printf (svg, "<path class=\"level s%u\" d=\"M%.4g %.4g"
      "V%.4g\"/>\n", series % BFFT_SVG_SERIES, place, y->to, y->from);
  if (report->models->len == 1)
    bfft_svg_text (svg, place + (right ? -5 : 5), y->to + 11,
        right ? "end" : "start", "name", name);
}

static void
draw_model (GString * svg, const BfftChart * chart, const BfftReport * report,
    const BfftAxis * x, const BfftAxis * y, guint i)
{
  const BfftSidecarModel *model = bfft_report_model (report, i);
  gboolean smooth = model->loss_curve->len > SMOOTH_FROM;

  if (model->loss_curve->len == 0)
    return;
  draw_line (svg, chart, model, x, y, 0, smooth ? "line faint" : "line", i);
  if (smooth)
    draw_line (svg, chart, model, x, y, model->loss_curve->len / SMOOTH / 2,
        "line", i);
  if (chart->metric != G_STRUCT_OFFSET (BfftLossEntry, total_loss))
    return;
  draw_smallest (svg, chart, model, x, y, i);
  draw_level (svg, model, x, y, i);
  if (model->bfft) {
    draw_since (svg, report, "hard gates", model->bfft->hard_gates_since, x, y,
        i);
    draw_since (svg, report, "int8", model->bfft->int8_since, x, y, i);
  }
}

/* Whether all that is drawn are matchings, of which the loss is in dB. */
static gboolean
is_matching (const BfftChart * chart, const BfftReport * report)
{
  guint i;

  for (i = 0; i < report->models->len; i++) {
    const BfftSidecarModel *model = bfft_report_model (report, i);

    if (model->loss_curve->len > 0
        && bfft_story_setting (model, "reference-channel") == NULL)
      return FALSE;
  }
  return chart->metric == G_STRUCT_OFFSET (BfftLossEntry, total_loss);
}

guint
bfft_chart_draw_loss (GString * svg, const BfftChart * chart,
    const BfftReport * report, guint model, guint width)
{
  const BfftBox box = { 52, 26, width - 52 - 16, HEIGHT - 26 - 40 };
  BfftAxis x = { 0, 0, FALSE, box.x, box.x + box.width };
  BfftAxis y = { 0, 0, chart->log, box.y + box.height, box.y };
  g_autofree gchar *title = g_strconcat (is_matching (chart, report)
      ? "difference (dB rms)" : chart->title, chart->log ? " (log scale)" : "",
      NULL);
  guint i;

  find_ranges (chart, report, &x, &y);
  bfft_axis_widen (&x);
  bfft_axis_widen (&y);
  bfft_axis_pad (&y);
  bfft_svg_open (svg, width, HEIGHT, chart->title);
  bfft_svg_y_axis (svg, &y, &box, title);
  bfft_svg_x_axis (svg, &x, &box, "training step");
  for (i = 0; i < report->models->len; i++)
    draw_model (svg, chart, report, &x, &y, i);
  bfft_svg_close (svg);
  return HEIGHT;
}
