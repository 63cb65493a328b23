/* bfft: the element bfftspectrum.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstbfftanalyzer.h"

G_BEGIN_DECLS

typedef enum
{
  GST_BFFT_MAGNITUDE_UNIT_DB,
  GST_BFFT_MAGNITUDE_UNIT_POWER,
  GST_BFFT_MAGNITUDE_UNIT_AMPLITUDE,
} GstBfftMagnitudeUnit;

typedef enum
{
  GST_BFFT_SPECTRUM_AVERAGE_DB,
  GST_BFFT_SPECTRUM_AVERAGE_POWER,
} GstBfftSpectrumAverage;

#define GST_TYPE_BFFT_SPECTRUM (gst_bfft_spectrum_get_type ())
G_DECLARE_FINAL_TYPE (GstBfftSpectrum, gst_bfft_spectrum, GST, BFFT_SPECTRUM,
    GstBfftAnalyzer)

GST_ELEMENT_REGISTER_DECLARE (bfftspectrum);

G_END_DECLS
