/* bfft: gradients against finite differences, and what training promises.
 *
 * The network and the loss are written here a second time, straight from
 * their definitions and in double precision.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "bfft-checkpoint.h"
#include "bfft-random.h"
#include "bfft-trainer-private.h"
#include "bfft-weights.h"

#define FRAMES 3
#define RATE 16000
#define SEGMENTS (2 * FRAMES + 6)
#define MAX_N 64
#define MAX_BINS (MAX_N / 2 + 1)

/* A network's parameters in double, in the order of DESIGN section 2. */
typedef struct
{
  guint n;
  gsize sizes[6];
  gdouble *arrays[6];           /* NULL where there are none */
} Params;

static const gchar *const kinds[] =
    { "twiddles", "gates", "freq_mask", "scale", "bias", "unitary" };

enum
{ TWIDDLES, GATES, MASK, SCALE, BIAS, UNITARY };

static void
list_arrays (const BfftNetwork * network, gfloat ** arrays, gsize * sizes)
{
  gsize count = (gsize) network->stages * network->half;
  gfloat *all[6] = { network->unitary ? NULL : network->twiddles,
    network->gates, network->freq_mask, network->denoiser_scale,
    network->denoiser_bias, network->unitary
  };
  gsize lengths[6] = { 2 * count, count, 2 * network->n_fft,
    2 * network->n_fft, 2 * network->n_fft, 8 * count
  };

  memcpy (arrays, all, sizeof (all));
  memcpy (sizes, lengths, sizeof (lengths));
}

static Params *
params_from_network (const BfftNetwork * network)
{
  Params *self = g_new0 (Params, 1);
  gfloat *arrays[6];
  gsize i, k;

  self->n = network->n_fft;
  list_arrays (network, arrays, self->sizes);
  for (k = 0; k < 6; k++) {
    if (arrays[k] == NULL)
      continue;
    self->arrays[k] = g_new (gdouble, self->sizes[k]);
    for (i = 0; i < self->sizes[k]; i++)
      self->arrays[k][i] = arrays[k][i];
  }
  return self;
}

static void
params_free (Params * self)
{
  guint k;

  for (k = 0; k < 6; k++)
    g_free (self->arrays[k]);
  g_free (self);
}

static complex double
number (const gdouble * values, gsize index)
{
  return values[2 * index] + I * values[2 * index + 1];
}

static void
run_network (const Params * p, const gfloat * samples, const gfloat * window,
    complex double *x)
{
  guint stages = g_bit_storage (p->n) - 1, half = p->n / 2;
  guint s, b, i, bit;

  for (i = 0; i < p->n; i++) {
    guint from = 0;

    for (bit = 0; bit < stages; bit++)
      from |= (i >> bit & 1) << (stages - 1 - bit);
    x[i] = (gdouble) samples[from] * (window ? window[from] : 1);
  }
  for (s = 0; s < stages; s++) {
    for (b = 0; b < half; b++) {
      gsize index = (gsize) s * half + b;
      guint i0 = 2 * (b >> s << s) + (b & ((1u << s) - 1));
      guint i1 = i0 + (1u << s);
      gdouble g = p->arrays[GATES] ? p->arrays[GATES][index] : 1;
      complex double x0 = x[i0], x1 = x[i1], t;

      if (p->arrays[UNITARY]) {
        const gdouble *m = p->arrays[UNITARY];

        x[i0] = number (m, 4 * index) * x0 + number (m, 4 * index + 1) * x1;
        x[i1] = number (m, 4 * index + 2) * x0 + number (m, 4 * index + 3) * x1;
        continue;
      }
      t = number (p->arrays[TWIDDLES], index) * x1;
      x[i0] = g * (x0 + t) + (1 - g) * x0;
      x[i1] = g * (x0 - t) + (1 - g) * x1;
    }
  }
  for (i = 0; p->arrays[MASK] && i < p->n; i++) {
    const gdouble *m = p->arrays[MASK] + 2 * i;
    const gdouble *scale = p->arrays[SCALE] + 2 * i;
    const gdouble *bias = p->arrays[BIAS] + 2 * i;

    x[i] = scale[0] * m[0] * creal (x[i]) + bias[0]
        + I * (scale[1] * m[1] * cimag (x[i]) + bias[1]);
  }
}

/* Values of student and teacher that the loss compares. */
typedef struct
{
  complex double spectrum[FRAMES][MAX_N];
  gdouble power[SEGMENTS][MAX_BINS];
  gdouble psd[FRAMES][MAX_BINS];
  gdouble mel[FRAMES][64];
} Values;

static void
take_log_mel (const BfftLoss * loss, const gdouble * power, gdouble * mel)
{
  gdouble largest = -INFINITY;
  guint m, i, first, length;

  for (m = 0; m < loss->n_mels; m++) {
    const gfloat *weights = bfft_mel_get_filter (loss->mel, m, &first, &length);
    gdouble energy = 0;

    for (i = 0; i < length; i++)
      energy += weights[i] * power[first + i];
    mel[m] = log10 (MAX (energy, 1e-10));
    largest = MAX (largest, mel[m]);
  }
  for (m = 0; m < loss->n_mels; m++)
    mel[m] = (MAX (mel[m], largest - 8) + 4) / 4;
}

static void
take_values (const BfftLoss * loss, const Params * p, const BfftBatch * batch,
    gboolean noisy, Values * values)
{
  guint n = p->n, bins = n / 2 + 1;
  complex double x[MAX_N];
  guint f, s, k;

  for (f = 0; f < FRAMES; f++) {
    run_network (p, bfft_batch_frame (batch, f, noisy), NULL,
        values->spectrum[f]);
  }
  for (s = 0; s < SEGMENTS; s++) {
    run_network (p, bfft_batch_segment (batch, s, noisy), loss->window, x);
    for (k = 0; k < bins; k++)
      values->power[s][k] = creal (x[k] * conj (x[k]));
  }
  for (f = 0; f < FRAMES; f++) {
    for (k = 0; k < bins; k++) {
      gdouble sum = 0;

      for (s = 2 * f; s < 2 * f + 8; s++)
        sum += values->power[s][k];
      values->psd[f][k] = sum / 8 * (k == 0 || k == n / 2 ? 1 : 2);
    }
    take_log_mel (loss, values->power[2 * f + 7], values->mel[f]);
  }
}

static gdouble
spectrum_term (const Values * y, const Values * t, guint n, gdouble noise)
{
  gdouble error = 0, reference = 0;
  guint f, k;

  for (f = 0; f < FRAMES; f++) {
    for (k = 0; k < n; k++) {
      complex double e = y->spectrum[f][k] - t->spectrum[f][k];

      error += creal (e * conj (e));
      reference += creal (t->spectrum[f][k] * conj (t->spectrum[f][k]))
          + n * noise;
    }
  }
  return error / reference;
}

static gdouble
mel_term (const Values * y, const Values * t, guint n_mels)
{
  gdouble error = 0;
  guint f, m;

  for (f = 0; f < FRAMES; f++) {
    for (m = 0; m < n_mels; m++)
      error += pow (y->mel[f][m] - t->mel[f][m], 2);
  }
  return error / FRAMES / n_mels;
}

static gdouble
welch_term (const Values * y, const Values * t, guint n, gdouble noise)
{
  gdouble error = 0, reference = 0;
  guint f, k;

  for (f = 0; f < FRAMES; f++) {
    for (k = 0; k <= n / 2; k++) {
      error += pow (y->psd[f][k] - t->psd[f][k], 2);
      reference += pow (t->psd[f][k], 2) + pow (2 * noise * 3 * n / 8, 2);
    }
  }
  return error / reference;
}

