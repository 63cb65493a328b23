/* bfft: results as tensors (NNStreamer's other/tensors).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbffttensors.h"

GstCaps *
gst_bfft_tensors_caps (guint bands, guint channels, gint fps_n, gint fps_d)
{
  gchar *dimensions = g_strdup_printf ("%u:%u:1:1", bands, channels);
  GstCaps *caps = gst_caps_new_simple (GST_BFFT_TENSORS_NAME,
      "format", G_TYPE_STRING, "static",
      "num_tensors", G_TYPE_INT, 1,
      "types", G_TYPE_STRING, "float32",
      "dimensions", G_TYPE_STRING, dimensions,
      "framerate", GST_TYPE_FRACTION, fps_n, fps_d, NULL);

  g_free (dimensions);
  return caps;
}

gboolean
gst_bfft_tensors_is_caps (const GstCaps * caps)
{
  return gst_structure_has_name (gst_caps_get_structure (caps, 0),
      GST_BFFT_TENSORS_NAME);
}

GstBuffer *
gst_bfft_tensors_buffer (const gfloat * values, guint n,
    GstClockTime timestamp, GstClockTime duration)
{
  GstBuffer *buffer = gst_buffer_new_memdup (values, n * sizeof (gfloat));

  GST_BUFFER_PTS (buffer) = timestamp;
  GST_BUFFER_DURATION (buffer) = duration;
  return buffer;
}
