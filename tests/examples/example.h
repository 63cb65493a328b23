/* bfft: what the examples in C share: whatever happens, they end with one
 * sentence and an exit status: 0 when done, 1 after a failure, 2 for wrong
 * arguments, 130 after Ctrl-C.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef __EXAMPLE_H__
#define __EXAMPLE_H__

#include <glib-unix.h>
#include <gst/gst.h>
#include <string.h>

/* Gets each element's and application's message, in the main thread. */
typedef void (*ExampleFunc) (const GstStructure * message, gpointer data);

typedef struct
{
  GMainLoop *loop;
  const gchar *sound;
  ExampleFunc func;
  gpointer data;
  int status;
} Example;

/* Ends the program unless it has the arguments that usage names, and nothing
 * else: "print-loss SOUND WEIGHTS\n\nWhat it does." */
static inline void
example_init (int *argc, char ***argv, const gchar * usage)
{
  gsize names = strcspn (usage, "\n");
  int i, wanted = 1;

  for (i = 1; i < *argc; i++) {
    if (g_str_equal ((*argv)[i], "--help") || g_str_equal ((*argv)[i], "-h")) {
      g_print ("usage: %s\n", usage);
      exit (0);
    }
  }
  gst_init (argc, argv);
  for (i = 0; i < (int) names; i++)
    wanted += usage[i] == ' ';
  if (*argc != wanted) {
    g_printerr ("usage: %.*s (--help says more)\n", (int) names, usage);
    exit (2);
  }
}

/* Returns: a pipeline with a file before the description. Ends the program when
 * there is none, as with an element that is not installed. */
static inline GstElement *
example_listen (const gchar * sound, const gchar * description)
{
  g_autofree gchar *all = g_strconcat ("filesrc name=file ! decodebin ! ",
      description, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) file = NULL;
  GstElement *pipeline = gst_parse_launch (all, &error);

  if (error) {
    g_printerr ("%s: %s%s\n", g_get_prgname (), error->message,
        g_error_matches (error, GST_PARSE_ERROR,
            GST_PARSE_ERROR_NO_SUCH_ELEMENT) ? "; on Debian: apt-get install "
        "gstreamer1.0-bfft gstreamer1.0-plugins-base" : "");
    exit (1);
  }
  file = gst_bin_get_by_name (GST_BIN (pipeline), "file");
  g_object_set (file, "location", sound, NULL);
  return pipeline;
}

static inline gboolean
example_on_interrupt (gpointer data)
{
  Example *example = data;

  g_printerr ("%s: stopped by Ctrl-C\n", g_get_prgname ());
  example->status = 130;
  g_main_loop_quit (example->loop);
  return G_SOURCE_CONTINUE;
}

/* An error ends the program, and names the sound unless an element of bfft's says
 * what is wrong. Warnings are printed if one of those has them. */
static inline void
example_on_trouble (Example * example, GstMessage * message)
{
  gboolean fatal = GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR;
  gboolean ours = g_str_has_prefix (G_OBJECT_TYPE_NAME (message->src),
      "GstBfft");
  g_autoptr (GError) error = NULL;

  if (!fatal && !ours)
    return;
  if (fatal)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  g_printerr ("%s: %s%s%s\n", g_get_prgname (), ours ? "" : example->sound,
      ours ? "" : ": ", error->message);
  if (fatal) {
    example->status = 1;
    g_main_loop_quit (example->loop);
  }
}

static inline gboolean
example_on_message (GstBus * bus, GstMessage * message, gpointer data)
{
  Example *example = data;

  (void) bus;
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
    case GST_MESSAGE_APPLICATION:
      if (example->func)
        example->func (gst_message_get_structure (message), example->data);
      break;
    case GST_MESSAGE_WARNING:
    case GST_MESSAGE_ERROR:
      if (example->status == 0)
        example_on_trouble (example, message);
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit (example->loop);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

/* Plays to the end and lets go of the pipeline. Returns: the exit status. */
static inline int
example_play (GstElement * pipeline, ExampleFunc func, gpointer data)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GstElement) file = gst_bin_get_by_name (GST_BIN (pipeline),
      "file");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autofree gchar *sound = NULL;
  Example example = { loop, NULL, func, data, 0 };
  guint interrupt = g_unix_signal_add (SIGINT, example_on_interrupt, &example);

  g_object_get (file, "location", &sound, NULL);
  example.sound = sound;
  gst_bus_add_watch (bus, example_on_message, &example);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_main_loop_run (loop);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  g_source_remove (interrupt);
  gst_object_unref (pipeline);
  return example.status;
}

#endif
