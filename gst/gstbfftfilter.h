/* bfft: the element bfftfilter.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_BFFT_FILTER (gst_bfft_filter_get_type ())
G_DECLARE_FINAL_TYPE (GstBfftFilter, gst_bfft_filter, GST, BFFT_FILTER,
    GstBaseTransform);
GST_ELEMENT_REGISTER_DECLARE (bfftfilter);

G_END_DECLS
