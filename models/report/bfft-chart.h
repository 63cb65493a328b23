/* bfft: the charts of a report, by name.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-report-model.h"

G_BEGIN_DECLS

/* Widths in pixels that charts are drawn for: readable on a phone, and twice
 * that and the gap between. */
#define BFFT_CHART_NARROW 400
#define BFFT_CHART_WIDE 830

typedef struct _BfftChart BfftChart;

/**
 * BfftChart:
 * @name: what --svg calls it
 * @title: what it shows
 * @caption: how to read it
 * @shared: all models in one chart, else one chart a model
 * @metric: of loss charts: offset of the metric in BfftLossEntry
 * @log: of loss charts: the metric is drawn on a logarithmic scale
 * @has_data: whether there is something to draw for @model
 * @all_same: optional: returns a sentence where there is, but all of it is the
 *     same, else NULL
 * @draw: appends one <svg> of @width pixels and returns its height; of a
 *     shared chart @model counts for nothing
 */
struct _BfftChart
{
  const gchar *name;
  const gchar *title;
  const gchar *caption;
  gboolean shared;
  gsize metric;
  gboolean log;
  gboolean (*has_data) (const BfftChart * chart,
      const BfftSidecarModel * model);
  gchar *(*all_same) (const BfftSidecarModel * model);
  guint (*draw) (GString * svg, const BfftChart * chart,
      const BfftReport * report, guint model, guint width);
};

/* In the order of a report, the last one has no name. */
extern const BfftChart bfft_charts[];

/* Returns: NULL when no chart has this name. */
const BfftChart *bfft_chart_find (const gchar * name);

/* Whether any model of @report has data for @chart. */
gboolean bfft_chart_has_data (const BfftChart * chart,
    const BfftReport * report);

/* The kinds of charts, see BfftChart.draw. */
guint bfft_chart_draw_loss (GString * svg, const BfftChart * chart,
    const BfftReport * report, guint model, guint width);
guint bfft_chart_draw_plots (GString * svg, const BfftChart * chart,
    const BfftReport * report, guint model, guint width);
guint bfft_chart_draw_gates (GString * svg, const BfftChart * chart,
    const BfftReport * report, guint model, guint width);
guint bfft_chart_draw_twiddles (GString * svg, const BfftChart * chart,
    const BfftReport * report, guint model, guint width);
guint bfft_chart_draw_mask (GString * svg, const BfftChart * chart,
    const BfftReport * report, guint model, guint width);
guint bfft_chart_draw_landscape (GString * svg, const BfftChart * chart,
    const BfftReport * report, guint model, guint width);

G_END_DECLS
