/* bfft: errors in GStreamer's words, and files that are checked beforehand.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The debug category of @element, for parts that many share: it has the
 * element's name. */
GstDebugCategory *gst_bfft_category (gpointer element);

/* Posts and logs @error, which is taken, on @element: @type is GST_MESSAGE_ERROR or
 * GST_MESSAGE_WARNING. The domains of models/ become GStreamer's: files are
 * resources, everything else is settings. */
void gst_bfft_post (gpointer element, GstMessageType type, GError * error);

/* Whether the file that @property names can be written or read, as far as that
 * can be known now; NULL is none. */
gboolean gst_bfft_check_writable (const gchar * property,
    const gchar * location, GError ** error);
gboolean gst_bfft_check_readable (const gchar * property,
    const gchar * location, GError ** error);

/* Whether frames of @n_fft samples in @channels channels, analysed apart or
 * not, are of a size that there can be memory for. */
gboolean gst_bfft_check_channels (guint channels, guint n_fft,
    GError ** error);

G_END_DECLS
