/* bfft: a buffer's samples, in any layout.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/audio/audio.h>

G_BEGIN_DECLS

/**
 * GstBfftAudio:
 * @planes: a plane per channel, or one if interleaved; %NULL for silence
 * @n: samples per channel
 */
typedef struct
{
  gpointer *planes;
  gsize n;

  /*< private > */
  GstBuffer *buffer;
  gpointer interleaved;
  GstMapInfo map;
  GstAudioBuffer planar;
} GstBfftAudio;

/* FALSE if @buffer ends within a sample, with an error of @element. */
gboolean gst_bfft_audio_is_whole (const GstAudioInfo * info,
    GstBuffer * buffer, GstElement * element);

/* Maps @buffer, which must stay alive until it is closed, and leaves its
 * memories as they are. GAP buffers are silence. Returns FALSE if the buffer is
 * not what @info says, with an error of @element. */
gboolean gst_bfft_audio_open (GstBfftAudio * audio, const GstAudioInfo * info,
    GstBuffer * buffer, GstElement * element);
void gst_bfft_audio_close (GstBfftAudio * audio);

G_END_DECLS
