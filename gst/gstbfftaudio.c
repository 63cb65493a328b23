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
open_planar (GstBfftAudio * audio, const GstAudioInfo * info)
{
  GstAudioMeta *meta = gst_buffer_get_audio_meta (audio->buffer);

  /* Silence needs no planes. */
  if (GST_BUFFER_FLAG_IS_SET (audio->buffer, GST_BUFFER_FLAG_GAP)) {
    audio->n = meta ? meta->samples :
        gst_buffer_get_size (audio->buffer) / info->bpf;
    return TRUE;
  }
  if (meta == NULL || !gst_audio_info_is_equal (&meta->info, info) ||
      meta->samples > gst_buffer_get_size (audio->buffer) / info->bpf)
    return FALSE;
  audio->n = meta->samples;
  if (!gst_audio_buffer_map (&audio->planar, info, audio->buffer, GST_MAP_READ))
    return FALSE;
  audio->planes = audio->planar.planes;
  return TRUE;
}

static gboolean
open_interleaved (GstBfftAudio * audio, const GstAudioInfo * info)
{
  audio->n = gst_buffer_get_size (audio->buffer) / info->bpf;
  if (GST_BUFFER_FLAG_IS_SET (audio->buffer, GST_BUFFER_FLAG_GAP))
    return TRUE;
  if (!gst_buffer_map (audio->buffer, &audio->map, GST_MAP_READ))
    return FALSE;
  audio->interleaved = audio->map.data;
  audio->planes = &audio->interleaved;
  return TRUE;
}

gboolean
gst_bfft_audio_is_whole (const GstAudioInfo * info, GstBuffer * buffer,
    GstElement * element)
{
  gsize size = gst_buffer_get_size (buffer);

  if (size % info->bpf == 0)
    return TRUE;
  GST_ELEMENT_ERROR (element, STREAM, FORMAT,
      ("A buffer of %" G_GSIZE_FORMAT " bytes ends within a sample: samples "
          "of all channels take %d bytes; put a parser in front, such as "
          "rawaudioparse", size, info->bpf), (NULL));
  return FALSE;
}

gboolean
gst_bfft_audio_open (GstBfftAudio * audio, const GstAudioInfo * info,
    GstBuffer * buffer, GstElement * element)
{
  gboolean ok;

  if (!gst_bfft_audio_is_whole (info, buffer, element))
    return FALSE;
  audio->planes = NULL;
  audio->buffer = buffer;
  /* Mapping joins a writable buffer's memories for good; with this reference
   * nobody can write to it. */
  gst_buffer_ref (buffer);
  if (GST_AUDIO_INFO_LAYOUT (info) == GST_AUDIO_LAYOUT_INTERLEAVED)
    ok = open_interleaved (audio, info);
  else
    ok = open_planar (audio, info);
  gst_buffer_unref (buffer);
  if (!ok)
    GST_ELEMENT_ERROR (element, STREAM, FORMAT,
        ("A buffer's memory or GstAudioMeta does not fit its caps"), (NULL));
  return ok;
}

void
gst_bfft_audio_close (GstBfftAudio * audio)
{
  if (audio->planes == &audio->interleaved)
    gst_buffer_unmap (audio->buffer, &audio->map);
  else if (audio->planes)
    gst_audio_buffer_unmap (&audio->planar);
}
