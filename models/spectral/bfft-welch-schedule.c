/* bfft: where the segments of Welch's method are.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-welch.h"

#define MAX_SAMPLES (1u << 26)  /* looked back at, in all channels */

G_DEFINE_QUARK (bfft-welch-error-quark, bfft_welch_error);

static guint
strategy_segments (const BfftWelchSpec * spec)
{
  switch (spec->strategy) {
    case BFFT_WELCH_STRATEGY_ULTRA:
      return 1;
    case BFFT_WELCH_STRATEGY_FAST:
      return MIN (spec->segments, 2);
    case BFFT_WELCH_STRATEGY_AUTO:
      return spec->peaks_only ? MIN (spec->segments, 2) : spec->segments;
    default:
      return spec->segments;
  }
}

static gboolean
check_spec (const BfftWelchSpec * spec, GError ** error)
{
  if (spec->n_fft == 0 || spec->segments == 0 || spec->rate == 0
      || spec->channels == 0) {
    g_set_error_literal (error, BFFT_WELCH_ERROR, BFFT_WELCH_ERROR_SPEC,
        "n-fft, segments, rate and channels must be at least 1");
    return FALSE;
  }
  if (!(spec->overlap >= 0 && spec->overlap < 1)) {
    g_set_error (error, BFFT_WELCH_ERROR, BFFT_WELCH_ERROR_SPEC,
        "An overlap of %g is not possible; it must be at least 0 and less "
        "than 1", spec->overlap);
    return FALSE;
  }
  if (spec->cross == BFFT_WELCH_CROSS_NONE)
    return TRUE;
  if (spec->reference >= spec->channels || spec->channels < 2) {
    g_set_error (error, BFFT_WELCH_ERROR, BFFT_WELCH_ERROR_SPEC,
        "cross compares reference-channel %u (counted from 0) with the others; "
        "of %u channels that is not possible", spec->reference, spec->channels);
    return FALSE;
  }
  if (spec->cross == BFFT_WELCH_CROSS_COHERENCE
      && spec->average == BFFT_WELCH_AVERAGE_MEDIAN) {
    g_set_error_literal (error, BFFT_WELCH_ERROR, BFFT_WELCH_ERROR_SPEC,
        "Coherence is defined by means only; set average to mean");
    return FALSE;
  }
  return TRUE;
}

gboolean
bfft_welch_make_schedule (const BfftWelchSpec * spec,
    BfftWelchSchedule * schedule, GError ** error)
{
  guint64 segments = strategy_segments (spec);
  guint64 step, span, samples, planes = spec->channels;

  if (!check_spec (spec, error))
    return FALSE;
  /* the small number mends products such as 100 * 0.29 = 28.999... */
  step = spec->n_fft - (guint) (spec->n_fft * spec->overlap + 1e-6);
  step = MAX (step, 1);
  span = spec->n_fft + (segments - 1) * step;
  schedule->segments = segments;
  schedule->step = step;
  schedule->span = span;
  schedule->hop = spec->hop ? spec->hop : span;
  schedule->block = segments;
  if (spec->average == BFFT_WELCH_AVERAGE_MEAN && schedule->hop >= span)
    schedule->block = MIN (segments, BFFT_WELCH_BLOCK);

  samples = MAX (step, spec->n_fft / 2 + 1) * schedule->block + spec->n_fft;
  if (spec->cross && spec->average == BFFT_WELCH_AVERAGE_MEDIAN)
    planes *= 3;
  if (span > G_MAXINT || samples > MAX_SAMPLES / planes) {
    g_set_error (error, BFFT_WELCH_ERROR, BFFT_WELCH_ERROR_SPEC,
        "%u segments of %u samples in %u channels are too much for one result",
        schedule->segments, spec->n_fft, spec->channels);
    return FALSE;
  }
  return TRUE;
}
