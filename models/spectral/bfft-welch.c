/* bfft: Welch's estimate of the power spectral density.
 *
 * Where nothing is shared between results the powers of the segments are only
 * added up, two segments per complex transform. Where results overlap, or for
 * a median, the powers of each segment are kept as a row.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-welch.h"

#include <math.h>
#include <string.h>

#define MAX_ROWS (1u << 26)     /* floats of rows that are kept for sharing */

struct _BfftWelch
{
  BfftPlan *plan;               /* the caller's */
  const BfftKernels *kernels;
  BfftDetrender *detrender;     /* NULL for none */
  guint n_fft;
  guint first_bin, n_bins;      /* those wanted */
  guint segments, step;
  gboolean median;
  gfloat *weights;              /* [n_bins], from average to result */
  gfloat *scratch[2];           /* [n_fft], two segments without their trend */
  gfloat *sum;                  /* [n_fft / 2 + 1], of a block */
  gdouble *totals;              /* [channels][n_bins], of more than a block */

  /* Rows kept, NULL where segments are only added up. A result shares
   * segments with the one before it in its phase: with every result, when hop
   * is a multiple of step, else with each phases-th. */
  guint channels;
  guint phases;
  guint fresh;                  /* new segments per result in a phase */
  gsize row;                    /* floats per row */
  gsize bank;                   /* floats of a result's rows; 0: all in one */
  gfloat *rows;                 /* [channels][phases][segments][row] */
  gfloat *sorted;               /* [segments][row], median only */
  guint64 *results;             /* [channels], results so far */
};

static guint
common_divisor (guint a, guint b)
{
  while (b) {
    guint rest = a % b;

    a = b;
    b = rest;
  }
  return a;
}

/* Decides which rows are kept. Hops that make a great many phases are not
 * worth their memory: their segments are transformed anew. */
static void
make_rows (BfftWelch * self, guint hop)
{
  guint phases = self->step / common_divisor (self->step, hop);
  guint64 fresh = (guint64) hop * phases / self->step;
  gsize bank = self->segments * self->row;
  guint64 banks = (guint64) self->channels * phases;

  self->phases = 1;
  self->fresh = self->segments;
  if (fresh < self->segments && banks <= MAX_ROWS / bank) {
    self->phases = phases;
    self->fresh = fresh;
    self->bank = bank;
    self->rows = g_new (gfloat, banks * bank);
  } else if (self->median) {
    self->rows = g_new (gfloat, bank);
  }
  if (self->median)
    self->sorted = g_new (gfloat, bank);
}

/* What a median of @n exponentially distributed values is worth relative to
 * their mean. B. Allen et al., "FINDCHIRP", gr-qc/0509116, appendix B. */
static gdouble
median_bias (guint n)
{
  gdouble bias = 1;
  guint i;

  for (i = 2; i < n; i += 2)
    bias += 1.0 / (i + 1) - 1.0 / i;
  return bias;
}

/* One-sided scale over what the average adds up. */
static void
make_weights (BfftWelch * self, const BfftWelchSpec * spec)
{
  gdouble sum = 0, energy = 0, weight = 1;
  guint i;

  for (i = 0; i < self->n_fft; i++) {
    gdouble w = spec->window ? spec->window[i] : 1;

    sum += w;
    energy += w * w;
  }
  if (spec->scaling == BFFT_WELCH_SCALING_DENSITY)
    weight = 1 / (spec->rate * energy);
  else if (spec->scaling == BFFT_WELCH_SCALING_SPECTRUM)
    weight = 1 / (sum * sum);
  if (self->median)
    weight /= median_bias (self->segments) * (self->segments % 2 ? 1 : 2);
  else
    weight /= self->segments;
  weight *= spec->sample_scale * spec->sample_scale;

  self->weights = g_new (gfloat, self->n_bins);
  for (i = 0; i < self->n_bins; i++) {
    guint bin = self->first_bin + i;
    gboolean alone = bin == 0 || 2 * bin == self->n_fft;

    self->weights[i] = alone ? weight : 2 * weight;
  }
}

