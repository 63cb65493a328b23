/* bfft: window + real FFT + power, against GstFFT and FFTW, in one run.
 *
 * Each number is the least of many rounds in which the programs take turns, so
 * that a busy machine slows all of them alike. The peers' window and power
 * loops are plain C that the compiler vectorises (-O3); FFTW plans with
 * FFTW_MEASURE. bfft runs execution=auto, for the tier that BFFT_CPU allows.
 *
 *   bench-transform [--json] [N...]
 *
 * Without N: 64 to 4096.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <fftw3.h>
#include <gst/fft/gstfftf32.h>
#include <math.h>
#include <stdlib.h>

#include "bfft-plan.h"

#define ROUNDS 60
#define ROUND_SAMPLES 200000

typedef struct
{
  guint n;
  gfloat *frame, *window, *windowed, *power;
  BfftPlan *plan, *orc;
  GstFFTF32 *gst;
  GstFFTF32Complex *gst_bins;
  fftwf_plan fftw;
  fftwf_complex *fftw_bins;
} Bench;

typedef void (*Program) (Bench * b);

static void
apply_window (Bench * b)
{
  guint i;

  for (i = 0; i < b->n; i++)
    b->windowed[i] = b->frame[i] * b->window[i];
}

static void
run_bfft (Bench * b)
{
  bfft_plan_power (b->plan, b->frame, b->power);
}

static void
run_orc (Bench * b)
{
  bfft_plan_power (b->orc, b->frame, b->power);
}

static void
run_gst (Bench * b)
{
  guint k;

  apply_window (b);
  gst_fft_f32_fft (b->gst, b->windowed, b->gst_bins);
  for (k = 0; k <= b->n / 2; k++) {
    b->power[k] = b->gst_bins[k].r * b->gst_bins[k].r
        + b->gst_bins[k].i * b->gst_bins[k].i;
  }
}

static void
run_fftw (Bench * b)
{
  guint k;

  apply_window (b);
  fftwf_execute (b->fftw);
  for (k = 0; k <= b->n / 2; k++) {
    b->power[k] = b->fftw_bins[k][0] * b->fftw_bins[k][0]
        + b->fftw_bins[k][1] * b->fftw_bins[k][1];
  }
}

static const struct
{
  const gchar *name;
  Program run;
} programs[] = {
  {"bfft", run_bfft},
  {"GstFFT", run_gst},
  {"FFTW", run_fftw},
  {"bfft, execution=orc", run_orc},
};

static BfftPlan *
plan_new (const Bench * b, BfftExecution execution)
{
  BfftPlanSpec spec = { 0, };

  spec.n_fft = b->n;
  spec.variant = BFFT_VARIANT_BUTTERFLY;
  spec.execution = execution;
  spec.window = b->window;
  return bfft_plan_new (&spec, NULL);
}

static void
bench_init (Bench * b, guint n)
{
  guint i;

  b->n = n;
  b->frame = fftwf_alloc_real (n);
  b->window = fftwf_alloc_real (n);
  b->windowed = fftwf_alloc_real (n);
  b->power = fftwf_alloc_real (n / 2 + 1);
  b->fftw_bins = fftwf_alloc_complex (n / 2 + 1);
  b->gst_bins = g_new (GstFFTF32Complex, n / 2 + 1);
  b->fftw = fftwf_plan_dft_r2c_1d (n, b->windowed, b->fftw_bins, FFTW_MEASURE);
  b->gst = gst_fft_f32_new (n, FALSE);
  for (i = 0; i < n; i++) {
    b->frame[i] = g_random_double_range (-1, 1);
    b->window[i] = 0.5 - 0.5 * cos (2 * G_PI * i / n);
  }
  b->plan = plan_new (b, BFFT_EXECUTION_AUTO);
  b->orc = plan_new (b, BFFT_EXECUTION_ORC);
}

static void
bench_clear (Bench * b)
{
  fftwf_destroy_plan (b->fftw);
  gst_fft_f32_free (b->gst);
  bfft_plan_free (b->plan);
  bfft_plan_free (b->orc);
  fftwf_free (b->frame);
  fftwf_free (b->window);
  fftwf_free (b->windowed);
  fftwf_free (b->power);
  fftwf_free (b->fftw_bins);
  g_free (b->gst_bins);
}

/* Fills ns[] with the nanoseconds per frame of each program. */
static void
measure (Bench * b, gdouble * ns)
{
  guint frames = ROUND_SAMPLES / b->n + 1;
  guint round, p, i;

  for (p = 0; p < G_N_ELEMENTS (programs); p++)
    ns[p] = G_MAXDOUBLE;
  for (round = 0; round < ROUNDS; round++) {
    for (p = 0; p < G_N_ELEMENTS (programs); p++) {
      gint64 start = g_get_monotonic_time ();

      for (i = 0; i < frames; i++)
        programs[p].run (b);
      ns[p] = MIN (ns[p], (g_get_monotonic_time () - start) * 1000.0 / frames);
    }
  }
}

static void
print_row (guint n, const gdouble * ns, gboolean json, gboolean first)
{
  if (json) {
    g_print ("%s{\"n\":%u,\"bfft_ns\":%.0f,\"gstfft_ns\":%.0f,\"fftw_ns\":%.0f,"
        "\"bfft_orc_ns\":%.0f,\"gstfft_ratio\":%.2f,\"fftw_ratio\":%.2f}",
        first ? "[" : ",\n ", n, ns[0], ns[1], ns[2], ns[3], ns[1] / ns[0],
        ns[2] / ns[0]);
    return;
  }
  if (first) {
    g_print ("window + real FFT + power, ns per frame (%s)\n"
        "%8s %10s %10s %10s %12s %14s %12s\n",
        bfft_execution_get_name (BFFT_EXECUTION_AUTO), "n", "bfft", "GstFFT",
        "FFTW", "bfft on ORC", "GstFFT/bfft", "FFTW/bfft");
  }
  g_print ("%8u %10.0f %10.0f %10.0f %12.0f %13.2fx %11.2fx\n", n, ns[0],
      ns[1], ns[2], ns[3], ns[1] / ns[0], ns[2] / ns[0]);
}

static void
run (guint n, gboolean json, gboolean first)
{
  gdouble ns[G_N_ELEMENTS (programs)];
  Bench b;

  bench_init (&b, n);
  measure (&b, ns);
  print_row (n, ns, json, first);
  bench_clear (&b);
}

int
main (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    {"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL},
    {0}
  };
  GOptionContext *context =
      g_option_context_new ("[N...] - time transforms of N samples");
  GError *error = NULL;
  gint i, n;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    g_error_free (error);
    g_option_context_free (context);
    return EXIT_FAILURE;
  }
  g_option_context_free (context);
  for (i = 1; i < argc; i++) {
    n = atoi (argv[i]);
    if (n < BFFT_MIN_N || n > BFFT_MAX_N || n % 2) {
      g_printerr ("GstFFT has even lengths only, and bfft those up to %u\n",
          BFFT_MAX_N);
      return EXIT_FAILURE;
    }
    run (n, json, i == 1);
  }
  for (n = 64; argc == 1 && n <= 4096; n *= 2)
    run (n, json, n == 64);
  if (json)
    g_print ("]\n");
  return EXIT_SUCCESS;
}
