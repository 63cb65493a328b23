/* bfft: plots of what was measured over frequency.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-plot-results.h"

#include <math.h>

void
bfft_plot_levels (BfftSidecarModel * model, const BfftPlotResults * r)
{
  static const gchar *const weightings[] = { "", "A-weighted ", "C-weighted " };
  g_autofree gchar *added = r->level_offset != 0 ?
      g_strdup_printf (", %g dB added", r->level_offset) : g_strdup ("");
  g_autofree gchar *label = g_strdup_printf ("%slevel (dB re full scale%s)",
      weightings[r->weighting], added);
  BfftPlot *plot = bfft_plot_new ("Levels in bands",
      "nominal mid-band frequency (Hz)", label);
  guint c, i;

  for (i = 0; i < r->n_bands; i++)
    bfft_plot_add_x (plot, i, r->bands[i].frequency, r->bands[i].label);
  for (c = 0; c < r->channels; c++) {
    g_autofree gchar *name = g_strdup_printf ("channel %u", c);

    bfft_plot_add_line (plot, name, r->levels + c * r->n_bands, NULL);
  }
  bfft_sidecar_model_take_plot (model, plot);
}

/* Magnitude in dB, phase in degrees and coherence of bin @k, which is @at of
 * @cross_values. Medians have no coherence. */
static void
compare_bin (const BfftPlotResults * r, const gfloat * at, gfloat reference,
    gfloat other, gfloat * values[3], guint k)
{
  gdouble re, im, power;

  if (r->cross == BFFT_WELCH_CROSS_COHERENCE) {
    values[2][k] = at[k];
    return;
  }
  re = at[2 * k];
  im = at[2 * k + 1];
  power = re * re + im * im;
  values[0][k] = (r->cross == BFFT_WELCH_CROSS_CSD ? 5 : 10) * log10 (power);
  values[1][k] = atan2 (im, re) * 180 / G_PI;
  values[2][k] = r->cross == BFFT_WELCH_CROSS_CSD
      ? power / ((gdouble) reference * other) : power * reference / other;
}

void
bfft_plot_cross (BfftSidecarModel * model, const BfftPlotResults * r)
{
  const gchar *const labels[] = { r->cross == BFFT_WELCH_CROSS_CSD ?
        "magnitude (dB re 1)" : "other over reference (dB)",
    "phase (degrees)", "coherence (0 to 1)"
  };
  static const gchar *const titles[] = { "Magnitude", "Phase", "Coherence" };
  gboolean only = r->cross == BFFT_WELCH_CROSS_COHERENCE;
  guint bins = r->bins, c, i, k, first = only ? 2 : 0;
  guint end = r->average == BFFT_WELCH_AVERAGE_MEAN ? 3 : 2;
  g_autofree gfloat *memory = g_new (gfloat, 3 * bins);
  gfloat *values[3] = { memory, memory + bins, memory + 2 * bins };
  const gfloat *at = r->cross_values;
  const gfloat *reference = r->psd + r->reference * (gsize) bins;
  BfftPlot *plots[3] = { NULL };

  for (i = first; i < end; i++) {
    plots[i] = bfft_plot_new (titles[i], "frequency (Hz)", labels[i]);
    bfft_plot_add_bins (plots[i], bins, r->frequency_step);
    plots[i]->period = i == 1 ? 360 : 0;
  }
  for (c = 0; c < r->channels; c++) {
    g_autofree gchar *name = g_strdup_printf ("channel %u", c);

    if (c == r->reference)
      continue;
    for (k = 0; k < bins; k++)
      compare_bin (r, at, reference[k], r->psd[c * (gsize) bins + k], values,
          k);
    for (i = first; i < end; i++)
      bfft_plot_add_line (plots[i], name, values[i], NULL);
    at += (only ? 1 : 2) * (gsize) bins;
  }
  for (i = first; i < end; i++)
    bfft_sidecar_model_take_plot (model, plots[i]);
}

void
bfft_plot_match (BfftSidecarModel * model, guint bins, gdouble frequency_step,
    const gfloat * gains, const gfloat * confidence, const gfloat * difference)
{
  BfftPlot *gain = bfft_plot_new ("Fitted gain", "frequency (Hz)",
      "gain (dB)");
  BfftPlot *apart = bfft_plot_new ("Reference over the other channels",
      "frequency (Hz)", "difference where both are heard (dB)");
  g_autofree gfloat *decibels = g_new (gfloat, 2 * bins);
  gfloat *after = decibels + bins;
  guint k;

  for (k = 0; k < bins; k++) {
    decibels[k] = 20 * log10f (gains[k]);
    after[k] = difference[k] - decibels[k];
  }
  bfft_plot_add_bins (gain, bins, frequency_step);
  bfft_plot_add_line (gain, "gain", decibels, confidence);
  bfft_plot_add_bins (apart, bins, frequency_step);
  bfft_plot_add_line (apart, "before", difference, NULL);
  bfft_plot_add_line (apart, "after", after, NULL);
  bfft_sidecar_model_take_plot (model, gain);
  bfft_sidecar_model_take_plot (model, apart);
}