BfftWelch *
bfft_welch_new (const BfftWelchSpec * spec, BfftPlan * plan, GError ** error)
{
  BfftWelchSchedule schedule;
  BfftWelch *self;
  guint bins = spec->n_fft / 2 + 1;
  guint i;

  if (!bfft_welch_make_schedule (spec, &schedule, error))
    return NULL;

  self = g_new0 (BfftWelch, 1);
  self->plan = plan;
  self->kernels = bfft_kernels_get (spec->execution);
  self->n_fft = spec->n_fft;
  self->first_bin = MIN (spec->first_bin, bins - 1);
  self->n_bins = bins - self->first_bin;
  if (spec->n_bins)
    self->n_bins = MIN (self->n_bins, spec->n_bins);
  self->segments = schedule.segments;
  self->step = schedule.step;
  self->median = spec->average == BFFT_WELCH_AVERAGE_MEDIAN;
  if (spec->detrend != BFFT_DETREND_NONE)
    self->detrender = bfft_detrender_new (spec->detrend, self->n_fft,
        spec->execution);
  for (i = 0; i < G_N_ELEMENTS (self->scratch); i++)
    self->scratch[i] = g_new (gfloat, self->n_fft);
  self->sum = g_new (gfloat, bins);
  if (self->segments > BFFT_WELCH_BLOCK)
    self->totals = g_new0 (gdouble, (gsize) spec->channels * self->n_bins);
  self->row = bins;
  self->channels = spec->channels;
  self->results = g_new0 (guint64, self->channels);
  make_weights (self, spec);
  make_rows (self, schedule.hop);
  return self;
}

void
bfft_welch_free (BfftWelch * self)
{
  if (self == NULL)
    return;
  bfft_detrender_free (self->detrender);
  g_free (self->weights);
  g_free (self->scratch[0]);
  g_free (self->scratch[1]);
  g_free (self->sum);
  g_free (self->totals);
  g_free (self->rows);
  g_free (self->sorted);
  g_free (self->results);
  g_free (self);
}

/* Segment @index of a result, without its trend, in scratch @slot or where it
 * is. */
static const gfloat *
get_segment (BfftWelch * self, const gfloat * frame, guint index, guint slot)
{
  const gfloat *segment = frame + (gsize) index * self->step;

  if (self->detrender == NULL)
    return segment;
  bfft_detrender_run (self->detrender, segment, self->scratch[slot]);
  return self->scratch[slot];
}

static void
clear_sum (BfftWelch * self)
{
  memset (self->sum + self->first_bin, 0, self->n_bins * sizeof (gfloat));
}

/* Results of more than a block are summed in double. */
static void
total_sum (BfftWelch * self, guint channel)
{
  if (self->totals)
    self->kernels->widen (self->totals + (gsize) channel * self->n_bins,
        self->sum + self->first_bin, self->n_bins);
}

/* One block of segments. */
static void
add_block (BfftWelch * self, const gfloat * samples, guint n)
{
  const gfloat *a, *b;
  guint i;

  if (n == 1) {
    bfft_plan_power (self->plan, get_segment (self, samples, 0, 0), self->sum);
    return;
  }
  clear_sum (self);
  for (i = 0; i < n; i += 2) {
    a = get_segment (self, samples, i, 0);
    b = i + 1 < n ? get_segment (self, samples, i + 1, 1) : NULL;
    bfft_plan_accumulate_power (self->plan, a, b, self->sum);
  }
}

static void
add_segments (BfftWelch * self, guint channel, const gfloat * samples, guint n)
{
  guint i;

  for (i = 0; i < n; i += BFFT_WELCH_BLOCK) {
    add_block (self, samples + (gsize) i * self->step, MIN (n - i,
            BFFT_WELCH_BLOCK));
    total_sum (self, channel);
  }
}

/* The mean of what was summed; the total starts again. */
static void
finish_sum (BfftWelch * self, guint channel, gfloat * psd)
{
  gdouble *total;

  if (self->totals) {
    total = self->totals + channel * (gsize) self->n_bins;
    self->kernels->narrow (psd, total, self->weights, self->n_bins);
    memset (total, 0, self->n_bins * sizeof (gdouble));
  } else {
    self->kernels->weigh (psd, self->sum + self->first_bin, self->weights,
        self->n_bins);
  }
}

/* The rows of the result that @channel has, or works at. */
static gfloat *
get_rows (BfftWelch * self, guint channel)
{
  guint phase = self->results[channel] % self->phases;

  return self->rows + (channel * self->phases + phase) * self->bank;
}

