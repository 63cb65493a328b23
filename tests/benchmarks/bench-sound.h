/* bfft: sound files for benchmarks of training, and log-mel of them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <math.h>
#include <stdlib.h>

#include "bfft-mel.h"
#include "bfft-plan.h"
#include "bfft-trainer.h"
#include "bfft-window.h"

#define RATE 16000
#define N_FFT 256
#define N_MELS 40

/* Mono, full scale 1. */
typedef struct
{
  gfloat *samples;
  gsize length;
} Sound;

/* A file of native float32 at RATE. */
static inline Sound
read_sound (const gchar * filename)
{
  g_autoptr (GError) error = NULL;
  Sound sound;
  gchar *data;

  if (!g_file_get_contents (filename, &data, &sound.length, &error)) {
    g_printerr ("%s\n", error->message);
    exit (1);
  }
  sound.samples = (gfloat *) data;
  sound.length /= sizeof (gfloat);
  return sound;
}

static inline BfftPlan *
make_plan (BfftVariant variant, BfftNetwork * network)
{
  gfloat window[N_FFT];
  BfftPlanSpec spec = {.n_fft = N_FFT,.variant = variant,.network = network,
    .window = window
  };

  bfft_window_fill (BFFT_WINDOW_HANN, TRUE, window, N_FFT);
  return bfft_plan_new (&spec, NULL);
}

/* Whisper's log-mel, [frames][N_MELS], of frames side by side. */
static inline gfloat *
log_mel (const Sound * sound, BfftPlan * plan)
{
  const BfftMelSpec spec = { RATE, N_FFT, N_MELS, BFFT_MEL_SCALE_SLANEY,
    BFFT_MEL_NORM_SLANEY, 0, RATE / 2, 1
  };
  g_autoptr (BfftMel) mel = bfft_mel_new (&spec, NULL);
  gfloat power[N_FFT / 2 + 1 + BFFT_MEL_PADDING] = { 0 };
  gsize frames = sound->length / N_FFT, f;
  gfloat *out = g_new (gfloat, frames * N_MELS);
  guint m;

  for (f = 0; f < frames; f++) {
    gfloat *bands = out + f * N_MELS, largest = -10;

    bfft_plan_power (plan, sound->samples + f * N_FFT, power);
    bfft_mel_apply (mel, power, bands);
    for (m = 0; m < N_MELS; m++) {
      bands[m] = log10f (MAX (bands[m], 1e-10f));
      largest = MAX (largest, bands[m]);
    }
    for (m = 0; m < N_MELS; m++)
      bands[m] = (MAX (bands[m], largest - 8) + 4) / 4;
  }
  return out;
}

static inline gdouble
mean_square_error (const gfloat * a, const gfloat * b, gsize count)
{
  gdouble sum = 0;
  gsize i;

  for (i = 0; i < count; i++)
    sum += ((gdouble) a[i] - b[i]) * ((gdouble) a[i] - b[i]);
  return sum / count;
}

/* Trains @epochs times through @sound; @options has all but the steps. */
static inline BfftNetwork *
train_on (const Sound * sound, BfftTrainerOptions * options, guint epochs)
{
  BfftTrainerMetrics metrics;
  BfftTrainer *trainer;
  BfftNetwork *network;
  guint epoch;

  options->n_fft = N_FFT;
  options->sample_rate = RATE;
  options->loss.n_mels = N_MELS;
  options->steps = epochs * (sound->length / N_FFT / options->batch);
  trainer = bfft_trainer_new (options, NULL);
  for (epoch = 0; epoch < epochs; epoch++) {
    gsize used = 0;

    while (used < sound->length) {
      used += bfft_trainer_feed (trainer, 0, sound->samples + used,
          sound->length - used);
      if (bfft_trainer_is_ready (trainer))
        bfft_trainer_step (trainer, &metrics);
    }
  }
  network = bfft_trainer_get_network (trainer, TRUE);
  bfft_trainer_free (trainer);
  return network;
}
