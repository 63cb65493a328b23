/* bfft: the charts of a report, by name.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-chart.h"

#include "bfft-format.h"

#include <math.h>

/* Whether a curve of the metric can be seen: on a logarithmic scale nothing is of
 * what was never measured and stayed 0; a mean gate must move. */
static gboolean
has_loss (const BfftChart * chart, const BfftSidecarModel * model)
{
  const GArray *curve = model->loss_curve;
  gdouble first = NAN;
  guint i;

  for (i = 0; i < curve->len; i++) {
    gdouble value = G_STRUCT_MEMBER (gdouble, &g_array_index (curve,
            BfftLossEntry, i), chart->metric);

    if (chart->log ? value > 0 : value != first && i > 0)
      return TRUE;
    first = i == 0 ? value : first;
  }
  return FALSE;
}

static gboolean
has_plots (const BfftChart * chart, const BfftSidecarModel * model)
{
  return model->bfft && model->bfft->plots->len > 0;
}

static gboolean
has_gates (const BfftChart * chart, const BfftSidecarModel * model)
{
  return model->heatmap.gates->len > 0;
}

static gboolean
has_twiddles (const BfftChart * chart, const BfftSidecarModel * model)
{
  return model->heatmap.twiddle_mag->len > 0;
}

static gboolean
has_mask (const BfftChart * chart, const BfftSidecarModel * model)
{
  return model->heatmap.freq_mask->len >= 4;
}

static gboolean
has_landscape (const BfftChart * chart, const BfftSidecarModel * model)
{
  return model->landscape != NULL;
}

/* @thing with what every @step-th of @values is, from @from on; NULL if they
 * differ by more than a picture shows. */
static gchar *
sentence (const GArray * values, guint from, guint step, gfloat shown,
    const gchar * thing)
{
  gfloat low = G_MAXFLOAT, high = -G_MAXFLOAT;
  g_autofree gchar *least = NULL, *most = NULL;
  guint i;

  for (i = from; i < values->len; i += step) {
    low = MIN (low, g_array_index (values, gfloat, i));
    high = MAX (high, g_array_index (values, gfloat, i));
  }
  if (high - low > shown)
    return NULL;
  least = bfft_format_number (low);
  most = bfft_format_number (high);
  return g_str_equal (least, most) ? g_strdup_printf ("%s %s", thing, least)
      : g_strdup_printf ("%s %s to %s", thing, least, most);
}

static gchar *
same_gates (const BfftSidecarModel * model)
{
  g_autofree gchar *text = sentence (model->heatmap.gates, 0, 1, 0.05,
      "Every gate is");

  return g_strcmp0 (text, "Every gate is 1") == 0
      ? g_strdup ("Every gate is open") : g_steal_pointer (&text);
}

static gchar *
same_twiddles (const BfftSidecarModel * model)
{
  return sentence (model->heatmap.twiddle_mag, 0, 1, 1e-5,
      "Every twiddle has the magnitude");
}

static gchar *
same_mask (const BfftSidecarModel * model)
{
  const GArray *mask = model->heatmap.freq_mask;
  g_autofree gchar *re = sentence (mask, 0, 2, 0.005, "Every bin is scaled by");
  g_autofree gchar *im = sentence (mask, 1, 2, 0.005, "Every bin is scaled by");

  return g_strcmp0 (re, im) == 0 ? g_steal_pointer (&re) : NULL;
}

#define LOSS_CHART(name, title, caption, metric, log) \
  {name, title, caption, TRUE, G_STRUCT_OFFSET (BfftLossEntry, metric), log, \
      has_loss, NULL, bfft_chart_draw_loss}
#define MODEL_CHART(name, title, caption, kind, all_same) \
  {name, title, caption, FALSE, 0, FALSE, has_##kind, all_same, \
      bfft_chart_draw_##kind}

const BfftChart bfft_charts[] = {
  LOSS_CHART ("loss", "Total loss",
      "Total loss is the weighted sum of all terms, of a matching the "
      "difference in dB rms; errors are the largest absolute ones over the "
      "batch. Faint lines are what was recorded, strong ones their mean over "
      "neighbouring points. A ring marks the smallest loss, a dotted level the "
      "loss that a curve stays at, an upright line the step from which gates "
      "or twiddles are rounded.", total_loss, TRUE),
  LOSS_CHART ("mel-err", "Log-mel error",
      "Largest absolute error over the batch.", mel_err, TRUE),
  LOSS_CHART ("spec-err", "Spectrum error",
      "Largest absolute error over the batch.", spec_err, TRUE),
  LOSS_CHART ("welch-err", "Welch error",
      "Largest absolute error over the batch.", welch_err, TRUE),
  LOSS_CHART ("mean-gate", "Mean gate",
      "1: every butterfly is open.", mean_gate, FALSE),
  MODEL_CHART ("plots", "Measured",
      "The latest result over frequency. Where a gain is faint, little was "
      "heard and it goes on from its neighbours.", plots, NULL),
  MODEL_CHART ("gates", "Gates",
      "One row a stage, first stage on top; on the right, the mean of each.",
      gates, same_gates),
  MODEL_CHART ("twiddles", "Twiddle magnitudes",
      "|w|, which is 1 in an exact FFT. All models share one colour scale.",
      twiddles, same_twiddles),
  MODEL_CHART ("mask", "Frequency mask",
      "What each bin is scaled by, 1 or 0 dB in an exact FFT.", mask,
      same_mask),
  MODEL_CHART ("landscape", "Loss landscape",
      "Loss when one twiddle moves and all else stays. Dots are where it was "
      "computed, the cross is the model, the ring the smallest of the dots.",
      landscape, NULL),
  {NULL, NULL, NULL, FALSE, 0, FALSE, NULL, NULL, NULL}
};

const BfftChart *
bfft_chart_find (const gchar * name)
{
  const BfftChart *chart;

  for (chart = bfft_charts; chart->name; chart++) {
    if (g_str_equal (chart->name, name))
      return chart;
  }
  return NULL;
}

gboolean
bfft_chart_has_data (const BfftChart * chart, const BfftReport * report)
{
  guint i;

  for (i = 0; i < report->models->len; i++) {
    if (chart->has_data (chart, bfft_report_model (report, i)))
      return TRUE;
  }
  return FALSE;
}
