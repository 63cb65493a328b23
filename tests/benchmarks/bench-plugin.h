/* bfft: the plugin of the build that a benchmark belongs to.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>
#include <stdlib.h>

/* After gst_init(). Another one in the system or in GST_PLUGIN_PATH does not
 * count; without it there is nothing to measure. */
static inline void
load_plugin (void)
{
  GError *error = NULL;

  if (gst_plugin_load_file (BFFT_PLUGIN_FILE, &error))
    return;
  g_printerr ("%s\n", error->message);
  exit (EXIT_FAILURE);
}