static gdouble
band (const gdouble * psd, guint n, gint peak)
{
  gdouble sum = 0;
  gint k;

  for (k = MAX (peak - 1, 0); k <= MIN (peak + 1, (gint) n / 2); k++)
    sum += psd[k];
  return sum;
}

static gdouble
peak_term (const Values * y, const Values * t, guint n, guint peak_k,
    gdouble noise)
{
  gdouble error = 0, reference = 0;
  guint f, i, k;

  for (f = 0; f < FRAMES; f++) {
    gboolean taken[MAX_BINS] = { FALSE };

    for (i = 0; i < peak_k; i++) {
      gint best = -1;

      for (k = 0; k <= n / 2; k++) {
        if (!taken[k] && (best < 0 || t->psd[f][k] > t->psd[f][best]))
          best = k;
      }
      taken[best] = TRUE;
      error += pow (band (y->psd[f], n, best) - band (t->psd[f], n, best), 2);
      reference += pow (band (t->psd[f], n, best), 2)
          + pow (3 * 2 * noise * 3 * n / 8, 2);
    }
  }
  return error / reference;
}

static gdouble
total_loss (const BfftLoss * loss, const Params * p, const BfftBatch * batch,
    const Values * teacher)
{
  const BfftLossSpec *spec = &loss->spec;
  gdouble noise = batch->noise_variance;
  Values *y = g_new (Values, 1);
  gdouble total = 0;

  take_values (loss, p, batch, TRUE, y);
  if (spec->spectrum_weight > 0)
    total += spec->spectrum_weight * spectrum_term (y, teacher, p->n, noise);
  if (spec->mel_weight > 0)
    total += spec->mel_weight * mel_term (y, teacher, loss->n_mels);
  if (spec->welch_weight > 0)
    total += spec->welch_weight * welch_term (y, teacher, p->n, noise);
  if (spec->peak_weight > 0) {
    total += spec->peak_weight * peak_term (y, teacher, p->n, spec->peak_k,
        noise);
  }
  g_free (y);
  return total;
}

/* Every parameter off its exact place, gates strictly inside (0, 1). */
static BfftNetwork *
random_network (BfftVariant variant, guint n, guint64 * random)
{
  BfftNetwork *network = bfft_network_new_exact (variant, n);
  gfloat *arrays[6];
  gsize sizes[6], i;
  guint k;

  list_arrays (network, arrays, sizes);
  for (k = 0; k < 6; k++) {
    for (i = 0; arrays[k] && i < sizes[k]; i++) {
      gdouble x = bfft_random_uniform (random);

      if (k == GATES)
        arrays[k][i] = 0.1 + 0.8 * x;
      else
        arrays[k][i] += 0.4 * (x - 0.5);
    }
  }
  return network;
}

static void
fill_batch (BfftBatch * batch, gdouble level, guint64 * random)
{
  guint count = batch->shape.frames * batch->shape.n;
  guint step, i;

  /* Two steps, so that the first frame has a past. */
  for (step = 0; step < 2; step++) {
    for (i = 0; i < count; i++) {
      gfloat x = level * (2 * bfft_random_uniform (random) - 1);

      bfft_batch_feed (batch, &x, 1);
    }
    bfft_batch_begin (batch, random);
    if (step == 0)
      bfft_batch_end (batch);
  }
}

static void
run_student (BfftStudent * student, BfftLoss * loss, BfftTeacher * teacher,
    const BfftBatch * batch, BfftLossValues * values)
{
  guint i;

  bfft_teacher_run (teacher, batch);
  for (i = 0; i < batch->shape.frames; i++) {
    bfft_student_set_row (student, i, bfft_batch_frame (batch, i, TRUE), NULL);
  }
  for (i = 0; i < batch->shape.segments; i++) {
    bfft_student_set_row (student, batch->shape.frames + i,
        bfft_batch_segment (batch, i, TRUE), loss->window);
  }
  bfft_student_forward (student);
  bfft_loss_run (loss, student, teacher, batch->noise_variance, values);
  bfft_student_backward (student);
}

/* The largest difference from central differences, over the larger of the
 * value and the root mean square of its kind. */
static gdouble
compare_kind (const gfloat * gradient, Params * p, guint kind,
    const BfftLoss * loss, const BfftBatch * batch, const Values * teacher)
{
  gdouble *values = p->arrays[kind];
  gsize count = p->sizes[kind], i;
  gdouble *differences = g_new (gdouble, count);
  gdouble rms = 0, worst = 0;

  for (i = 0; i < count; i++) {
    const gdouble h = 1e-6;
    gdouble value = values[i], up;

    values[i] = value + h;
    up = total_loss (loss, p, batch, teacher);
    values[i] = value - h;
    differences[i] = (up - total_loss (loss, p, batch, teacher)) / (2 * h);
    values[i] = value;
    rms += differences[i] * differences[i];
  }
  rms = sqrt (rms / count);
  for (i = 0; i < count; i++) {
    worst = MAX (worst, fabs (gradient[i] - differences[i])
        / MAX (rms, fabs (differences[i])));
  }
  g_free (differences);
  return worst;
}

typedef struct
{
  const gchar *name;
  BfftLossSpec spec;
  gdouble level;
  gdouble noise_snr;
  gfloat quiet;                 /* mask of the upper bins, 1 for as it is */
} Case;

#define COMMON .n_mels = 8, .rate = RATE, .peak_k = 3

static const Case cases[] = {
  {"spectrum", {.spectrum_weight = 0.25, COMMON}, 0.5, INFINITY, 1},
  {"mel", {.mel_weight = 2, COMMON}, 0.5, INFINITY, 1},
  /* loud and with nothing above: bands at the floor 8 below the largest */
  {"mel-floor", {.mel_weight = 2, COMMON}, 900, INFINITY, 1e-6},
  /* bands below 1e-10 */
  {"mel-silence", {.mel_weight = 2, COMMON}, 1e-3, INFINITY, 1e-6},
  {"welch", {.welch_weight = 1.5, COMMON}, 0.5, INFINITY, 1},
  {"peak", {.peak_weight = 2, COMMON}, 0.5, INFINITY, 1},
  {"sum", {.spectrum_weight = 0.25,.mel_weight = 2,.welch_weight = 1.5,
          .peak_weight = 2, COMMON}, 0.5, INFINITY, 1},
  {"noisy", {.spectrum_weight = 0.25,.mel_weight = 2,.welch_weight = 1.5,
          .peak_weight = 2, COMMON}, 0.5, 3, 1},
};

static void
hush (BfftNetwork * network, gfloat quiet)
{
  guint i;

  for (i = network->n_fft / 4; network->freq_mask && i < network->n_fft; i++) {
    network->freq_mask[2 * i] *= quiet;
    network->freq_mask[2 * i + 1] *= quiet;
    if (quiet < 1)
      network->denoiser_bias[2 * i] = network->denoiser_bias[2 * i + 1] = 0;
  }
}

