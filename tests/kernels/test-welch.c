/* bfft: detrending, Welch's method and peaks against plain C in double.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-detrend.h"
#include "bfft-peaks.h"
#include "bfft-welch.h"
#include "bfft-window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
fill_noise (GRand * rand, gfloat * x, guint n)
{
  guint i;

  for (i = 0; i < n; i++)
    x[i] = g_rand_double_range (rand, -1, 1);
}

static gdouble
largest_difference (const gfloat * a, const gdouble * b, guint n)
{
  gdouble worst = 0;
  guint i;

  for (i = 0; i < n; i++)
    worst = MAX (worst, fabs (a[i] - b[i]));
  return worst;
}

/* Mean or least-squares line in double. */
static void
plain_detrend (BfftDetrend type, const gfloat * x, gdouble * out, guint n)
{
  gdouble mean = 0, middle = (n - 1) / 2.0, slope = 0, energy = 0;
  guint i;

  for (i = 0; i < n; i++)
    mean += x[i] / (gdouble) n;
  for (i = 0; i < n; i++) {
    slope += (i - middle) * (x[i] - mean);
    energy += (i - middle) * (i - middle);
  }
  slope = type == BFFT_DETREND_LINEAR && n > 1 ? slope / energy : 0;
  for (i = 0; i < n; i++)
    out[i] = type == BFFT_DETREND_NONE ? x[i] : x[i] - mean
        - slope * (i - middle);
}

