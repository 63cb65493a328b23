/* bfft: an application in C that takes features as tensors, and changes the
 * network that computes them while it plays.
 *
 * live-features SOUND WEIGHTS: measures log-mel features of SOUND in real time,
 * unheard, and prints what they were every half second. After one second of it
 * the exact network is replaced by the one in WEIGHTS (for n-fft 512).
 *
 * cc live-features.c $(pkg-config --cflags --libs gstreamer-app-1.0)
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "example.h"
#include <gst/app/gstappsink.h>

#define BANDS 80
#define PER_LINE 50             /* frames of 10 ms */
#define SWAP_AT 100

typedef struct
{
  GstElement *mel;
  const gchar *weights;

  /* the streaming thread's */
  guint frames;
  gfloat sum[BANDS];
} App;

static void
print_frames (App * app, GstClockTime time)
{
  g_autofree gchar *variant = NULL;
  GstStructure *stats;
  guint b, loudest = 0;

  for (b = 1; b < BANDS; b++) {
    if (app->sum[b] > app->sum[loudest])
      loudest = b;
  }
  g_object_get (app->mel, "stats", &stats, NULL);
  gst_structure_get (stats, "variant", G_TYPE_STRING, &variant, NULL);
  gst_structure_free (stats);
  g_print ("%5.2f s  %4u frames, loudest band %2u at %6.2f (%s)\n",
      time / (gdouble) GST_SECOND, app->frames, loudest,
      app->sum[loudest] / PER_LINE, variant);
}

/* In the streaming thread, for each frame. An application that takes long to do
 * something with a frame hands it to a thread of its own here; what is to be
 * done in the main thread goes there over the bus. */
static GstFlowReturn
on_frame (GstAppSink * sink, gpointer data)
{
  App *app = data;
  GstSample *sample = gst_app_sink_pull_sample (sink);
  GstBuffer *buffer;
  GstMapInfo map;
  guint b;

  if (sample == NULL)
    return GST_FLOW_EOS;
  buffer = gst_sample_get_buffer (sample);
  if (gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    const gfloat *mel = (const gfloat *) map.data;

    app->frames++;
    for (b = 0; b < BANDS; b++)
      app->sum[b] += mel[b];
    gst_buffer_unmap (buffer, &map);
    if (app->frames % PER_LINE == 0) {
      print_frames (app, GST_BUFFER_PTS (buffer));
      memset (app->sum, 0, sizeof (app->sum));
    }
    if (app->frames == SWAP_AT) {
      gst_element_post_message (GST_ELEMENT (sink),
          gst_message_new_application (GST_OBJECT (sink),
              gst_structure_new_empty ("swap")));
    }
  }
  gst_sample_unref (sample);
  return GST_FLOW_OK;
}

/* In the main thread. The file is loaded here; the stream goes over to the new
 * network between two frames and does not wait. A file that cannot be used is a
 * warning: the stream goes on with the network it had. */
static void
swap_model (const GstStructure * message, gpointer data)
{
  App *app = data;

  if (!gst_structure_has_name (message, "swap"))
    return;
  g_print ("         now with %s\n", app->weights);
  g_object_set (app->mel, "model-location", app->weights, NULL);
}

int
main (int argc, char **argv)
{
  GstAppSinkCallbacks callbacks = {.new_sample = on_frame };
  g_autoptr (GstElement) mel = NULL, sink = NULL;
  GstElement *pipeline;
  App app = { 0 };

  example_init (&argc, &argv, "live-features SOUND WEIGHTS\n\n"
      "Prints log-mel features of SOUND, after a second of it by the network in"
      " WEIGHTS\n(for n-fft 512).");
  pipeline = example_listen (argv[1], "audioconvert ! audioresample"
      " ! audio/x-raw,rate=16000,channels=1"
      " ! bfftmel name=mel n-fft=512 n-mels=" G_STRINGIFY (BANDS)
      " post-messages=false ! other/tensors,format=static ! appsink name=sink");
  mel = gst_bin_get_by_name (GST_BIN (pipeline), "mel");
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  app.mel = mel;
  app.weights = argv[2];
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, &app, NULL);
  return example_play (pipeline, swap_model, &app);
}
