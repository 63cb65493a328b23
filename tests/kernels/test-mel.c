/* bfft: kernels and errors of the mel features.
 *
 * What the features are is checked by oracle-mel.py.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "bfft-features.h"
#include "bfft-logmel.h"

#define LENGTH 1027

static const BfftExecution executions[] = {
  BFFT_EXECUTION_AUTO, BFFT_EXECUTION_ORC
};

/* Stated error of the log kernel, in units of log2. */
static gdouble
log_tolerance (gdouble expected)
{
  return 2e-7 + 2e-7 * fabs (expected);
}

static void
check_log (const gfloat * values, guint n, gfloat guard, gfloat least,
    gfloat scale)
{
  gfloat *x = g_new (gfloat, n);
  guint e, i;

  for (e = 0; e < G_N_ELEMENTS (executions); e++) {
    memcpy (x, values, n * sizeof (gfloat));
    bfft_kernels_get (executions[e])->log (x, guard, least, scale, n);
    for (i = 0; i < n; i++) {
      gdouble expected = log2 (MAX ((gdouble) values[i] + guard, least));

      g_assert_cmpfloat (fabs (x[i] / scale - expected), <=,
          log_tolerance (expected));
    }
  }
  g_free (x);
}

static void
test_log (void)
{
  gfloat values[LENGTH];
  guint i, n;

  /* every magnitude that a float has */
  for (i = 0; i < LENGTH; i++)
    values[i] = exp2 (-126 + 253.99 * i / LENGTH);
  check_log (values, LENGTH, 0, FLT_MIN, 1);
  check_log (values, LENGTH, 0, 1e-10f, log10 (2));

  /* around 1, and all of one octave, at lengths that fill no vector */
  for (i = 0; i < LENGTH; i++)
    values[i] = 0.5 + 1.5 * i / LENGTH;
  for (n = 1; n < 20; n++)
    check_log (values + n, n, 0, FLT_MIN, G_LN2);
  check_log (values, LENGTH, 0, FLT_MIN, G_LN2);
  values[0] = 1;
  values[1] = nextafterf (1, 0);
  values[2] = nextafterf (1, 2);
  check_log (values, 3, 0, FLT_MIN, 1);

  /* what is below the floor, and the guard */
  values[0] = 0;
  values[1] = -1;
  values[2] = FLT_MIN / 2;
  values[3] = 1e-11f;
  check_log (values, 4, 0, 1e-10f, 10 * log10 (2));
  check_log (values, 1, exp2 (-24), FLT_MIN, G_LN2);
}

static void
test_log_bad (void)
{
  const gfloat bad[] = { NAN, -NAN, INFINITY, -INFINITY };
  gfloat x[4];
  guint e, i;

  for (e = 0; e < G_N_ELEMENTS (executions); e++) {
    memcpy (x, bad, sizeof (bad));
    bfft_kernels_get (executions[e])->log (x, 0, FLT_MIN, 1, 4);
    for (i = 0; i < 4; i++)
      g_assert_true (isnan (x[i]));
  }
}

/* The smaller kernels, at odd lengths and alignments. */
static void
test_elementwise (void)
{
  gfloat in[64], out[64];
  guint e, n, i, shift;

  for (i = 0; i < 64; i++)
    in[i] = sin (i * i) * 3 + 4;
  for (e = 0; e < G_N_ELEMENTS (executions); e++) {
    const BfftKernels *k = bfft_kernels_get (executions[e]);

    for (n = 0; n < 40; n++) {
      for (shift = 0; shift < 4; shift++) {
        memcpy (out, in, sizeof (in));
        k->emphasize (out + shift, in + shift + 1, in + shift, 0.97f, 0.5f, n);
        for (i = 0; i < n; i++)
          g_assert_cmpfloat_with_epsilon (out[shift + i],
              in[shift + i + 1] - 0.97 * in[shift + i] - 0.5, 2e-6);
        g_assert_cmpfloat (out[shift + n], ==, in[shift + n]);

        memcpy (out, in, sizeof (in));
        k->magnitude (out + shift, n);
        k->clamp_affine (out + shift, 2, 0.25f, 1, n);
        for (i = 0; i < n; i++)
          g_assert_cmpfloat_with_epsilon (out[shift + i],
              MAX (sqrt (in[shift + i]), 2) / 4 + 1, 1e-6);
        g_assert_cmpfloat (out[shift + n], ==, in[shift + n]);
      }
    }
  }
}