static void
test_detrend (void)
{
  static const guint lengths[] = { 1, 2, 3, 63, 64, 65, 400, 1024, 1025, 5000,
    131072
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  BfftDetrend type;
  guint l, shift, i;

  for (l = 0; l < G_N_ELEMENTS (lengths); l++) {
    for (type = BFFT_DETREND_NONE; type <= BFFT_DETREND_LINEAR; type++) {
      guint n = lengths[l];
      g_autoptr (BfftDetrender) detrender =
          bfft_detrender_new (type, n, BFFT_EXECUTION_AUTO);
      g_autofree gfloat *x = g_new (gfloat, n + 1);
      g_autofree gfloat *y = g_new (gfloat, n + 1);
      g_autofree gdouble *expected = g_new (gdouble, n);

      for (shift = 0; shift < 2; shift++) {
        fill_noise (rand, x + shift, n);
        for (i = 0; i < n; i++)
          x[shift + i] += 100 + 20.0 * i / n;
        plain_detrend (type, x + shift, expected, n);
        bfft_detrender_run (detrender, x + shift, y + 1 - shift);
        g_assert_cmpfloat (largest_difference (y + 1 - shift, expected, n),
            <, 1e-5);
        bfft_detrender_run (detrender, x + shift, x + shift);
        g_assert_cmpmem (x + shift, n * sizeof (gfloat), y + 1 - shift,
            n * sizeof (gfloat));
      }
    }
  }
}

/* An offset leaves nothing behind that the samples' own rounding does not. */
static void
test_detrend_large_offset (void)
{
  const guint n = 131072;
  g_autoptr (BfftDetrender) detrender =
      bfft_detrender_new (BFFT_DETREND_CONSTANT, n, BFFT_EXECUTION_AUTO);
  g_autofree gfloat *x = g_new (gfloat, n);
  gdouble rest = 0;
  guint i;

  for (i = 0; i < n; i++)
    x[i] = 1e6f + (i % 2 ? 0.5f : -0.5f);
  bfft_detrender_run (detrender, x, x);
  for (i = 0; i < n; i++)
    rest += x[i] / (gdouble) n;
  g_assert_cmpfloat (fabs (rest), <, 1e-9);
  g_assert_cmpfloat (fabs (x[1] - 0.5), <, 1e-6);
}

static const BfftKernels *
kernels (void)
{
  return bfft_kernels_get (BFFT_EXECUTION_AUTO);
}

typedef struct
{
  BfftPlan *plan;
  BfftWelch *welch;
  BfftWelchSchedule schedule;
} Welch;

static Welch *
welch_new (const BfftWelchSpec * spec)
{
  BfftPlanSpec plan_spec = {.n_fft = spec->n_fft,.window = spec->window,
    .variant = BFFT_VARIANT_BUTTERFLY,.first_bin = spec->first_bin,
    .n_bins = spec->n_bins
  };
  Welch *self = g_new0 (Welch, 1);

  self->plan = bfft_plan_new (&plan_spec, NULL);
  g_assert_true (bfft_welch_make_schedule (spec, &self->schedule, NULL));
  self->welch = bfft_welch_new (spec, self->plan, NULL);
  return self;
}

/* A result of a span's samples; returns how many segments were transformed. */
static guint
welch_process (Welch * self, guint channel, const gfloat * x, gfloat * psd)
{
  const BfftWelchSchedule *schedule = &self->schedule;
  guint done, n, transformed = 0;

  for (done = 0; done < schedule->segments; done += n) {
    n = MIN (schedule->block, schedule->segments - done);
    transformed += bfft_welch_add (self->welch, channel,
        x + done * schedule->step, n);
  }
  bfft_welch_finish (self->welch, channel, psd);
  return transformed;
}

static void
welch_free (Welch * self)
{
  bfft_welch_free (self->welch);
  bfft_plan_free (self->plan);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Welch, welch_free);

static void
test_rows (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  guint n, i, j;

  for (n = 1; n < 40; n++) {
    gfloat rows[5 * 48], sum[49] = { 0, }, narrow[49], weighed[49];
    gfloat low[49], high[49];
    gdouble total[48] = { 0, };

    fill_noise (rand, rows, G_N_ELEMENTS (rows));
    kernels ()->add_rows (sum + 1, 0, rows, 48 * sizeof (gfloat), n, 5);
    kernels ()->widen (total, sum + 1, n);
    kernels ()->widen (total, sum + 1, n);
    kernels ()->narrow (narrow + 1, total, rows, n);
    kernels ()->weigh (weighed + 1, sum + 1, rows, n);
    memcpy (low + 1, rows, n * sizeof (gfloat));
    memcpy (high, rows + 48, n * sizeof (gfloat));
    kernels ()->exchange (low + 1, high, n);
    for (i = 0; i < n; i++) {
      gfloat expected = 0;

      for (j = 0; j < 5; j++)
        expected += rows[j * 48 + i];
      g_assert_cmpfloat (fabs (sum[1 + i] - expected), <, 1e-6);
      g_assert_true (total[i] == 2 * (gdouble) sum[1 + i]);
      g_assert_true (narrow[1 + i] == 2 * sum[1 + i] * rows[i]);
      g_assert_true (weighed[1 + i] == sum[1 + i] * rows[i]);
      g_assert_true (low[1 + i] == MIN (rows[i], rows[48 + i]));
      g_assert_true (high[i] == MAX (rows[i], rows[48 + i]));
    }
    g_assert_true (sum[1 + n] == 0);
  }
}

typedef struct
{
  guint segments, hop;
  BfftWelchAverage average;
} Stream;

/* Results of a stream, which share segments, are those of single frames. */
static void
test_streaming (void)
{
  static const Stream streams[] = {
    {8, 16, BFFT_WELCH_AVERAGE_MEAN},   /* one new segment per result */
    {8, 48, BFFT_WELCH_AVERAGE_MEAN},   /* three */
    {8, 24, BFFT_WELCH_AVERAGE_MEAN},   /* two phases */
    {8, 7, BFFT_WELCH_AVERAGE_MEAN},    /* 16 phases */
    {8, 500, BFFT_WELCH_AVERAGE_MEAN},  /* gaps */
    {8, 0, BFFT_WELCH_AVERAGE_MEAN},
    {1, 0, BFFT_WELCH_AVERAGE_MEAN},
    {40, 16, BFFT_WELCH_AVERAGE_MEAN},
    {40, 0, BFFT_WELCH_AVERAGE_MEAN},
    {5, 16, BFFT_WELCH_AVERAGE_MEDIAN},
    {8, 24, BFFT_WELCH_AVERAGE_MEDIAN},
    {8, 0, BFFT_WELCH_AVERAGE_MEDIAN},
  };
  const guint n_samples = 8000;
  g_autofree gfloat *x = g_new (gfloat, 2 * n_samples);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  gfloat window[32], psd[17], alone[17];
  guint i, k, start, channel;

  fill_noise (rand, x, 2 * n_samples);
  bfft_window_fill (BFFT_WINDOW_HANN, TRUE, window, 32);
  for (i = 0; i < G_N_ELEMENTS (streams); i++) {
    BfftWelchSpec spec = {.n_fft = 32,.window = window,.rate = 1000,
      .sample_scale = 1,.channels = 2,.segments = streams[i].segments,
      .overlap = 0.5,.hop = streams[i].hop,.detrend = BFFT_DETREND_CONSTANT,
      .average = streams[i].average,.strategy = BFFT_WELCH_STRATEGY_FULL
    };
    g_autoptr (Welch) welch = welch_new (&spec);
    guint hop = welch->schedule.hop, span = welch->schedule.span;

    g_assert_cmpuint (span, ==, 32 + (streams[i].segments - 1) * 16);
    g_assert_cmpuint (hop, ==, streams[i].hop ? streams[i].hop : span);
    for (start = 0; start + span <= n_samples; start += hop) {
      for (channel = 0; channel < 2; channel++) {
        const gfloat *frame = x + channel * n_samples + start;
        g_autoptr (Welch) fresh = welch_new (&spec);

        welch_process (welch, channel, frame, psd);
        welch_process (fresh, channel, frame, alone);
        for (k = 0; k < 17; k++)
          g_assert_cmpfloat (fabs (psd[k] - alone[k]), <, 1e-6 * alone[k]);
      }
    }
  }
}

/* A frame whose shared part is overwritten gives the same
 * result, so that part was not looked at again. */
static void
test_transformed_once (void)
{
  gfloat x[32 + 8 * 16], copy[32 + 8 * 16], psd[17], again[17];
  BfftWelchSpec spec = {.n_fft = 32,.rate = 1000,.sample_scale = 1,
    .channels = 1,.segments = 8,.overlap = 0.5,.hop = 16,
    .strategy = BFFT_WELCH_STRATEGY_FULL
  };
  g_autoptr (Welch) one = welch_new (&spec);
  g_autoptr (Welch) two = welch_new (&spec);
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);

  fill_noise (rand, x, G_N_ELEMENTS (x));
  memcpy (copy, x, sizeof (x));
  g_assert_cmpuint (welch_process (one, 0, x, psd), ==, 8);
  welch_process (two, 0, x, psd);
  memset (copy, 0, 8 * 16 * sizeof (gfloat));
  g_assert_cmpuint (welch_process (one, 0, x + 16, psd), ==, 1);
  welch_process (two, 0, copy + 16, again);
  g_assert_cmpmem (psd, sizeof (psd), again, sizeof (again));

  bfft_welch_reset (two->welch);
  welch_process (two, 0, copy + 16, again);
  g_assert_cmpfloat (again[3], <, psd[3]);
}

