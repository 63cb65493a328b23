/* bfft: the whole bfftspectrum element against GStreamer's own spectrum.
 *
 * Both get the same 10 minutes of 48 kHz mono S16 in buffers of 1024 samples,
 * bands 513, interval = one window (1024 samples), pushed straight into their
 * sink pad; what leaves the source pad and the bus is dropped. CPU seconds of
 * the process, the least of several rounds in which they take turns.
 *
 *   messages: both post a message per window
 *   tensors:  bfftspectrum delivers a tensor buffer per window, spectrum
 *             computes with post-messages=false and delivers nothing
 *   passing:  neither element, the same buffers: what the measuring costs
 *
 *   bench-spectrum [--json] [--minutes N] [--rounds N]
 *   perf record bench-spectrum --only 'bfftspectrum, tensors'
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gst/audio/audio.h>
#include <math.h>
#include <time.h>

#include "bench-plugin.h"

#define RATE 48000
#define WINDOW 1024
#define INTERVAL (WINDOW * GST_SECOND / RATE + 1)

typedef struct
{
  const gchar *name;
  const gchar *launch;          /* of the element, %s for the interval */
  const gchar *caps;            /* that downstream takes */
} Program;

static const Program programs[] = {
  {"spectrum, messages", "spectrum bands=513 threshold=-120", "ANY"},
  {"bfftspectrum, messages", "bfftspectrum bands=513 threshold=-120", "ANY"},
  {"spectrum, silent",
      "spectrum bands=513 threshold=-120 post-messages=false", "ANY"},
  {"bfftspectrum, tensors",
        "bfftspectrum bands=513 threshold=-120 post-messages=false",
      "other/tensors, format=(string)static"},
  {"passing", "identity silent=true", "ANY"},
};

typedef struct
{
  guint64 messages, buffers;
} Delivered;

static GstFlowReturn
drop_buffer (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  ((Delivered *) GST_PAD_ELEMENT_PRIVATE (pad))->buffers++;
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
drop_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  gst_event_unref (event);
  return TRUE;
}

static GstBusSyncReply
drop_message (GstBus * bus, GstMessage * message, gpointer delivered)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT)
    ((Delivered *) delivered)->messages++;
  gst_message_unref (message);
  return GST_BUS_DROP;
}

/* Ten seconds of a chord that wanders through a noise floor. */
static GPtrArray *
make_audio (void)
{
  guint count = 10 * RATE / WINDOW;
  GPtrArray *buffers = g_ptr_array_new_with_free_func (
      (GDestroyNotify) gst_buffer_unref);
  GRand *rand = g_rand_new_with_seed (1);
  guint b, i;

  for (b = 0; b < count; b++) {
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, WINDOW * 2, NULL);
    GstMapInfo map;

    gst_buffer_map (buffer, &map, GST_MAP_WRITE);
    for (i = 0; i < WINDOW; i++) {
      gdouble t = (gdouble) (b * WINDOW + i) / RATE;
      gdouble x = 0.3 * sin (2 * G_PI * (440 + 20 * t) * t)
          + 0.2 * sin (2 * G_PI * 1234.5 * t)
          + g_rand_double_range (rand, -0.01, 0.01);

      ((gint16 *) map.data)[i] = 32767 * x;
    }
    gst_buffer_unmap (buffer, &map);
    g_ptr_array_add (buffers, buffer);
  }
  g_rand_free (rand);
  return buffers;
}

static void
push_audio (GstPad * pad, GPtrArray * audio, guint64 samples)
{
  guint64 position;

  for (position = 0; position < samples; position += WINDOW) {
    GstBuffer *buffer = gst_buffer_copy (g_ptr_array_index (audio,
            (position / WINDOW) % audio->len));

    GST_BUFFER_PTS (buffer) =
        gst_util_uint64_scale (position, GST_SECOND, RATE);
    GST_BUFFER_DURATION (buffer) = WINDOW * GST_SECOND / RATE;
    if (gst_pad_push (pad, buffer) != GST_FLOW_OK)
      g_error ("pushing audio failed");
  }
}

static void
start_stream (GstPad * pad)
{
  GstAudioInfo info;
  GstCaps *caps;
  GstSegment segment;

  gst_pad_push_event (pad, gst_event_new_stream_start ("bench"));
  gst_audio_info_set_format (&info, GST_AUDIO_FORMAT_S16, RATE, 1, NULL);
  caps = gst_audio_info_to_caps (&info);
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_caps_unref (caps);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
}

