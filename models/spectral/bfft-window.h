/* bfft: window functions.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BFFT_WINDOW_HANN,
  BFFT_WINDOW_HAMMING,
  BFFT_WINDOW_HAMMING_GST,
  BFFT_WINDOW_BLACKMAN,
  BFFT_WINDOW_BLACKMAN_HARRIS,
  BFFT_WINDOW_NUTTALL,
  BFFT_WINDOW_FLATTOP,
  BFFT_WINDOW_POVEY,
  BFFT_WINDOW_RECTANGULAR,
} BfftWindow;

/* Fills values[0..length): a window with scipy.signal.windows' coefficients,
 * periodic (for spectra) or symmetric. hamming-gst has GstFFT's coefficients,
 * povey is Kaldi's hann^0.85. */
void bfft_window_fill (BfftWindow window, gboolean periodic, gfloat * values,
    guint length);

G_END_DECLS