static void
test_strategies (void)
{
  static const struct
  {
    BfftWelchStrategy strategy;
    gboolean peaks_only;
    guint asked, used;
  } cases[] = {
    {BFFT_WELCH_STRATEGY_AUTO, FALSE, 8, 8},
    {BFFT_WELCH_STRATEGY_AUTO, TRUE, 8, 2},
    {BFFT_WELCH_STRATEGY_AUTO, TRUE, 1, 1},
    {BFFT_WELCH_STRATEGY_ULTRA, FALSE, 8, 1},
    {BFFT_WELCH_STRATEGY_FAST, FALSE, 8, 2},
    {BFFT_WELCH_STRATEGY_FAST, FALSE, 1, 1},
    {BFFT_WELCH_STRATEGY_FULL, TRUE, 8, 8},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    BfftWelchSpec spec = {.n_fft = 64,.rate = 1,.sample_scale = 1,.channels = 1,
      .segments = cases[i].asked,.overlap = 0.5,
      .strategy = cases[i].strategy,.peaks_only = cases[i].peaks_only
    };
    BfftWelchSchedule schedule;

    g_assert_true (bfft_welch_make_schedule (&spec, &schedule, NULL));
    g_assert_cmpuint (schedule.segments, ==, cases[i].used);
  }
}

