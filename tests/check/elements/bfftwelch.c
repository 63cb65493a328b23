/* bfft: bfftwelch as an element: properties, times, breaks in the stream, bad
 * input.
 *
 * Its numbers are checked by test-bfftwelch.py.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gst/audio/audio.h>
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <math.h>

#define RATE 16000
#define CAPS(format, rate, channels) "audio/x-raw, format=(string)" \
    GST_AUDIO_NE (format) ", rate=(int)" rate ", channels=(int)" channels \
    ", channel-mask=(bitmask)0, layout=(string)interleaved"

/* Results of 4 segments of 256: 640 samples, 40 ms. */
#define SETTINGS "n-fft=256 segments=4 "
#define SPAN 640

static GstHarness *
start (const gchar * properties, const gchar * caps)
{
  gchar *launch = g_strdup_printf ("bfftwelch name=welch post-messages=false "
      SETTINGS "%s ! capsfilter caps=other/tensors", properties);
  GstHarness *h = gst_harness_new_parse (launch);

  gst_harness_set_src_caps_str (h, caps);
  g_free (launch);
  return h;
}

/* @n samples of a tone in @channels from @position on, at @time. */
static GstBuffer *
make_tone (guint64 position, guint n, guint channels, GstClockTime time)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, n * channels *
      sizeof (gfloat), NULL);
  GstMapInfo map;
  guint i;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (i = 0; i < n * channels; i++)
    ((gfloat *) map.data)[i] = 0.5 * sin (0.3 * (position + i / channels));
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = time;
  GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale (n, GST_SECOND, RATE);
  return buffer;
}

static void
push (GstHarness * h, GstBuffer * buffer)
{
  fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
}

/* The next result: its value @at, its times. */
static gfloat
pull (GstHarness * h, guint size, guint at, guint64 from, guint64 span)
{
  GstBuffer *buffer = gst_harness_pull (h);
  GstClockTime time = gst_util_uint64_scale (from, GST_SECOND, RATE);
  gfloat value;

  fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), time);
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (buffer),
      gst_util_uint64_scale (from + span, GST_SECOND, RATE) - time);
  fail_unless_equals_int (gst_buffer_get_size (buffer), size * sizeof (gfloat));
  gst_buffer_extract (buffer, at * sizeof (gfloat), &value, sizeof (value));
  gst_buffer_unref (buffer);
  return value;
}

#define MONO CAPS (F32, "16000", "1")
#define STEREO CAPS (F32, "16000", "2")

GST_START_TEST (test_properties)
{
  GstElement *welch = gst_element_factory_make ("bfftwelch", NULL);
  guint fraction, reference;
  gdouble offset;

  g_object_set (welch, "octave-fraction", 3, "reference-channel", 2,
      "level-offset", 94.0, NULL);
  gst_util_set_object_arg (G_OBJECT (welch), "weighting", "a");
  gst_util_set_object_arg (G_OBJECT (welch), "cross", "transfer");
  g_object_get (welch, "octave-fraction", &fraction, "reference-channel",
      &reference, "level-offset", &offset, NULL);
  fail_unless (fraction == 3 && reference == 2 && offset == 94);
  gst_object_unref (welch);
}

GST_END_TEST;

