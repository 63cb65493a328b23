/* bfft: that a sound which dies away costs no more than a loud one.
 *
 * Window, transform, power and decibels of frames of 1024 samples of noise at
 * several levels, down to where its powers and then the samples themselves are
 * denormal numbers; as the elements run it, and with denormal numbers left as
 * they are. Rows: level, ns, ratio to full scale, the same left as they are.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <math.h>

#include "bfft-decibel.h"
#include "bfft-denormals.h"
#include "bfft-plan.h"

#define N 1024
#define ROUNDS 200
#define FRAMES 50

static const gfloat levels[] = { 1, 1e-10f, 1e-20f, 1e-22f, 1e-30f, 1e-39f,
  1e-44f, 0
};

static gdouble
measure (BfftPlan * plan, const gfloat * frame, gboolean flush)
{
  const BfftKernels *kernels = bfft_kernels_get (BFFT_EXECUTION_AUTO);
  gfloat power[N / 2 + 1], sum[N / 2 + 1] = { 0 };
  gdouble best = G_MAXDOUBLE;
  guint round, i;

  for (round = 0; round < ROUNDS; round++) {
    gint64 start = g_get_monotonic_time ();
    guint64 mode = 0;

    if (flush)
      mode = bfft_denormals_flush ();
    for (i = 0; i < FRAMES; i++) {
      bfft_plan_power (plan, frame, power);
      bfft_decibel_add (kernels, sum, power, 1, -60, N / 2 + 1);
    }
    if (flush)
      bfft_denormals_restore (mode);
    best = MIN (best, (g_get_monotonic_time () - start) * 1000.0 / FRAMES);
  }
  return best;
}

int
main (void)
{
  BfftPlanSpec spec = {.n_fft = N,.variant = BFFT_VARIANT_BUTTERFLY };
  g_autoptr (BfftNetwork) network =
      bfft_network_new_exact (BFFT_VARIANT_BUTTERFLY, N);
  BfftPlan *plans[2];
  gdouble full[2][2];
  gfloat frame[N];
  guint level, p, flush, i;

  plans[0] = bfft_plan_new (&spec, NULL);
  bfft_network_randomize (network, 1);
  spec.network = network;
  plans[1] = bfft_plan_new (&spec, NULL);
  g_print ("%8s %10s %8s %8s %10s\n", "level", "network", "ns", "ratio",
      "not flushed");
  for (level = 0; level < G_N_ELEMENTS (levels); level++) {
    for (i = 0; i < N; i++)
      frame[i] = levels[level] * g_random_double_range (-1, 1);
    for (p = 0; p < 2; p++) {
      gdouble ns[2];

      for (flush = 0; flush < 2; flush++) {
        ns[flush] = measure (plans[p], frame, flush);
        if (level == 0)
          full[p][flush] = ns[flush];
      }
      g_print ("%8g %10s %8.0f %7.2fx %9.2fx\n", levels[level],
          p ? "own" : "exact", ns[1], ns[1] / full[p][1], ns[0] / full[p][0]);
    }
  }
  bfft_plan_free (plans[0]);
  bfft_plan_free (plans[1]);
  return 0;
}