static void
test_bad_specs (void)
{
  static const BfftWelchSpec bad[] = {
    {.n_fft = 64,.rate = 1,.channels = 1,.segments = 0},
    {.n_fft = 64,.rate = 0,.channels = 1,.segments = 1},
    {.n_fft = 64,.rate = 1,.channels = 0,.segments = 1},
    {.n_fft = 64,.rate = 1,.channels = 1,.segments = 1,.overlap = 1},
    {.n_fft = 64,.rate = 1,.channels = 1,.segments = 1,
        .overlap = -0.1},
    {.n_fft = 64,.rate = 1,.channels = 1,.segments = 1,
        .overlap = NAN},
    {.n_fft = 131072,.rate = 1,.channels = 64,.segments = 100000,
        .hop = 65536,.overlap = 0.5,.strategy = BFFT_WELCH_STRATEGY_FULL},
    {.n_fft = 64,.rate = 1,.channels = 1,.segments = 1,
        .cross = BFFT_WELCH_CROSS_CSD},
    {.n_fft = 64,.rate = 1,.channels = 2,.segments = 1,.reference = 2,
        .cross = BFFT_WELCH_CROSS_CSD},
    {.n_fft = 64,.rate = 1,.channels = 2,.segments = 1,
          .average = BFFT_WELCH_AVERAGE_MEDIAN,
        .cross = BFFT_WELCH_CROSS_COHERENCE},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    BfftWelchSchedule schedule;

    g_assert_false (bfft_welch_make_schedule (&bad[i], &schedule, &error));
    g_assert_error (error, BFFT_WELCH_ERROR, BFFT_WELCH_ERROR_SPEC);
  }
}

/* A bad sample makes its own results NaN and no others. */
static void
test_bad_samples (void)
{
  static const gfloat bad[] = { NAN, INFINITY, -INFINITY };
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  gfloat x[1024], psd[17];
  BfftWelchAverage average;
  guint i, start;

  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    for (average = 0; average <= BFFT_WELCH_AVERAGE_MEDIAN; average++) {
      BfftWelchSpec spec = {.n_fft = 32,.rate = 1000,.sample_scale = 1,
        .channels = 1,.segments = 4,.overlap = 0.5,.hop = 16,.average = average,
        .detrend = BFFT_DETREND_CONSTANT,.strategy = BFFT_WELCH_STRATEGY_FULL
      };
      g_autoptr (Welch) welch = welch_new (&spec);

      fill_noise (rand, x, G_N_ELEMENTS (x));
      x[200] = bad[i];
      for (start = 0; start + 80 <= 1024; start += 16) {
        welch_process (welch, 0, x + start, psd);
        if (200 < start || 200 >= start + 80)
          g_assert_true (isfinite (psd[5]) && psd[5] > 0);
        else
          g_assert_true (isnan (psd[5]));
      }
    }
  }
}

/* Only the bins that are wanted are written. */
static void
test_wanted_bins (void)
{
  BfftWelchSpec spec = {.n_fft = 64,.rate = 1,.sample_scale = 1,.channels = 1,
    .segments = 3,.overlap = 0.5
  };
  g_autoptr (Welch) all = welch_new (&spec);
  g_autoptr (Welch) some = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  gfloat x[128], expected[33], psd[33];
  guint k;

  spec.first_bin = 10;
  spec.n_bins = 5;
  some = welch_new (&spec);
  fill_noise (rand, x, G_N_ELEMENTS (x));
  for (k = 0; k < 33; k++)
    psd[k] = -1;
  welch_process (all, 0, x, expected);
  welch_process (some, 0, x, psd);
  for (k = 0; k < 33; k++) {
    if (k < 10 || k >= 15)
      g_assert_true (psd[k] == -1);
    else
      g_assert_cmpfloat (fabs (psd[k] - expected[k]), <, 1e-6 * expected[k]);
  }
}

enum
{ CHANNELS = 3 };