static void
check_gradient (const Case * c, BfftVariant variant, guint n)
{
  guint64 random = 1234 + n;
  g_autoptr (BfftNetwork) network = random_network (variant, n, &random);
  g_autoptr (BfftNetwork) exact =
      bfft_network_new_exact (BFFT_VARIANT_DOMAIN, n);
  BfftLoss *loss = bfft_loss_new (&c->spec, n, FRAMES, BFFT_EXECUTION_AUTO);
  BfftTeacher *teacher =
      bfft_teacher_new (&loss->shape, loss->window, loss->power_stride);
  BfftStudent *student = bfft_student_new (variant, n,
      FRAMES + loss->shape.segments, BFFT_EXECUTION_AUTO);
  BfftBatchShape all = { n, FRAMES, SEGMENTS };
  BfftBatch *batch = bfft_batch_new (&loss->shape, c->noise_snr, RATE);
  BfftBatch *wide = bfft_batch_new (&all, c->noise_snr, RATE);
  Params *p, *exact_params = params_from_network (exact);
  Values *targets = g_new (Values, 1);
  BfftLossValues values;
  gfloat *arrays[6];
  gsize sizes[6];
  guint64 same = random;
  gdouble expected;
  guint k;

  hush (network, c->quiet);
  p = params_from_network (network);
  fill_batch (batch, c->level, &random);
  fill_batch (wide, c->level, &same);
  /* The teacher in double too: only the twiddles need more than float. */
  for (k = 0; k < exact->stages * exact->half; k++) {
    guint s = k / exact->half, b = k % exact->half;
    complex double w = cexp (-2 * M_PI * I * (b % (1u << s)) / (2 << s));

    exact_params->arrays[TWIDDLES][2 * k] = creal (w);
    exact_params->arrays[TWIDDLES][2 * k + 1] = cimag (w);
  }
  take_values (loss, exact_params, wide, FALSE, targets);

  bfft_tensors_load (student->params, network);
  run_student (student, loss, teacher, batch, &values);
  expected = total_loss (loss, p, wide, targets);
  g_assert_cmpfloat (fabs (values.total - expected), <, 1e-5 * expected);

  /* In the network's order. */
  bfft_tensors_store (student->gradient, network);
  list_arrays (network, arrays, sizes);
  for (k = 0; k < 6; k++) {
    gdouble worst;

    if (arrays[k] == NULL)
      continue;
    worst = compare_kind (arrays[k], p, k, loss, wide, targets);
    g_test_message ("%s %s n=%u %s: %.1e", c->name,
        bfft_variant_to_string (variant), n, kinds[k], worst);
    g_assert_cmpfloat (worst, <, 1e-3);
  }

  g_free (targets);
  params_free (p);
  params_free (exact_params);
  bfft_batch_free (batch);
  bfft_batch_free (wide);
  bfft_student_free (student);
  bfft_teacher_free (teacher);
  bfft_loss_free (loss);
}

static void
test_gradient (gconstpointer data)
{
  const Case *c = data;

  check_gradient (c, BFFT_VARIANT_LEARNED, 16);
  check_gradient (c, BFFT_VARIANT_LEARNED, 32);
  if (c->quiet < 1)
    return;
  check_gradient (c, BFFT_VARIANT_DOMAIN, 8);
  check_gradient (c, BFFT_VARIANT_DOMAIN, 64);
  check_gradient (c, BFFT_VARIANT_PRUNED, 16);
  check_gradient (c, BFFT_VARIANT_UNITARY, 16);
}

/* Straight through: the gradient is that at the rounded twiddles. */
static void
test_int8 (void)
{
  guint64 random = 5;
  const BfftLossSpec spec = cases[6].spec;
  g_autoptr (BfftNetwork) network =
      random_network (BFFT_VARIANT_LEARNED, 32, &random);
  BfftLoss *loss = bfft_loss_new (&spec, 32, FRAMES, BFFT_EXECUTION_AUTO);
  BfftTeacher *teacher =
      bfft_teacher_new (&loss->shape, loss->window, loss->power_stride);
  BfftBatch *batch = bfft_batch_new (&loss->shape, INFINITY, RATE);
  BfftStudent *student[2];
  BfftLossValues values[2];
  gsize i;
  guint k;

  fill_batch (batch, 0.5, &random);
  for (k = 0; k < 2; k++) {
    student[k] = bfft_student_new (BFFT_VARIANT_LEARNED, 32,
        FRAMES + loss->shape.segments, BFFT_EXECUTION_AUTO);
    student[k]->quantized = k == 0;
    bfft_tensors_load (student[k]->params, network);
    run_student (student[k], loss, teacher, batch, &values[k]);
    bfft_network_quantize (network);
    for (i = 0; i < 2 * network->stages * network->half; i++)
      network->twiddles[i] = network->q8[i] * network->q8_scale;
  }
  g_assert_cmpfloat (values[0].total, ==, values[1].total);
  g_assert_cmpmem (student[0]->gradient->values,
      student[0]->gradient->count * sizeof (gfloat),
      student[1]->gradient->values,
      student[1]->gradient->count * sizeof (gfloat));
  for (k = 0; k < 2; k++)
    bfft_student_free (student[k]);
  bfft_batch_free (batch);
  bfft_teacher_free (teacher);
  bfft_loss_free (loss);
}

/* Hard gates: as if they were 0 and 1. */
static void
test_hard (void)
{
  guint64 random = 6;
  const BfftLossSpec spec = cases[6].spec;
  g_autoptr (BfftNetwork) network =
      random_network (BFFT_VARIANT_PRUNED, 32, &random);
  BfftLoss *loss = bfft_loss_new (&spec, 32, FRAMES, BFFT_EXECUTION_AUTO);
  BfftTeacher *teacher =
      bfft_teacher_new (&loss->shape, loss->window, loss->power_stride);
  BfftBatch *batch = bfft_batch_new (&loss->shape, INFINITY, RATE);
  gsize count = (gsize) network->stages * network->half, i;
  BfftStudent *student[2];
  BfftLossValues values[2];
  guint k;

  fill_batch (batch, 0.5, &random);
  for (k = 0; k < 2; k++) {
    student[k] = bfft_student_new (BFFT_VARIANT_PRUNED, 32,
        FRAMES + loss->shape.segments, BFFT_EXECUTION_AUTO);
    student[k]->hard = k == 0;
    bfft_tensors_load (student[k]->params, network);
    run_student (student[k], loss, teacher, batch, &values[k]);
    for (i = 0; i < count; i++)
      network->gates[i] = bfft_network_gate (network, i);
  }
  g_assert_cmpfloat (values[0].total, ==, values[1].total);
  g_assert_cmpmem (student[0]->gradient->twiddles,
      2 * count * sizeof (gfloat), student[1]->gradient->twiddles,
      2 * count * sizeof (gfloat));
  for (k = 0; k < 2; k++)
    bfft_student_free (student[k]);
  bfft_batch_free (batch);
  bfft_teacher_free (teacher);
  bfft_loss_free (loss);
}

static void
test_order (void)
{
  guint64 random = 9;
  guint variant, n;

  for (variant = 0; variant < BFFT_N_VARIANTS; variant++) {
    for (n = 2; n <= 64 && bfft_tensors_variant_is_trained (variant); n *= 2) {
      g_autoptr (BfftNetwork) network = random_network (variant, n, &random);
      g_autoptr (BfftNetwork) copy = bfft_network_new_exact (variant, n);
      g_autoptr (BfftTensors) tensors = bfft_tensors_new (variant, n);
      gfloat *a[6], *b[6];
      gsize sizes[6];
      guint k;

      bfft_tensors_load (tensors, network);
      bfft_tensors_store (tensors, copy);
      list_arrays (network, a, sizes);
      list_arrays (copy, b, sizes);
      for (k = 0; k < 6; k++) {
        if (a[k]) {
          g_assert_cmpmem (a[k], sizes[k] * sizeof (gfloat), b[k],
              sizes[k] * sizeof (gfloat));
        }
      }
    }
  }
}

/* Trains on white noise below @level that comes in pieces of @piece samples. */
static void
train_at (BfftTrainer * trainer, gdouble level, guint64 * random, guint steps,
    guint piece, BfftTrainerMetrics * metrics)
{
  guint64 end = bfft_trainer_get_steps (trainer) + steps;
  gfloat *samples = g_new (gfloat, piece);
  guint used = piece, i;

  while (bfft_trainer_get_steps (trainer) < end) {
    if (used == piece) {
      for (i = 0; i < piece; i++)
        samples[i] = 2 * level * bfft_random_uniform (random) - level;
      used = 0;
    }
    used += bfft_trainer_feed (trainer, 0, samples + used, piece - used);
    if (bfft_trainer_is_ready (trainer))
      bfft_trainer_step (trainer, metrics);
  }
  g_free (samples);
}

