/* bfft: exact transforms of every length against double-precision FFTs.
 *
 * The oracle is GstFFT for even lengths and FFTW for odd ones, both in double.
 * The bound: relative L2 error <= 1e-6 log2 n.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <fftw3.h>
#include <gst/fft/gstfftf64.h>
#include <math.h>
#include <string.h>

#include "bfft-plan.h"

typedef struct
{
  guint n;
  gfloat *frame, *window, *re, *im, *power;
  gdouble *oracle;              /* [n / 2 + 1][2] */
} Fixture;

static void
make_frame (Fixture * f, GRand * rand)
{
  guint i;

  for (i = 0; i < f->n; i++) {
    f->frame[i] = g_rand_double_range (rand, -1, 1);
    f->window[i] = g_rand_double_range (rand, 0.1, 1);
  }
}

static void
run_oracle (Fixture * f)
{
  gdouble *x = fftw_malloc (f->n * sizeof (gdouble));
  guint i;

  for (i = 0; i < f->n; i++)
    x[i] = (gdouble) f->frame[i] * f->window[i];
  if (f->n % 2) {
    fftw_plan plan = fftw_plan_dft_r2c_1d (f->n, x,
        (fftw_complex *) f->oracle, FFTW_ESTIMATE);

    fftw_execute (plan);
    fftw_destroy_plan (plan);
  } else {
    GstFFTF64 *fft = gst_fft_f64_new (f->n, FALSE);

    gst_fft_f64_fft (fft, x, (GstFFTF64Complex *) f->oracle);
    gst_fft_f64_free (fft);
  }
  fftw_free (x);
}

static gdouble
spectrum_error (const Fixture * f)
{
  gdouble error = 0, norm = 0;
  guint k;

  for (k = 0; k <= f->n / 2; k++) {
    gdouble re = f->oracle[2 * k], im = f->oracle[2 * k + 1];

    error += pow (f->re[k] - re, 2) + pow (f->im[k] - im, 2);
    norm += re * re + im * im;
  }
  return sqrt (error / norm);
}

/* Power is as far off as twice the spectrum. */
static gdouble
power_error (const Fixture * f)
{
  gdouble error = 0, norm = 0;
  guint k;

  for (k = 0; k <= f->n / 2; k++) {
    gdouble power = pow (f->oracle[2 * k], 2) + pow (f->oracle[2 * k + 1], 2);

    error += pow (f->power[k] - power, 2);
    norm += power * power;
  }
  return sqrt (error / norm) / 2;
}

/* Returns: the larger of the two errors as a part of the bound. */
static gdouble
check_length (guint n, BfftExecution execution, GRand * rand)
{
  gsize bytes = (n + 4) * sizeof (gfloat);
  Fixture f = { n, g_malloc (bytes), g_malloc (bytes), g_malloc (bytes),
    g_malloc (bytes), g_malloc (bytes), fftw_malloc ((n + 2) * sizeof (gdouble))
  };
  BfftPlanSpec spec = { 0, };
  gdouble bound = 1e-6 * log2 (n), spectrum, power;
  BfftPlan *plan;
  GError *error = NULL;

  make_frame (&f, rand);
  run_oracle (&f);
  spec.n_fft = n;
  spec.variant = BFFT_VARIANT_BUTTERFLY;
  spec.execution = execution;
  spec.window = f.window;
  plan = bfft_plan_new (&spec, &error);
  g_assert_no_error (error);
  /* Frames in a stream start anywhere. */
  memmove (f.frame + 1, f.frame, n * sizeof (gfloat));
  bfft_plan_spectrum (plan, f.frame + 1, f.re, f.im);
  bfft_plan_power (plan, f.frame + 1, f.power);
  spectrum = spectrum_error (&f);
  power = power_error (&f);
  if (!(spectrum <= bound && power <= bound)) {
    g_test_message ("n = %u: spectrum %g, power %g, bound %g (%s)", n,
        spectrum, power, bound, bfft_plan_describe (plan));
    g_test_fail ();
  }
  bfft_plan_free (plan);
  g_free (f.frame);
  g_free (f.window);
  g_free (f.re);
  g_free (f.im);
  g_free (f.power);
  fftw_free (f.oracle);
  return MAX (spectrum, power) / bound;
}