/* A result of all channels together, of the samples from @start on. */
static guint
process_together (Welch * self, gfloat (*x)[2000], guint start, gfloat * psd,
    gfloat * cross)
{
  const BfftWelchSchedule *schedule = &self->schedule;
  const gfloat *samples[CHANNELS];
  guint done, n, c, transformed = 0;

  for (done = 0; done < schedule->segments; done += n) {
    n = MIN (schedule->block, schedule->segments - done);
    for (c = 0; c < CHANNELS; c++)
      samples[c] = x[c] + start + done * schedule->step;
    transformed += bfft_welch_add_together (self->welch, samples, n);
  }
  bfft_welch_finish_together (self->welch, psd, cross);
  return transformed;
}

/* Together, channels have the powers that they have alone; results that share
 * segments, and sums of many, are those of single results; each channel is
 * transformed once. */
static void
test_together (void)
{
  static const Stream streams[] = {
    {5, 0, BFFT_WELCH_AVERAGE_MEAN}, {5, 16, BFFT_WELCH_AVERAGE_MEAN},
    {5, 24, BFFT_WELCH_AVERAGE_MEAN}, {40, 0, BFFT_WELCH_AVERAGE_MEAN},
    {5, 0, BFFT_WELCH_AVERAGE_MEDIAN}, {6, 24, BFFT_WELCH_AVERAGE_MEDIAN},
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (8);
  static gfloat x[CHANNELS][2000];
  gfloat psd[CHANNELS * 17], cross[2 * 17 * 2], again[2 * 17 * 2], alone[17];
  guint i, c, k, start;

  fill_noise (rand, x[0], CHANNELS * 2000);
  for (i = 0; i < G_N_ELEMENTS (streams); i++) {
    BfftWelchSpec spec = {.n_fft = 32,.rate = 1000,.sample_scale = 1,
      .channels = CHANNELS,.segments = streams[i].segments,.overlap = 0.5,
      .hop = streams[i].hop,.average = streams[i].average,
      .strategy = BFFT_WELCH_STRATEGY_FULL,.cross = BFFT_WELCH_CROSS_CSD,
      .reference = 1
    };
    g_autoptr (Welch) welch = welch_new (&spec);
    guint span = welch->schedule.span, n = 0, transformed = 0;

    for (start = 0; start + span <= 2000; start += welch->schedule.hop) {
      g_autoptr (Welch) fresh = welch_new (&spec);

      transformed += process_together (welch, x, start, psd, cross);
      process_together (fresh, x, start, psd, again);
      for (k = 0; k < 68; k++)
        g_assert_cmpfloat (fabs (cross[k] - again[k]), <, 1e-8);
      for (c = 0; c < CHANNELS; c++) {
        BfftWelchSpec single = spec;
        g_autoptr (Welch) one = NULL;

        single.cross = BFFT_WELCH_CROSS_NONE;
        one = welch_new (&single);
        welch_process (one, 0, x[c] + start, alone);
        for (k = 0; k < 17; k++)
          g_assert_cmpfloat (fabs (psd[17 * c + k] - alone[k]), <,
              1e-5 * alone[k]);
      }
      n++;
    }
    if (streams[i].hop == 16)
      g_assert_cmpuint (transformed, ==, CHANNELS * (5 + n - 1));
  }
}

/* A result that is cut short is that of fewer segments, and the next is not. */
static void
test_shorten (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  gfloat x[32 + 39 * 16], psd[17], expected[17], full[17];
  BfftWelchAverage average;
  guint k, cut;

  fill_noise (rand, x, G_N_ELEMENTS (x));
  for (average = 0; average <= BFFT_WELCH_AVERAGE_MEDIAN; average++) {
    for (cut = 1; cut < 40; cut++) {
      BfftWelchSpec spec = {.n_fft = 32,.rate = 1000,.sample_scale = 1,
        .channels = 1,.segments = 40,.overlap = 0.5,.average = average
      };
      g_autoptr (Welch) welch = welch_new (&spec);
      g_autoptr (Welch) shorter = NULL;

      welch_process (welch, 0, x, full);
      spec.segments = cut;
      shorter = welch_new (&spec);
      welch_process (shorter, 0, x, expected);
      bfft_welch_reset (welch->welch);
      bfft_welch_shorten (welch->welch, cut);
      bfft_welch_add (welch->welch, 0, x, cut);
      bfft_welch_finish (welch->welch, 0, psd);
      for (k = 0; k < 17; k++)
        g_assert_cmpfloat (fabs (psd[k] - expected[k]), <, 2e-6 * expected[k]);
      bfft_welch_reset (welch->welch);
      welch_process (welch, 0, x, psd);
      g_assert_cmpmem (psd, sizeof (psd), full, sizeof (full));
    }
  }
}

static const gfloat *sort_power;

static gint
compare_bins (gconstpointer a, gconstpointer b)
{
  guint i = *(const guint *) a, j = *(const guint *) b;

  if (sort_power[i] != sort_power[j])
    return sort_power[i] < sort_power[j] ? 1 : -1;
  return i < j ? -1 : 1;
}

/* All local maxima, plateaus included, and bin 0 where it is the largest of
 * all, fully sorted. */
static guint
plain_peaks (const gfloat * power, guint n, guint first, guint last,
    guint * bins)
{
  guint found = 0, k, end, middle, higher = 0;

  for (k = 1; k < n; k++)
    higher += power[k] > power[0];
  if (first == 0 && n > 2 && higher == 0 && power[0] > power[1])
    bins[found++] = 0;
  for (k = 1; k + 1 < n; k++) {
    for (end = k; end + 1 < n && power[end + 1] == power[k]; end++);
    middle = (k + end) / 2;
    if (end + 1 < n && power[k - 1] < power[k] && power[end + 1] < power[k]
        && middle >= first && middle <= last)
      bins[found++] = middle;
  }
  sort_power = power;
  qsort (bins, found, sizeof (guint), compare_bins);
  return found;
}

static void
test_peaks_sorted (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  guint round, k, i;

  for (round = 0; round < 20000; round++) {
    guint n = g_rand_int_range (rand, 1, round % 8 ? 300 : 1500);
    guint first = g_rand_int_range (rand, 0, n);
    guint last = g_rand_int_range (rand, first, n);
    guint max_peaks = g_rand_int_range (rand, 0, 40);
    guint levels = round % 2 ? 4 : 1 << 24;     /* many ties, or none */
    g_autoptr (BfftPeakFinder) finder =
        bfft_peak_finder_new (n, first, last, max_peaks, 0.1);
    gfloat power[1500];
    guint expected[1500], n_expected, found;
    BfftPeak peaks[40];

    for (k = 0; k < n; k++)
      power[k] = g_rand_int_range (rand, 0, levels);
    if (round % 3 == 0)
      power[g_rand_int_range (rand, 0, n)] = NAN;
    if (round % 5 == 0)
      power[g_rand_int_range (rand, 0, n)] = INFINITY;
    n_expected = plain_peaks (power, n, first, last, expected);
    found = bfft_peak_finder_run (finder, power, peaks);
    g_assert_cmpuint (found, ==, MIN (n_expected, max_peaks));
    for (i = 0; i < found; i++) {
      g_assert_cmpuint (peaks[i].bin, ==, expected[i]);
      g_assert_true (peaks[i].power == power[peaks[i].bin]);
      g_assert_cmpfloat (fabs (peaks[i].offset), <=, 0.5);
    }
  }
}

/* The parabola's own error, for tones anywhere between two bins. */
static gdouble
refinement_error (BfftWindow type)
{
  const guint n = 1024;
  gfloat x[1024], window[1024], psd[513];
  g_autoptr (BfftPeakFinder) finder = bfft_peak_finder_new (513, 0, 512, 1,
      bfft_peak_exponent (type));
  BfftWelchSpec spec = {.n_fft = n,
    .window = window,.rate = n,.sample_scale = 1,.channels = 1,.segments = 1
  };
  g_autoptr (Welch) welch = NULL;
  gdouble worst = 0, tone;
  BfftPeak peak;
  guint i;

  bfft_window_fill (type, TRUE, window, n);
  welch = welch_new (&spec);
  for (tone = 200; tone < 201; tone += 0.01) {
    for (i = 0; i < n; i++)
      x[i] = sin (2 * G_PI * tone * i / n);
    welch_process (welch, 0, x, psd);
    g_assert_cmpuint (bfft_peak_finder_run (finder, psd, &peak), ==, 1);
    worst = MAX (worst, fabs (peak.bin + peak.offset - tone));
  }
  g_test_message ("window %u: largest error %.5f bins", type, worst);
  return worst;
}

/* A tone below bin 1, or an offset, is bin 0, or 1 where the mean is removed;
 * what rounding leaves is no peak. */
static void
test_peaks_low (void)
{
  static const gdouble tones[] = { 0, 0.05, 0.1, 0.3, 0.45, 0.7, 0.95 };
  const guint n = 1024;
  gfloat x[1024], window[1024], psd[513];
  g_autoptr (BfftPeakFinder) finder = bfft_peak_finder_new (513, 0, 512, 16,
      bfft_peak_exponent (BFFT_WINDOW_HANN));
  g_autoptr (BfftPeakFinder) above = bfft_peak_finder_new (513, 10, 512, 16,
      bfft_peak_exponent (BFFT_WINDOW_HANN));
  BfftPeak peaks[16];
  guint t, i, phase;
  BfftDetrend detrend;

  bfft_window_fill (BFFT_WINDOW_HANN, TRUE, window, n);
  for (detrend = 0; detrend <= BFFT_DETREND_LINEAR; detrend++) {
    BfftWelchSpec spec = {.n_fft = n,.window = window,.rate = n,
      .sample_scale = 1,.channels = 1,.segments = 1,.detrend = detrend
    };
    g_autoptr (Welch) welch = welch_new (&spec);

    for (t = 0; t < G_N_ELEMENTS (tones); t++) {
      for (phase = 0; phase < 6; phase++) {
        for (i = 0; i < n; i++)
          x[i] = sin (2 * G_PI * tones[t] * i / n + 0.1 + phase);
        welch_process (welch, 0, x, psd);
        i = bfft_peak_finder_run (finder, psd, peaks);
        if (tones[t] > 0 || detrend == BFFT_DETREND_NONE) {
          g_assert_cmpuint (i, >=, 1);
          g_assert_cmpuint (peaks[0].bin, <=, 1);
          for (; i > 1; i--)
            g_assert_cmpfloat (peaks[i - 1].power, >, 1e-13 * peaks[0].power);
        }
        if (detrend == BFFT_DETREND_NONE)
          g_assert_cmpuint (bfft_peak_finder_run (above, psd, peaks), ==, 0);
      }
    }
  }
}

static void
test_peaks_refined (void)
{
  BfftWindow type;

  for (type = BFFT_WINDOW_HANN; type <= BFFT_WINDOW_RECTANGULAR; type++) {
    gdouble bound = type == BFFT_WINDOW_FLATTOP ? 0.14 :
        type == BFFT_WINDOW_RECTANGULAR ? 0.17 : 0.0005;

    g_assert_cmpfloat (refinement_error (type), <, bound);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/detrend/plain", test_detrend);
  g_test_add_func ("/detrend/large-offset", test_detrend_large_offset);
  g_test_add_func ("/welch/rows", test_rows);
  g_test_add_func ("/welch/streaming", test_streaming);
  g_test_add_func ("/welch/transformed-once", test_transformed_once);
  g_test_add_func ("/welch/together", test_together);
  g_test_add_func ("/welch/shorten", test_shorten);
  g_test_add_func ("/welch/strategies", test_strategies);
  g_test_add_func ("/welch/bad-specs", test_bad_specs);
  g_test_add_func ("/welch/bad-samples", test_bad_samples);
  g_test_add_func ("/welch/wanted-bins", test_wanted_bins);
  g_test_add_func ("/peaks/sorted", test_peaks_sorted);
  g_test_add_func ("/peaks/low", test_peaks_low);
  g_test_add_func ("/peaks/refined", test_peaks_refined);
  return g_test_run ();
}
