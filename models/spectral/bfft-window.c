/* bfft: window functions.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-window.h"

#include <math.h>

/* w[i] = sum a[j] cos (j 2 pi i / N), the general cosine window; coefficients
 * as in scipy.signal.windows, signs included. */
static const gdouble cosine_terms[][5] = {
  [BFFT_WINDOW_HANN] = {0.5, -0.5},
  [BFFT_WINDOW_HAMMING] = {0.54, -0.46},
  [BFFT_WINDOW_HAMMING_GST] = {0.53836, -0.46164},
  [BFFT_WINDOW_BLACKMAN] = {0.42, -0.5, 0.08},
  [BFFT_WINDOW_BLACKMAN_HARRIS] = {0.35875, -0.48829, 0.14128, -0.01168},
  [BFFT_WINDOW_NUTTALL] = {0.3635819, -0.4891775, 0.1365995, -0.0106411},
  [BFFT_WINDOW_FLATTOP] = {0.21557895, -0.41663158, 0.277263158,
      -0.083578947, 0.006947368},
  [BFFT_WINDOW_POVEY] = {0.5, -0.5},
  [BFFT_WINDOW_RECTANGULAR] = {1},
};

void
bfft_window_fill (BfftWindow window, gboolean periodic, gfloat * values,
    guint length)
{
  const gdouble *a = cosine_terms[window];
  guint period = periodic ? length : length - 1;
  guint i, j;

  /* scipy's answer for a window of one sample */
  if (length == 1) {
    values[0] = 1;
    return;
  }
  for (i = 0; i < length; i++) {
    gdouble phase = 2 * G_PI * i / period;
    gdouble value = 0;

    for (j = 0; j < G_N_ELEMENTS (cosine_terms[0]); j++)
      value += a[j] * cos (j * phase);
    if (window == BFFT_WINDOW_POVEY)
      value = pow (MAX (value, 0), 0.85);
    values[i] = value;
  }
}
