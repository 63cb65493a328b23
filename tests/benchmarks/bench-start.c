/* bfft: from loading the plugin to the first results, for each execution.
 *
 * Wall time in us: the plugin is loaded, an analyser made and its pipeline
 * state set up, and a buffer of one frame goes in; then the same without
 * loading, for what ORC has to compile. The libraries of GLib and GStreamer that
 * the plugin needs are loaded before; they took 1.6 ms where this was written.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gst/check/gstharness.h>

#include <gmodule.h>

#include "bench-plugin.h"

#define CAPS "audio/x-raw, format=F32LE, layout=interleaved, rate=48000, channels=1"
#define FRAME 1024

static void
run_frame (const gchar * execution)
{
  g_autofree gchar *launch = g_strdup_printf
      ("bfftspectrum n-fft=1024 hop=1024 bands=513 execution=%s", execution);
  GstHarness *h = gst_harness_new_parse (launch);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, FRAME * 4, NULL);

  gst_buffer_memset (buffer, 0, 0x3d, FRAME * 4);
  GST_BUFFER_PTS (buffer) = 0;
  gst_harness_set_src_caps_str (h, CAPS);
  gst_harness_push (h, buffer);
  gst_buffer_unref (gst_harness_pull (h));
  gst_harness_teardown (h);
}

int
main (int argc, char **argv)
{
  static const gchar *const libraries[] = { "gstbase-1.0", "gstaudio-1.0",
    "gstfft-1.0", "gio-2.0", "json-glib-1.0"
  };
  static const gchar *const executions[] = { "auto", "c", "orc" };
  gint64 start;
  guint i;

  gst_init (&argc, &argv);
  for (i = 0; i < G_N_ELEMENTS (libraries); i++) {
    g_autofree gchar *name = g_strdup_printf ("lib%s.so.0", libraries[i]);

    if (g_module_open (name, 0) == NULL)
      g_printerr ("%s\n", g_module_error ());
  }
  gst_harness_teardown (gst_harness_new_parse ("identity"));
  start = g_get_monotonic_time ();
  load_plugin ();
  g_print ("load %" G_GINT64_FORMAT " us\n", g_get_monotonic_time () - start);
  for (i = 0; i < G_N_ELEMENTS (executions); i++) {
    start = g_get_monotonic_time ();
    run_frame (executions[i]);
    g_print ("first frame, %s: %" G_GINT64_FORMAT " us\n", executions[i],
        g_get_monotonic_time () - start);
  }
  return 0;
}
