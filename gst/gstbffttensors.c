/* bfft: results as tensors (NNStreamer's other/tensors).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbffttensors.h"

/* Appends @dims with ones up to @rank. */
static void
add_spelling (GValue * list, const guint * dims, guint n, guint rank)
{
  GString *text = g_string_new (NULL);
  GValue value = G_VALUE_INIT;
  guint i;

  for (i = 0; i < rank; i++)
    g_string_append_printf (text, "%s%u", i ? ":" : "", i < n ? dims[i] : 1);
  g_value_init (&value, G_TYPE_STRING);
  g_value_take_string (&value, g_string_free (text, FALSE));
  gst_value_list_append_and_take_value (list, &value);
}

GstCaps *
gst_bfft_tensors_caps (const guint * dims, guint n, gint fps_n, gint fps_d)
{
  GstCaps *caps = gst_caps_new_simple (GST_BFFT_TENSORS_NAME,
      "format", G_TYPE_STRING, "static",
      "num_tensors", G_TYPE_INT, 1,
      "types", G_TYPE_STRING, "float32",
      "framerate", GST_TYPE_FRACTION, fps_n, fps_d, NULL);
  GValue list = G_VALUE_INIT;
  guint rank;

  while (n > 1 && dims[n - 1] == 1)
    n--;
  g_value_init (&list, GST_TYPE_LIST);
  add_spelling (&list, dims, n, 4);
  for (rank = n; rank <= GST_BFFT_TENSORS_MAX_RANK; rank++)
    if (rank != 4)
      add_spelling (&list, dims, n, rank);
  gst_caps_set_value (caps, "dimensions", &list);
  g_value_unset (&list);
  return caps;
}

GstCaps *
gst_bfft_tensors_choose (GstPad * pad, GstCaps * caps)
{
  GstCaps *now = gst_pad_get_current_caps (pad);
  GstCaps *choice;

  if (now && gst_caps_is_subset (now, caps)) {
    gst_caps_unref (caps);
    return now;
  }
  gst_clear_caps (&now);
  choice = gst_pad_peer_query_caps (pad, caps);
  gst_caps_unref (caps);
  if (gst_caps_is_empty (choice))
    gst_clear_caps (&choice);
  return choice ? gst_caps_fixate (choice) : NULL;
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
