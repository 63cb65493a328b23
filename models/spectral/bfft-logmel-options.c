/* bfft: what log-mel features are made of, and the definitions that models in
 * use were trained with.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-logmel-options.h"

#include <float.h>
#include <string.h>

#include "bfft-network.h"

/* What is not mentioned is 0, the first of its enumeration, or FALSE. */
static const BfftLogmelOptions presets[] = {
  [BFFT_LOGMEL_PRESET_NONE] = {
        .n_mels = 80,
        .sample_scale = 1,
        .power = 2,
        .log_floor = 1e-10,
      },
  [BFFT_LOGMEL_PRESET_WHISPER] = {
        .n_fft = 400,
        .hop = 160,
        .n_mels = 80,
        .sample_scale = 1,
        .power = 2,
        .log_mode = BFFT_LOG_MODE_WHISPER,
        .log_floor = 1e-10,
        .center = TRUE,
      },
  [BFFT_LOGMEL_PRESET_LIBROSA] = {
        .n_fft = 2048,
        .hop = 512,
        .n_mels = 128,
        .sample_scale = 1,
        .power = 2,
        .log_mode = BFFT_LOG_MODE_DB,
        .log_floor = 1e-10,
        .center = TRUE,
        .pad_mode = BFFT_PAD_CONSTANT,
      },
  [BFFT_LOGMEL_PRESET_TORCHAUDIO] = {
        .n_fft = 400,
        .hop = 200,
        .n_mels = 80,
        .scale = BFFT_MEL_SCALE_HTK,
        .norm = BFFT_MEL_NORM_NONE,
        .sample_scale = 1,
        .power = 2,
        .log_mode = BFFT_LOG_MODE_DB,
        .log_floor = 1e-10,
        .center = TRUE,
      },
  [BFFT_LOGMEL_PRESET_KALDI] = {
        .window = BFFT_WINDOW_POVEY,
        .symmetric = TRUE,
        .left_aligned = TRUE,
        .n_mels = 80,
        .scale = BFFT_MEL_SCALE_KALDI,
        .norm = BFFT_MEL_NORM_NONE,
        .f_min = 20,
        .sample_scale = 32768,
        .remove_dc = TRUE,
        .pre_emphasis = 0.97,
        .pre_emphasis_mode = BFFT_PRE_EMPHASIS_FRAME,
        .power = 2,
        .log_mode = BFFT_LOG_MODE_LN,
        .log_floor = FLT_EPSILON,
      },
  [BFFT_LOGMEL_PRESET_NEMO] = {
        .symmetric = TRUE,
        .n_mels = 80,
        .sample_scale = 1,
        .pre_emphasis = 0.97,
        .power = 2,
        .log_mode = BFFT_LOG_MODE_LN,
        .log_guard = 1.0 / (1 << 24),
        .log_floor = FLT_MIN,
        .center = TRUE,
        .pad_mode = BFFT_PAD_CONSTANT,
      },
};

const BfftLogmelOptions *
bfft_logmel_preset (BfftLogmelPreset preset)
{
  return &presets[preset];
}

static guint
power_of_two_from (guint length)
{
  guint n = BFFT_MIN_N;

  while (n < length && n < BFFT_MAX_N)
    n *= 2;
  return n;
}

static void
fill_in (BfftLogmelOptions * options, guint rate)
{
  guint64 rate64 = rate;

  if (options->win_length == 0 && options->n_fft == 0)
    options->win_length = CLAMP (rate64 * 25 / 1000, 1, BFFT_MAX_N);
  if (options->n_fft == 0)
    options->n_fft = power_of_two_from (options->win_length);
  if (options->win_length == 0)
    options->win_length = options->n_fft;
  if (options->hop == 0)
    options->hop = MAX (rate64 * 10 / 1000, 1);
  if (options->f_max == 0)
    options->f_max = rate / 2.0;
}

gboolean
bfft_logmel_options_resolve (BfftLogmelOptions * options, guint rate,
    GError ** error)
{
  fill_in (options, rate);

  if (options->win_length > options->n_fft) {
    g_set_error (error, BFFT_MEL_ERROR, BFFT_MEL_ERROR_RANGE,
        "A window of %u samples does not fit into a transform of %u; lower "
        "win-length or raise n-fft", options->win_length, options->n_fft);
    return FALSE;
  }
  if (options->power != 1 && options->power != 2) {
    g_set_error (error, BFFT_MEL_ERROR, BFFT_MEL_ERROR_RANGE,
        "power must be 1 (magnitude) or 2, not %u", options->power);
    return FALSE;
  }
  if (options->log_mode != BFFT_LOG_MODE_NONE
      && !(options->log_floor >= FLT_MIN)) {
    g_set_error (error, BFFT_MEL_ERROR, BFFT_MEL_ERROR_RANGE,
        "A logarithm needs a log-floor of at least %g, not %g", FLT_MIN,
        options->log_floor);
    return FALSE;
  }
  return TRUE;
}

guint
bfft_logmel_options_frame_length (const BfftLogmelOptions * options)
{
  return options->left_aligned ? options->win_length : options->n_fft;
}

guint
bfft_logmel_options_padding (const BfftLogmelOptions * options)
{
  return options->center ? bfft_logmel_options_frame_length (options) / 2 : 0;
}

void
bfft_logmel_options_fill_window (const BfftLogmelOptions * options,
    gfloat * values)
{
  guint start = options->left_aligned ? 0 :
      (options->n_fft - options->win_length) / 2;

  memset (values, 0, options->n_fft * sizeof (gfloat));
  bfft_window_fill (options->window, !options->symmetric, values + start,
      options->win_length);
}
