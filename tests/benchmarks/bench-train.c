/* bfft: what a training step costs.
 *
 * bench-train [--json]
 *
 * CPU time of a step, the least of many, on white noise in batches of 8, and
 * how it compares with the time that the samples last at 48 kHz. The cost of
 * twiddles alone is that of bench-train.py's PyTorch step.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <time.h>

#include "bfft-random.h"
#include "bfft-trainer.h"

#define RATE 48000

typedef struct
{
  const gchar *name;
  BfftVariant variant;
  gboolean spectrum_only;
} Work;

static const Work works[] = {
  {"twiddles, spectrum", BFFT_VARIANT_DOMAIN, TRUE},
  {"twiddles, whole loss", BFFT_VARIANT_DOMAIN, FALSE},
  {"unitary, whole loss", BFFT_VARIANT_UNITARY, FALSE},
  {"pruned, whole loss", BFFT_VARIANT_PRUNED, FALSE},
  {"learned, whole loss", BFFT_VARIANT_LEARNED, FALSE},
};

static gdouble
cpu_us (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static gdouble
step_us (const Work * work, guint n)
{
  BfftTrainerOptions options;
  BfftTrainerMetrics metrics;
  BfftTrainer *trainer;
  guint64 random = 1;
  gdouble best = G_MAXDOUBLE, begin = cpu_us ();
  gfloat *samples;
  guint length, i;

  bfft_trainer_options_init (&options);
  options.n_fft = n;
  options.variant = work->variant;
  options.sample_rate = RATE;
  if (work->spectrum_only) {
    options.loss.mel_weight = 0;
    options.loss.welch_weight = 0;
    options.loss.peak_weight = 0;
  }
  trainer = bfft_trainer_new (&options, NULL);
  length = options.batch * n;
  samples = g_new (gfloat, length);
  for (i = 0; i < length; i++)
    samples[i] = bfft_random_uniform (&random) - 0.5;

  while (cpu_us () - begin < 5e5) {
    gdouble start;

    bfft_trainer_feed (trainer, 0, samples, length);
    start = cpu_us ();
    bfft_trainer_step (trainer, &metrics);
    best = MIN (best, cpu_us () - start);
  }
  g_free (samples);
  bfft_trainer_free (trainer);
  return best;
}

int
main (int argc, char **argv)
{
  gboolean json = argc > 1 && strcmp (argv[1], "--json") == 0;
  const gchar *separator = "";
  guint i, n;

  if (json)
    g_print ("[");
  else
    g_print ("%-22s %6s %12s %10s\n", "work", "n", "us a step", "of 48 kHz");
  for (i = 0; i < G_N_ELEMENTS (works); i++) {
    gboolean learned = works[i].variant == BFFT_VARIANT_LEARNED;

    for (n = learned ? 64 : 256; n <= (learned ? 131072 : 256); n *= 2) {
      gdouble us = step_us (&works[i], n);
      gdouble share = us / (8e6 * n / RATE);

      if (json) {
        g_print ("%s{\"work\": \"%s\", \"n\": %u, \"us\": %.1f, "
            "\"share\": %.5f}", separator, works[i].name, n, us, share);
      } else {
        g_print ("%-22s %6u %12.1f %9.2f%%\n", works[i].name, n, us,
            100 * share);
      }
      separator = ",\n ";
    }
  }
  if (json)
    g_print ("]\n");
  return 0;
}
