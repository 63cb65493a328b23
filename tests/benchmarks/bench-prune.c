/* bfft: what can be left out.
 *
 * bench-prune [--json] SOUND...
 *
 * Each SOUND is mono float32 at 16 kHz. A pruned network learns from its first
 * half with ever heavier weights on the gates; on the second half its time per
 * frame and its errors are measured: log-mel (root mean square) and complex
 * spectrum (relative root mean square).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bench-sound.h"

#include <string.h>
#include <time.h>

#define BINS (N_FFT / 2 + 1)

static gboolean json;
static const gchar *separator = "[";

static gdouble
ns_per_frame (const Sound * sound, BfftPlan * plan)
{
  gfloat power[BINS];
  gsize frames = sound->length / N_FFT, f;
  gdouble best = G_MAXDOUBLE;
  guint round;

  for (round = 0; round < 10; round++) {
    struct timespec a, b;

    clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &a);
    for (f = 0; f < frames; f++)
      bfft_plan_power (plan, sound->samples + f * N_FFT, power);
    clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &b);
    best = MIN (best, ((b.tv_sec - a.tv_sec) * 1e9 + b.tv_nsec
            - a.tv_nsec) / frames);
  }
  return best;
}

static gdouble
spectrum_error (const Sound * sound, BfftPlan * exact, BfftPlan * pruned)
{
  gfloat re[2][BINS], im[2][BINS];
  gdouble error = 0, power = 0;
  gsize f;
  guint k;

  for (f = 0; f < sound->length / N_FFT; f++) {
    const gfloat *frame = sound->samples + f * N_FFT;

    bfft_plan_spectrum (exact, frame, re[0], im[0]);
    bfft_plan_spectrum (pruned, frame, re[1], im[1]);
    for (k = 0; k < BINS; k++) {
      error += pow (re[1][k] - re[0][k], 2) + pow (im[1][k] - im[0][k], 2);
      power += pow (re[0][k], 2) + pow (im[0][k], 2);
    }
  }
  return sqrt (error / power);
}

static void
measure (const gchar * name, const Sound * sound, gdouble sparsity)
{
  Sound train = { sound->samples, sound->length / 2 };
  Sound test = { sound->samples + sound->length / 2, sound->length / 2 };
  BfftTrainerOptions options;
  g_autoptr (BfftNetwork) network = NULL;
  g_autoptr (BfftPlan) exact = make_plan (BFFT_VARIANT_BUTTERFLY, NULL);
  g_autoptr (BfftPlan) pruned = NULL;
  g_autofree gfloat *target = log_mel (&test, exact);
  g_autofree gfloat *mel = NULL;
  gdouble mel_error, error, ns;
  guint active;

  bfft_trainer_options_init (&options);
  options.variant = BFFT_VARIANT_PRUNED;
  options.sparsity_weight = sparsity;
  network = train_on (&train, &options, 1 + 2400 * RATE / train.length);
  pruned = make_plan (BFFT_VARIANT_PRUNED, network);
  mel = log_mel (&test, pruned);
  mel_error = sqrt (mean_square_error (mel, target,
          test.length / N_FFT * N_MELS));
  error = spectrum_error (&test, exact, pruned);
  ns = ns_per_frame (&test, pruned);
  active = bfft_network_active_butterflies (network);
  if (json) {
    g_print ("%s{\"sound\": \"%s\", \"sparsity\": %g, \"active\": %u, "
        "\"ns\": %.0f, \"mel\": %.3g, \"spectrum\": %.3g}", separator, name,
        sparsity, active, ns, mel_error, error);
  } else {
    g_print ("%-24s %8g %8u %8.0f %10.2e %10.2e\n", name, sparsity, active,
        ns, mel_error, error);
  }
  separator = ",\n ";
}

int
main (int argc, char **argv)
{
  const gdouble weights[] = { 0, 0.01, 0.1, 1, 10, 100 };
  guint k;
  int i;

  json = argc > 1 && strcmp (argv[1], "--json") == 0;
  if (!json)
    g_print ("%-24s %8s %8s %8s %10s %10s\n", "sound", "sparsity", "active",
        "ns", "log-mel", "spectrum");
  for (i = 1 + json; i < argc; i++) {
    Sound sound = read_sound (argv[i]);

    for (k = 0; k < G_N_ELEMENTS (weights); k++)
      measure (argv[i], &sound, weights[k]);
    g_free (sound.samples);
  }
  if (json)
    g_print ("]\n");
  return 0;
}