static void
check_lengths (guint from, guint to, BfftExecution execution)
{
  GRand *rand = g_rand_new_with_seed (from);
  gdouble worst = 0;
  guint n, worst_n = 0;

  for (n = from; n <= to; n = to > 4100 ? 2 * n : n + 1) {
    gdouble part = check_length (n, execution, rand);

    if (part > worst) {
      worst = part;
      worst_n = n;
    }
  }
  g_test_message ("worst: %.3f of the bound, at n = %u", worst, worst_n);
  g_rand_free (rand);
}

static void
test_every_length (gconstpointer execution)
{
  check_lengths (2, 4100, GPOINTER_TO_INT (execution));
}

static void
test_powers_of_two (gconstpointer execution)
{
  check_lengths (8192, 131072, GPOINTER_TO_INT (execution));
}

/* Convolutions of the largest sizes, the last of which is beyond the lengths that
 * there are networks of; and many stages of radix 3 and 5. */
static void
test_long (gconstpointer execution)
{
  static const guint lengths[] = { 48000, 78732, 96000, 98304, 100000, 100001,
    87381, 87383, 131070, 131071
  };
  GRand *rand = g_rand_new_with_seed (1);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (lengths); i++)
    check_length (lengths[i], GPOINTER_TO_INT (execution), rand);
  g_rand_free (rand);
}

static void
test_pair (void)
{
  GRand *rand = g_rand_new_with_seed (1);
  BfftPlanSpec spec = { 0, };
  gfloat a[1024], b[1024], sum[513], power[2][513];
  BfftPlan *plan;
  guint k;

  spec.n_fft = 1024;
  spec.variant = BFFT_VARIANT_BUTTERFLY;
  plan = bfft_plan_new (&spec, NULL);
  for (k = 0; k < 1024; k++) {
    a[k] = g_rand_double_range (rand, -1, 1);
    b[k] = g_rand_double_range (rand, -1, 1);
  }
  for (k = 0; k < 513; k++)
    sum[k] = 1;
  bfft_plan_power (plan, a, power[0]);
  bfft_plan_power (plan, b, power[1]);
  bfft_plan_accumulate_power (plan, a, b, sum);
  for (k = 0; k < 513; k++) {
    g_assert_cmpfloat_with_epsilon (sum[k], 1 + power[0][k] + power[1][k],
        1e-6 * sum[k]);
  }
  bfft_plan_free (plan);
  g_rand_free (rand);
}

static void
test_impossible (void)
{
  static const guint lengths[] = { 0, 1, 131073, G_MAXUINT };
  BfftPlanSpec spec = { 0, };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (lengths); i++) {
    GError *error = NULL;

    spec.n_fft = lengths[i];
    g_assert_null (bfft_plan_new (&spec, &error));
    g_assert_error (error, BFFT_PLAN_ERROR, BFFT_PLAN_ERROR_LENGTH);
    g_clear_error (&error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/transform/every-length/orc",
      GINT_TO_POINTER (BFFT_EXECUTION_ORC), test_every_length);
  g_test_add_data_func ("/transform/every-length/auto",
      GINT_TO_POINTER (BFFT_EXECUTION_AUTO), test_every_length);
  g_test_add_data_func ("/transform/powers-of-two/orc",
      GINT_TO_POINTER (BFFT_EXECUTION_ORC), test_powers_of_two);
  g_test_add_data_func ("/transform/powers-of-two/auto",
      GINT_TO_POINTER (BFFT_EXECUTION_AUTO), test_powers_of_two);
  g_test_add_data_func ("/transform/long/orc",
      GINT_TO_POINTER (BFFT_EXECUTION_ORC), test_long);
  g_test_add_data_func ("/transform/long/auto",
      GINT_TO_POINTER (BFFT_EXECUTION_AUTO), test_long);
  g_test_add_func ("/transform/pair", test_pair);
  g_test_add_func ("/transform/impossible", test_impossible);
  return g_test_run ();
}
