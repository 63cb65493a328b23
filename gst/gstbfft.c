/* bfft: the plugin.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <gst/gst.h>

#include "gstbfftfilter.h"
#include "gstbfftmel.h"
#include "gstbfftoutput.h"
#include "gstbfftscope.h"
#include "gstbfftspectrum.h"
#include "gstbffttrain.h"
#include "gstbfftwelch.h"

static gboolean
plugin_init (GstPlugin * plugin)
{
  gboolean done = FALSE;

  gst_bfft_meta_register ();
  done |= GST_ELEMENT_REGISTER (bfftfilter, plugin);
  done |= GST_ELEMENT_REGISTER (bfftmel, plugin);
  done |= GST_ELEMENT_REGISTER (bfftscope, plugin);
  done |= GST_ELEMENT_REGISTER (bfftspectrum, plugin);
  done |= GST_ELEMENT_REGISTER (bffttrain, plugin);
  done |= GST_ELEMENT_REGISTER (bfftwelch, plugin);
  return done;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, bfft,
    "Spectra, features of speech models, Welch densities, equalisers that fit themselves",
    plugin_init, VERSION, GST_LICENSE, GST_PACKAGE_NAME, GST_PACKAGE_ORIGIN)