static void
train (BfftTrainer * trainer, guint64 * random, guint steps, guint piece,
    BfftTrainerMetrics * metrics)
{
  train_at (trainer, 0.8, random, steps, piece, metrics);
}

static void
check_convergence (BfftVariant variant, BfftTrainerInit init, guint n,
    guint steps)
{
  BfftTrainerOptions options;
  BfftTrainerMetrics metrics;
  guint64 random = 77;
  BfftTrainer *trainer;

  bfft_trainer_options_init (&options);
  options.variant = variant;
  options.init = init;
  options.n_fft = n;
  options.sample_rate = 44100;
  trainer = bfft_trainer_new (&options, NULL);
  train (trainer, &random, steps, 1024, &metrics);
  g_test_message ("%s n=%u init=%d: relative error %.1e after %u steps",
      bfft_variant_to_string (variant), n, init,
      metrics.loss.spec_relative, steps);
  g_assert_cmpfloat (metrics.loss.spec_relative, <, 1e-4);
  bfft_trainer_free (trainer);
}

static void
test_perturbed (void)
{
  check_convergence (BFFT_VARIANT_DOMAIN, BFFT_TRAINER_INIT_PERTURBED, 64, 500);
  check_convergence (BFFT_VARIANT_DOMAIN, BFFT_TRAINER_INIT_PERTURBED, 256,
      1000);
  check_convergence (BFFT_VARIANT_UNITARY, BFFT_TRAINER_INIT_PERTURBED, 64,
      1000);
}

/* A batch of noise (@which 0, 1), of two tones or of clicks, which @random
 * goes on with. */
static void
fill (gfloat * samples, guint length, guint which, guint64 * random)
{
  guint i;

  for (i = 0; i < length; i++) {
    gdouble noise = 2 * bfft_random_uniform (random) - 1;

    if (which == 2)
      samples[i] = sin (0.3 * i) / 2 + sin (1.7 * i) / 4 + 1e-2 * noise;
    else
      samples[i] = which < 2 || fabs (noise) > 0.9 ? noise : 0;
  }
}

static BfftTrainer *
new_random (BfftVariant variant, guint n, guint64 seed)
{
  BfftTrainerOptions options;

  bfft_trainer_options_init (&options);
  options.variant = variant;
  options.init = BFFT_TRAINER_INIT_RANDOM;
  options.n_fft = n;
  options.seed = seed;
  return bfft_trainer_new (&options, NULL);
}

static void
step_on (BfftTrainer * trainer, guint which, guint64 * random,
    BfftTrainerMetrics * metrics)
{
  guint length = trainer->options.batch * trainer->options.n_fft;
  g_autofree gfloat *samples = g_new (gfloat, length);

  fill (samples, length, which, random);
  bfft_trainer_feed (trainer, 0, samples, length);
  bfft_trainer_step (trainer, metrics);
}

/* What becomes exact, becomes so by its output: bench-random has more. */
static void
test_random (void)
{
  const struct
  {
    BfftVariant variant;
    guint n, steps;
  } tasks[] = {
    {BFFT_VARIANT_DOMAIN, 2, 100}, {BFFT_VARIANT_DOMAIN, 4, 200},
    {BFFT_VARIANT_DOMAIN, 8, 400}, {BFFT_VARIANT_DOMAIN, 16, 600},
    {BFFT_VARIANT_DOMAIN, 32, 1000}, {BFFT_VARIANT_DOMAIN, 64, 1500},
    {BFFT_VARIANT_LEARNED, 64, 1500}, {BFFT_VARIANT_DOMAIN, 256, 6000},
    {BFFT_VARIANT_UNITARY, 16, 3000},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (tasks); i++) {
    BfftTrainer *trainer = new_random (tasks[i].variant, tasks[i].n, 3);
    BfftTrainerMetrics metrics;
    guint64 random = 77;

    do {
      step_on (trainer, 0, &random, &metrics);
      if (metrics.step < 5 && tasks[i].n >= 64)
        g_assert_cmpfloat (metrics.loss.spec_relative, >, 0.3);
    } while (metrics.loss.spec_relative > 1e-4
        && metrics.step < tasks[i].steps);
    g_test_message ("%s, n=%u: %.1e after %u steps",
        bfft_variant_to_string (tasks[i].variant), tasks[i].n,
        metrics.loss.spec_relative, (guint) metrics.step);
    g_assert_cmpfloat (metrics.loss.spec_relative, <, 1e-4);
    bfft_trainer_free (trainer);
  }
}

/* No way leads from the exact twiddles to the student but through the sound:
 * other sound, other twiddles. */
static void
test_random_leaks_nothing (void)
{
  const BfftVariant variants[] = { BFFT_VARIANT_DOMAIN, BFFT_VARIANT_UNITARY };
  const guint steps[] = { 1, 5, 20, 50 };
  guint v, k, a, b, i;

  for (v = 0; v < G_N_ELEMENTS (variants); v++) {
    BfftTrainer *trainers[4];
    guint64 randoms[4] = { 1, 2, 3, 4 };
    BfftTrainerMetrics metrics = { 0 };

    for (a = 0; a < 4; a++)
      trainers[a] = new_random (variants[v], 64, 42);
    for (k = 0; k < G_N_ELEMENTS (steps); k++) {
      for (a = 0; a < 4; a++) {
        do
          step_on (trainers[a], a, &randoms[a], &metrics);
        while (metrics.step < steps[k]);
      }
      for (a = 0; a < 4; a++) {
        for (b = 0; b < a; b++) {
          const BfftTensors *p = trainers[a]->student->params;
          gdouble sum = 0;

          for (i = 0; i < p->count; i++) {
            sum += pow (p->values[i]
                - trainers[b]->student->params->values[i], 2);
          }
          g_assert_cmpfloat (sqrt (sum / p->count), >, 1e-3);
        }
      }
    }
    for (a = 0; a < 4; a++)
      bfft_trainer_free (trainers[a]);
  }
}

static void
step_on_tone (BfftTrainer * trainer, BfftTrainerMetrics * metrics)
{
  guint length = trainer->options.batch * trainer->options.n_fft, i;
  guint64 start = bfft_trainer_get_steps (trainer) * length;

  for (i = 0; i < length; i++) {
    gfloat sample = 0.5 * sin (2 * G_PI * 0.0275 * (start + i));

    bfft_trainer_feed (trainer, 0, &sample, 1);
  }
  bfft_trainer_step (trainer, metrics);
}

/* A pure tone does not tell what the transform is. That is no convergence: the
 * start is stalled, says so, and goes on where there is more to hear. */
static void
test_random_stalls (void)
{
  BfftTrainer *trainer = new_random (BFFT_VARIANT_DOMAIN, 64, 42);
  BfftTrainerMetrics metrics;
  guint64 random = 9;

  do {
    step_on_tone (trainer, &metrics);
    g_assert_cmpint (metrics.state, !=, BFFT_TRAINER_STATE_CONVERGED);
  } while (metrics.state != BFFT_TRAINER_STATE_STALLED && metrics.step < 40000);
  g_assert_cmpint (metrics.state, ==, BFFT_TRAINER_STATE_STALLED);
  g_test_message ("stalled at step %u, %.1e", (guint) metrics.step,
      metrics.loss.spec_relative);
  while (trainer->phase != BFFT_PHASE_WHOLE && metrics.step < 60000)
    step_on (trainer, 0, &random, &metrics);
  g_assert_cmpint (trainer->phase, ==, BFFT_PHASE_WHOLE);
  bfft_trainer_free (trainer);
}

