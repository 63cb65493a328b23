/* bfft: bfftmel, log-mel features.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstbfftanalyzer.h"

G_BEGIN_DECLS

#define GST_TYPE_BFFT_MEL (gst_bfft_mel_get_type ())
G_DECLARE_FINAL_TYPE (GstBfftMel, gst_bfft_mel, GST, BFFT_MEL,
    GstBfftAnalyzer)

GST_ELEMENT_REGISTER_DECLARE (bfftmel);

G_END_DECLS
