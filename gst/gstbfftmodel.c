/* bfft: where an analyser's network comes from.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftmodel.h"

#include <glib/gstdio.h>

#include "bfft-curve.h"
#include "bfft-weights.h"

static void
forget (GstBfftModel * self)
{
  g_clear_pointer (&self->located, bfft_network_unref);
  g_clear_pointer (&self->followed, bfft_network_unref);
}

void
gst_bfft_model_clear (GstBfftModel * self)
{
  forget (self);
  g_clear_pointer (&self->location, g_free);
}

/* Of another file, or the same with something else in it. */
static gboolean
take_location (GstBfftModel * self, const gchar * location)
{
  gboolean same = g_strcmp0 (location, self->location) == 0;
  GStatBuf now = { 0 };

  if (location && g_stat (location, &now) != 0)
    now.st_ino = 0;
  same = same && (location == NULL || (now.st_ino == self->seen.st_ino
          && now.st_size == self->seen.st_size
          && now.st_mtim.tv_sec == self->seen.st_mtim.tv_sec
          && now.st_mtim.tv_nsec == self->seen.st_mtim.tv_nsec));
  self->seen = now;
  if (g_strcmp0 (location, self->location) != 0) {
    g_free (self->location);
    self->location = g_strdup (location);
  }
  return !same;
}

gboolean
gst_bfft_model_load (GstBfftModel * self, const gchar * location,
    GError ** error)
{
  BfftNetwork *network = NULL;

  if (!self->stale && g_strcmp0 (location, self->location) == 0)
    return TRUE;
  self->stale = FALSE;
  if (!take_location (self, location) && !self->failed)
    return TRUE;
  if (self->location)
    network = bfft_weights_load (self->location, error);
  self->failed = self->location && network == NULL;
  if (self->failed)
    return FALSE;
  forget (self);
  self->located = network;
  return TRUE;
}

void
gst_bfft_model_restart (GstBfftModel * self)
{
  g_clear_pointer (&self->followed, bfft_network_unref);
  self->stale |= self->failed;
}

guint
gst_bfft_model_length (const BfftNetwork * network)
{
  if (network == NULL
      || (network->sample_rate > 0 && bfft_network_is_curve (network)))
    return 0;
  return network->n_fft;
}

gboolean
gst_bfft_model_fits (const BfftNetwork * network, guint n_fft)
{
  guint length = gst_bfft_model_length (network);

  return length == 0 || length == n_fft;
}

gchar *
gst_bfft_model_describe_rate (const BfftNetwork * network, guint rate)
{
  if (network->sample_rate == 0 || network->sample_rate == rate
      || bfft_network_is_curve (network))
    return NULL;
  return g_strdup_printf ("The model was trained at %u Hz and runs at %u Hz as "
      "it is: its bins are other frequencies here; put audioresample and "
      "audio/x-raw,rate=%u in front", network->sample_rate, rate,
      network->sample_rate);
}

BfftNetwork *
gst_bfft_model_pick (const GstBfftModel * self, guint n_fft, gboolean follow,
    GError ** error)
{
  if (follow && self->followed && gst_bfft_model_fits (self->followed, n_fft))
    return bfft_network_ref (self->followed);
  if (self->located == NULL)
    return NULL;
  if (!gst_bfft_model_fits (self->located, n_fft)) {
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "The model in %s is for n-fft %u, but n-fft is %u here; set n-fft to "
        "%u or choose another model-location", self->location,
        self->located->n_fft, n_fft, self->located->n_fft);
    return NULL;
  }
  return bfft_network_ref (self->located);
}

BfftNetwork *
gst_bfft_model_from_event (GstEvent * event, GError ** error)
{
  const GstStructure *structure = gst_event_get_structure (event);
  BfftNetwork *network;
  GBytes *bytes = NULL;

  if (!gst_event_has_name (event, GST_BFFT_MODEL_EVENT))
    return NULL;
  if (!gst_structure_get (structure, "model", G_TYPE_BYTES, &bytes, NULL)) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
        "The event " GST_BFFT_MODEL_EVENT " has no field model with bytes");
    return NULL;
  }
  network = bfft_weights_load_bytes (bytes, GST_BFFT_MODEL_EVENT, error);
  g_bytes_unref (bytes);
  return network;
}
