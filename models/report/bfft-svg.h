/* bfft: what all charts are drawn with.
 *
 * Charts use classes, never colours: bfft-chart.css has them for dark and
 * light. Coordinates are pixels at the chart's own width. Numbers are printed
 * with "%.4g", which needs the C locale's decimal point (see main()).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Colours and dashes for lines: classes s0..s7. */
#define BFFT_SVG_SERIES 8

/**
 * BfftAxis:
 * @min: smallest value shown
 * @max: largest value shown, above @min
 * @log: logarithmic, with @min > 0
 * @from: where @min is, in pixels
 * @to: where @max is, in pixels
 */
typedef struct
{
  gdouble min, max;
  gboolean log;
  gdouble from, to;
} BfftAxis;

/* A rectangle in pixels. */
typedef struct
{
  gdouble x, y, width, height;
} BfftBox;

/* Appends the style sheet @name: "bfft-page.css" or "bfft-chart.css". */
void bfft_svg_style (GString * text, const gchar * name);

void bfft_svg_open (GString * svg, guint width, guint height,
    const gchar * description);
void bfft_svg_close (GString * svg);

/* Text of class @class with its @anchor (start, middle, end) at x, y; @text is
 * escaped. */
void bfft_svg_text (GString * svg, gdouble x, gdouble y, const gchar * anchor,
    const gchar * klass, const gchar * text);

/* A piece of line as legends have it, of series @series. */
void bfft_svg_key (GString * svg, gdouble x, gdouble y, guint series);

/* Appends a point of a path, after @command: M or L. */
void bfft_svg_point (GString * path, gchar command, gdouble x, gdouble y);

/* @rows of @columns cells that fill @box, each of the class that @prefix and its
 * level, below 16, make. */
void bfft_svg_cells (GString * svg, const BfftBox * box,
    const guint8 * levels, guint rows, guint columns, gchar prefix);

gdouble bfft_axis_place (const BfftAxis * axis, gdouble value);

/* Makes @axis show @value too. */
void bfft_axis_include (BfftAxis * axis, gdouble value);

/* Widens an empty range, so that there is something to show. */
void bfft_axis_widen (BfftAxis * axis);

/* Leaves some air on both sides, so that lines do not touch the frame. */
void bfft_axis_pad (BfftAxis * axis);

/* A mark and its label below a box that ends at @bottom. */
void bfft_svg_x_tick (GString * svg, gdouble x, gdouble bottom,
    const gchar * label);

/* Grid lines and labels below and left of @box. */
void bfft_svg_x_axis (GString * svg, const BfftAxis * axis,
    const BfftBox * box, const gchar * title);
void bfft_svg_y_axis (GString * svg, const BfftAxis * axis,
    const BfftBox * box, const gchar * title);

G_END_DECLS
