/* bfft: results as structures.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftmessage.h"

GstStructure *
gst_bfft_message_new (const gchar * name, const GstSegment * segment,
    GstClockTime timestamp, GstClockTime duration, guint n_fft, gint rate,
    const gchar * variant)
{
  GstClockTime stream_time = GST_CLOCK_TIME_NONE;
  GstClockTime running_time = GST_CLOCK_TIME_NONE;
  GstClockTime end_time = GST_CLOCK_TIME_NONE;

  if (segment->format == GST_FORMAT_TIME) {
    stream_time =
        gst_segment_to_stream_time (segment, GST_FORMAT_TIME, timestamp);
    running_time =
        gst_segment_to_running_time (segment, GST_FORMAT_TIME, timestamp);
  }
  if (GST_CLOCK_TIME_IS_VALID (stream_time))
    end_time = stream_time + duration;

  return gst_structure_new (name,
      "endtime", GST_TYPE_CLOCK_TIME, end_time,
      "timestamp", G_TYPE_UINT64, timestamp,
      "stream-time", G_TYPE_UINT64, stream_time,
      "running-time", G_TYPE_UINT64, running_time,
      "duration", G_TYPE_UINT64, duration,
      "n-fft", G_TYPE_UINT, n_fft,
      "rate", G_TYPE_INT, rate, "variant", G_TYPE_STRING, variant, NULL);
}

/* Numbers own nothing, so that a GValue of one may be written as it is: most of
 * a message's time is spent on them. A few at once, as GStreamer's copies wait
 * for stores that have just been made. */
#define CHUNK 32

static void
append (GValue * to, const gfloat * values, guint stride, guint n, GType type,
    void (*append_one) (GValue *, GValue *))
{
  GValue chunk[CHUNK];
  guint i, j, count;

  for (i = 0; i < n; i += count) {
    count = MIN (CHUNK, n - i);
    for (j = 0; j < count; j++) {
      chunk[j] = (GValue) {
      .g_type = type};
      if (type == G_TYPE_FLOAT)
        chunk[j].data[0].v_float = values[(i + j) * stride];
      else
        chunk[j].data[0].v_double = values[(i + j) * stride];
    }
    for (j = 0; j < count; j++)
      append_one (to, &chunk[j]);
  }
}

static void
set_numbers (GstStructure * structure, const gchar * field,
    const gfloat * values, guint n, guint channels, gboolean nested, GType type)
{
  GValue all = G_VALUE_INIT;
  GValue channel = G_VALUE_INIT;
  guint c;

  if (!nested) {
    gst_value_list_init (&all, n);
    append (&all, values, 1, n, type, gst_value_list_append_and_take_value);
  } else {
    gst_value_array_init (&all, channels);
    for (c = 0; c < channels; c++) {
      gst_value_array_init (&channel, n);
      append (&channel, values + (gsize) c * n, 1, n, type,
          gst_value_array_append_and_take_value);
      gst_value_array_append_and_take_value (&all, &channel);
    }
  }
  gst_structure_take_value (structure, field, &all);
}

void
gst_bfft_message_set_floats (GstStructure * structure, const gchar * field,
    const gfloat * values, guint n, guint channels, gboolean nested)
{
  set_numbers (structure, field, values, n, channels, nested, G_TYPE_FLOAT);
}

void
gst_bfft_message_set_doubles (GstStructure * structure, const gchar * field,
    const gfloat * values, guint n, guint channels, gboolean nested)
{
  set_numbers (structure, field, values, n, channels, nested, G_TYPE_DOUBLE);
}

void
gst_bfft_message_set_pairs (GstStructure * structure, const gchar * field,
    const gfloat * values, guint n, guint channels)
{
  GValue all = G_VALUE_INIT, pair = G_VALUE_INIT, numbers = G_VALUE_INIT;
  guint c, part;

  gst_value_array_init (&all, channels);
  for (c = 0; c < channels; c++, values += 2 * (gsize) n) {
    gst_value_array_init (&pair, 2);
    for (part = 0; part < 2; part++) {
      gst_value_array_init (&numbers, n);
      append (&numbers, values + part, 2, n, G_TYPE_DOUBLE,
          gst_value_array_append_and_take_value);
      gst_value_array_append_and_take_value (&pair, &numbers);
    }
    gst_value_array_append_and_take_value (&all, &pair);
  }
  gst_structure_take_value (structure, field, &all);
}
