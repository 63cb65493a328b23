/* bfft: results as tensors (NNStreamer's other/tensors).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_BFFT_TENSORS_NAME "other/tensors"

#define GST_BFFT_TENSORS_CAPS GST_BFFT_TENSORS_NAME ", " \
    "format=(string)static, num_tensors=(int)1, types=(string)float32, " \
    "framerate=(fraction)[0/1, max]"

/* Caps of [channels][bands] float32, in NNStreamer's order: bands first. */
GstCaps *gst_bfft_tensors_caps (guint bands, guint channels, gint fps_n,
    gint fps_d);

gboolean gst_bfft_tensors_is_caps (const GstCaps * caps);

/* A buffer with a copy of @values. */
GstBuffer *gst_bfft_tensors_buffer (const gfloat * values, guint n,
    GstClockTime timestamp, GstClockTime duration);

G_END_DECLS
