/* bfft: distortion and noise of a test tone.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-tone.h"

#include <math.h>

#define HARMONICS 10

/* The main lobe, and as much of side lobes that fall fast as leaves noise 56 dB
 * below a tone visible between bins of a Hann window. */
guint
bfft_tone_reach (BfftWindow window)
{
  switch (window) {
    case BFFT_WINDOW_BLACKMAN:
      return 6;
    case BFFT_WINDOW_BLACKMAN_HARRIS:
    case BFFT_WINDOW_NUTTALL:
      return 4;
    case BFFT_WINDOW_FLATTOP:
      return 5;
    default:
      return 10;
  }
}

typedef struct
{
  const gfloat *psd;
  guint n_bins;
  guint at;                     /* bins below were counted */
  gdouble noise;
  guint noise_bins;
} Sweep;

/* The power of the bins from where the sweep is, or @first, to @last; what it
 * passes before is noise. */
static gdouble
take (Sweep * sweep, gdouble first, gdouble last)
{
  gdouble power = 0;

  for (; sweep->at < sweep->n_bins && sweep->at <= last; sweep->at++) {
    if (sweep->at >= first) {
      power += sweep->psd[sweep->at];
    } else {
      sweep->noise += sweep->psd[sweep->at];
      sweep->noise_bins++;
    }
  }
  return power;
}

BfftTone
bfft_tone_measure (const gfloat * psd, guint n_bins, guint reach,
    const BfftPeak * peak)
{
  BfftTone tone = { NAN, NAN };
  Sweep sweep = { psd, n_bins, 0, 0, 0 };
  gdouble position, power, harmonics = 0, bin;
  guint h;

  if (peak == NULL || peak->bin == 0)
    return tone;
  position = peak->bin + peak->offset;
  take (&sweep, 0, MIN (reach, (gdouble) peak->bin - reach - 1));
  power = take (&sweep, (gdouble) peak->bin - reach, peak->bin + reach);
  for (h = 2; h <= HARMONICS && h * position < n_bins - 1; h++) {
    bin = round (h * position);
    harmonics += take (&sweep, bin - reach, bin + reach);
  }
  take (&sweep, n_bins, n_bins);
  tone.thd = 10 * log10 (harmonics / power);
  if (sweep.noise_bins)
    tone.snr = 10 * log10 (power / (sweep.noise / sweep.noise_bins * n_bins));
  return tone;
}
