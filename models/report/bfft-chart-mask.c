/* bfft: chart of the frequency mask over the bins of a real signal.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-chart.h"
#include "bfft-svg.h"

#include <math.h>

#define HEIGHT 260

/* -120 dB: nothing is seen below. */
#define LOWEST 1e-6

/* What a bin at @part of the sampling rate is called, and the axis' title. */
static gdouble
place_of (const BfftSidecarModel * model, gdouble part, const gchar ** title)
{
  if (model->bfft == NULL || model->bfft->sample_rate == 0) {
    *title = "bin";
    return part * model->n_fft;
  }
  *title = model->bfft->sample_rate >= 4000 ? "frequency (kHz)"
      : "frequency (Hz)";
  return part * model->bfft->sample_rate
      / (model->bfft->sample_rate >= 4000 ? 1000 : 1);
}

/* A real gain: re and im of each bin are scaled alike, and not below 0. */
static gboolean
is_gain (const GArray * mask)
{
  guint i;

  for (i = 0; i < mask->len; i += 2) {
    if (g_array_index (mask, gfloat, i) < 0
        || g_array_index (mask, gfloat, i) != g_array_index (mask, gfloat,
            i + 1))
      return FALSE;
  }
  return TRUE;
}

/* Gains are drawn in dB. */
static gdouble
drawn (const GArray * mask, guint i, gboolean gain)
{
  gdouble value = g_array_index (mask, gfloat, i);

  return gain ? 20 * log10 (MAX (value, LOWEST)) : value;
}

static void
draw_line (GString * svg, const GArray * mask, guint part, guint pairs,
    gboolean gain, const BfftAxis * x, const BfftAxis * y)
{
  guint i;

  g_string_append_printf (svg, "<path class=\"line s%u\" d=\"", part);
  for (i = 0; i < pairs; i++) {
    gdouble place = x->from + (x->to - x->from) * i / MAX (pairs - 1, 1);

    bfft_svg_point (svg, i == 0 ? 'M' : 'L', place, bfft_axis_place (y,
            drawn (mask, 2 * i + part, gain)));
  }
  g_string_append (svg, "\"/>\n");
}

static void
draw_legend (GString * svg, gdouble right)
{
  static const gchar *const names[] = { "re", "im" };
  guint part;

  for (part = 0; part < 2; part++) {
    gdouble x = right - 90 + 50 * part;

    bfft_svg_key (svg, x, 14, part);
    bfft_svg_text (svg, x + 23, 18, "start", "tick", names[part]);
  }
}

guint
bfft_chart_draw_mask (GString * svg, const BfftChart * chart,
    const BfftReport * report, guint model, guint width)
{
  const BfftSidecarModel *shown = bfft_report_model (report, model);
  const GArray *mask = shown->heatmap.freq_mask;
  const BfftBox box = { 52, 26, width - 52 - 16, HEIGHT - 26 - 40 };
  guint pairs = MIN (mask->len / 4 + 1, mask->len / 2);
  BfftAxis x = { 0, 0, FALSE, box.x, box.x + box.width };
  gboolean gain = is_gain (mask);
  BfftAxis y =
      { gain ? -1 : 0.99, gain ? 1 : 1.01, FALSE, box.y + box.height, box.y };
  const gchar *title;
  guint i;

  for (i = 0; i < 2 * pairs; i++)
    bfft_axis_include (&y, drawn (mask, i, gain));
  x.max = place_of (shown, 0.5, &title);
  bfft_axis_widen (&x);
  bfft_axis_pad (&y);
  bfft_svg_open (svg, width, HEIGHT, chart->title);
  bfft_svg_y_axis (svg, &y, &box, gain ? "gain (dB)" : "scale");
  bfft_svg_x_axis (svg, &x, &box, title);
  draw_line (svg, mask, 0, pairs, gain, &x, &y);
  if (!gain) {
    draw_line (svg, mask, 1, pairs, gain, &x, &y);
    draw_legend (svg, box.x + box.width);
  }
  bfft_svg_close (svg);
  return HEIGHT;
}
