/* bfft: what a report says in words.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-story.h"

#include "bfft-format.h"

#include <math.h>

/* Shorter curves say nothing about a level. */
#define FEW 40

/* One batch is unlike another: this many, or a twentieth, are the start of a
 * curve, of which the median counts; at its end a tenth is. */
#define FIRST 5

/* What the digits of a curve can tell of a loss beside a larger part of it. */
#define RESOLUTION 1e-5

/* A loss, or difference, that ends below this part of its start is better, above
 * that one worse. */
#define BETTER 0.7
#define WORSE 1.1

const gchar *
bfft_outcome_name (BfftOutcome outcome)
{
  static const gchar *const names[] = { "measured", "\342\234\223 worked",
    "= no gain", "\342\234\227 worse"
  };

  return names[outcome];
}

static BfftOutcome
judge (gdouble from, gdouble to)
{
  return to < BETTER * from ? BFFT_OUTCOME_WORKED
      : to > WORSE * from ? BFFT_OUTCOME_WORSE : BFFT_OUTCOME_SAME;
}

const gchar *
bfft_story_setting (const BfftSidecarModel * model, const gchar * name)
{
  guint index;

  if (model->bfft == NULL
      || !g_ptr_array_find_with_equal_func (model->bfft->setting_names, name,
          g_str_equal, &index))
    return NULL;
  return g_ptr_array_index (model->bfft->setting_values, index);
}

gdouble
bfft_story_number (const BfftSidecarModel * model, const gchar * name)
{
  const gchar *text = bfft_story_setting (model, name);

  return text ? g_ascii_strtod (text, NULL) : NAN;
}

gboolean
bfft_story_is_result (const gchar * name)
{
  static const gchar *const names[] = { "task", "verdict", "delay",
    "match-err", "unmatched-err", NULL
  };

  return g_strv_contains (names, name);
}

static gint
compare_doubles (gconstpointer a, gconstpointer b)
{
  gdouble first = *(const gdouble *) a, second = *(const gdouble *) b;

  return (first > second) - (first < second);
}

/* What the total loss has for open gates: the weight of their mean. */
static gdouble
gate_weight (const BfftSidecarModel * model)
{
  gdouble weight = bfft_story_number (model, "sparsity-weight");

  return weight > 0 && (g_str_equal (model->variant, "pruned")
      || g_str_equal (model->variant, "learned")) ? weight : 0;
}

/* Of the total loss of entries @from to before @to, less @price times the mean
 * gate. */
static gdouble
median_loss (const BfftSidecarModel * model, guint from, guint to,
    gdouble price)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (gdouble));

  for (; from < to; from++) {
    const BfftLossEntry *entry = &g_array_index (model->loss_curve,
        BfftLossEntry, from);
    gdouble value = MAX (entry->total_loss - price * entry->mean_gate, 0);

    g_array_append_val (values, value);
  }
  g_array_sort (values, compare_doubles);
  return values->len ? g_array_index (values, gdouble, values->len / 2) : NAN;
}

gdouble
bfft_story_level (const BfftSidecarModel * model)
{
  guint length = model->loss_curve->len;
  gdouble before, last;

  if (length < FEW)
    return NAN;
  before = median_loss (model, length / 2, length / 4 * 3, 0);
  last = median_loss (model, length / 4 * 3, length, 0);
  return last > 0.8 * before && last < 1.25 * before ? last : NAN;
}

gdouble
bfft_story_one_gain (const BfftSidecarModel * model)
{
  gdouble sum = 0, squares = 0, count = 0;
  guint i, j;

  if (model->bfft == NULL || isnan (bfft_story_number (model, "match-err")))
    return NAN;
  for (i = 0; i < model->bfft->plots->len; i++) {
    const BfftPlot *plot = g_ptr_array_index (model->bfft->plots, i);
    const BfftPlotLine *line = g_ptr_array_index (plot->lines, 0);

    for (j = 0; g_str_equal (line->name, "before") && j < line->y->len; j++) {
      gdouble y = g_array_index (line->y, gdouble, j);

      if (isfinite (y)) {
        sum += y;
        squares += y * y;
        count++;
      }
    }
  }
  return count > 0 ? sqrt (MAX (squares / count - sum * sum / count / count,
          0)) : NAN;
}

