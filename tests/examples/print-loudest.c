/* bfft: an application in C that listens to bfftspectrum's messages.
 *
 * print-loudest SOUND: plays SOUND, faster than real time and unheard, and
 * prints the loudest frequency of each second.
 *
 * cc print-loudest.c $(pkg-config --cflags --libs gstreamer-1.0)
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "example.h"

static void
print_loudest (const GstStructure * spectrum, gpointer data)
{
  const GValue *levels = gst_structure_get_value (spectrum, "magnitude");
  guint i, n_bands, loudest = 0;
  gfloat level, maximum = -G_MAXFLOAT;
  guint64 time;
  gint rate;

  (void) data;
  if (!gst_structure_has_name (spectrum, "bfftspectrum")
      || !gst_structure_get (spectrum, "stream-time", G_TYPE_UINT64, &time,
          "rate", G_TYPE_INT, &rate, NULL))
    return;
  n_bands = gst_value_list_get_size (levels);
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

int
main (int argc, char **argv)
{
  example_init (&argc, &argv, "print-loudest SOUND\n\n"
      "Prints the loudest frequency of each second of SOUND, and its level.");
  return example_play (example_listen (argv[1], "audioconvert"
          " ! bfftspectrum bands=2401 window=hann interval=1000000000"
          " threshold=-100 ! fakesink"), print_loudest, NULL);
}
