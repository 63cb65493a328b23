/* bfft: results as GStreamer's own tensors, GstTensorMeta on the audio.
 *
 * Only where gstreamer-analytics-1.0 >= 1.26 is there.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#ifdef HAVE_ANALYTICS
/* Appends a tensor called @id to the tensors that @buffer has: float32, row-
 * major, with the @n dimensions @dims, the last of which runs first. @data is
 * taken. */
void gst_bfft_analytics_add (GstBuffer * buffer, GQuark id, GstBuffer * data,
    const gsize * dims, gsize n);
#endif

G_END_DECLS