gchar *
bfft_story_sound (const BfftSidecarModel * model)
{
  const gchar *uri = model->bfft ? model->bfft->source : NULL;
  g_autofree gchar *path = uri ? g_filename_from_uri (uri, NULL, NULL) : NULL;

  return path ? g_filename_display_basename (path) : g_strdup (uri);
}

/* ---- verdicts ---- */

static gchar *
matching_verdict (const BfftSidecarModel * model, BfftOutcome * outcome)
{
  gdouble before = bfft_story_number (model, "unmatched-err");
  gdouble after = bfft_story_number (model, "match-err");
  gdouble flat = bfft_story_one_gain (model);
  const gchar *reference = bfft_story_setting (model, "reference-channel");
  GString *text = g_string_new ("Matching the other channels to channel ");

  g_string_append (text, reference);
  if (isnan (after)) {
    *outcome = BFFT_OUTCOME_SAME;
    g_string_append (text, ": too little was heard in both.");
    return g_string_free (text, FALSE);
  }
  *outcome = judge (before, after);
  g_string_append_printf (text, ": %.3g dB rms apart before, %.3g dB after.",
      before, after);
  if (!isnan (flat))
    g_string_append_printf (text, " One gain for all frequencies would leave "
        "%.3g dB.", flat);
  return g_string_free (text, FALSE);
}

/* Where rounding set in, what it did. */
static void
append_rounding (GString * text, const BfftSidecarModel * model,
    const gchar * what, guint64 since)
{
  const GArray *curve = model->loss_curve;
  guint i = 0;

  while (i < curve->len && g_array_index (curve, BfftLossEntry, i).step < since)
    i++;
  if (since > 1 && i > 0 && i < curve->len)
    g_string_append_printf (text, " %s set in at step %" G_GUINT64_FORMAT
        ": %.3g before, %.3g there.", what, since, g_array_index (curve,
            BfftLossEntry, i - 1).total_loss, g_array_index (curve,
            BfftLossEntry, i).total_loss);
}

/* What hard gates leave out is what they are for, a loss that rises its price. */
static void
append_closed (GString * text, const BfftSidecarModel * model,
    BfftOutcome * outcome)
{
  guint64 all = (guint64) model->heatmap.stages * model->n_fft / 2;
  guint64 left_out;

  if (model->bfft == NULL || isnan (model->bfft->gate_threshold))
    return;
  left_out = all - MIN (all, model->bfft->active_butterflies);
  g_string_append_printf (text, " %" G_GUINT64_FORMAT " of %"
      G_GUINT64_FORMAT " butterflies are left out.", left_out, all);
  if (left_out == 0)
    *outcome = BFFT_OUTCOME_SAME;
  else if (*outcome == BFFT_OUTCOME_WORSE)
    *outcome = BFFT_OUTCOME_MEASURED;
}

static gchar *
training_verdict (const BfftSidecarModel * model, BfftOutcome * outcome)
{
  const GArray *curve = model->loss_curve;
  const gchar *init = bfft_story_setting (model, "init");
  gboolean exact = g_strcmp0 (init, "exact") == 0;
  gboolean twiddles = g_str_equal (model->variant, "domain")
      || g_str_equal (model->variant, "unitary");
  gdouble price = gate_weight (model);
  guint few = MAX (MIN (curve->len / 4, FIRST), curve->len / 20);
  gdouble from = median_loss (model, 0, MAX (few, 1), price);
  gdouble to = median_loss (model, curve->len - MAX (curve->len / 10, 1),
      curve->len, price);
  g_autofree gchar *steps = bfft_format_count (model->train_steps);
  gboolean tiny = to < price * RESOLUTION;
  GString *text = g_string_new ("Training ");

  *outcome = judge (from, to);
  g_string_append_printf (text, "%s", model->variant);
  if (init)
    g_string_append_printf (text, " from %s weights", init);
  g_string_append_printf (text, ", %s steps: loss %.3g before, "
      "%s%.3g after%s.",
      steps, from, tiny ? "under " : "", tiny ? price * RESOLUTION : to,
      price > 0 ? ", without what open gates add" : "");
  if (model->bfft) {
    append_rounding (text, model, "Hard gates", model->bfft->hard_gates_since);
    append_rounding (text, model, "int8", model->bfft->int8_since);
  }
  append_closed (text, model, outcome);
  if (twiddles && exact)
    *outcome = BFFT_OUTCOME_SAME;
  if (twiddles && exact)
    g_string_append (text, " Exact weights have no error but rounding: there "
        "was nothing to learn.");
  else if (twiddles)
    g_string_append (text, " Exact weights need no training and have no error "
        "but rounding.");
  return g_string_free (text, FALSE);
}

