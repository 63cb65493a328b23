/* bfft: an application in C that draws how a training goes while it goes.
 *
 * print-loss SOUND WEIGHTS: fits a network to SOUND, faster than real time and
 * unheard, and draws its loss, logarithmic, downwards. Leaves the network in
 * WEIGHTS and a sidecar for bfft-report beside it.
 *
 * cc print-loss.c $(pkg-config --cflags --libs gstreamer-1.0) -lm
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gst/gst.h>
#include <math.h>

/* Powers of ten that are drawn, and how wide each is. */
#define LOWEST -7
#define HIGHEST 1
#define DECADE 6

static void
print_scale (void)
{
  gint power;

  g_print ("   step       loss  ");
  for (power = LOWEST; power <= HIGHEST; power++)
    g_print ("1e%-*d", DECADE - 2, power);
  g_print ("\n");
}

static void
print_loss (const GstStructure * training)
{
  const gchar *state = gst_structure_get_string (training, "state");
  guint64 step;
  gdouble loss, place;

  if (!gst_structure_get (training, "step", G_TYPE_UINT64, &step,
          "total-loss", G_TYPE_DOUBLE, &loss, NULL))
    return;
  place = DECADE * (log10 (MAX (loss, G_MINDOUBLE)) - LOWEST);
  place = CLAMP (place, 0, DECADE * (HIGHEST - LOWEST));
  g_print ("%7" G_GUINT64_FORMAT " %10.3g  %*s*%s%s\n", step, loss,
      (gint) place, "", g_str_equal (state, "training") ? "" : "  ",
      g_str_equal (state, "training") ? "" : state);
}

/* Returns: FALSE at the end of the stream or after an error. */
static gboolean
handle_message (GstMessage * message, gboolean * failed)
{
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      if (gst_message_has_name (message, "bffttrain"))
        print_loss (gst_message_get_structure (message));
      return TRUE;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &error, NULL);
      g_printerr ("%s\n", error->message);
      return TRUE;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      g_printerr ("%s\n", error->message);
      *failed = TRUE;
      return FALSE;
    default:
      return FALSE;
  }
}

/* Returns: TRUE after an error. */
static gboolean
play (GstElement * pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  gboolean playing = TRUE, failed = FALSE;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (playing) {
    GstMessage *message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
        GST_MESSAGE_ELEMENT | GST_MESSAGE_WARNING | GST_MESSAGE_ERROR
        | GST_MESSAGE_EOS);

    playing = handle_message (message, &failed);
    gst_message_unref (message);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  return failed;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *description = NULL;
  GstElement *pipeline;
  gboolean failed;

  gst_init (&argc, &argv);
  if (argc != 3) {
    g_printerr ("usage: %s SOUND WEIGHTS\n", argv[0]);
    return 2;
  }
  description = g_strdup_printf ("filesrc location=\"%s\" ! decodebin"
      " ! audioconvert ! bffttrain mode=sync variant=domain init=perturbed"
      " interval=20 location=\"%s\" ! fakesink", argv[1], argv[2]);
  pipeline = gst_parse_launch (description, &error);
  if (error) {
    g_printerr ("%s\n", error->message);
    g_clear_pointer (&pipeline, gst_object_unref);
    return 1;
  }
  print_scale ();
  failed = play (pipeline);
  gst_object_unref (pipeline);
  return failed;
}
