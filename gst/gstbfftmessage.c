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

/* Numbers own nothing, so that a GValue of one may be copied as it is, and its
 * data written: most of a message's time is spent on its GValues. */
static inline GValue
make_value (GType type, gfloat number)
{
  GValue value = {.g_type = type };

  if (type == G_TYPE_FLOAT)
    value.data[0].v_float = number;
  else
    value.data[0].v_double = number;
  return value;
}

static void
init_array (GValue * array, const gfloat * values, guint n, GType type)
{
  guint i;

  gst_value_array_init (array, n);
  for (i = 0; i < n; i++) {
    GValue value = make_value (type, values[i]);

    gst_value_array_append_and_take_value (array, &value);
  }
}

static void
init_list (GValue * list, const gfloat * values, guint n, GType type)
{
  guint i;

  gst_value_list_init (list, n);
  for (i = 0; i < n; i++) {
    GValue value = make_value (type, values[i]);

    gst_value_list_append_and_take_value (list, &value);
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
    init_list (&all, values, n, type);
  } else {
    gst_value_array_init (&all, channels);
    for (c = 0; c < channels; c++) {
      init_array (&channel, values + (gsize) c * n, n, type);
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
gst_bfft_meta_register (void)
{
  static const gchar *tags[] = { NULL };

  if (gst_meta_get_info (GST_BFFT_META) == NULL)
    gst_meta_register_custom (GST_BFFT_META, tags, NULL, NULL, NULL);
}

void
gst_bfft_meta_add (GstBuffer * buffer, const GstStructure * structure)
{
  GstCustomMeta *meta = gst_buffer_add_custom_meta (buffer, GST_BFFT_META);
  GstStructure *copy = gst_custom_meta_get_structure (meta);
  gint i, n = gst_structure_n_fields (structure);

  for (i = 0; i < n; i++) {
    const gchar *field = gst_structure_nth_field_name (structure, i);

    gst_structure_set_value (copy, field,
        gst_structure_get_value (structure, field));
  }
}