/* Transforms the segments of a result that earlier ones have not seen, into
 * the rows of those that it no longer needs. Returns: how many. */
static guint
update_rows (BfftWelch * self, guint channel, const gfloat * samples)
{
  guint64 turn = self->results[channel] / self->phases;
  guint n_new = turn > 0 ? self->fresh : self->segments;
  gfloat *rows = get_rows (self, channel);
  guint i;

  for (i = self->segments - n_new; i < self->segments; i++) {
    guint slot = (turn * self->fresh + i) % self->segments;

    bfft_plan_power (self->plan, get_segment (self, samples, i, 0),
        rows + slot * self->row);
  }
  return n_new;
}

static void
average_rows (BfftWelch * self, guint channel, const gfloat * rows,
    gfloat * psd)
{
  guint i;

  for (i = 0; i < self->segments; i += BFFT_WELCH_BLOCK) {
    clear_sum (self);
    self->kernels->add_rows (self->sum + self->first_bin, 0,
        rows + i * self->row, self->row * sizeof (gfloat), self->n_bins,
        MIN (self->segments - i, BFFT_WELCH_BLOCK));
    total_sum (self, channel);
  }
  finish_sum (self, channel, psd);
}

/* Sorts the segments of every bin at once: Batcher's merge exchange (Knuth,
 * The Art of Computer Programming 3, 5.2.2, algorithm M) on rows. */
static void
sort_rows (BfftWelch * self, const gfloat * rows)
{
  guint n = self->segments;
  guint top = n > 1 ? 1u << (g_bit_storage (n - 1) - 1) : 0;
  guint p, q, r, d, i;

  memcpy (self->sorted, rows, ((n - 1) * self->row + self->n_bins) *
      sizeof (gfloat));
  for (p = top; p > 0; p /= 2) {
    for (q = top, r = 0, d = p;; d = q - p, q /= 2, r = p) {
      for (i = 0; i + d < n; i++) {
        if ((i & p) == r)
          self->kernels->exchange (self->sorted + i * self->row,
              self->sorted + (i + d) * self->row, self->n_bins);
      }
      if (q == p)
        break;
    }
  }
}

/* A segment with a NaN sample is NaN in every bin, and so is the result. */
static gboolean
any_row_is_nan (BfftWelch * self, const gfloat * rows)
{
  guint i;

  for (i = 0; i < self->segments; i++) {
    if (isnan (rows[i * self->row]))
      return TRUE;
  }
  return FALSE;
}

static void
take_median (BfftWelch * self, const gfloat * rows, gfloat * psd)
{
  gfloat *middle;
  guint i;

  if (any_row_is_nan (self, rows)) {
    for (i = 0; i < self->n_bins; i++)
      psd[i] = NAN;
    return;
  }
  sort_rows (self, rows);
  middle = self->sorted + (self->segments - 1) / 2 * self->row;
  if (self->segments % 2 == 0)
    self->kernels->add_rows (middle, 0, middle + self->row, 0, self->n_bins, 1);
  self->kernels->weigh (psd, middle, self->weights, self->n_bins);
}

guint
bfft_welch_add (BfftWelch * self, guint channel, const gfloat * samples,
    guint n)
{
  if (self->rows)
    return update_rows (self, channel, samples);
  add_segments (self, channel, samples, n);
  return n;
}

void
bfft_welch_finish (BfftWelch * self, guint channel, gfloat * psd)
{
  const gfloat *rows;

  psd += self->first_bin;
  if (self->rows == NULL) {
    finish_sum (self, channel, psd);
    return;
  }
  rows = get_rows (self, channel) + self->first_bin;
  if (self->median)
    take_median (self, rows, psd);
  else
    average_rows (self, channel, rows, psd);
  self->results[channel]++;
}

void
bfft_welch_carry_on (BfftWelch * self, const BfftWelch * old)
{
  if (self->totals && old->totals)
    memcpy (self->totals, old->totals, (gsize) self->channels * self->n_bins *
        sizeof (gdouble));
}

void
bfft_welch_reset (BfftWelch * self)
{
  memset (self->results, 0, self->channels * sizeof (guint64));
  if (self->totals)
    memset (self->totals, 0, (gsize) self->channels * self->n_bins *
        sizeof (gdouble));
}
