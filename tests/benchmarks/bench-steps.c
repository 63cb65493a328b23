/* bfft: where the exact real transform spends its time, step by step.
 *
 * The steps are static functions, so their source is built into this program.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "../../models/plan/bfft-plan-real.c"

#define ROUNDS 60
#define ROUND_SAMPLES 200000

typedef struct
{
  BfftPlanReal *plan;
  gfloat *frame, *power;
} Bench;

static void
step_columns (Bench * b)
{
  transform_columns (b->plan, b->frame);
}

static void
step_transpose (Bench * b)
{
  transpose (b->plan);
}

static void
step_lanes (Bench * b)
{
  transform_lanes (b->plan, b->plan->last_stage);
}

static void
step_power (Bench * b)
{
  finish_power (b->plan);
}

static void
step_collect (Bench * b)
{
  collect (b->plan, b->plan->lane_power, 1, b->power);
}

static void
all_steps (Bench * b)
{
  bfft_plan_real_power (&b->plan->plan, b->frame, b->power);
}

static void (*const steps[]) (Bench * b) = {
  step_columns, step_transpose, step_lanes, step_power, step_collect, all_steps
};

/* The least time of a call in ns. Each call works on what the last one left,
 * which costs the same whatever the numbers are, as long as they are numbers:
 * hence the silence. */
static gdouble
measure (Bench * b, void (*step) (Bench * b), guint n)
{
  guint calls = ROUND_SAMPLES / n + 1, round, i;
  gdouble best = G_MAXDOUBLE;

  for (round = 0; round < ROUNDS; round++) {
    gint64 start = g_get_monotonic_time ();

    for (i = 0; i < calls; i++)
      step (b);
    best = MIN (best, (g_get_monotonic_time () - start) * 1000.0 / calls);
  }
  return best;
}

int
main (void)
{
  guint n, i;

  g_print ("ns per frame\n%8s %6s %6s %10s %10s %10s %10s %10s %10s\n", "n",
      "R", "C", "columns", "transpose", "lanes", "power", "collect", "all");
  for (n = 64; n <= 65536; n *= 2) {
    BfftPlanSpec spec = { 0, };
    Bench b;

    spec.n_fft = n;
    spec.variant = BFFT_VARIANT_BUTTERFLY;
    b.plan = (BfftPlanReal *) bfft_plan_new (&spec, NULL);
    b.frame = g_new0 (gfloat, n);
    b.power = g_new0 (gfloat, n / 2 + 1);
    g_print ("%8u %6u %6u", n, b.plan->rows, b.plan->columns);
    for (i = 0; i < G_N_ELEMENTS (steps); i++)
      g_print (" %10.0f", measure (&b, steps[i], n));
    g_print ("\n");
    bfft_plan_free (&b.plan->plan);
    g_free (b.frame);
    g_free (b.power);
  }
  return 0;
}