/* Returns: CPU seconds. */
static gdouble
run (const Program * program, GPtrArray * audio, guint64 samples,
    Delivered * delivered)
{
  GstElement *element = gst_parse_launch (program->launch, NULL);
  GstCaps *caps = gst_caps_from_string (program->caps);
  GstPadTemplate *template = gst_pad_template_new ("sink", GST_PAD_SINK,
      GST_PAD_ALWAYS, caps);
  GstPad *src = gst_pad_new ("src", GST_PAD_SRC);
  GstPad *sink = gst_pad_new_from_template (template, "sink");
  GstPad *element_sink = gst_element_get_static_pad (element, "sink");
  GstPad *element_src = gst_element_get_static_pad (element, "src");
  GstBus *bus = gst_bus_new ();
  clock_t start;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "interval"))
    g_object_set (element, "interval", (guint64) INTERVAL, NULL);
  GST_PAD_ELEMENT_PRIVATE (sink) = delivered;
  gst_pad_set_chain_function (sink, drop_buffer);
  gst_pad_set_event_function (sink, drop_event);
  gst_bus_set_sync_handler (bus, drop_message, delivered, NULL);
  gst_element_set_bus (element, bus);
  gst_pad_link (src, element_sink);
  gst_pad_link (element_src, sink);
  gst_pad_set_active (src, TRUE);
  gst_pad_set_active (sink, TRUE);
  gst_element_set_state (element, GST_STATE_PLAYING);
  start_stream (src);

  start = clock ();
  push_audio (src, audio, samples);
  start = clock () - start;

  gst_element_set_state (element, GST_STATE_NULL);
  gst_pad_set_active (src, FALSE);
  gst_pad_set_active (sink, FALSE);
  gst_element_set_bus (element, NULL);
  gst_object_unref (element_sink);
  gst_object_unref (element_src);
  gst_object_unref (src);
  gst_object_unref (sink);
  gst_object_unref (element);
  gst_object_unref (template);
  gst_object_unref (bus);
  gst_caps_unref (caps);
  return (gdouble) start / CLOCKS_PER_SEC;
}

static void
print_result (const gdouble * seconds, const Delivered * delivered,
    guint64 windows, gboolean json)
{
  guint p;

  if (json) {
    g_print ("{");
    for (p = 0; p < G_N_ELEMENTS (programs); p++)
      g_print ("\"%s\":%.4f,", programs[p].name, seconds[p]);
    g_print ("\"messages_ratio\":%.2f,\"tensors_ratio\":%.2f}\n",
        seconds[0] / seconds[1], seconds[2] / seconds[3]);
    return;
  }
  g_print ("%-26s %10s %14s %12s\n", "", "CPU s", "us per window", "delivered");
  for (p = 0; p < G_N_ELEMENTS (programs); p++) {
    g_print ("%-26s %10.3f %14.2f %12" G_GUINT64_FORMAT "\n", programs[p].name,
        seconds[p], seconds[p] * 1e6 / windows,
        delivered[p].messages ? delivered[p].messages : delivered[p].buffers);
  }
  g_print ("spectrum / bfftspectrum with messages: %.2fx\n"
      "spectrum, silent / bfftspectrum with tensors: %.2fx\n",
      seconds[0] / seconds[1], seconds[2] / seconds[3]);
}

int
main (int argc, char **argv)
{
  gboolean json = FALSE;
  gchar *only = NULL;
  gint minutes = 10, rounds = 3, round;
  const GOptionEntry entries[] = {
    {"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL},
    {"minutes", 0, 0, G_OPTION_ARG_INT, &minutes, "Length of audio (10)", "N"},
    {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "Rounds (3)", "N"},
    {"only", 0, 0, G_OPTION_ARG_STRING, &only,
        "Run this line of the table and print nothing, for a profiler", "NAME"},
    {0}
  };
  GOptionContext *context = g_option_context_new ("- time bfftspectrum");
  gdouble seconds[G_N_ELEMENTS (programs)];
  Delivered delivered[G_N_ELEMENTS (programs)];
  GError *error = NULL;
  GPtrArray *audio;
  guint64 samples;
  guint p;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    g_error_free (error);
    g_option_context_free (context);
    return EXIT_FAILURE;
  }
  g_option_context_free (context);
  load_plugin ();

  audio = make_audio ();
  samples = RATE * (guint64) (60 * minutes);
  for (round = 0; round < rounds; round++) {
    for (p = 0; p < G_N_ELEMENTS (programs); p++) {
      gdouble s;

      if (only && !g_str_equal (only, programs[p].name))
        continue;
      delivered[p].messages = delivered[p].buffers = 0;
      s = run (&programs[p], audio, samples, &delivered[p]);
      seconds[p] = round == 0 ? s : MIN (s, seconds[p]);
    }
  }
  if (only == NULL)
    print_result (seconds, delivered, samples / WINDOW, json);
  g_free (only);
  g_ptr_array_unref (audio);
  return EXIT_SUCCESS;
}
