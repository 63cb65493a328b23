/* bfft: what the tests of bfftspectrum share: signals, buffers, results.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/audio/audio.h>
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <math.h>

/* A harness around elements that post to @bus; audio at @rate comes out of
 * push_audio(). */
typedef struct
{
  GstHarness *h;
  GstBus *bus;
  GstAudioInfo info;
  guint64 position;
  guint32 seed;
} Rig;

static inline gdouble
noise (guint32 * seed)
{
  *seed = *seed * 1664525 + 1013904223;
  return (gint32) * seed / 2147483648.0;
}

static inline void
write_sample (const GstAudioInfo * info, guint8 * data, gdouble x)
{
  gint32 v;

  switch (GST_AUDIO_INFO_FORMAT (info)) {
    case GST_AUDIO_FORMAT_S16:
      *(gint16 *) data = x * 32767;
      break;
    case GST_AUDIO_FORMAT_S24:
      v = x * 8388607;
      GST_WRITE_UINT24_LE (data, v);
      break;
    case GST_AUDIO_FORMAT_S32:
      *(gint32 *) data = x * 2147483647;
      break;
    case GST_AUDIO_FORMAT_F32:
      *(gfloat *) data = x;
      break;
    default:
      *(gdouble *) data = x;
      break;
  }
}

/* Noise and a tone, other ones on each channel. */
static inline GstBuffer *
make_audio (Rig * rig, guint n)
{
  guint bps = GST_AUDIO_INFO_BPS (&rig->info);
  guint channels = GST_AUDIO_INFO_CHANNELS (&rig->info);
  guint rate = GST_AUDIO_INFO_RATE (&rig->info);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL,
      (gsize) n * rig->info.bpf, NULL);
  gboolean planar =
      GST_AUDIO_INFO_LAYOUT (&rig->info) == GST_AUDIO_LAYOUT_NON_INTERLEAVED;
  GstMapInfo map;
  guint i, c;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (i = 0; i < n; i++) {
    for (c = 0; c < channels; c++) {
      gdouble tone = sin (0.3 * (c + 1) * (rig->position + i));
      gsize at = planar ? (gsize) c * n + i : (gsize) i * channels + c;

      write_sample (&rig->info, map.data + at * bps,
          0.3 * tone + 0.2 * noise (&rig->seed));
    }
  }
  gst_buffer_unmap (buffer, &map);
  if (planar)
    gst_buffer_add_audio_meta (buffer, &rig->info, n, NULL);
  GST_BUFFER_PTS (buffer) =
      gst_util_uint64_scale (rig->position, GST_SECOND, rate);
  GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale (n, GST_SECOND, rate);
  rig->position += n;
  return buffer;
}

static inline void
set_audio_caps (Rig * rig, GstAudioFormat format, guint rate, guint channels,
    GstAudioLayout layout)
{
  GstAudioChannelPosition positions[64];
  guint i;

  for (i = 0; i < 64; i++)
    positions[i] = GST_AUDIO_CHANNEL_POSITION_NONE;
  gst_audio_info_set_format (&rig->info, format, rate, channels,
      channels > 2 ? positions : NULL);
  rig->info.layout = layout;
  gst_harness_set_src_caps (rig->h, gst_audio_info_to_caps (&rig->info));
}

static inline Rig
new_rig (const gchar * launch)
{
  Rig rig = {.h = gst_harness_new_parse (launch),.seed = 1 };

  rig.bus = gst_bus_new ();
  gst_element_set_bus (rig.h->element, rig.bus);
  gst_harness_play (rig.h);
  return rig;
}

static inline void
free_rig (Rig * rig)
{
  gst_element_set_bus (rig->h->element, NULL);
  gst_object_unref (rig->bus);
  gst_harness_teardown (rig->h);
}

static inline GstFlowReturn
push_audio (Rig * rig, guint n)
{
  return gst_harness_push (rig->h, make_audio (rig, n));
}

/* The results on the bus that are called @name, as GstStructures, oldest
 * first; takes everything off the bus. */
static inline GPtrArray *
take_results (Rig * rig, const gchar * name, GPtrArray * others,
    const gchar * others_name)
{
  GPtrArray *results =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);
  GstMessage *message;

  while ((message = gst_bus_pop (rig->bus))) {
    const GstStructure *s = gst_message_get_structure (message);

    fail_if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR);
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT) {
      if (gst_structure_has_name (s, name))
        g_ptr_array_add (results, gst_structure_copy (s));
      else if (others && gst_structure_has_name (s, others_name))
        g_ptr_array_add (others, gst_structure_copy (s));
    }
    gst_message_unref (message);
  }
  return results;
}

/* @field as floats, [channels][n]; frees with g_array_unref(). */
static inline GArray *
get_floats (const GstStructure * s, const gchar * field)
{
  const GValue *all = gst_structure_get_value (s, field);
  GArray *values = g_array_new (FALSE, FALSE, sizeof (gfloat));
  guint i, k;

  fail_unless (all != NULL);
  if (GST_VALUE_HOLDS_LIST (all)) {
    for (i = 0; i < gst_value_list_get_size (all); i++) {
      gfloat x = g_value_get_float (gst_value_list_get_value (all, i));

      g_array_append_val (values, x);
    }
    return values;
  }
  for (i = 0; i < gst_value_array_get_size (all); i++) {
    const GValue *channel = gst_value_array_get_value (all, i);

    for (k = 0; k < gst_value_array_get_size (channel); k++) {
      gfloat x = g_value_get_float (gst_value_array_get_value (channel, k));

      g_array_append_val (values, x);
    }
  }
  return values;
}

static inline guint64
get_time (const GstStructure * s, const gchar * field)
{
  guint64 time = 0;

  fail_unless (gst_structure_get_uint64 (s, field, &time));
  return time;
}