static gchar *
analysis_verdict (const BfftSidecarModel * model)
{
  const BfftRunStats *run = model->bfft ? &model->bfft->run : NULL;
  g_autofree gchar *frames = bfft_format_count (run ? run->frames : 0);
  g_autofree gchar *dropped = bfft_format_count (run ? run->dropped_frames : 0);
  g_autofree gchar *time =
      bfft_format_nanoseconds (run ? run->ns_per_frame_mean : 0);

  if (run == NULL || run->frames == 0)
    return g_strdup ("Nothing was trained or analysed.");
  return g_strdup_printf ("%s analysed %s frames at %s each%s%s.",
      model->bfft->element ? model->bfft->element : "It", frames, time,
      run->dropped_frames ? ", dropped: " : "; none was dropped",
      run->dropped_frames ? dropped : "");
}

gchar *
bfft_story_verdict (const BfftReport * report, guint index,
    BfftOutcome * outcome)
{
  const BfftSidecarModel *model = bfft_report_model (report, index);
  const gchar *verdict = bfft_story_setting (model, "verdict");
  const gchar *task = bfft_story_setting (model, "task");

  *outcome = BFFT_OUTCOME_MEASURED;
  if (verdict)
    return g_strdup_printf ("%s%s%s%s", task ? "To " : "", task ? task : "",
        task ? ": " : "", verdict);
  if (bfft_story_setting (model, "reference-channel"))
    return matching_verdict (model, outcome);
  if (model->loss_curve->len > 0)
    return training_verdict (model, outcome);
  return analysis_verdict (model);
}

/* ---- titles ---- */

/* The sound that all models heard, or NULL. */
static gchar *
common_sound (const BfftReport * report)
{
  gchar *sound = bfft_story_sound (bfft_report_model (report, 0));
  guint i;

  for (i = 1; i < report->models->len; i++) {
    g_autofree gchar *other = bfft_story_sound (bfft_report_model (report, i));

    if (g_strcmp0 (sound, other) != 0)
      g_clear_pointer (&sound, g_free);
  }
  return sound;
}

gchar *
bfft_story_title (const BfftReport * report)
{
  g_autofree gchar *sound = common_sound (report);
  g_autofree gchar *what = report->models->len == 1
      ? g_strdup (bfft_report_label (report, 0))
      : g_strdup_printf ("%u models from %u %s", report->models->len,
      report->sidecars->len,
      report->sidecars->len == 1 ? "sidecar" : "sidecars");

  return sound ? g_strdup_printf ("%s: %s", what, sound)
      : g_steal_pointer (&what);
}

gchar *
bfft_story_subtitle (const BfftReport * report)
{
  const BfftSidecarModel *model = bfft_report_model (report, 0);
  const gchar *first = g_ptr_array_index (report->dates, 0), *last = first;
  guint i;

  for (i = 1; i < report->dates->len; i++) {
    const gchar *date = g_ptr_array_index (report->dates, i);

    first = g_strcmp0 (date, first) < 0 ? date : first;
    last = g_strcmp0 (date, last) > 0 ? date : last;
  }
  if (report->models->len > 1)
    return g_str_equal (first, last) ? g_strdup (first)
        : g_strdup_printf ("%s to %s", first, last);
  return g_strdup_printf ("%s%svariant %s, n-fft %" G_GUINT64_FORMAT ", %s",
      model->bfft && model->bfft->element ? model->bfft->element : "",
      model->bfft && model->bfft->element ? ", " : "", model->variant,
      model->n_fft, first);
}
