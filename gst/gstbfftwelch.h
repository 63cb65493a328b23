/* bfft: bfftwelch, power spectral density and its strongest peaks.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstbfftanalyzer.h"

G_BEGIN_DECLS

#define GST_TYPE_BFFT_WELCH (gst_bfft_welch_get_type ())
G_DECLARE_FINAL_TYPE (GstBfftWelch, gst_bfft_welch, GST, BFFT_WELCH,
    GstBfftAnalyzer)

GST_ELEMENT_REGISTER_DECLARE (bfftwelch);

G_END_DECLS
