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
#include "example.h"
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
print_loss (const GstStructure * training, gpointer data)
{
  const gchar *state = gst_structure_get_string (training, "state");
  guint64 step;
  gdouble loss, place;

  (void) data;
  if (!gst_structure_has_name (training, "bffttrain")
      || !gst_structure_get (training, "step", G_TYPE_UINT64, &step,
          "total-loss", G_TYPE_DOUBLE, &loss, NULL))
    return;
  place = DECADE * (log10 (MAX (loss, G_MINDOUBLE)) - LOWEST);
  place = CLAMP (place, 0, DECADE * (HIGHEST - LOWEST));
  g_print ("%7" G_GUINT64_FORMAT " %10.3g  %*s*%s%s\n", step, loss,
      (gint) place, "", g_str_equal (state, "training") ? "" : "  ",
      g_str_equal (state, "training") ? "" : state);
}

int
main (int argc, char **argv)
{
  g_autoptr (GstElement) train = NULL;
  GstElement *pipeline;

  example_init (&argc, &argv, "print-loss SOUND WEIGHTS\n\n"
      "Fits a network to SOUND, draws its loss, and leaves it in WEIGHTS.");
  pipeline = example_listen (argv[1], "audioconvert ! bffttrain name=train"
      " mode=sync variant=domain init=perturbed interval=20 ! fakesink");
  train = gst_bin_get_by_name (GST_BIN (pipeline), "train");
  g_object_set (train, "location", argv[2], NULL);
  print_scale ();
  return example_play (pipeline, print_loss, NULL);
}
