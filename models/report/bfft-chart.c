/* bfft: the charts of a report, by name.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-chart.h"

static gboolean
has_loss (const BfftSidecarModel * model)
{
  return model->loss_curve->len > 0;
}

static gboolean
has_plots (const BfftSidecarModel * model)
{
  return model->bfft && model->bfft->plots->len > 0;
}

static gboolean
has_gates (const BfftSidecarModel * model)
{
  return model->heatmap.gates->len > 0;
}

static gboolean
has_twiddles (const BfftSidecarModel * model)
{
  return model->heatmap.twiddle_mag->len > 0;
}

static gboolean
has_mask (const BfftSidecarModel * model)
{
  return model->heatmap.freq_mask->len >= 4;
}

static gboolean
has_landscape (const BfftSidecarModel * model)
{
  return model->landscape != NULL;
}

#define LOSS_CHART(name, title, caption, metric, log) \
  {name, title, caption, TRUE, G_STRUCT_OFFSET (BfftLossEntry, metric), log, \
      has_loss, bfft_chart_draw_loss}
#define MODEL_CHART(name, title, caption, kind) \
  {name, title, caption, FALSE, 0, FALSE, has_##kind, bfft_chart_draw_##kind}

const BfftChart bfft_charts[] = {
  LOSS_CHART ("loss", "Total loss",
      "Total loss is the weighted sum of all terms, errors are the largest "
      "absolute ones over the batch. Faint lines are what was recorded, "
      "strong ones their mean over neighbouring points; a ring marks the "
      "smallest loss.", total_loss, TRUE),
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
      "heard and it goes on from its neighbours.", plots),
  MODEL_CHART ("gates", "Gates",
      "One row a stage, first stage on top; on the right, the mean of each.",
      gates),
  MODEL_CHART ("twiddles", "Twiddle magnitudes",
      "|w|, which is 1 in an exact FFT. All models share one colour scale.",
      twiddles),
  MODEL_CHART ("mask", "Frequency mask",
      "What each bin is scaled by, 1 in an exact FFT.", mask),
  MODEL_CHART ("landscape", "Loss landscape",
      "Loss when one twiddle moves and all else stays. Dots are where it was "
      "computed, the cross is the model, the ring the smallest of the dots.",
      landscape),
  {NULL, NULL, NULL, FALSE, 0, FALSE, NULL, NULL}
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
    if (chart->has_data (bfft_report_model (report, i)))
      return TRUE;
  }
  return FALSE;
}
