/* bfft: measured values over frequency.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-plot.h"

#include <math.h>

/* 131072 / 2 bins in this many per octave are fewer than
 * BFFT_PLOT_MAX_POINTS. */
#define PER_OCTAVE 96

static void
line_free (gpointer data)
{
  BfftPlotLine *line = data;

  g_free (line->name);
  g_array_unref (line->y);
  g_array_unref (line->confidence);
  g_free (line);
}

BfftPlot *
bfft_plot_new (const gchar * title, const gchar * x_label,
    const gchar * y_label)
{
  BfftPlot *self = g_new0 (BfftPlot, 1);

  self->title = g_strdup (title);
  self->x_label = g_strdup (x_label);
  self->y_label = g_strdup (y_label);
  self->period = NAN;
  self->x = g_array_new (FALSE, FALSE, sizeof (gdouble));
  self->x_names = g_ptr_array_new_with_free_func (g_free);
  self->lines = g_ptr_array_new_with_free_func (line_free);
  self->places = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

void
bfft_plot_free (BfftPlot * self)
{
  g_free (self->title);
  g_free (self->x_label);
  g_free (self->y_label);
  g_array_unref (self->x);
  g_ptr_array_unref (self->x_names);
  g_ptr_array_unref (self->lines);
  g_array_unref (self->places);
  g_free (self);
}

void
bfft_plot_add_x (BfftPlot * self, guint place, gdouble x, const gchar * name)
{
  g_array_append_val (self->x, x);
  g_array_append_val (self->places, place);
  if (name)
    g_ptr_array_add (self->x_names, g_strdup (name));
}

void
bfft_plot_add_bins (BfftPlot * self, guint bins, gdouble step)
{
  guint bin;

  for (bin = 1; bin < bins; bin += 1 + bin / (3 * PER_OCTAVE / 2))
    bfft_plot_add_x (self, bin, bin * step, NULL);
}

BfftPlotLine *
bfft_plot_line_new (const gchar * name)
{
  BfftPlotLine *line = g_new0 (BfftPlotLine, 1);

  line->name = g_strdup (name);
  line->y = g_array_new (FALSE, FALSE, sizeof (gdouble));
  line->confidence = g_array_new (FALSE, FALSE, sizeof (gdouble));
  return line;
}

void
bfft_plot_add_line (BfftPlot * self, const gchar * name,
    const gfloat * values, const gfloat * confidence)
{
  BfftPlotLine *line;
  guint i;

  if (self->lines->len == BFFT_PLOT_MAX_LINES)
    return;
  line = bfft_plot_line_new (name);
  g_ptr_array_add (self->lines, line);
  for (i = 0; i < self->places->len; i++) {
    guint place = g_array_index (self->places, guint, i);
    gdouble y = values[place], sure = confidence ? confidence[place] : 0;

    g_array_append_val (line->y, y);
    if (confidence)
      g_array_append_val (line->confidence, sure);
  }
}
