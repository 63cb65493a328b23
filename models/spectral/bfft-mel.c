/* bfft: mel filterbanks.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-mel.h"

#include <math.h>

/* Weights are multiplied four at a time; runs are padded to that with weights
 * of 0. */
#define LANES 4

G_STATIC_ASSERT (BFFT_MEL_PADDING == LANES - 1);

typedef gfloat Vector __attribute__((vector_size (LANES * sizeof (gfloat)),
        aligned (sizeof (gfloat)), may_alias));

typedef struct
{
  guint first;
  guint length;                 /* bins with a weight */
  guint vectors;                /* of LANES weights, at least 1 */
  guint offset;                 /* of its weights in weights */
} Filter;

struct _BfftMel
{
  guint n_mels;
  guint first_bin, n_bins;
  Filter *filters;              /* [n_mels] */
  gfloat *weights;              /* all runs, one after the other */
};

G_DEFINE_QUARK (bfft-mel-error-quark, bfft_mel_error);

/* Slaney's scale: 200/3 Hz a mel up to 1 kHz, then 27 mels for each factor of
 * 6.4. */
#define SLANEY_HZ_PER_MEL (200.0 / 3.0)
#define SLANEY_BREAK_HZ 1000.0
#define SLANEY_BREAK_MEL (SLANEY_BREAK_HZ / SLANEY_HZ_PER_MEL)
#define SLANEY_LOG_STEP (log (6.4) / 27.0)

static gdouble
mel_from_hz (BfftMelScale scale, gdouble hz)
{
  if (scale != BFFT_MEL_SCALE_SLANEY)
    return 2595.0 * log10 (1.0 + hz / 700.0);
  if (hz < SLANEY_BREAK_HZ)
    return hz / SLANEY_HZ_PER_MEL;
  return SLANEY_BREAK_MEL + log (hz / SLANEY_BREAK_HZ) / SLANEY_LOG_STEP;
}

static gdouble
mel_to_hz (BfftMelScale scale, gdouble mel)
{
  if (scale != BFFT_MEL_SCALE_SLANEY)
    return 700.0 * (pow (10.0, mel / 2595.0) - 1.0);
  if (mel < SLANEY_BREAK_MEL)
    return mel * SLANEY_HZ_PER_MEL;
  return SLANEY_BREAK_HZ * exp ((mel - SLANEY_BREAK_MEL) * SLANEY_LOG_STEP);
}

static gboolean
check_spec (const BfftMelSpec * spec, GError ** error)
{
  if (spec->n_mels < 1) {
    g_set_error_literal (error, BFFT_MEL_ERROR, BFFT_MEL_ERROR_RANGE,
        "n-mels must be at least 1");
    return FALSE;
  }
  if (!(spec->f_min >= 0 && spec->f_min < spec->f_max)) {
    g_set_error (error, BFFT_MEL_ERROR, BFFT_MEL_ERROR_RANGE,
        "min-frequency (%g Hz) must be below max-frequency (%g Hz)",
        spec->f_min, spec->f_max);
    return FALSE;
  }
  if (!(spec->f_max <= spec->rate / 2.0)) {
    g_set_error (error, BFFT_MEL_ERROR, BFFT_MEL_ERROR_RANGE,
        "max-frequency (%g Hz) must not be above half the sample rate (%g Hz)",
        spec->f_max, spec->rate / 2.0);
    return FALSE;
  }
  return TRUE;
}

/* The height at @x of the triangle that rises from @left, is 1 at @centre and
 * falls to @right. */
static gdouble
triangle (gdouble x, gdouble left, gdouble centre, gdouble right)
{
  gdouble up = (x - left) / (centre - left);
  gdouble down = (right - x) / (right - centre);

  return MAX (0, MIN (up, down));
}

/* Appends filter @index to @weights: at least one vector, so that the loop over
 * them needs no test. */
static void
add_filter (const BfftMelSpec * spec, guint index, Filter * filter,
    GArray * weights)
{
  gboolean over_mel = spec->scale == BFFT_MEL_SCALE_KALDI;
  gdouble low = mel_from_hz (spec->scale, spec->f_min);
  gdouble high = mel_from_hz (spec->scale, spec->f_max);
  gdouble mel[3], hz[3], gain = spec->gain;
  gdouble *edge = over_mel ? mel : hz;
  guint i, k;

  for (i = 0; i < 3; i++) {
    mel[i] = low + (index + i) * (high - low) / (spec->n_mels + 1);
    hz[i] = mel_to_hz (spec->scale, mel[i]);
  }
  if (spec->norm == BFFT_MEL_NORM_SLANEY)
    gain *= 2.0 / (hz[2] - hz[0]);

  filter->offset = weights->len;
  filter->length = 0;
  for (k = hz[0] * spec->n_fft / spec->rate; k <= spec->n_fft / 2; k++) {
    gdouble x = (gdouble) k * spec->rate / spec->n_fft;
    gfloat weight = gain * triangle (over_mel ?
        mel_from_hz (spec->scale, x) : x, edge[0], edge[1], edge[2]);

    if (weight > 0) {
      if (filter->length++ == 0)
        filter->first = k;
      g_array_append_val (weights, weight);
    } else if (filter->length) {
      break;
    }
  }
  filter->vectors = MAX ((filter->length + LANES - 1) / LANES, 1);
  g_array_set_size (weights, filter->offset + filter->vectors * LANES);
}

