/* bfft: decibels against the C library's log10(), over all magnitudes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <glib.h>
#include <float.h>
#include <math.h>

#include "bfft-decibel.h"

static gfloat
decibel_of (gfloat power, gfloat scale, gfloat threshold)
{
  gfloat sum = 0;

  bfft_decibel_add (bfft_kernels_get (BFFT_EXECUTION_AUTO), &sum, &power,
      scale, threshold, 1);
  return sum;
}

/* Steps through the floats; the kernel runs at all lengths and alignments. */
static void
test_accuracy (void)
{
  const BfftKernels *kernels = bfft_kernels_get (BFFT_EXECUTION_AUTO);
  gfloat power[67], sum[67];
  gdouble x = FLT_MIN, worst = 0;
  guint i, n = 1;

  while (x < FLT_MAX / 2) {
    for (i = 0; i < n; i++) {
      power[i] = x;
      sum[i] = 0;
      x *= 1.0001;
    }
    bfft_decibel_add (kernels, sum + n % 2, power + n % 2, 1, -INFINITY,
        n - n % 2);
    for (i = n % 2; i < n; i++) {
      gdouble exact = 10 * log10 (power[i]);
      /* half a unit in the last place */
      gdouble rounding = ldexp (1, ilogb (exact + 1e-30) - 24);

      worst = MAX (worst, fabs (sum[i] - exact) - rounding);
    }
    n = n % 66 + 1;
  }
  g_test_message ("worst error %g dB", worst);
  g_assert_cmpfloat (worst, <=, BFFT_DECIBEL_MAX_ERROR);
}

static void
test_exact_values (void)
{
  g_assert_cmpfloat (decibel_of (1, 1, -INFINITY), ==, 0);
  g_assert_cmpfloat_with_epsilon (decibel_of (4, 0.25e-6, -200), -60, 1e-5);
}

static void
test_special_values (void)
{
  g_assert_cmpfloat (decibel_of (0, 1, -INFINITY), ==, -INFINITY);
  g_assert_cmpfloat (decibel_of (0, 1, G_MININT), ==, (gfloat) G_MININT);
  g_assert_cmpfloat (decibel_of (0, 1, -60), ==, -60);
  g_assert_cmpfloat (decibel_of (1e-9, 1, -60), ==, -60);
  g_assert_cmpfloat (decibel_of (INFINITY, 1, -60), ==, INFINITY);
  g_assert_true (isnan (decibel_of (NAN, 1, -60)));
  g_assert_true (isnan (decibel_of (-NAN, 1, -60)));
  /* too small for a normal float */
  g_assert_cmpfloat (decibel_of (1e-20, 1e-25, -400), ==, -400);
}

static void
test_adds (void)
{
  const BfftKernels *kernels = bfft_kernels_get (BFFT_EXECUTION_AUTO);
  gfloat sum[5] = { 1, 2, 3, 4, 5 };
  gfloat power[5] = { 1, 10, 100, 1000, 0 };
  guint i;

  bfft_decibel_add (kernels, sum, power, 1, -10, 5);
  for (i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (sum[i], i + 1 + 10. * i, 1e-5);
  g_assert_cmpfloat (sum[4], ==, -5);
}

static void
test_undo (void)
{
  gfloat decibel[3] = { -30, 0, 6.0206f }, d[3];

  bfft_decibel_undo (d, decibel, 10, 3);
  g_assert_cmpfloat_with_epsilon (d[0], 1e-3, 1e-9);
  g_assert_cmpfloat (d[1], ==, 1);
  bfft_decibel_undo (d, decibel, 20, 3);
  g_assert_cmpfloat_with_epsilon (d[2], 2, 1e-6);
}

static void
test_powers (void)
{
  const BfftKernels *kernels = bfft_kernels_get (BFFT_EXECUTION_AUTO);
  gfloat re[13], im[13], d[13], phase[13] = { 0, };
  guint i;

  for (i = 0; i < 13; i++) {
    re[i] = i - 5.5f;
    im[i] = 3 - (gfloat) i;
  }
  bfft_power_from_spectrum (kernels, d, re, im, 13);
  bfft_phase_add_get (bfft_tier_get ())(phase, re, im, 13);
  for (i = 0; i < 13; i++) {
    g_assert_cmpfloat_with_epsilon (d[i], re[i] * re[i] + im[i] * im[i], 1e-5);
    g_assert_cmpfloat_with_epsilon (phase[i], atan2 (im[i], re[i]), 1e-6);
  }
  bfft_power_root (kernels, d, d, 4, 13);
  for (i = 0; i < 13; i++)
    g_assert_cmpfloat_with_epsilon (d[i], 2 * hypot (re[i], im[i]), 1e-5);
  bfft_power_scale (kernels, d, re, 0.5, 13);
  for (i = 0; i < 13; i++)
    g_assert_cmpfloat (d[i], ==, re[i] / 2);
}

/* All directions and magnitudes, the axes and zeros of either sign. */
static void
test_phases (void)
{
  BfftPhaseAdd add = bfft_phase_add_get (bfft_tier_get ());
  static const gfloat special[] = { 0, -0.0f, 1, -1, 1e-30f, -1e30f };
  gfloat re[1000], im[1000], phase[1000] = { 0 };
  guint i;

  for (i = 0; i < 1000; i++) {
    re[i] = i < 36 ? special[i % 6] : cos (i) * exp2 (i % 200 - 100.);
    im[i] = i < 36 ? special[i / 6] : sin (i) * exp2 (i % 200 - 100.);
  }
  add (phase, re, im, 1000);
  for (i = 0; i < 1000; i++)
    g_assert_cmpfloat_with_epsilon (phase[i], atan2 (im[i], re[i]), 4e-7);
  re[0] = NAN;
  add (phase, re, im, 1);
  im[1] = NAN;
  add (phase + 1, re + 1, im + 1, 1);
  g_assert_true (isnan (phase[0]) && isnan (phase[1]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decibel/accuracy", test_accuracy);
  g_test_add_func ("/decibel/exact-values", test_exact_values);
  g_test_add_func ("/decibel/special-values", test_special_values);
  g_test_add_func ("/decibel/adds", test_adds);
  g_test_add_func ("/decibel/undo", test_undo);
  g_test_add_func ("/decibel/powers", test_powers);
  g_test_add_func ("/decibel/phases", test_phases);
  return g_test_run ();
}
