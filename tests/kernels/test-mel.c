/* bfft: kernels and errors of the mel features.
 *
 * What the features are is checked by oracle-mel.py.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <float.h>
#include <math.h>
#include <string.h>

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
  options.n_fft = 256;
  options.n_mels = 128;
  assert_refused (&options, 16000, BFFT_MEL_ERROR_EMPTY, "lower n-mels");
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

  assert_refused (none, 1, BFFT_MEL_ERROR_EMPTY, "raise n-fft");
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

  for (preset = 0; preset <= BFFT_LOGMEL_PRESET_NEMO; preset++) {
    BfftLogmelOptions options = *bfft_logmel_preset (preset);
    BfftPlanSpec spec = { 0, };
    BfftLogmel *logmel;
    BfftPlan *plan;

    options.n_fft = 512;
    options.n_mels = 40;
    logmel = bfft_logmel_new (&options, 16000, BFFT_EXECUTION_AUTO, NULL);
    bfft_logmel_fill_plan_spec (logmel, &spec);
    plan = bfft_plan_new (&spec, NULL);
    for (m = 0; m < 512; m++)
      samples[m] = sin (m);
    bfft_logmel_process (logmel, plan, samples, clean);
    for (b = 0; b < G_N_ELEMENTS (bad); b++) {
      samples[256] = bad[b];
      bfft_logmel_process (logmel, plan, samples, again);
      for (m = 0; m < options.n_mels; m++)
        g_assert_true (isnan (again[m]));
      samples[256] = sin (256);
      bfft_logmel_process (logmel, plan, samples, again);
      g_assert_cmpmem (again, options.n_mels * sizeof (gfloat), clean,
          options.n_mels * sizeof (gfloat));
    }
    bfft_plan_free (plan);
    bfft_logmel_free (logmel);
  }
}

/* Frames at the ends of a stream, also of one that is shorter than a frame,
 * are frames of the padded stream. */
static void
test_edges (void)
{
  const guint lengths[] = { 1, 2, 3, 10, 33, 64, 65 };
  BfftLogmelOptions options = *bfft_logmel_preset (BFFT_LOGMEL_PRESET_NONE);
  gfloat x[65], padded[64], expected[8], got[8];
  guint mode, l, i;
  gint start;

  options.n_fft = 64;
  options.n_mels = 8;
  options.center = TRUE;
  for (i = 0; i < 65; i++)
    x[i] = sin (i * i);
  for (mode = BFFT_PAD_REFLECT; mode <= BFFT_PAD_CONSTANT; mode++) {
    g_autoptr (BfftLogmel) logmel = NULL;
    g_autoptr (BfftPlan) plan = NULL;
    BfftPlanSpec spec = { 0, };

    options.pad_mode = mode;
    logmel = bfft_logmel_new (&options, 16000, BFFT_EXECUTION_AUTO, NULL);
    bfft_logmel_fill_plan_spec (logmel, &spec);
    plan = bfft_plan_new (&spec, NULL);
    for (l = 0; l < G_N_ELEMENTS (lengths); l++) {
      gint n = lengths[l];

      for (start = -32; start + 64 <= n + 32; start += 3) {
        for (i = 0; i < 64; i++) {
          gint from = start + (gint) i;

          while (mode == BFFT_PAD_REFLECT && n > 1 && (from < 0 || from >= n))
            from = from < 0 ? -from : 2 * (n - 1) - from;
          if (mode == BFFT_PAD_REFLECT && n == 1)
            from = 0;
          padded[i] = from >= 0 && from < n ? x[from] : 0;
        }
        bfft_logmel_process (logmel, plan, padded, expected);
        bfft_logmel_process_edge (logmel, plan, x, n, start, got);
        g_assert_cmpmem (got, sizeof (got), expected, sizeof (expected));
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
  g_test_add_func ("/mel/edges", test_edges);
  return g_test_run ();
}