static void
set_range (BfftMel * self, guint bins)
{
  guint m, end = 0;

  self->first_bin = bins - 1;
  for (m = 0; m < self->n_mels; m++)
    if (self->filters[m].length)
      self->first_bin = MIN (self->first_bin, self->filters[m].first);
  for (m = 0; m < self->n_mels; m++) {
    Filter *filter = &self->filters[m];

    if (filter->length == 0)
      filter->first = self->first_bin;
    end = MAX (end, filter->first + filter->vectors * LANES);
  }
  self->n_bins = MIN (end, bins) - self->first_bin;
}

BfftMel *
bfft_mel_new (const BfftMelSpec * spec, GError ** error)
{
  BfftMel *self;
  GArray *weights;
  guint m;

  if (!check_spec (spec, error))
    return NULL;

  self = g_new0 (BfftMel, 1);
  weights = g_array_new (FALSE, TRUE, sizeof (gfloat));
  self->n_mels = spec->n_mels;
  self->filters = g_new0 (Filter, spec->n_mels);
  for (m = 0; m < spec->n_mels; m++)
    add_filter (spec, m, &self->filters[m], weights);
  self->weights = (gfloat *) g_array_free (weights, FALSE);
  set_range (self, spec->n_fft / 2 + 1);
  return self;
}

void
bfft_mel_free (BfftMel * mel)
{
  if (mel == NULL)
    return;
  g_free (mel->filters);
  g_free (mel->weights);
  g_free (mel);
}

/* Lane by lane over the run of @filter, whose weights are next. */
static inline Vector
multiply (const Filter * filter, const Vector ** weights,
    const gfloat * spectrum)
{
  const Vector *run = (const Vector *) (spectrum + filter->first);
  Vector sum = **weights * run[0];
  guint v;

  for (v = 1; v < filter->vectors; v++)
    sum += (*weights)[v] * run[v];
  *weights += filter->vectors;
  return sum;
}

/* Four filters at a time, whose lanes are added up together. */
void
bfft_mel_apply (const BfftMel * mel, const gfloat * spectrum, gfloat * out)
{
  const Vector *weights = (const Vector *) mel->weights;
  const Filter *filter = mel->filters;
  guint left = mel->n_mels;

  for (; left >= LANES; left -= LANES, filter += LANES, out += LANES) {
    Vector a = multiply (filter, &weights, spectrum);
    Vector b = multiply (filter + 1, &weights, spectrum);
    Vector c = multiply (filter + 2, &weights, spectrum);
    Vector d = multiply (filter + 3, &weights, spectrum);
    Vector ab = __builtin_shufflevector (a, b, 0, 4, 2, 6)
        + __builtin_shufflevector (a, b, 1, 5, 3, 7);
    Vector cd = __builtin_shufflevector (c, d, 0, 4, 2, 6)
        + __builtin_shufflevector (c, d, 1, 5, 3, 7);

    *(Vector *) out = __builtin_shufflevector (ab, cd, 0, 1, 4, 5)
        + __builtin_shufflevector (ab, cd, 2, 3, 6, 7);
  }
  for (; left > 0; left--, filter++, out++) {
    Vector sum = multiply (filter, &weights, spectrum);

    *out = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  }
}

guint
bfft_mel_count_empty (const BfftMel * mel, guint * first)
{
  guint m, n = 0;

  for (m = mel->n_mels; m > 0; m--) {
    if (mel->filters[m - 1].length == 0) {
      *first = m - 1;
      n++;
    }
  }
  return n;
}

const gfloat *
bfft_mel_get_filter (const BfftMel * mel, guint index, guint * first_bin,
    guint * n_bins)
{
  const Filter *filter = &mel->filters[index];

  *first_bin = filter->first;
  *n_bins = filter->length;
  return mel->weights + filter->offset;
}

void
bfft_mel_get_range (const BfftMel * mel, guint * first_bin, guint * n_bins)
{
  *first_bin = mel->first_bin;
  *n_bins = mel->n_bins;
}
