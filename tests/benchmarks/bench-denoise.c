/* bfft: what learned denoising gains.
 *
 * bench-denoise [--json] TRAIN TEST [EPOCHS]
 *
 * TRAIN and TEST are mono float32 at 16 kHz, speech of different speakers:
 * voices.sh makes such. Networks learn from TRAIN at 5 dB, and without noise,
 * with the default weights of the loss and for log-mel alone. Then they hear
 * TEST with fresh noise, and clean; their log-mel is compared with that of the
 * exact transform of the clean sound, beside what the exact transform makes of
 * the same noisy sound. Errors of clean sound are per cent of the variance of
 * its log-mel, as the exact transform has none.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bench-sound.h"

#include <string.h>
#include <time.h>

#include "bfft-random.h"

static gboolean json;
static const gchar *separator = "[";

/* White noise at @snr dB below the mean power of the whole sound. */
static Sound
add_noise (const Sound * clean, gdouble snr)
{
  Sound noisy = { g_new (gfloat, clean->length), clean->length };
  guint64 seed = 4242;
  gdouble power = 0, deviation;
  gsize i;

  for (i = 0; i < clean->length; i++)
    power += (gdouble) clean->samples[i] * clean->samples[i];
  deviation = sqrt (power / clean->length * pow (10, -snr / 10));
  for (i = 0; i < clean->length; i++)
    noisy.samples[i] = clean->samples[i]
        + deviation * bfft_random_gaussian (&seed);
  return noisy;
}

static gdouble
variance (const gfloat * values, gsize count)
{
  gdouble sum = 0, squares = 0;
  gsize i;

  for (i = 0; i < count; i++) {
    sum += values[i];
    squares += (gdouble) values[i] * values[i];
  }
  return squares / count - sum * sum / count / count;
}

static void
compare (const Sound * test, gdouble snr, BfftNetwork * network,
    const gchar * loss, const gchar * taught)
{
  Sound noisy = add_noise (test, snr);
  gsize count = test->length / N_FFT * N_MELS;
  BfftPlan *exact_plan = make_plan (BFFT_VARIANT_BUTTERFLY, NULL);
  BfftPlan *learned_plan = make_plan (BFFT_VARIANT_LEARNED, network);
  g_autofree gfloat *target = log_mel (test, exact_plan);
  g_autofree gfloat *exact = log_mel (&noisy, exact_plan);
  g_autofree gfloat *learned = log_mel (&noisy, learned_plan);
  gdouble before = mean_square_error (exact, target, count);
  gdouble after = mean_square_error (learned, target, count);
  gdouble change = 100 * (isinf (snr) ? after / variance (target, count) :
      after / before - 1);

  if (json) {
    g_print ("%s{\"loss\": \"%s\", \"taught\": \"%s\", \"snr\": %g, "
        "\"exact\": %.6g, \"learned\": %.6g, \"percent\": %.2f}", separator,
        loss, taught, isinf (snr) ? 1000 : snr, before, after, change);
  } else {
    g_print ("%-8s %-8s %6.0f %12.5f %12.5f %9.1f %%\n", loss, taught, snr,
        before, after, change);
  }
  separator = ",\n ";
  g_free (noisy.samples);
  bfft_plan_free (exact_plan);
  bfft_plan_free (learned_plan);
}

static void
run (const Sound * sound, const Sound * test, guint epochs,
    gboolean mel_alone, gboolean noise)
{
  const gdouble snrs[] = { 0, 5, 10, INFINITY };
  BfftTrainerOptions options;
  g_autoptr (BfftNetwork) network = NULL;
  guint i;

  bfft_trainer_options_init (&options);
  options.optimizer = BFFT_OPTIMIZER_ADAM;
  options.learning_rate = 1e-2;
  options.noise_snr = noise ? 5 : INFINITY;
  if (mel_alone) {
    options.loss.spectrum_weight = 0;
    options.loss.welch_weight = 0;
    options.loss.peak_weight = 0;
  }
  network = train_on (sound, &options, epochs);
  for (i = noise ? 0 : 3; i < G_N_ELEMENTS (snrs); i++) {
    compare (test, snrs[i], network, mel_alone ? "log-mel" : "default",
        noise ? "at 5 dB" : "clean");
  }
}

int
main (int argc, char **argv)
{
  Sound sound, test;
  guint epochs, i;
  clock_t start;

  json = argc > 1 && strcmp (argv[1], "--json") == 0;
  argc -= json;
  argv += json;
  if (argc < 3) {
    g_printerr ("usage: bench-denoise [--json] TRAIN TEST [EPOCHS]\n");
    return 2;
  }
  sound = read_sound (argv[1]);
  test = read_sound (argv[2]);
  epochs = argc > 3 ? atoi (argv[3]) : 8;
  if (!json)
    g_print ("%-8s %-8s %6s %12s %12s %11s\n", "loss", "taught", "dB", "exact",
        "learned", "change");
  start = clock ();
  for (i = 0; i < 4; i++)
    run (&sound, &test, epochs, i < 2, i % 2 == 0);
  if (json)
    g_print ("]\n");
  else
    g_print ("4 trainings on %.0f s of sound: %.1f s of CPU\n",
        (gdouble) epochs * sound.length / RATE,
        (gdouble) (clock () - start) / CLOCKS_PER_SEC);
  g_free (sound.samples);
  g_free (test.samples);
  return 0;
}
