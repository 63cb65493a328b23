/* bfft: measured values over frequency, as a sidecar has and a report draws
 * them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of a model, of a plot, and of a line. */
#define BFFT_PLOTS_MAX 8
#define BFFT_PLOT_MAX_LINES 8
#define BFFT_PLOT_MAX_POINTS 1024

/**
 * BfftPlotLine:
 * @name: whose values: "channel 1"
 * @y: GArray of gdouble, one for each x, not finite where there is none
 * @confidence: GArray of gdouble in 0..1, one for each x, or empty
 */
typedef struct
{
  gchar *name;
  GArray *y;
  GArray *confidence;
} BfftPlotLine;

/**
 * BfftPlot:
 * @title: what was measured
 * @x_label: what @x is, with its unit
 * @y_label: what the lines are, with their unit and reference
 * @period: y and y + period are the same, NaN: they are not
 * @x: GArray of gdouble, increasing, above 0
 * @x_names: GPtrArray of strings: the x are bands of these names, the lines
 *     bars; empty: the lines are lines
 * @lines: GPtrArray of BfftPlotLine
 * @places: GArray of guint: where in their arrays the values of each x are
 */
typedef struct
{
  gchar *title;
  gchar *x_label;
  gchar *y_label;
  gdouble period;
  GArray *x;
  GPtrArray *x_names;
  GPtrArray *lines;
  GArray *places;
} BfftPlot;

BfftPlot *bfft_plot_new (const gchar * title, const gchar * x_label,
    const gchar * y_label);
void bfft_plot_free (BfftPlot * self);

/* A band at @x, of which the values are at @place; @name may be NULL. */
void bfft_plot_add_x (BfftPlot * self, guint place, gdouble x,
    const gchar * name);

/* Bins 1 to @bins - 1 of @step Hz, of those that are close to each other on a
 * logarithmic axis about 96 per octave. */
void bfft_plot_add_bins (BfftPlot * self, guint bins, gdouble step);

/* Adds a line of @values, and of @confidence unless that is NULL, at the places
 * of the x added before. Lines beyond the eighth are left out. */
void bfft_plot_add_line (BfftPlot * self, const gchar * name,
    const gfloat * values, const gfloat * confidence);

/* A line without points, of no plot. */
BfftPlotLine *bfft_plot_line_new (const gchar * name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftPlot, bfft_plot_free)

G_END_DECLS
