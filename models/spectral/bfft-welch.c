/* bfft: Welch's estimate of the power spectral density.
 *
 * Where nothing is shared between results the powers of the segments are only
 * added up. Where results overlap, or for a median, the powers of each segment
 * are kept as a row.
 *
 * What is averaged are planes of bins: the power of each channel and, where
 * channels are compared, real and imaginary part of their product with the
 * reference.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-welch.h"

#include <math.h>
#include <string.h>

/* Planes lie a quarter of a page and more apart, modulo a page: loads that look
 * as if they followed a store to the same place wait for it. */
#define APART 272               /* floats */

#define MAX_ROWS (1u << 26)     /* floats of rows that are kept for sharing */

struct _BfftWelch
{
  BfftPlan *plan;               /* the caller's */
  const BfftKernels *kernels;
  BfftDetrender *detrender;     /* NULL for none */
  guint n_fft;
  guint first_bin, n_bins;      /* those wanted */
  guint segments, step;
  guint full;                   /* segments, unless shortened */
  gboolean median;
  gdouble unit;                 /* of a segment's two-sided power */
  gfloat *weights;              /* [n_bins], from average to result */
  gfloat *scratch[2];           /* [n_fft], two segments without their trend */
  gfloat *sum;                  /* [n_fft / 2 + 1], of a block; with cross
                                 * [planes][row] */
  gdouble *totals;              /* [planes][n_bins], of more than a block */

  BfftWelchCross cross;
  guint reference;
  gfloat *spectra;              /* [4][row], re and im of the reference and
                                 * of another channel */

  /* Rows kept, NULL where segments are only added up. A result shares
   * segments with the one before it in its phase: with every result, when hop
   * is a multiple of step, else with each phases-th. */
  guint channels;
  guint planes;
  guint phases;
  guint fresh;                  /* new segments per result in a phase */
  gsize row;                    /* floats per row */
  gsize bank;                   /* floats of a result's rows; 0: all in one */
  gfloat *rows;                 /* [planes][phases][segments][row] */
  gfloat *sorted;               /* [segments][row], median only */
  guint64 *results;             /* [planes], results so far */
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
  guint64 banks = (guint64) self->planes * phases;