/* A loss that rose and rests is none. */
static void
test_risen_loss (void)
{
  BfftTrainerOptions options;
  BfftTrainer *trainer;
  guint i;

  bfft_trainer_options_init (&options);
  trainer = bfft_trainer_new (&options, NULL);
  for (i = 0; i < 10 * 64; i++) {
    bfft_trainer_note_loss (trainer, i < 64 ? 1 : 2);
    g_assert_cmpint (trainer->progress.state, ==, BFFT_TRAINER_STATE_TRAINING);
  }
  for (i = 0; i < 64; i++)
    bfft_trainer_note_loss (trainer, 1);
  g_assert_cmpint (trainer->progress.state, ==, BFFT_TRAINER_STATE_CONVERGED);
  bfft_trainer_free (trainer);
}

/* What comes back was judged: it does not explode before it is moved. */
static void
test_high_rates (void)
{
  const gdouble rates[] = { 1, 300, 1e3 };
  guint k, i, optimizer;

  for (k = 0; k < G_N_ELEMENTS (rates); k++) {
    for (optimizer = 0; optimizer < 3; optimizer++) {
      BfftTrainerOptions options;
      BfftTrainerMetrics metrics;
      guint64 random = 8;
      guint recovered = 0;
      BfftTrainer *trainer;

      bfft_trainer_options_init (&options);
      options.n_fft = 16;
      options.variant = BFFT_VARIANT_UNITARY;
      options.optimizer = optimizer;
      options.learning_rate = rates[k];
      trainer = bfft_trainer_new (&options, NULL);
      for (i = 0; i < 2000; i++) {
        step_on (trainer, 0, &random, &metrics);
        recovered += metrics.recovered;
        g_assert_cmpuint (trainer->progress.futile, ==, 0);
      }
      g_test_message ("rate %g, %s: %u recoveries", rates[k],
          bfft_optimizer_method_to_string (optimizer), recovered);
      g_assert_cmpuint (recovered, <, 100);
      bfft_trainer_free (trainer);
    }
  }
}

/* A step that was cancelled was not taken: the same bits as without. */
static void
test_cancel (void)
{
  BfftTrainerInit init;

  for (init = BFFT_TRAINER_INIT_EXACT; init <= BFFT_TRAINER_INIT_RANDOM; init++) {
    BfftTrainerOptions options;
    BfftTrainerMetrics metrics;
    BfftTrainer *trainers[2];
    g_autoptr (GBytes) a = NULL;
    g_autoptr (GBytes) b = NULL;
    BfftCancel cancel = FALSE;
    guint k, i;

    bfft_trainer_options_init (&options);
    options.n_fft = 64;
    options.noise_snr = 10;
    options.init = init;
    for (k = 0; k < 2; k++) {
      guint64 random = 2;

      trainers[k] = bfft_trainer_new (&options, NULL);
      bfft_trainer_set_cancel (trainers[k], &cancel);
      for (i = 0; i < 100; i++) {
        gfloat samples[512];

        fill (samples, 512, 0, &random);
        bfft_trainer_feed (trainers[k], 0, samples, 512);
        cancel = k == 1 && i % 3 == 0;
        g_assert_true (bfft_trainer_step (trainers[k], &metrics) == !cancel);
        if (cancel) {
          g_assert_true (bfft_trainer_is_ready (trainers[k]));
          cancel = FALSE;
          g_assert_true (bfft_trainer_step (trainers[k], &metrics));
        }
      }
    }
    a = bfft_trainer_save_state (trainers[0]);
    b = bfft_trainer_save_state (trainers[1]);
    g_assert_true (g_bytes_equal (a, b));
    bfft_trainer_free (trainers[0]);
    bfft_trainer_free (trainers[1]);
  }
}

/* Weights that no sound fits any more do not come back for ever. */
static void
test_futile (void)
{
  BfftTrainerOptions options;
  BfftTrainerMetrics metrics;
  guint64 random = 2;
  BfftTrainer *trainer;
  guint i;

  bfft_trainer_options_init (&options);
  options.n_fft = 64;
  trainer = bfft_trainer_new (&options, NULL);
  train (trainer, &random, 100, 512, &metrics);
  for (i = 0; i < 2 * 64; i++)
    trainer->best->bias[i] = trainer->student->params->bias[i] = 1e6;
  train (trainer, &random, 100, 512, &metrics);
  g_assert_false (metrics.recovered);
  g_assert_cmpfloat (metrics.loss.spec_relative, <, 0.1);
  bfft_trainer_free (trainer);
}

/* The last of the steps planned has rate 0. */
static void
test_rate_ends (void)
{
  const guint steps[] = { 1, 2, 100 };
  guint k;

  for (k = 0; k < G_N_ELEMENTS (steps); k++) {
    BfftTrainerOptions options;
    BfftTrainerMetrics metrics;
    guint64 random = 2;
    gdouble first;
    BfftTrainer *trainer;

    bfft_trainer_options_init (&options);
    options.n_fft = 16;
    options.steps = steps[k];
    trainer = bfft_trainer_new (&options, NULL);
    train (trainer, &random, 1, 512, &metrics);
    first = metrics.learning_rate;
    g_assert_cmpfloat (first, >, 0);
    if (steps[k] > 1) {
      train (trainer, &random, steps[k] - 1, 512, &metrics);
      g_assert_cmpfloat (metrics.learning_rate, <, 1e-9 * first);
    }
    bfft_trainer_free (trainer);
  }
}

/* Nothing to learn: nothing moves beyond what rounding errors do. */
static void
test_exact_stays (void)
{
  BfftTrainerOptions options;
  BfftTrainerMetrics metrics;
  guint64 random = 3;
  BfftTrainer *trainer;
  guint i;

  bfft_trainer_options_init (&options);
  options.train_q8 = FALSE;
  options.sparsity_weight = 0;
  trainer = bfft_trainer_new (&options, NULL);
  train (trainer, &random, 300, 1000, &metrics);
  g_assert_cmpfloat (metrics.loss.spec_relative, <, 1e-6);
  {
    g_autoptr (BfftNetwork) network = bfft_trainer_get_network (trainer, FALSE);

    for (i = 0; i < network->stages * network->half; i++)
      g_assert_cmpfloat (network->gates[i], >, 1 - 1e-6);
  }
  bfft_trainer_free (trainer);
}

static GBytes *
parameters (BfftTrainer * trainer)
{
  g_autoptr (BfftNetwork) network = bfft_trainer_get_network (trainer, FALSE);
  GByteArray *bytes = g_byte_array_new ();
  gfloat *arrays[6];
  gsize sizes[6];
  guint k;

  list_arrays (network, arrays, sizes);
  for (k = 0; k < 6; k++) {
    if (arrays[k]) {
      g_byte_array_append (bytes, (guint8 *) arrays[k],
          sizes[k] * sizeof (gfloat));
    }
  }
  return g_byte_array_free_to_bytes (bytes);
}

static void
test_pieces (void)
{
  const guint pieces[] = { 1, 160, 1000, 4096, 65536 };
  GBytes *first = NULL;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (pieces); i++) {
    BfftTrainerOptions options;
    BfftTrainerMetrics metrics;
    guint64 random = 11;
    BfftTrainer *trainer;
    GBytes *bytes;

    bfft_trainer_options_init (&options);
    options.noise_snr = 5;
    options.init = BFFT_TRAINER_INIT_PERTURBED;
    options.n_fft = 64;
    trainer = bfft_trainer_new (&options, NULL);
    train (trainer, &random, 50, pieces[i], &metrics);
    bytes = parameters (trainer);
    if (first)
      g_assert_true (g_bytes_equal (first, bytes));
    else
      first = g_bytes_ref (bytes);
    g_bytes_unref (bytes);
    bfft_trainer_free (trainer);
  }
  g_bytes_unref (first);
}