/* Bands by their definition, from the filters as they are stored. */
static void
test_apply (void)
{
  BfftMelSpec spec = { 16000, 512, 80, BFFT_MEL_SCALE_SLANEY,
    BFFT_MEL_NORM_SLANEY, 0, 8000, 1
  };
  g_autoptr (BfftMel) mel = bfft_mel_new (&spec, NULL);
  gfloat spectrum[257 + BFFT_MEL_PADDING], out[80];
  guint m, k, first, n;

  for (k = 0; k < G_N_ELEMENTS (spectrum); k++)
    spectrum[k] = k < 257 ? 1 + sin (k) : 1e30;
  bfft_mel_apply (mel, spectrum, out);
  for (m = 0; m < 80; m++) {
    const gfloat *weights = bfft_mel_get_filter (mel, m, &first, &n);
    gdouble sum = 0;

    g_assert_cmpuint (n, >, 0);
    g_assert_cmpuint (first + n, <=, 257);
    for (k = 0; k < n; k++)
      sum += weights[k] * spectrum[first + k];
    g_assert_cmpfloat_with_epsilon (out[m], sum, 1e-6 * sum);
  }
}

static void
assert_refused (const BfftLogmelOptions * options, guint rate, gint code,
    const gchar * word)
{
  GError *error = NULL;
  BfftLogmel *logmel = bfft_logmel_new (options, rate, BFFT_EXECUTION_AUTO,
      &error);

  g_assert_null (logmel);
  g_assert_error (error, BFFT_MEL_ERROR, code);
  g_assert_nonnull (strstr (error->message, word));
  g_clear_error (&error);
}

static void
test_errors (void)
{
  const BfftLogmelOptions *none = bfft_logmel_preset (0);
  BfftLogmelOptions options = *none;

  options.n_fft = 512;
  options.win_length = 513;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_RANGE, "win-length");

  options = *none;
  options.f_min = options.f_max = 4000;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_RANGE, "4000 Hz");
  options.f_min = NAN;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_RANGE, "nan");
  options.f_min = 0;
  options.f_max = 8001;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_RANGE, "8001 Hz");

  options = *none;
  options.n_mels = 0;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_RANGE, "n-mels");

  options = *none;
  options.power = 3;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_RANGE, "power");
  options.power = 2;
  options.log_floor = 0;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_RANGE, "log-floor");
  options.log_mode = BFFT_LOG_MODE_NONE;
  bfft_logmel_free (bfft_logmel_new (&options, 16000, BFFT_EXECUTION_AUTO,
          NULL));

  options.top_db = 80;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_RANGE, "top-db");
  options = *none;
  options.n_mfcc = 81;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_RANGE, "n-mfcc");
  options = *none;
  options.deltas = 1;
  options.delta_window = 4;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_RANGE, "delta-window");
  options.delta_window = 5;
  options.top_db = 80;
  options.frames = 2;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_RANGE, "top-db=0");
  options = *none;
  options.normalize = BFFT_NORMALIZE_PER_BAND;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_RANGE, "normalize");
  options = *none;
  options.norm_scale = 0;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_RANGE, "norm-scale");
  options = *none;
  options.f_max = -8000;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_RANGE, "max-frequency");
}

/* Bands without a bin are at the floor, and said. */
static void
test_empty (void)
{
  const struct
  {
    guint rate, n_fft, n_mels;
    gboolean empty;
  } cases[] = {
    {16000, 512, 80, FALSE},
    {16000, 256, 128, TRUE},
    {16000, 32, 4096, TRUE},
    {1, 2, 80, TRUE},
  };
  guint i, m;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    BfftLogmelOptions options = *bfft_logmel_preset (0);
    g_autoptr (BfftLogmel) logmel = NULL;
    g_autofree gchar *warning = NULL;
    g_autofree gfloat *power = g_new (gfloat, cases[i].n_fft / 2 + 1);
    g_autofree gfloat *out = g_new (gfloat, cases[i].n_mels);
    guint low = 0;

    options.n_fft = options.win_length = cases[i].n_fft;
    options.n_mels = cases[i].n_mels;
    logmel = bfft_logmel_new (&options, cases[i].rate, BFFT_EXECUTION_AUTO,
        NULL);
    for (m = 0; m <= cases[i].n_fft / 2; m++)
      power[m] = 1;
    bfft_logmel_from_power (logmel, power, out);
    for (m = 0; m < cases[i].n_mels; m++)
      low += fabs (out[m] + 10) < 1e-5;
    warning = bfft_logmel_get_warning (logmel);
    g_assert_true ((low > 0) == cases[i].empty);
    g_assert_true ((warning != NULL) == cases[i].empty);
    if (warning) {
      g_autofree gchar *start = g_strdup_printf ("%u of %u ", low,
          cases[i].n_mels);

      g_assert_true (g_str_has_prefix (warning, start));
      g_assert_nonnull (strstr (warning, "raise n-fft"));
    }
  }
}

