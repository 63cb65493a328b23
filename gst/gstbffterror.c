/* bfft: errors in GStreamer's words, and files that are checked beforehand.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbffterror.h"

#include "bfft-file.h"
#include "bfft-sidecar.h"
#include "bfft-weights.h"

static gboolean
is_gstreamers (GQuark domain)
{
  return domain == GST_CORE_ERROR || domain == GST_LIBRARY_ERROR
      || domain == GST_RESOURCE_ERROR || domain == GST_STREAM_ERROR;
}

GstDebugCategory *
gst_bfft_category (gpointer element)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  GstDebugCategory *category = NULL;

  if (factory)
    GST_DEBUG_CATEGORY_GET (category, GST_OBJECT_NAME (factory));
  return category ? category : GST_CAT_DEFAULT;
}

void
gst_bfft_post (gpointer element, GstMessageType type, GError * error)
{
  GQuark domain = GST_LIBRARY_ERROR;
  gint code = GST_LIBRARY_ERROR_SETTINGS;

  if (is_gstreamers (error->domain)) {
    domain = error->domain;
    code = error->code;
  } else if (error->domain == BFFT_SIDECAR_ERROR
      || g_error_matches (error, BFFT_WEIGHTS_ERROR,
          BFFT_WEIGHTS_ERROR_WRITE)) {
    domain = GST_RESOURCE_ERROR;
    code = GST_RESOURCE_ERROR_WRITE;
  } else if (error->domain == BFFT_WEIGHTS_ERROR) {
    domain = GST_RESOURCE_ERROR;
    code = GST_RESOURCE_ERROR_READ;
  }
  GST_CAT_WARNING_OBJECT (gst_bfft_category (element), element, "%s",
      error->message);
  gst_element_message_full (GST_ELEMENT (element), type, domain, code,
      g_strdup (error->message), NULL, __FILE__, GST_FUNCTION, __LINE__);
  g_error_free (error);
}

gboolean
gst_bfft_check_writable (const gchar * property, const gchar * location,
    GError ** error)
{
  g_autoptr (GError) fault = NULL;

  if (location == NULL || bfft_file_can_replace (location, &fault))
    return TRUE;
  g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_WRITE,
      "Cannot write %s: %s; choose another %s", location, fault->message,
      property);
  return FALSE;
}

gboolean
gst_bfft_check_readable (const gchar * property, const gchar * location,
    GError ** error)
{
  g_autoptr (GError) fault = NULL;

  if (location == NULL || bfft_file_can_load (location, &fault))
    return TRUE;
  g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ,
      "Cannot read %s: %s; choose another %s", location, fault->message,
      property);
  return FALSE;
}

/* Numbers in the frames of all channels: 256 MiB of floats, of which an element
 * has several. What is converted at a time is as long as a short frame. */
#define MAX_NUMBERS (1u << 26)
#define MIN_LENGTH 1024

gboolean
gst_bfft_check_channels (guint channels, guint n_fft, GError ** error)
{
  guint most = MAX_NUMBERS / MAX (n_fft, MIN_LENGTH);

  if (channels <= most)
    return TRUE;
  g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "%u channels would take too much memory; with n-fft %u there can be %u "
      "channels at most", channels, n_fft, most);
  return FALSE;
}