/* 130 steps at once, and 70 and 60 with all that is kept in between. */
static void
check_resume (BfftVariant variant, BfftTrainerInit init,
    BfftOptimizerMethod optimizer)
{
  BfftTrainerOptions options;
  BfftTrainerMetrics metrics;
  guint64 random = 11, same = 11;
  BfftTrainer *whole, *part;
  g_autoptr (BfftNetwork) network = NULL;
  g_autofree gchar *directory = g_dir_make_tmp ("bfft-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (directory, "a.safetensors", NULL);
  GBytes *a, *b;

  bfft_trainer_options_init (&options);
  options.n_fft = 32;
  options.noise_snr = 10;
  options.variant = variant;
  options.init = init;
  options.optimizer = optimizer;
  if (variant == BFFT_VARIANT_PRUNED)
    options.steps = 130;
  whole = bfft_trainer_new (&options, NULL);
  train (whole, &random, 130, 256, &metrics);

  part = bfft_trainer_new (&options, NULL);
  train (part, &same, 70, 256, &metrics);
  g_assert_true (bfft_checkpoint_save (part, path, NULL));
  bfft_trainer_free (part);
  network = bfft_weights_load (path, NULL);
  g_assert_cmpuint (network->train_steps, ==, 70);
  part = bfft_trainer_new (&options, NULL);
  g_assert_true (bfft_checkpoint_resume (part, path, NULL));
  g_unlink (path);
  g_rmdir (directory);
  train (part, &same, 60, 256, &metrics);

  a = bfft_trainer_save_state (whole);
  b = bfft_trainer_save_state (part);
  g_assert_true (g_bytes_equal (a, b));
  g_bytes_unref (a);
  g_bytes_unref (b);
  bfft_trainer_free (part);
  bfft_trainer_free (whole);
}

static void
test_resume (void)
{
  check_resume (BFFT_VARIANT_PRUNED, BFFT_TRAINER_INIT_EXACT,
      BFFT_OPTIMIZER_DIAG_PRECOND);
  check_resume (BFFT_VARIANT_LEARNED, BFFT_TRAINER_INIT_EXACT,
      BFFT_OPTIMIZER_ADAM);
  check_resume (BFFT_VARIANT_DOMAIN, BFFT_TRAINER_INIT_PERTURBED,
      BFFT_OPTIMIZER_DIAG_PRECOND);
  check_resume (BFFT_VARIANT_UNITARY, BFFT_TRAINER_INIT_RANDOM,
      BFFT_OPTIMIZER_SGD);
}

static void
test_foreign_state (void)
{
  BfftTrainerOptions options;
  BfftTrainer *trainer;
  g_autoptr (GBytes) state = NULL;
  g_autoptr (GBytes) cut = NULL;
  g_autoptr (GError) error = NULL;

  bfft_trainer_options_init (&options);
  trainer = bfft_trainer_new (&options, NULL);
  state = bfft_trainer_save_state (trainer);
  cut = g_bytes_new_from_bytes (state, 0, g_bytes_get_size (state) - 1);
  g_assert_false (bfft_trainer_restore_state (trainer, cut, &error));
  g_assert_error (error, BFFT_TRAINER_ERROR, BFFT_TRAINER_ERROR_STATE);
  bfft_trainer_free (trainer);

  options.variant = BFFT_VARIANT_DOMAIN;
  trainer = bfft_trainer_new (&options, NULL);
  g_assert_false (bfft_trainer_restore_state (trainer, state, NULL));
  bfft_trainer_free (trainer);

  options.variant = BFFT_VARIANT_BUTTERFLY;
  g_assert_null (bfft_trainer_new (&options, NULL));
}

/* Silence, and samples that are no numbers, teach nothing and break nothing. */
static void
test_bad_samples (void)
{
  const gfloat samples[] = { NAN, INFINITY, -INFINITY, 1e30f, 1e-40f, 0 };
  BfftTrainerOptions options;
  BfftTrainerMetrics metrics;
  guint64 random = 1;
  BfftTrainer *trainer;
  guint i;

  bfft_trainer_options_init (&options);
  options.n_fft = 64;
  trainer = bfft_trainer_new (&options, NULL);
  for (i = 0; i < 512; i++) {
    gfloat zero = 0;

    bfft_trainer_feed (trainer, 0, &zero, 1);
  }
  bfft_trainer_step (trainer, &metrics);
  g_assert_true (metrics.silent);
  for (i = 0; i < 512 * 20; i++) {
    bfft_trainer_feed (trainer, 0,
        &samples[bfft_random_next (&random) % G_N_ELEMENTS (samples)], 1);
    if (bfft_trainer_is_ready (trainer))
      bfft_trainer_step (trainer, &metrics);
  }
  train (trainer, &random, 20, 512, &metrics);
  g_assert_cmpfloat (metrics.loss.total, <, 1);
  g_assert_cmpfloat (metrics.mean_gate, >, 0.9);
  bfft_trainer_free (trainer);
}

/* A rate that is far too large: the best weights come back. */
static void
test_divergence (void)
{
  BfftTrainerOptions options;
  BfftTrainerMetrics metrics;
  guint64 random = 1;
  gboolean diverged = FALSE;
  BfftTrainer *trainer;
  guint i;

  bfft_trainer_options_init (&options);
  options.n_fft = 64;
  options.train_q8 = FALSE;
  options.optimizer = BFFT_OPTIMIZER_ADAM;
  options.project_twiddles = FALSE;
  options.noise_snr = 0;
  options.learning_rate = 30;
  trainer = bfft_trainer_new (&options, NULL);
  for (i = 0; i < 200; i++) {
    train (trainer, &random, 1, 512, &metrics);
    diverged |= metrics.recovered;
    if (metrics.recovered)
      g_assert_cmpint (metrics.state, ==, BFFT_TRAINER_STATE_DIVERGED);
  }
  g_assert_true (diverged);
  {
    g_autoptr (BfftNetwork) best = bfft_trainer_get_network (trainer, TRUE);

    for (i = 0; i < 2 * best->stages * best->half; i++)
      g_assert_true (isfinite (best->twiddles[i]));
  }
  bfft_trainer_free (trainer);
}

/* What the warm-up reached on clean input is no measure in noise. */
static void
test_best_after_warmup (void)
{
  BfftTrainerOptions options;
  BfftTrainerMetrics metrics;
  BfftLossValues best_loss, loss;
  guint64 random = 4;
  BfftTrainer *trainer;
  g_autoptr (BfftNetwork) best = NULL;
  g_autoptr (BfftNetwork) latest = NULL;

  bfft_trainer_options_init (&options);
  options.n_fft = 64;
  options.init = BFFT_TRAINER_INIT_PERTURBED;
  options.noise_snr = 5;
  options.learning_rate = 5e-3;
  trainer = bfft_trainer_new (&options, NULL);
  train (trainer, &random, 3000, 512, &metrics);
  best = bfft_trainer_get_network (trainer, TRUE);
  latest = bfft_trainer_get_network (trainer, FALSE);
  g_assert_true (bfft_trainer_evaluate (trainer, best, &best_loss));
  g_assert_true (bfft_trainer_evaluate (trainer, latest, &loss));
  g_test_message ("best %g, latest %g", best_loss.total, loss.total);
  g_assert_cmpfloat (best_loss.total, <, 1.25 * loss.total);
  bfft_trainer_free (trainer);
}

/* A loss that rests before the whole of it is learned is no convergence. */
static void
test_warmup_state (void)
{
  BfftTrainerOptions options;
  BfftTrainer *trainer;
  guint i;

  bfft_trainer_options_init (&options);
  options.init = BFFT_TRAINER_INIT_PERTURBED;
  trainer = bfft_trainer_new (&options, NULL);
  for (i = 0; i < 10 * 64; i++)
    bfft_trainer_note_loss (trainer, 1);
  g_assert_cmpint (trainer->progress.state, ==, BFFT_TRAINER_STATE_TRAINING);
  trainer->phase = BFFT_PHASE_WHOLE;
  for (i = 0; i < 64; i++)
    bfft_trainer_note_loss (trainer, 1);
  g_assert_cmpint (trainer->progress.state, ==, BFFT_TRAINER_STATE_CONVERGED);
  bfft_trainer_forget_best (trainer);
  g_assert_cmpint (trainer->progress.state, ==, BFFT_TRAINER_STATE_TRAINING);
  bfft_trainer_free (trainer);
}

/* What is hardly there beside the sound before it is taken as silence. */
static void
test_hush (void)
{
  BfftTrainerOptions options;
  BfftTrainerMetrics metrics;
  guint64 random = 4;
  BfftTrainer *trainer;
  gdouble rate;
  guint i;

  bfft_trainer_options_init (&options);
  options.n_fft = 64;
  trainer = bfft_trainer_new (&options, NULL);
  train (trainer, &random, 1000, 512, &metrics);
  rate = metrics.learning_rate;
  for (i = 0; i < 22; i++) {
    train_at (trainer, 3e-5, &random, 1, 512, &metrics);
    g_assert_true (metrics.silent);
  }
  train_at (trainer, 1e-3, &random, 1, 512, &metrics);
  g_assert_false (metrics.silent);
  g_assert_cmpfloat (metrics.learning_rate, ==, rate);
  bfft_trainer_free (trainer);
}

/* Sound that the weights do not fit is no reason to stop learning: the rate
 * falls once, and climbs back. */
static void
test_rate_climbs (void)
{
  BfftTrainerOptions options;
  BfftTrainerMetrics metrics;
  guint64 random = 4;
  BfftTrainer *trainer;
  gboolean recovered = FALSE;
  gdouble rate;
  gsize i;

  bfft_trainer_options_init (&options);
  options.n_fft = 64;
  options.train_q8 = FALSE;
  trainer = bfft_trainer_new (&options, NULL);
  train (trainer, &random, 128, 512, &metrics);
  rate = metrics.learning_rate;
  for (i = 0; i < 2 * options.n_fft; i++)
    trainer->best->bias[i] = trainer->student->params->bias[i] = 0.1;
  for (i = 0; i < 22; i++) {
    train_at (trainer, 1e-3, &random, 1, 512, &metrics);
    recovered |= metrics.recovered;
  }
  g_assert_true (recovered);
  for (i = 0; i < 2 * options.n_fft; i++)
    trainer->best->bias[i] = trainer->student->params->bias[i] = 0;
  train (trainer, &random, 1, 512, &metrics);
  g_assert_cmpfloat (metrics.learning_rate, ==, rate / 4);
  train (trainer, &random, 2 * 4 * 64, 512, &metrics);
  g_assert_cmpfloat (metrics.learning_rate, ==, rate);
  bfft_trainer_free (trainer);
}

/* Divergence is told from the weights of the terms, and weights of gates have
 * no part in it. */
static void
test_large_weights (void)
{
  BfftTrainerOptions options;
  BfftTrainerMetrics metrics;
  guint64 random = 4;
  BfftTrainer *trainer;
  guint i;

  bfft_trainer_options_init (&options);
  options.n_fft = 64;
  options.noise_snr = 5;
  options.loss.mel_weight = 1e6;
  trainer = bfft_trainer_new (&options, NULL);
  for (i = 0; i < 40; i++) {
    train (trainer, &random, 1, 512, &metrics);
    g_assert_false (metrics.recovered);
  }
  bfft_trainer_free (trainer);

  bfft_trainer_options_init (&options);
  options.variant = BFFT_VARIANT_PRUNED;
  options.n_fft = 64;
  options.gate_learning_rate = 0;
  options.sparsity_weight = 1e6;
  trainer = bfft_trainer_new (&options, NULL);
  train (trainer, &random, 6 * 64, 512, &metrics);
  g_assert_cmpint (metrics.state, ==, BFFT_TRAINER_STATE_CONVERGED);
  bfft_trainer_free (trainer);
}

static void
test_zero_twiddle (void)
{
  g_autoptr (BfftNetwork) network =
      bfft_network_new_exact (BFFT_VARIANT_DOMAIN, 64);
  BfftTrainerOptions options;
  BfftTrainerMetrics metrics;
  guint64 random = 4;
  BfftTrainer *trainer;
  guint i;

  bfft_trainer_options_init (&options);
  options.variant = BFFT_VARIANT_DOMAIN;
  options.n_fft = 64;
  trainer = bfft_trainer_new (&options, NULL);
  network->twiddles[40] = network->twiddles[41] = 0;
  g_assert_true (bfft_trainer_set_network (trainer, network, NULL));
  for (i = 0; i < 10; i++) {
    train (trainer, &random, 1, 512, &metrics);
    g_assert_false (metrics.recovered);
  }
  for (i = 0; i < trainer->student->params->count; i++)
    g_assert_true (isfinite (trainer->student->params->values[i]));
  bfft_trainer_free (trainer);
}

/* Weights that are set begin a training as if there had been none before. */
static void
test_set_network (void)
{
  g_autoptr (BfftNetwork) network =
      bfft_network_new_exact (BFFT_VARIANT_LEARNED, 64);
  GBytes *bytes[2];
  guint k;

  for (k = 0; k < 2; k++) {
    BfftTrainerOptions options;
    BfftTrainerMetrics metrics;
    guint64 random = 4, same = 5;
    BfftTrainer *trainer;

    bfft_trainer_options_init (&options);
    options.n_fft = 64;
    options.optimizer = BFFT_OPTIMIZER_ADAM;
    trainer = bfft_trainer_new (&options, NULL);
    if (k > 0) {
      train (trainer, &random, 200, 512, &metrics);
      trainer->progress.rate = 0.25;
    }
    g_assert_true (bfft_trainer_set_network (trainer, network, NULL));
    bfft_trainer_discontinuity (trainer);
    train (trainer, &same, 10, 512, &metrics);
    bytes[k] = parameters (trainer);
    bfft_trainer_free (trainer);
  }
  g_assert_true (g_bytes_equal (bytes[0], bytes[1]));
  g_bytes_unref (bytes[0]);
  g_bytes_unref (bytes[1]);
}

static void
check_evaluated_as_executed (const BfftTrainerOptions * options,
    const BfftNetwork * network, const BfftNetwork * plain)
{
  BfftTrainer *trainer = bfft_trainer_new (options, NULL);
  BfftTrainerMetrics metrics;
  BfftLossValues values, expected;
  guint64 random = 4;
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;

  train (trainer, &random, 3, 512, &metrics);
  before = bfft_trainer_save_state (trainer);
  g_assert_true (bfft_trainer_evaluate (trainer, network, &values));
  g_assert_true (bfft_trainer_evaluate (trainer, plain, &expected));
  g_assert_cmpfloat (values.total, ==, expected.total);
  after = bfft_trainer_save_state (trainer);
  g_assert_true (g_bytes_equal (before, after));
  bfft_trainer_free (trainer);
}

/* Hard gates and int8 twiddles of a network that is evaluated count. */
static void
test_evaluate (void)
{
  guint64 random = 8;
  g_autoptr (BfftNetwork) pruned =
      random_network (BFFT_VARIANT_PRUNED, 64, &random);
  g_autoptr (BfftNetwork) open = bfft_network_copy (pruned);
  g_autoptr (BfftNetwork) rounded =
      random_network (BFFT_VARIANT_LEARNED, 64, &random);
  g_autoptr (BfftNetwork) int8 = bfft_network_copy (rounded);
  BfftTrainerOptions options;
  gsize count = (gsize) pruned->stages * pruned->half, i;

  bfft_trainer_options_init (&options);
  options.n_fft = 64;
  options.variant = BFFT_VARIANT_PRUNED;
  g_assert_true (pruned->hard_gates);
  for (i = 0; i < count; i++)
    open->gates[i] = bfft_network_gate (pruned, i);
  open->hard_gates = FALSE;
  check_evaluated_as_executed (&options, pruned, open);

  options.variant = BFFT_VARIANT_LEARNED;
  options.train_q8 = FALSE;
  bfft_network_quantize (int8);
  for (i = 0; i < 2 * count; i++)
    rounded->twiddles[i] = int8->q8[i] * int8->q8_scale;
  check_evaluated_as_executed (&options, int8, rounded);
}

/* How far the twiddles go in the step after a recovery, at a rate. */
static gdouble
step_after_recovery (gdouble rate)
{
  BfftTrainerOptions options;
  BfftTrainerMetrics metrics;
  guint64 random = 4;
  BfftTrainer *trainer;
  gdouble sum = 0;
  gsize i;

  bfft_trainer_options_init (&options);
  options.variant = BFFT_VARIANT_DOMAIN;
  options.n_fft = 64;
  options.init = BFFT_TRAINER_INIT_PERTURBED;
  trainer = bfft_trainer_new (&options, NULL);
  train (trainer, &random, 20, 512, &metrics);
  bfft_trainer_recover (trainer);
  for (i = 0; i < trainer->warmup->count; i++) {
    g_assert_cmpfloat (trainer->warmup->momentum[i], ==, 0);
    g_assert_cmpfloat (trainer->warmup->curvature[i], ==, 0);
  }
  trainer->progress.rate = rate;
  train (trainer, &random, 1, 512, &metrics);
  g_assert_cmpint (trainer->phase, ==, BFFT_PHASE_WARMUP);
  for (i = 0; i < trainer->best->count; i++) {
    sum += pow (trainer->best->values[i]
        - trainer->student->params->values[i], 2);
  }
  bfft_trainer_free (trainer);
  return sqrt (sum);
}

static void
test_warmup_recovers (void)
{
  gdouble ratio = step_after_recovery (0.25) / step_after_recovery (1);

  g_assert_cmpfloat (fabs (ratio - 0.25), <, 0.01);
}

/* Saves and restores with one number changed. */
static void
check_damaged (BfftTrainer * trainer, gpointer number, gconstpointer value,
    gsize size)
{
  guint8 old[sizeof (gdouble)];
  g_autoptr (GBytes) state = NULL;
  g_autoptr (GError) error = NULL;
  BfftTrainer *other = bfft_trainer_new (&trainer->options, NULL);

  memcpy (old, number, size);
  memcpy (number, value, size);
  state = bfft_trainer_save_state (trainer);
  memcpy (number, old, size);
  g_assert_false (bfft_trainer_restore_state (other, state, &error));
  g_assert_error (error, BFFT_TRAINER_ERROR, BFFT_TRAINER_ERROR_STATE);
  bfft_trainer_free (other);
}

static void
test_damaged_state (void)
{
  const gfloat nan = NAN;
  const gdouble bad[] = { 0, -1, 2, NAN };
  const gdouble infinite = INFINITY;
  BfftTrainerOptions options;
  BfftTrainer *trainer;
  BfftProgress *progress;
  guint i;

  bfft_trainer_options_init (&options);
  options.n_fft = 64;
  options.init = BFFT_TRAINER_INIT_PERTURBED;
  trainer = bfft_trainer_new (&options, NULL);
  progress = &trainer->progress;
  check_damaged (trainer, &trainer->groups[0].optimizer->second[3], &nan,
      sizeof (nan));
  check_damaged (trainer, &trainer->warmup->momentum[3], &nan, sizeof (nan));
  check_damaged (trainer, &trainer->batches[0]->clean[3], &nan, sizeof (nan));
  check_damaged (trainer, &trainer->batches[0]->level, &infinite,
      sizeof (infinite));
  check_damaged (trainer, &progress->best, &infinite, sizeof (infinite));
  for (i = 0; i < G_N_ELEMENTS (bad); i++)
    check_damaged (trainer, &progress->rate, &bad[i], sizeof (bad[i]));
  bfft_trainer_free (trainer);
}

/* A step turns twiddles back, by half a radian at most, and leaves them on the
 * circle. */
static void
test_rotate (void)
{
  static const gfloat steps[] = { 0, 1e-4f, -0.01f, 0.2f, -0.3f, 0.49f, 0.5f,
    -0.6f, 3
  };
  const BfftKernels *kernels = bfft_kernels_get (BFFT_EXECUTION_AUTO);
  gfloat w[2 * G_N_ELEMENTS (steps)];
  guint i;

  for (i = 0; i < G_N_ELEMENTS (steps); i++) {
    w[2 * i] = cos (i);
    w[2 * i + 1] = sin (i);
  }
  kernels->train_rotate (w, steps, G_N_ELEMENTS (steps));
  for (i = 0; i < G_N_ELEMENTS (steps); i++) {
    gdouble angle = i - CLAMP (steps[i], -0.5, 0.5);

    g_assert_cmpfloat_with_epsilon (w[2 * i], cos (angle), 3e-5);
    g_assert_cmpfloat_with_epsilon (w[2 * i + 1], sin (angle), 3e-5);
    g_assert_cmpfloat_with_epsilon (hypot (w[2 * i], w[2 * i + 1]), 1, 1e-6);
  }
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path =
        g_strdup_printf ("/train/gradient/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_gradient);
  }
  g_test_add_func ("/train/rotate", test_rotate);
  g_test_add_func ("/train/int8", test_int8);
  g_test_add_func ("/train/hard", test_hard);
  g_test_add_func ("/train/order", test_order);
  g_test_add_func ("/train/perturbed", test_perturbed);
  g_test_add_func ("/train/random", test_random);
  g_test_add_func ("/train/random-leaks-nothing", test_random_leaks_nothing);
  g_test_add_func ("/train/random-stalls", test_random_stalls);
  g_test_add_func ("/train/risen-loss", test_risen_loss);
  g_test_add_func ("/train/high-rates", test_high_rates);
  g_test_add_func ("/train/cancel", test_cancel);
  g_test_add_func ("/train/futile", test_futile);
  g_test_add_func ("/train/rate-ends", test_rate_ends);
  g_test_add_func ("/train/exact-stays", test_exact_stays);
  g_test_add_func ("/train/pieces", test_pieces);
  g_test_add_func ("/train/resume", test_resume);
  g_test_add_func ("/train/foreign-state", test_foreign_state);
  g_test_add_func ("/train/bad-samples", test_bad_samples);
  g_test_add_func ("/train/divergence", test_divergence);
  g_test_add_func ("/train/best-after-warmup", test_best_after_warmup);
  g_test_add_func ("/train/warmup-state", test_warmup_state);
  g_test_add_func ("/train/warmup-recovers", test_warmup_recovers);
  g_test_add_func ("/train/hush", test_hush);
  g_test_add_func ("/train/rate-climbs", test_rate_climbs);
  g_test_add_func ("/train/large-weights", test_large_weights);
  g_test_add_func ("/train/zero-twiddle", test_zero_twiddle);
  g_test_add_func ("/train/set-network", test_set_network);
  g_test_add_func ("/train/evaluate", test_evaluate);
  g_test_add_func ("/train/damaged-state", test_damaged_state);
  return g_test_run ();
}
