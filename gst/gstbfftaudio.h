/* bfft: a buffer's samples, in any layout.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/audio/audio.h>

G_BEGIN_DECLS

/* What all elements take. */
#define GST_BFFT_AUDIO_CAPS GST_AUDIO_CAPS_MAKE ("{ " GST_AUDIO_NE (S16) \
    ", " GST_AUDIO_NE (S24) ", " GST_AUDIO_NE (S32) ", " GST_AUDIO_NE (F32) \
    ", " GST_AUDIO_NE (F64) " }") \
    ", layout=(string){ interleaved, non-interleaved }"

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

/* Maps @buffer, which must stay alive until it is closed, and leaves its
 * memories as they are. GAP buffers are silence. Returns FALSE if the buffer is
 * not what @info says, with an error of @element. */
gboolean gst_bfft_audio_open (GstBfftAudio * self, const GstAudioInfo * info,
    GstBuffer * buffer, GstElement * element);

/* The same of a writable @buffer, to be written to; a GAP becomes zeros. */
gboolean gst_bfft_audio_open_writable (GstBfftAudio * self,
    const GstAudioInfo * info, GstBuffer * buffer, GstElement * element);

void gst_bfft_audio_close (GstBfftAudio * self);

/* Whether @event brings other caps than @info. */
gboolean gst_bfft_audio_event_changes (const GstAudioInfo * info,
    GstEvent * event);

/* Sets @latency, a member that the object lock protects, and says so on the bus
 * if that changes it. */
void gst_bfft_set_latency (gpointer element, GstClockTime * latency,
    GstClockTime value);

/* For the query of an element: if it is about latency, adds @latency, which is
 * under the element's GST_OBJECT_LOCK(). Always TRUE. */
gboolean gst_bfft_add_latency (gpointer element, GstPadDirection direction,
    GstQuery * query, const GstClockTime * latency);

G_END_DECLS
