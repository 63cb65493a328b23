/* bfft: a report for the terminal.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-report-page.h"

#include "bfft-format.h"
#include "bfft-story.h"
#include "bfft-table.h"

#include <math.h>

/* Columns of a picture. */
#define WIDTH 64

/* Mean of values[from..to). */
static gdouble
mean (const gdouble * values, guint from, guint to)
{
  gdouble sum = 0;
  guint i;

  for (i = from; i < to; i++)
    sum += values[i];
  return sum / (to - from);
}

/* One line of blocks, @shades for parts 0..1 of the range. */
static void
append_blocks (GString * text, const gdouble * values, guint count,
    gdouble low, gdouble high, const gchar * const *shades, guint n_shades)
{
  guint columns = MIN (count, WIDTH), i;

  for (i = 0; i < columns; i++) {
    gdouble value = mean (values, (guint64) i * count / columns,
        (guint64) (i + 1) * count / columns);
    gdouble part = high > low ? (value - low) / (high - low) : 0;

    g_string_append (text, shades[lround (CLAMP (part, 0, 1)
                * (n_shades - 1))]);
  }
}

/* The total loss as bars, logarithmic. */
static void
append_loss (GString * text, const BfftReport * report, guint index)
{
  static const gchar *const bars[] = { "\342\226\201", "\342\226\202",
    "\342\226\203", "\342\226\204", "\342\226\205", "\342\226\206",
    "\342\226\207", "\342\226\210"
  };
  const GArray *curve = bfft_report_model (report, index)->loss_curve;
  g_autofree gdouble *values = g_new (gdouble, curve->len);
  gdouble low = G_MAXDOUBLE, high = -G_MAXDOUBLE;
  g_autofree gchar *first = NULL, *last = NULL;
  guint i;

  for (i = 0; i < curve->len; i++) {
    gdouble loss = g_array_index (curve, BfftLossEntry, i).total_loss;

    values[i] = log (MAX (loss, G_MINDOUBLE));
    low = MIN (low, values[i]);
    high = MAX (high, values[i]);
  }
  first = bfft_format_number (exp (values[0]));
  last = bfft_format_number (exp (values[curve->len - 1]));
  g_string_append_printf (text, "  %s\n  ", bfft_report_label (report, index));
  append_blocks (text, values, curve->len, low, high, bars,
      G_N_ELEMENTS (bars));
  g_string_append_printf (text, "  %s \342\206\222 %s\n", first, last);
}

/* The gates as shades, one line a stage. */
static void
append_gates (GString * text, const BfftReport * report, guint index)
{
  static const gchar *const shades[] = { "\302\267", "\342\226\221",
    "\342\226\222", "\342\226\223", "\342\226\210"
  };
  const BfftHeatmap *heatmap = &bfft_report_model (report, index)->heatmap;
  g_autofree gdouble *row = g_new (gdouble, heatmap->butterflies);
  guint stage, i;

  g_string_append_printf (text, "  %s\n", bfft_report_label (report, index));
  for (stage = 0; stage < heatmap->stages; stage++) {
    for (i = 0; i < heatmap->butterflies; i++)
      row[i] = g_array_index (heatmap->gates, gfloat,
          stage * heatmap->butterflies + i);
    g_string_append_printf (text, "  %2u ", stage);
    append_blocks (text, row, heatmap->butterflies, 0, 1, shades,
        G_N_ELEMENTS (shades));
    g_string_append_printf (text, " %.3f\n", mean (row, 0,
            heatmap->butterflies));
  }
}

static void
append_pictures (GString * text, const BfftReport * report,
    const gchar * title, const BfftChart * chart,
    void (*append) (GString *, const BfftReport *, guint))
{
  gboolean any = FALSE;
  guint i;

  for (i = 0; i < report->models->len; i++) {
    const BfftSidecarModel *model = bfft_report_model (report, i);
    g_autofree gchar *same = chart->has_data (chart, model) && chart->all_same
        ? chart->all_same (model) : NULL;

    if (same || !chart->has_data (chart, model))
      continue;
    if (!any)
      g_string_append_printf (text, "%s\n", title);
    append (text, report, i);
    any = TRUE;
  }
  if (any)
    g_string_append_c (text, '\n');
}

static void
append_verdicts (GString * text, const BfftReport * report)
{
  g_autofree gchar *title = bfft_story_title (report);
  g_autofree gchar *subtitle = bfft_story_subtitle (report);
  guint i;

  g_string_append_printf (text, "%s\n%s\n\n", title, subtitle);
  for (i = 0; i < report->models->len; i++) {
    BfftOutcome outcome;
    g_autofree gchar *verdict = bfft_story_verdict (report, i, &outcome);

    g_string_append_printf (text, "  %s: %s\n    %s\n",
        bfft_report_label (report, i), bfft_outcome_name (outcome), verdict);
  }
  g_string_append_c (text, '\n');
}

GString *
bfft_report_to_text (const BfftReport * report)
{
  g_autoptr (GPtrArray) tables = bfft_tables_new (report);
  GString *text = g_string_new (NULL);
  guint i;

  append_verdicts (text, report);
  for (i = 0; i < tables->len; i++)
    bfft_table_to_text (g_ptr_array_index (tables, i), text);
  append_pictures (text, report, "Total loss (log scale)",
      bfft_chart_find ("loss"), append_loss);
  append_pictures (text, report,
      "Gates by stage (\302\267 closed, \342\226\210 open; mean)",
      bfft_chart_find ("gates"), append_gates);
  return text;
}