/* A bad frame spoils what looks at it and nothing else, in every kind of
 * result. */
static void
test_bad_frames (void)
{
  const gfloat bad[] = { NAN, INFINITY };
  guint mode, kind, i, t, m, after;

  for (mode = BFFT_LOG_MODE_LOG10; mode <= BFFT_LOG_MODE_NONE; mode++) {
    for (kind = 0; kind < 4; kind++) {
      BfftLogmelOptions options = *bfft_logmel_preset (0);

      options.n_mels = 20;
      options.log_mode = mode;
      options.n_mfcc = kind & 1 ? 13 : 0;
      options.frames = kind & 2 ? 4 : 1;
      options.norm_mean = 1;
      g_assert_true (bfft_logmel_options_resolve (&options, 16000, NULL));
      for (i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_autoptr (BfftFeatures) features = bfft_features_new (&options, 16000,
            1, BFFT_EXECUTION_AUTO, NULL);

        for (t = after = 0; t < 12; t++) {
          gfloat *slot = bfft_features_slot (features, 0);
          const gfloat *result;

          for (m = 0; m < 20; m++)
            slot[m] = t == 5 ? bad[i] : 1 + sin (m + t);
          result = bfft_features_push (features);
          for (m = 0; result && m < bfft_logmel_options_bands (&options); m++) {
            gboolean spoilt = !isfinite (result[m + (kind & 2 ?
                        bfft_logmel_options_bands (&options) : 0)]);

            g_assert_true (spoilt == (kind & 2 ? t == 7 : t == 5));
            after++;
          }
        }
        g_assert_cmpuint (after, >, 0);
      }
    }
  }
}

/* Lengths that the options leave open. */
static void
test_resolve (void)
{
  BfftLogmelOptions options = *bfft_logmel_preset (BFFT_LOGMEL_PRESET_KALDI);

  g_assert_true (bfft_logmel_options_resolve (&options, 16000, NULL));
  g_assert_cmpuint (options.win_length, ==, 400);
  g_assert_cmpuint (options.n_fft, ==, 512);
  g_assert_cmpuint (options.hop, ==, 160);
  g_assert_cmpfloat (options.f_max, ==, 8000);
  g_assert_cmpuint (bfft_logmel_options_frame_length (&options), ==, 400);

  options = *bfft_logmel_preset (BFFT_LOGMEL_PRESET_WHISPER);
  g_assert_true (bfft_logmel_options_resolve (&options, 16000, NULL));
  g_assert_cmpuint (options.win_length, ==, 400);
  g_assert_cmpuint (bfft_logmel_options_frame_length (&options), ==, 400);

  options = *bfft_logmel_preset (BFFT_LOGMEL_PRESET_NONE);
  g_assert_true (bfft_logmel_options_resolve (&options, 768000, NULL));
  g_assert_cmpuint (options.win_length, ==, 19200);
  g_assert_cmpuint (options.n_fft, ==, 32768);
}

