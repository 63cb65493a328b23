/* bfft: a buffer's samples, in any layout.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftaudio.h"

#include "gstbffterror.h"

#undef GST_CAT_DEFAULT
#define GST_CAT_DEFAULT (gst_bfft_category (element))

static gboolean
is_gap (GstBuffer * buffer)
{
  return GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP);
}

static gboolean
open_planar (GstBfftAudio * self, const GstAudioInfo * info, GstMapFlags flags)
{
  GstAudioMeta *meta = gst_buffer_get_audio_meta (self->buffer);

  /* Silence needs no planes. */
  if (is_gap (self->buffer)) {
    self->n = meta ? meta->samples :
        gst_buffer_get_size (self->buffer) / info->bpf;
    return TRUE;
  }
  if (meta == NULL || !gst_audio_info_is_equal (&meta->info, info) ||
      meta->samples > gst_buffer_get_size (self->buffer) / info->bpf)
    return FALSE;
  self->n = meta->samples;
  if (!gst_audio_buffer_map (&self->planar, info, self->buffer, flags))
    return FALSE;
  self->planes = self->planar.planes;
  return TRUE;
}

static gboolean
open_interleaved (GstBfftAudio * self, const GstAudioInfo * info,
    GstMapFlags flags)
{
  self->n = gst_buffer_get_size (self->buffer) / info->bpf;
  if (is_gap (self->buffer))
    return TRUE;
  if (!gst_buffer_map (self->buffer, &self->map, flags))
    return FALSE;
  self->interleaved = self->map.data;
  self->planes = &self->interleaved;
  return TRUE;
}

static gboolean
open_buffer (GstBfftAudio * self, const GstAudioInfo * info,
    GstBuffer * buffer, GstMapFlags flags, GstElement * element)
{
  gsize size = gst_buffer_get_size (buffer);
  gboolean ok;

  if (size % info->bpf != 0) {
    GST_ELEMENT_ERROR (element, STREAM, FORMAT,
        ("A buffer of %" G_GSIZE_FORMAT " bytes ends within a sample: samples "
            "of all channels take %d bytes; put a parser in front, such as "
            "rawaudioparse", size, info->bpf), (NULL));
    return FALSE;
  }
  self->planes = NULL;
  self->buffer = buffer;
  if (GST_AUDIO_INFO_LAYOUT (info) == GST_AUDIO_LAYOUT_INTERLEAVED)
    ok = open_interleaved (self, info, flags);
  else
    ok = open_planar (self, info, flags);
  if (!ok)
    GST_ELEMENT_ERROR (element, STREAM, FORMAT,
        ("A buffer's memory or GstAudioMeta does not fit its caps"), (NULL));
  return ok;
}

gboolean
gst_bfft_audio_open (GstBfftAudio * self, const GstAudioInfo * info,
    GstBuffer * buffer, GstElement * element)
{
  gboolean ok;

  /* Mapping joins a writable buffer's memories for good; with this reference
   * nobody can write to it. */
  gst_buffer_ref (buffer);
  ok = open_buffer (self, info, buffer, GST_MAP_READ, element);
  gst_buffer_unref (buffer);
  return ok;
}

gboolean
gst_bfft_audio_open_writable (GstBfftAudio * self, const GstAudioInfo * info,
    GstBuffer * buffer, GstElement * element)
{
  gsize size = gst_buffer_get_size (buffer);

  if (is_gap (buffer)) {
    gst_buffer_memset (buffer, 0, 0, size);
    if (GST_AUDIO_INFO_LAYOUT (info) == GST_AUDIO_LAYOUT_NON_INTERLEAVED
        && gst_buffer_get_audio_meta (buffer) == NULL)
      gst_buffer_add_audio_meta (buffer, info, size / info->bpf, NULL);
    GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_GAP);
  }
  return open_buffer (self, info, buffer, GST_MAP_READWRITE, element);
}

void
gst_bfft_audio_close (GstBfftAudio * self)
{
  if (self->planes == &self->interleaved)
    gst_buffer_unmap (self->buffer, &self->map);
  else if (self->planes)
    gst_audio_buffer_unmap (&self->planar);
}

gboolean
gst_bfft_audio_event_changes (const GstAudioInfo * info, GstEvent * event)
{
  GstAudioInfo other;
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return FALSE;
  gst_event_parse_caps (event, &caps);
  return !gst_audio_info_from_caps (&other, caps)
      || !gst_audio_info_is_equal (&other, info);
}

void
gst_bfft_set_latency (gpointer element, GstClockTime * latency,
    GstClockTime value)
{
  gboolean changed;

  GST_OBJECT_LOCK (element);
  changed = *latency != value;
  *latency = value;
  GST_OBJECT_UNLOCK (element);
  if (changed)
    gst_element_post_message (element,
        gst_message_new_latency (GST_OBJECT (element)));
}

gboolean
gst_bfft_add_latency (gpointer element, GstPadDirection direction,
    GstQuery * query, const GstClockTime * latency)
{
  GstClockTime min, max, own;
  gboolean live;

  if (direction != GST_PAD_SRC || GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return TRUE;
  GST_OBJECT_LOCK (element);
  own = *latency;
  GST_OBJECT_UNLOCK (element);
  gst_query_parse_latency (query, &live, &min, &max);
  gst_query_set_latency (query, live, min + own,
      GST_CLOCK_TIME_IS_VALID (max) ? max + own : max);
  return TRUE;
}
