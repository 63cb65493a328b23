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
#include <gst/gst.h>
#include <gst/app/gstappsink.h>

#define BANDS 80
#define PER_LINE 50             /* frames of 10 ms */
#define SWAP_AT 100

typedef struct
{
  GMainLoop *loop;
  GstElement *mel;
  const gchar *weights;
  gboolean failed;

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

/* The file is loaded here; the stream goes over to the new network between two
 * frames and does not wait. */
static void
swap_model (App * app)
{
  g_print ("         now with %s\n", app->weights);
  g_object_set (app->mel, "model-location", app->weights, NULL);
}

/* In the main thread. A file that cannot be used is a warning: the stream goes
 * on with the network it had. */
static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer data)
{
  App *app = data;
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_APPLICATION:
      swap_model (app);
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &error, NULL);
      g_printerr ("%s\n", error->message);
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      g_printerr ("%s\n", error->message);
      app->failed = TRUE;
      g_main_loop_quit (app->loop);
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit (app->loop);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static GstElement *
make_pipeline (const gchar * sound, GError ** error)
{
  g_autofree gchar *description = g_strdup_printf ("filesrc location=\"%s\""
      " ! decodebin ! audioconvert ! audioresample"
      " ! audio/x-raw,rate=16000,channels=1"
      " ! bfftmel name=mel n-fft=512 n-mels=%u post-messages=false"
      " ! other/tensors,format=static ! appsink name=sink", sound, BANDS);

  return gst_parse_launch (description, error);
}

static void
play (App * app, GstElement * pipeline)
{
  GstAppSinkCallbacks callbacks = {.new_sample = on_frame };
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GstBus *bus = gst_element_get_bus (pipeline);
  guint watch = gst_bus_add_watch (bus, on_message, app);

  app->mel = gst_bin_get_by_name (GST_BIN (pipeline), "mel");
  app->loop = g_main_loop_new (NULL, FALSE);
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, app, NULL);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_main_loop_run (app->loop);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  g_source_remove (watch);
  g_main_loop_unref (app->loop);
  gst_object_unref (app->mel);
  gst_object_unref (sink);
  gst_object_unref (bus);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline;
  App app = { 0 };

  gst_init (&argc, &argv);
  if (argc != 3) {
    g_printerr ("usage: %s SOUND WEIGHTS\n", argv[0]);
    return 2;
  }
  app.weights = argv[2];
  pipeline = make_pipeline (argv[1], &error);
  if (error) {
    g_printerr ("%s\n", error->message);
    g_clear_pointer (&pipeline, gst_object_unref);
    return 1;
  }
  play (&app, pipeline);
  gst_object_unref (pipeline);
  return app.failed;
}