/* A bad sample spoils the frames that hold it and no other. */
static void
test_bad_samples (void)
{
  const gfloat bad[] = { NAN, INFINITY };
  gfloat buffer[513] = { 0, }, *samples = buffer + 1;
  gfloat clean[128], again[128];
  guint preset, b, m;

  for (preset = 0; preset < BFFT_LOGMEL_N_PRESETS; preset++) {
    BfftLogmelOptions options = *bfft_logmel_preset (preset);
    BfftPlanSpec spec = { 0, };
    BfftLogmel *logmel;
    BfftPlan *plan;

    options.n_fft = 512;
    options.n_mels = 40;
    options.win_length = options.win_length ? 400 : 0;
    logmel = bfft_logmel_new (&options, MAX (options.rate, 16000),
        BFFT_EXECUTION_AUTO, NULL);
    bfft_logmel_fill_plan_spec (logmel, &spec);
    plan = bfft_plan_new (&spec, NULL);
    for (m = 0; m < 512; m++)
      samples[m] = sin (m);
    bfft_logmel_run (logmel, plan, samples, clean);
    for (b = 0; b < G_N_ELEMENTS (bad); b++) {
      samples[256] = bad[b];
      bfft_logmel_run (logmel, plan, samples, again);
      for (m = 0; m < options.n_mels; m++)
        g_assert_true (isnan (again[m]));
      samples[256] = sin (256);
      bfft_logmel_run (logmel, plan, samples, again);
      g_assert_cmpmem (again, options.n_mels * sizeof (gfloat), clean,
          options.n_mels * sizeof (gfloat));
    }
    bfft_plan_free (plan);
    bfft_logmel_free (logmel);
  }
}

/* Position @i of a line of @n samples, mirrored at both ends. */
static gint
mirror (gint i, gint n, gboolean twice)
{
  while (i < 0 || i >= n) {
    if (n == 1)
      return 0;
    i = i < 0 ? -i - (twice ? 1 : 0) : 2 * n - (twice ? 1 : 2) - i;
  }
  return i;
}

/* Frames at the ends of a stream, also of one that is shorter than a frame and
 * of one that silence is appended to, are frames of the padded stream. */
static void
test_edges (void)
{
  const guint lengths[] = { 1, 2, 3, 10, 33, 64, 65 };
  const guint silences[] = { 0, 1, 5, 200 };
  BfftLogmelOptions options = *bfft_logmel_preset (BFFT_LOGMEL_PRESET_NONE);
  gfloat x[265], padded[64], expected[8], got[8];
  guint mode, l, s, i;
  gint start;

  options.n_fft = 64;
  options.n_mels = 8;
  options.center = TRUE;
  for (mode = BFFT_PAD_REFLECT; mode <= BFFT_PAD_CONSTANT; mode++) {
    g_autoptr (BfftLogmel) logmel = NULL;
    g_autoptr (BfftPlan) plan = NULL;
    BfftPlanSpec spec = { 0, };

    options.pad_mode = mode;
    logmel = bfft_logmel_new (&options, 16000, BFFT_EXECUTION_AUTO, NULL);
    bfft_logmel_fill_plan_spec (logmel, &spec);
    plan = bfft_plan_new (&spec, NULL);
    for (l = 0; l < G_N_ELEMENTS (lengths); l++) {
      for (s = 0; s < G_N_ELEMENTS (silences); s++) {
        gint n = lengths[l] + silences[s];

        for (i = 0; i < 265; i++)
          x[i] = i < lengths[l] ? sin (i * i) : 0;
        for (start = -32; start + 64 <= n + 32; start += 3) {
          for (i = 0; i < 64; i++) {
            gint from = start + (gint) i;

            if (mode != BFFT_PAD_CONSTANT)
              from = mirror (from, n, mode == BFFT_PAD_SYMMETRIC);
            padded[i] = from >= 0 && from < n ? x[from] : 0;
          }
          bfft_logmel_run (logmel, plan, padded, expected);
          bfft_logmel_run_edge (logmel, plan, x, lengths[l], silences[s],
              start, got);
          g_assert_cmpmem (got, sizeof (got), expected, sizeof (expected));
        }
      }
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mel/log", test_log);
  g_test_add_func ("/mel/log-bad", test_log_bad);
  g_test_add_func ("/mel/elementwise", test_elementwise);
  g_test_add_func ("/mel/apply", test_apply);
  g_test_add_func ("/mel/errors", test_errors);
  g_test_add_func ("/mel/resolve", test_resolve);
  g_test_add_func ("/mel/bad-samples", test_bad_samples);
  g_test_add_func ("/mel/empty", test_empty);
  g_test_add_func ("/mel/bad-frames", test_bad_frames);
  g_test_add_func ("/mel/edges", test_edges);
  return g_test_run ();
}
