/* bfft: an application in C that listens to bfftspectrum's messages.
 *
 * print-loudest SOUND: plays SOUND, faster than real time and unheard, and
 * prints the loudest frequency of each second.
 *
 * cc print-loudest.c $(pkg-config --cflags --libs gstreamer-1.0)
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gst/gst.h>

static void
print_loudest (const GstStructure * spectrum)
{
  const GValue *levels = gst_structure_get_value (spectrum, "magnitude");
  guint n_bands = gst_value_list_get_size (levels);
  guint i, loudest = 0;
  gfloat level, maximum = -G_MAXFLOAT;
  guint64 time;
  gint rate;

  if (!gst_structure_get (spectrum, "stream-time", G_TYPE_UINT64, &time,
          "rate", G_TYPE_INT, &rate, NULL))
    return;
  for (i = 0; i < n_bands; i++) {
    level = g_value_get_float (gst_value_list_get_value (levels, i));
    if (level > maximum) {
      maximum = level;
      loudest = i;
    }
  }
  g_print ("%6.2f s  %6.0f Hz  %6.1f dB\n", time / (gdouble) GST_SECOND,
      loudest * (gdouble) rate / (2 * (n_bands - 1)), maximum);
}

/* Returns: FALSE at the end of the stream or after an error. */
static gboolean
handle_message (GstMessage * message)
{
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      if (gst_message_has_name (message, "bfftspectrum"))
        print_loudest (gst_message_get_structure (message));
      return TRUE;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      g_printerr ("%s\n", error->message);
      return FALSE;
    default:
      return FALSE;
  }
}

static void
play (GstElement * pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  gboolean playing = TRUE;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (playing) {
    GstMessage *message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
        GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

    playing = handle_message (message);
    gst_message_unref (message);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *description = NULL;
  GstElement *pipeline;

  gst_init (&argc, &argv);
  if (argc != 2) {
    g_printerr ("usage: %s SOUND\n", argv[0]);
    return 2;
  }
  description = g_strdup_printf ("filesrc location=\"%s\" ! decodebin"
      " ! audioconvert ! bfftspectrum bands=2401 window=hann"
      " interval=1000000000 threshold=-100 ! fakesink", argv[1]);
  pipeline = gst_parse_launch (description, &error);
  if (error) {
    g_printerr ("%s\n", error->message);
    g_clear_pointer (&pipeline, gst_object_unref);
    return 1;
  }
  play (pipeline);
  gst_object_unref (pipeline);
  return 0;
}