  self->phases = 1;
  self->fresh = self->segments;
  if (fresh < self->segments && banks <= MAX_ROWS / bank) {
    self->phases = phases;
    self->fresh = fresh;
    self->bank = bank;
    self->rows = g_new (gfloat, banks * bank);
  } else if (self->median) {
    self->bank = self->cross ? bank : 0;
    self->rows = g_new (gfloat, self->cross ? self->planes * bank : bank);
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

/* What makes a power of @spec's scaling of |X|^2. */
static gdouble
get_unit (const BfftWelchSpec * spec)
{
  gdouble sum = 0, energy = 0, unit = spec->sample_scale * spec->sample_scale;
  guint i;

  for (i = 0; i < spec->n_fft; i++) {
    gdouble w = spec->window ? spec->window[i] : 1;

    sum += w;
    energy += w * w;
  }
  if (spec->scaling == BFFT_WELCH_SCALING_DENSITY)
    return unit / (spec->rate * energy);
  if (spec->scaling == BFFT_WELCH_SCALING_SPECTRUM)
    return unit / (sum * sum);
  return unit;
}

/* One-sided scale over what the average adds up. */
static void
make_weights (BfftWelch * self)
{
  gdouble weight = self->unit;
  guint i;

  if (self->median)
    weight /= median_bias (self->segments) * (self->segments % 2 ? 1 : 2);
  else
    weight /= self->segments;
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
  self->segments = self->full = schedule.segments;
  self->step = schedule.step;
  self->median = spec->average == BFFT_WELCH_AVERAGE_MEDIAN;
  if (spec->detrend != BFFT_DETREND_NONE)
    self->detrender = bfft_detrender_new (spec->detrend, self->n_fft,
        spec->execution);
  for (i = 0; i < G_N_ELEMENTS (self->scratch); i++)
    self->scratch[i] = g_new (gfloat, self->n_fft);
  self->row = bins;
  self->channels = self->planes = spec->channels;
  self->cross = spec->cross;
  self->reference = spec->reference;
  if (self->cross) {
    self->planes = 3 * self->channels - 2;
    self->row = (bins + 15) / 16 * 16 + APART;
    self->spectra = g_new (gfloat, 4 * self->row);
  }
  self->sum = g_new (gfloat, (self->cross ? self->planes : 1) * self->row);
  if (self->segments > BFFT_WELCH_BLOCK)
    self->totals = g_new0 (gdouble, (gsize) self->planes * self->n_bins);
  self->results = g_new0 (guint64, self->planes);
  self->unit = get_unit (spec);
  self->weights = g_new (gfloat, self->n_bins);
  make_weights (self);
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
  g_free (self->spectra);
  g_free (self->totals);
  g_free (self->rows);
  g_free (self->sorted);
  g_free (self->results);
  g_free (self);
}

/* Where the sum of a block of @plane is. */
static gfloat *
get_sum (BfftWelch * self, guint plane)
{
  return self->sum + self->first_bin + (self->cross ? plane * self->row : 0);
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
clear_sum (BfftWelch * self, guint plane)
{
  memset (get_sum (self, plane), 0, self->n_bins * sizeof (gfloat));
}

/* Results of more than a block are summed in double. */
static void
total_sum (BfftWelch * self, guint plane)
{
  if (self->totals)
    self->kernels->widen (self->totals + (gsize) plane * self->n_bins,
        get_sum (self, plane), self->n_bins);
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
  clear_sum (self, 0);
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
finish_sum (BfftWelch * self, guint plane, gfloat * psd)
{
  gdouble *total;

  if (self->totals) {
    total = self->totals + plane * (gsize) self->n_bins;
    self->kernels->narrow (psd, total, self->weights, self->n_bins);
    memset (total, 0, self->n_bins * sizeof (gdouble));
  } else {
    self->kernels->weigh (psd, get_sum (self, plane), self->weights,
        self->n_bins);
  }
}

/* The rows of the result that @plane has, or works at. */
static gfloat *
get_rows (BfftWelch * self, guint plane)
{
  guint phase = self->results[plane] % self->phases;

  return self->rows + (plane * self->phases + phase) * self->bank;
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
average_rows (BfftWelch * self, guint plane, const gfloat * rows, gfloat * psd)
{
  guint i;

  for (i = 0; i < self->segments; i += BFFT_WELCH_BLOCK) {
    clear_sum (self, plane);
    self->kernels->add_rows (get_sum (self, plane), 0,
        rows + i * self->row, self->row * sizeof (gfloat), self->n_bins,
        MIN (self->segments - i, BFFT_WELCH_BLOCK));
    total_sum (self, plane);
  }
  finish_sum (self, plane, psd);
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

/* The result of a plane, n_bins from first_bin on. */
static void
finish_plane (BfftWelch * self, guint plane, gfloat * out)
{
  const gfloat *rows;

  if (self->rows == NULL) {
    finish_sum (self, plane, out);
    return;
  }
  rows = get_rows (self, plane) + self->first_bin;
  if (self->median)
    take_median (self, rows, out);
  else
    average_rows (self, plane, rows, out);
  self->results[plane]++;
}

void
bfft_welch_finish (BfftWelch * self, guint channel, gfloat * psd)
{
  finish_plane (self, channel, psd + self->first_bin);
}

/* Adds segment @index of all channels to their planes, which are @stride
 * floats apart. The powers of the channels come first. */
static void
add_planes (BfftWelch * self, const gfloat * const *samples, guint index,
    gfloat * planes, gsize stride)
{
  gfloat *re = self->spectra + self->first_bin, *im = re + self->row;
  gfloat *other_re = im + self->row, *other_im = other_re + self->row;
  gfloat *product = planes + self->channels * stride;
  guint c;

  bfft_plan_spectrum (self->plan, get_segment (self, samples[self->reference],
          index, 0), self->spectra, self->spectra + self->row);
  self->kernels->add_power (planes + self->reference * stride, re, im,
      self->n_bins);
  for (c = 0; c < self->channels; c++) {
    if (c == self->reference)
      continue;
    bfft_plan_spectrum (self->plan, get_segment (self, samples[c], index, 0),
        other_re - self->first_bin, other_im - self->first_bin);
    self->kernels->add_cross (product, product + stride, planes + c * stride,
        re, im, other_re, other_im, self->n_bins);
    product += 2 * stride;
  }
}

/* update_rows() of all planes. */
static guint
update_planes (BfftWelch * self, const gfloat * const *samples)
{
  guint64 turn = self->results[0] / self->phases;
  guint n_new = turn > 0 ? self->fresh : self->segments;
  guint i, plane;

  for (i = self->segments - n_new; i < self->segments; i++) {
    guint slot = (turn * self->fresh + i) % self->segments;
    gfloat *row = get_rows (self, 0) + slot * self->row + self->first_bin;
    gsize stride = self->phases * self->bank;

    for (plane = 0; plane < self->planes; plane++)
      memset (row + plane * stride, 0, self->n_bins * sizeof (gfloat));
    add_planes (self, samples, i, row, stride);
  }
  return n_new;
}

guint
bfft_welch_add_together (BfftWelch * self, const gfloat * const *samples,
    guint n)
{
  guint plane, i;

  if (self->rows)
    return update_planes (self, samples) * self->channels;
  for (i = 0; i < n; i++) {
    for (plane = 0; i % BFFT_WELCH_BLOCK == 0 && plane < self->planes; plane++)
      clear_sum (self, plane);
    add_planes (self, samples, i, get_sum (self, 0), self->row);
    if ((i + 1) % BFFT_WELCH_BLOCK != 0 && i + 1 < n)
      continue;
    for (plane = 0; plane < self->planes; plane++)
      total_sum (self, plane);
  }
  return n * self->channels;
}

/* What a bin of the csd is to the caller. */
static void
compare_bin (BfftWelchCross cross, gfloat re, gfloat im, gdouble reference,
    gdouble other, gfloat * out)
{
  if (cross == BFFT_WELCH_CROSS_COHERENCE) {
    out[0] = ((gdouble) re * re + (gdouble) im * im) / (reference * other);
    return;
  }
  out[0] = cross == BFFT_WELCH_CROSS_TRANSFER ? re / reference : re;
  out[1] = cross == BFFT_WELCH_CROSS_TRANSFER ? im / reference : im;
}

void
bfft_welch_finish_together (BfftWelch * self, gfloat * psd, gfloat * cross)
{
  gsize bins = self->n_fft / 2 + 1;
  const gfloat *reference = psd + self->reference * bins;
  gfloat *re = self->spectra, *im = re + self->row;
  guint width = self->cross == BFFT_WELCH_CROSS_COHERENCE ? 1 : 2;
  guint c, i, k, plane = self->channels;

  for (c = 0; c < self->channels; c++)
    bfft_welch_finish (self, c, psd + c * bins);
  for (c = 0; c < self->channels; c++) {
    if (c == self->reference)
      continue;
    finish_plane (self, plane++, re);
    finish_plane (self, plane++, im);
    for (i = 0; i < self->n_bins; i++) {
      k = self->first_bin + i;
      compare_bin (self->cross, re[i], im[i], reference[k],
          psd[c * bins + k], cross + width * k);
    }
    cross += width * bins;
  }
}

void
bfft_welch_shorten (BfftWelch * self, guint segments)
{
  self->segments = segments;
  make_weights (self);
}

void
bfft_welch_carry_on (BfftWelch * self, const BfftWelch * old)
{
  if (self->totals && old->totals)
    memcpy (self->totals, old->totals, (gsize) self->planes * self->n_bins *
        sizeof (gdouble));
}

void
bfft_welch_reset (BfftWelch * self)
{
  memset (self->results, 0, self->planes * sizeof (guint64));
  if (self->totals)
    memset (self->totals, 0, (gsize) self->planes * self->n_bins *
        sizeof (gdouble));
  if (self->segments != self->full)
    bfft_welch_shorten (self, self->full);
}