/* Each kind of result has its size and the times of its samples. */
GST_START_TEST (test_times)
{
  static const struct
  {
    const gchar *properties;
    const gchar *caps;
    guint channels, size, hop;
  } cases[] = {
    {"", MONO, 1, 129, SPAN},
    {"hop=100", MONO, 1, 129, 100},
    {"hop=1000", MONO, 1, 129, 1000},
    {"", STEREO, 2, 129, SPAN},
    {"multi-channel=true", STEREO, 2, 2 * 129, SPAN},
    /* 500, 1000, 2000, 4000 Hz; bins of 62.5 Hz */
    {"octave-fraction=1", MONO, 1, 6, SPAN},
    {"octave-fraction=1 multi-channel=true", STEREO, 2, 2 * 6, SPAN},
    {"cross=csd", STEREO, 2, 2 * 129, SPAN},
    {"cross=transfer hop=100", STEREO, 2, 2 * 129, 100},
    {"cross=coherence reference-channel=1", STEREO, 2, 129, SPAN},
  };
  guint i, at, n;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstHarness *h = start (cases[i].properties, cases[i].caps);

    for (at = 0; at < 4000; at += 80)
      push (h, make_tone (at, 80, cases[i].channels, at * GST_SECOND / RATE));
    n = gst_harness_buffers_in_queue (h);
    fail_unless_equals_int (n, 1 + (4000 - SPAN) / cases[i].hop);
    for (at = 0; at < n; at++)
      pull (h, cases[i].size, 0, at * cases[i].hop, SPAN);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

GST_START_TEST (test_latency)
{
  GstHarness *h = start ("", MONO);

  push (h, make_tone (0, 400, 1, 0));
  fail_unless_equals_uint64 (gst_harness_query_latency (h), 40 * GST_MSECOND);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Less than a result gives one of the segments that fit; more gives whole ones
 * only; less than a segment gives none. */
GST_START_TEST (test_end)
{
  static const guint lengths[][3] = { {0, 0, 0}, {255, 0, 0}, {256, 1, 256},
  {383, 1, 256}, {600, 1, 512}, {640, 1, 640}, {1279, 1, 640}, {1280, 2, 640}
  };
  static const gchar *const properties[] =
      { "", "cross=csd", "average=median", "hop=128 multi-channel=true" };
  guint i, p, n;

  for (i = 0; i < G_N_ELEMENTS (lengths); i++) {
    for (p = 0; p < G_N_ELEMENTS (properties); p++) {
      GstHarness *h = start (properties[p], STEREO);

      if (lengths[i][0])
        push (h, make_tone (0, lengths[i][0], 2, 0));
      fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
      n = gst_harness_buffers_in_queue (h);
      if (p < 3)
        fail_unless_equals_int (n, lengths[i][1]);
      if (n)
        fail_unless (pull (h, p == 1 || p == 3 ? 258 : 129, 24, 0,
                lengths[i][2]) > 0);
      gst_harness_teardown (h);
    }
  }
}

GST_END_TEST;

/* A stream that had no result says so at its end, once, however its pieces
 * ended. */
GST_START_TEST (test_end_empty)
{
  guint way, round;

  for (way = 0; way < 4; way++) {
    GstHarness *h = start ("", MONO);
    GstElement *welch = gst_bin_get_by_name (GST_BIN (h->element), "welch");
    GstBus *bus = gst_bus_new ();
    GstMessage *message;
    GstSegment segment;

    gst_element_set_bus (welch, bus);
    gst_segment_init (&segment, GST_FORMAT_TIME);
    for (round = 0; round < 2; round++) {
      GstBuffer *buffer = make_tone (0, 100, 1, 0);

      if (way == 1)
        gst_harness_push_event (h, gst_event_new_segment (&segment));
      else if (way == 2)
        GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
      push (h, buffer);
    }
    if (way == 1)
      gst_harness_push_event (h, gst_event_new_segment (&segment));
    else if (way == 3)
      push (h, make_tone (0, 100, 1, 0));
    gst_harness_push_event (h, gst_event_new_eos ());
    /* way 3: 300 samples have a segment */
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
    fail_unless ((message != NULL) == (way < 3), "way %u", way);
    gst_clear_message (&message);
    fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING) == NULL);
    gst_element_set_bus (welch, NULL);
    gst_object_unref (bus);
    gst_object_unref (welch);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* Silence is a density of 0 and a level of -inf. */
GST_START_TEST (test_gap)
{
  static const gchar *const properties[] = { "", "octave-fraction=1" };
  guint p;

  for (p = 0; p < 2; p++) {
    GstHarness *h = start (properties[p], MONO);
    GstBuffer *buffer = make_tone (SPAN, SPAN, 1, 40 * GST_MSECOND);

    push (h, make_tone (0, SPAN, 1, 0));
    fail_unless (isfinite (pull (h, p ? 6 : 129, 3, 0, SPAN)));
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);
    push (h, buffer);
    fail_unless (pull (h, p ? 6 : 129, 3, SPAN, SPAN) == (p ? -INFINITY : 0));
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* After a break, results see nothing from before it. */
GST_START_TEST (test_breaks)
{
  guint kind;

  for (kind = 0; kind < 3; kind++) {
    GstHarness *h = start ("cross=csd hop=128", STEREO);
    GstBuffer *buffer = make_tone (0, SPAN, 2, 5 * GST_SECOND);
    gfloat first;

    push (h, make_tone (0, SPAN, 2, 0));
    first = pull (h, 258, 24, 0, SPAN);
    push (h, make_tone (7, 100, 2, 40 * GST_MSECOND));
    if (kind == 0) {
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
    } else if (kind == 1) {
      GstSegment segment;

      gst_segment_init (&segment, GST_FORMAT_TIME);
      gst_harness_push_event (h, gst_event_new_flush_start ());
      gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
      gst_harness_push_event (h, gst_event_new_segment (&segment));
    } else {
      gst_harness_set_src_caps_str (h, CAPS (S16, "16000", "2"));
      gst_harness_set_src_caps_str (h, STEREO);
    }
    push (h, buffer);
    fail_unless_equals_int (gst_harness_buffers_in_queue (h), 1);
    fail_unless (pull (h, 258, 24, 5 * RATE, SPAN) == first);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* Settings change between results; what is impossible is warned of and not
 * done. */
GST_START_TEST (test_changes)
{
  GstHarness *h = start ("", STEREO);
  GstElement *welch = gst_bin_get_by_name (GST_BIN (h->element), "welch");
  GstBus *bus = gst_bus_new ();
  GstMessage *message;

  gst_element_set_bus (welch, bus);
  push (h, make_tone (0, SPAN, 2, 0));
  pull (h, 129, 24, 0, SPAN);
  gst_util_set_object_arg (G_OBJECT (welch), "octave-fraction", "1");
  push (h, make_tone (SPAN, SPAN, 2, 40 * GST_MSECOND));
  pull (h, 6, 3, SPAN, SPAN);
  gst_util_set_object_arg (G_OBJECT (welch), "cross", "coherence");
  push (h, make_tone (2 * SPAN, SPAN, 2, 80 * GST_MSECOND));
  fail_unless (fabs (pull (h, 129, 12, 2 * SPAN, SPAN) - 1) < 1e-5);
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING) == NULL);
  gst_util_set_object_arg (G_OBJECT (welch), "average", "median");
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  fail_unless (message != NULL);
  gst_message_unref (message);
  push (h, make_tone (3 * SPAN, SPAN, 2, 120 * GST_MSECOND));
  pull (h, 129, 12, 3 * SPAN, SPAN);
  gst_element_set_bus (welch, NULL);
  gst_object_unref (bus);
  gst_object_unref (welch);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A bad sample is in the results that cover it and in no others. */
GST_START_TEST (test_bad_samples)
{
  static const gchar *const properties[] =
      { "hop=128", "hop=128 average=median", "cross=csd hop=128",
    "hop=128 octave-fraction=1"
  };
  static const gfloat bad[] = { NAN, INFINITY, -INFINITY };
  guint p, b, t;

  for (p = 0; p < G_N_ELEMENTS (properties); p++) {
    for (b = 0; b < G_N_ELEMENTS (bad); b++) {
      GstHarness *h = start (properties[p], STEREO);
      GstBuffer *buffer = make_tone (0, 4000, 2, 0);

      gst_buffer_fill (buffer, 2 * 1500 * sizeof (gfloat), &bad[b], 4);
      push (h, buffer);
      fail_unless_equals_int (gst_harness_buffers_in_queue (h), 27);
      for (t = 0; t < 27; t++)
        fail_unless_equals_int (!isfinite (pull (h, p == 2 ? 258 : p == 3 ? 6 :
                    129, 4, t * 128, SPAN)), t * 128 <= 1500
            && 1500 < t * 128 + SPAN);
      gst_harness_teardown (h);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_extremes)
{
  GstHarness *h = start ("cross=transfer reference-channel=63",
      CAPS (S16, "768000", "64"));
  gsize size = 64 * 2 * SPAN, i;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (i = 0; i < size / 2; i++)
    ((gint16 *) map.data)[i] = 10000 * sin (0.3 * (i / 64)) + 1;
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = 0;
  push (h, buffer);
  buffer = gst_harness_pull (h);
  fail_unless_equals_int (gst_buffer_get_size (buffer), 63 * 2 * 129 * 4);
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  for (i = 0; i < 63; i++)
    fail_unless (fabs (((gfloat *) map.data)[(i * 129 + 12) * 2] - 1) < 1e-5);
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
bfftwelch_suite (void)
{
  Suite *suite = suite_create ("bfftwelch");
  TCase *cases = tcase_create ("element");

  suite_add_tcase (suite, cases);
  tcase_add_test (cases, test_properties);
  tcase_add_test (cases, test_times);
  tcase_add_test (cases, test_latency);
  tcase_add_test (cases, test_end);
  tcase_add_test (cases, test_end_empty);
  tcase_add_test (cases, test_gap);
  tcase_add_test (cases, test_breaks);
  tcase_add_test (cases, test_changes);
  tcase_add_test (cases, test_bad_samples);
  tcase_add_test (cases, test_extremes);
  return suite;
}

GST_CHECK_MAIN (bfftwelch);
