/* bfft: a transform that is learned from nothing but its output.
 *
 * bench-random [--json] [SPEECH]
 *
 * Networks whose twiddles begin at uniform random angles (init=random) learn
 * the exact spectrum of white noise, and of SPEECH (mono float32 at 16 kHz,
 * see voices.sh), until its relative error has been below 1e-4, for five seeds
 * each. Batches of 8; seconds of sound are at 16 kHz. The error at the start
 * and that of a network of zeros, which is 1, are the trivial answers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <time.h>

#include "bench-sound.h"
#include "bfft-random.h"

#define SEEDS 5
#define GOAL 1e-4

typedef struct
{
  BfftVariant variant;
  guint n;
  gboolean speech;
  guint most_steps;
} Task;

static const Task tasks[] = {
  {BFFT_VARIANT_DOMAIN, 64, FALSE, 10000},
  {BFFT_VARIANT_DOMAIN, 256, FALSE, 20000},
  {BFFT_VARIANT_DOMAIN, 512, FALSE, 20000},
  {BFFT_VARIANT_DOMAIN, 1024, FALSE, 30000},
  {BFFT_VARIANT_DOMAIN, 64, TRUE, 10000},
  {BFFT_VARIANT_DOMAIN, 256, TRUE, 20000},
  {BFFT_VARIANT_UNITARY, 16, FALSE, 10000},
  {BFFT_VARIANT_UNITARY, 64, FALSE, 10000},
  {BFFT_VARIANT_UNITARY, 256, FALSE, 20000},
};

/* Of the seeds that succeed; the start's error is of all. */
typedef struct
{
  guint successes;
  guint64 least, most;
  gdouble cpu;
  gdouble start, worst;
} Outcome;

static gdouble
cpu_seconds (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

/* A batch of noise, or the next one of @speech, which goes round. */
static void
make_batch (gfloat * samples, guint length, const Sound * speech, gsize * at,
    guint64 * random)
{
  guint i;

  for (i = 0; i < length; i++) {
    samples[i] = speech ? speech->samples[(*at)++ % speech->length] :
        2 * bfft_random_uniform (random) - 1;
  }
}

static void
run (const Task * task, const Sound * speech, guint64 seed, Outcome * outcome)
{
  BfftTrainerOptions options;
  BfftTrainerMetrics metrics = { 0 };
  guint64 random = 1000 + seed, step;
  gdouble start = cpu_seconds (), error = 0;
  BfftTrainer *trainer;
  gfloat *samples;
  guint length;
  gsize at;

  bfft_trainer_options_init (&options);
  options.n_fft = task->n;
  options.variant = task->variant;
  options.init = BFFT_TRAINER_INIT_RANDOM;
  options.seed = seed;
  options.sample_rate = RATE;
  trainer = bfft_trainer_new (&options, NULL);
  length = options.batch * task->n;
  samples = g_new (gfloat, length);
  at = task->speech ? seed * speech->length / SEEDS : 0;
  for (step = 1; step <= task->most_steps; step++) {
    make_batch (samples, length, task->speech ? speech : NULL, &at, &random);
    bfft_trainer_feed (trainer, 0, samples, length);
    bfft_trainer_step (trainer, &metrics);
    if (metrics.silent)
      continue;
    error = metrics.loss.spec_relative;
    if (step == 1)
      outcome->start = MAX (outcome->start, error);
    if (error < GOAL)
      break;
  }
  outcome->worst = MAX (outcome->worst, error);
  if (error < GOAL) {
    outcome->successes++;
    outcome->least = MIN (outcome->least, step);
    outcome->most = MAX (outcome->most, step);
    outcome->cpu = MAX (outcome->cpu, cpu_seconds () - start);
  }
  g_free (samples);
  bfft_trainer_free (trainer);
}

static void
print (const Task * task, const Outcome * o, gboolean json,
    const gchar * separator)
{
  gdouble seconds = 8.0 * task->n / RATE;
  const gchar *variant = bfft_variant_to_string (task->variant);
  const gchar *sound = task->speech ? "speech" : "noise";

  if (json) {
    g_print ("%s{\"variant\": \"%s\", \"n\": %u, \"sound\": \"%s\", "
        "\"seeds\": %u, \"successes\": %u, \"least_steps\": %" G_GUINT64_FORMAT
        ", \"most_steps\": %" G_GUINT64_FORMAT ", \"seconds\": %.1f, "
        "\"cpu\": %.2f, \"start\": %.3g, \"worst\": %.3g}", separator, variant,
        task->n, sound, SEEDS, o->successes, o->successes ? o->least : 0,
        o->most, o->most * seconds, o->cpu, o->start, o->worst);
  } else {
    g_print ("%-8s %6u %-7s %u of %u %7" G_GUINT64_FORMAT " .. %5"
        G_GUINT64_FORMAT " %9.0f %8.2f %8.2f %9.1e\n", variant, task->n, sound,
        o->successes, SEEDS, o->successes ? o->least : 0, o->most,
        o->most * seconds, o->cpu, o->start, o->worst);
  }
}

int
main (int argc, char **argv)
{
  gboolean json = argc > 1 && strcmp (argv[1], "--json") == 0;
  const gchar *separator = "[";
  Sound speech = { NULL, 0 };
  guint i;
  guint64 seed;

  if (argc > 1 + json)
    speech = read_sound (argv[1 + json]);
  if (!json) {
    g_print ("%-8s %6s %-7s %6s %16s %9s %8s %8s %9s\n", "variant", "n",
        "sound", "seeds", "steps", "s, most", "CPU s", "start", "end");
  }
  for (i = 0; i < G_N_ELEMENTS (tasks); i++) {
    Outcome outcome = {.least = G_MAXUINT64 };

    if (tasks[i].speech && speech.samples == NULL)
      continue;
    for (seed = 1; seed <= SEEDS; seed++)
      run (&tasks[i], &speech, seed, &outcome);
    print (&tasks[i], &outcome, json, separator);
    separator = ",\n ";
  }
  if (json)
    g_print ("]\n");
  g_free (speech.samples);
  return 0;
}
