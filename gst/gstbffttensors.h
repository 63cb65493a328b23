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

/* NNStreamer's limit, see tensor_typedef.h */
#define GST_BFFT_TENSORS_MAX_RANK 16

/* Caps of float32 with the @n dimensions @dims, in NNStreamer's order: what
 * runs first comes first. Dimensions of 1 may follow or be left out, so the
 * caps have a list of all spellings, the one of four dimensions first. */
GstCaps *gst_bfft_tensors_caps (const guint * dims, guint n, gint fps_n,
    gint fps_d);

/* Of @caps the one that is linked to @pad can take: what it has already, if
 * that will do. Returns: fixed caps, or NULL. @caps are taken. */
GstCaps *gst_bfft_tensors_choose (GstPad * pad, GstCaps * caps);

gboolean gst_bfft_tensors_is_caps (const GstCaps * caps);

/* A buffer with a copy of @values. */
GstBuffer *gst_bfft_tensors_buffer (const gfloat * values, guint n,
    GstClockTime timestamp, GstClockTime duration);

G_END_DECLS
