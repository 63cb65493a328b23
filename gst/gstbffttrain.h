/* bfft: the element bffttrain.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_BFFT_TRAIN (gst_bfft_train_get_type ())
G_DECLARE_FINAL_TYPE (GstBfftTrain, gst_bfft_train, GST, BFFT_TRAIN,
    GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE (bffttrain);

G_END_DECLS
