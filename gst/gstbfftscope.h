/* bfft: the element bfftscope.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/pbutils/gstaudiovisualizer.h>

G_BEGIN_DECLS

#define GST_TYPE_BFFT_SCOPE (gst_bfft_scope_get_type ())
G_DECLARE_FINAL_TYPE (GstBfftScope, gst_bfft_scope, GST, BFFT_SCOPE,
    GstAudioVisualizer);
GST_ELEMENT_REGISTER_DECLARE (bfftscope);

G_END_DECLS
