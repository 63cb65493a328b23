/* bfft: what mel features are made of.
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
  if (options->f_max <= 0 && options->f_max > rate / -2.0)
    options->f_max += rate / 2.0;
  if (options->frames_hop == 0)
    options->frames_hop = options->frames;
  if (options->symmetry != BFFT_WINDOW_SYMMETRY_AUTO)
    options->symmetric = options->symmetry == BFFT_WINDOW_SYMMETRY_SYMMETRIC;
  if (options->align != BFFT_WINDOW_ALIGN_AUTO)
    options->left_aligned = options->align == BFFT_WINDOW_ALIGN_LEFT;
  options->symmetry = BFFT_WINDOW_SYMMETRY_AUTO;
  options->align = BFFT_WINDOW_ALIGN_AUTO;
}

/* A logarithm in whose unit dB can be said. */
static gboolean
takes_log (const BfftLogmelOptions * options)
{
  return options->log_mode != BFFT_LOG_MODE_NONE
      && options->log_mode != BFFT_LOG_MODE_PCEN;
}

static gboolean
refuse (GError ** error, const gchar * format, ...)
G_GNUC_PRINTF (2, 3);

     static gboolean refuse (GError ** error, const gchar * format, ...)
{
  va_list args;

  va_start (args, format);
  if (error)
    *error = g_error_new_valist (BFFT_MEL_ERROR, BFFT_MEL_ERROR_RANGE, format,
        args);
  va_end (args);
  return FALSE;
}

static gboolean
check_results (const BfftLogmelOptions * options, GError ** error)
{
  gboolean floors = options->top_db > 0
      || options->log_mode == BFFT_LOG_MODE_WHISPER;

  if (options->n_mfcc > options->n_mels)
    return refuse (error, "%u bands have no %u cepstral coefficients; lower "
        "n-mfcc or raise n-mels", options->n_mels, options->n_mfcc);
  if (options->deltas > 2 || options->delta_window < 3
      || options->delta_window % 2 == 0)
    return refuse (error, "deltas must be 0, 1 or 2, not %u, over a "
        "delta-window that is odd and at least 3, not %u", options->deltas,
        options->delta_window);
  if (options->frames < 1)
    return refuse (error, "frames must be at least 1");
  if (options->normalize == BFFT_NORMALIZE_PER_BAND && options->frames < 2)
    return refuse (error, "normalize=per-band needs frames of at least 2: it "
        "takes mean and deviation over the frames of a result");
  if (options->deltas && floors && options->frames > 1)
    return refuse (error, "deltas run over the stream, but a floor below the "
        "largest band of a result of %u frames is known only afterwards; "
        "set frames to 1 or deltas to 0, or take the floor away (top-db=0, "
        "log-mode=log10)", options->frames);
  if (options->norm_scale == 0)
    return refuse (error, "norm-scale must not be 0");
  return TRUE;
}

gboolean
bfft_logmel_options_resolve (BfftLogmelOptions * options, guint rate,
    GError ** error)
{
  fill_in (options, rate);

  if (options->win_length > options->n_fft)
    return refuse (error, "A window of %u samples does not fit into a "
        "transform of %u; lower win-length or raise n-fft",
        options->win_length, options->n_fft);
  if (options->power != 1 && options->power != 2)
    return refuse (error, "power must be 1 (magnitude) or 2, not %u",
        options->power);
  if (takes_log (options) && !(options->log_floor >= FLT_MIN))
    return refuse (error, "A logarithm needs a log-floor of at least %g, not "
        "%g", FLT_MIN, options->log_floor);
  if (options->top_db > 0 && !takes_log (options))
    return refuse (error, "top-db needs a logarithm: set log-mode to log10, "
        "ln, db or whisper");
  return check_results (options, error);
}

guint
bfft_logmel_options_frame_length (const BfftLogmelOptions * options)
{
  return options->left_aligned ? options->win_length : options->n_fft;
}

gint
bfft_logmel_options_padding (const BfftLogmelOptions * options)
{
  gint half = bfft_logmel_options_frame_length (options) / 2;

  return (options->center ? half : 0) - options->frame_offset;
}

guint
bfft_logmel_options_tail (const BfftLogmelOptions * options)
{
  return options->center || options->frame_offset < 0 ?
      bfft_logmel_options_frame_length (options) / 2 : 0;
}

guint
bfft_logmel_options_bands (const BfftLogmelOptions * options)
{
  guint bands = options->n_mfcc ? options->n_mfcc : options->n_mels;

  return bands * (1 + options->deltas);
}

guint
bfft_logmel_options_look_ahead (const BfftLogmelOptions * options)
{
  return options->deltas * (options->delta_window / 2);
}

guint64
bfft_logmel_options_count_frames (const BfftLogmelOptions * options, guint64 n)
{
  gint64 room = (gint64) n + bfft_logmel_options_tail (options)
      + bfft_logmel_options_padding (options)
      - bfft_logmel_options_frame_length (options);

  return n > 0 && room >= 0 ? room / options->hop + 1 : 0;
}

/* A result opens if the centre of its first frame lies before the end. The
 * stream with its silence ends where the last frame of the last result does:
 * its hop, where frames may reach beyond the end, or else the frame itself. */
guint64
bfft_logmel_options_fill_up (const BfftLogmelOptions * options, guint64 n,
    guint64 * frames)
{
  gint64 length = bfft_logmel_options_frame_length (options);
  gint64 start = -(gint64) bfft_logmel_options_padding (options);
  gint64 before = (gint64) n - start - length / 2;
  guint64 step = (guint64) options->frames_hop * options->hop;
  guint64 last, end;

  *frames = bfft_logmel_options_count_frames (options, n);
  if (options->fill == BFFT_FILL_NONE || n == 0 || before <= 0)
    return 0;
  last = (before - 1) / step * options->frames_hop;
  *frames = last + options->frames;
  end = bfft_logmel_options_tail (options) > 0 ? *frames * options->hop :
      (*frames - 1) * options->hop + start + length;
  return end > n ? end - n : 0;
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
