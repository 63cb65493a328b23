/* bfft: bfftmel as an element: properties, breaks in the stream, bad input.
 *
 * Its numbers are checked by test-bfftmel.py.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gst/audio/audio.h>
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <math.h>

#define RATE 16000
#define CAPS "audio/x-raw, format=(string)" GST_AUDIO_NE (F32) \
    ", rate=(int)16000, channels=(int)1, layout=(string)interleaved"

static GstHarness *
start (const gchar * properties, const gchar * caps)
{
  gchar *launch = g_strdup_printf ("bfftmel name=mel post-messages=false %s "
      "! capsfilter caps=other/tensors", properties);
  GstHarness *h = gst_harness_new_parse (launch);

  gst_harness_set_src_caps_str (h, caps);
  g_free (launch);
  return h;
}

static GstElement *
get_mel (GstHarness * h)
{
  GstElement *mel = gst_bin_get_by_name (GST_BIN (h->element), "mel");

  return mel ? mel : gst_object_ref (h->element);
}

/* @n samples of a tone from @position on, at @time. */
static GstBuffer *
make_tone (guint64 position, guint n, GstClockTime time)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, n * sizeof (gfloat), NULL);
  GstMapInfo map;
  guint i;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (i = 0; i < n; i++)
    ((gfloat *) map.data)[i] = 0.5 * sin (0.3 * (position + i));
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

/* The next frame: its first band, its timestamp. */
static gfloat
pull (GstHarness * h, guint bands, GstClockTime time)
{
  GstBuffer *buffer = gst_harness_pull (h);
  gfloat value;

  fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), time);
  fail_unless_equals_int (gst_buffer_get_size (buffer),
      bands * sizeof (gfloat));
  gst_buffer_extract (buffer, 0, &value, sizeof (value));
  gst_buffer_unref (buffer);
  return value;
}

#define assert_property(object, name, type, value) G_STMT_START { \
    type found; \
    g_object_get (object, name, &found, NULL); \
    fail_unless (found == (value), "%s is %g", name, (gdouble) found); \
  } G_STMT_END

GST_START_TEST (test_preset)
{
  GstElement *mel = gst_element_factory_make ("bfftmel", NULL);

  assert_property (mel, "n-mels", guint, 80);
  assert_property (mel, "n-fft", guint, 0);

  /* what is set stays, before and after; what is not follows */
  g_object_set (mel, "n-mels", 128, NULL);
  gst_util_set_object_arg (G_OBJECT (mel), "preset", "kaldi");
  assert_property (mel, "n-mels", guint, 128);
  assert_property (mel, "pre-emphasis", gdouble, 0.97);
  assert_property (mel, "remove-dc", gboolean, TRUE);
  assert_property (mel, "window", gint, 7);
  g_object_set (mel, "remove-dc", FALSE, NULL);
  gst_util_set_object_arg (G_OBJECT (mel), "preset", "whisper");
  assert_property (mel, "n-mels", guint, 128);
  assert_property (mel, "n-fft", guint, 400);
  assert_property (mel, "window", gint, 0);
  assert_property (mel, "pre-emphasis", gdouble, 0);
  gst_util_set_object_arg (G_OBJECT (mel), "preset", "kaldi");
  assert_property (mel, "remove-dc", gboolean, FALSE);

  /* a length of 0 is the preset's again */
  gst_util_set_object_arg (G_OBJECT (mel), "preset", "whisper");
  g_object_set (mel, "n-fft", 1024, NULL);
  assert_property (mel, "n-fft", guint, 1024);
  g_object_set (mel, "n-fft", 0, NULL);
  assert_property (mel, "n-fft", guint, 400);
  gst_object_unref (mel);
}

GST_END_TEST;

GST_START_TEST (test_silence)
{
  GstHarness *h = start ("log-mode=log10", CAPS);
  GstBuffer *buffer = make_tone (0, 1600, 0);
  guint t;

  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);
  push (h, buffer);
  /* n-fft 512: 1 + (1600 - 512) / 160 */
  fail_unless_equals_int (gst_harness_buffers_in_queue (h), 7);
  for (t = 0; t < 7; t++)
    fail_unless (fabs (pull (h, 80, t * 10 * GST_MSECOND) + 10) < 1e-5);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* After a break, frames see nothing from before it. */
GST_START_TEST (test_breaks)
{
  guint kind;

  for (kind = 0; kind < 3; kind++) {
    GstHarness *h = start ("preset=kaldi", CAPS);
    GstBuffer *buffer = make_tone (900, 900, 5 * GST_SECOND);
    gfloat first;

    push (h, make_tone (0, 900, 0));
    first = pull (h, 80, 0);
    fail_unless_equals_int (gst_harness_buffers_in_queue (h), 3);
    while (gst_harness_buffers_in_queue (h))
      gst_buffer_unref (gst_harness_pull (h));
    if (kind == 0) {
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
    } else if (kind == 1) {
      GstSegment segment;

      gst_segment_init (&segment, GST_FORMAT_TIME);
      gst_harness_push_event (h, gst_event_new_flush_start ());
      gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
      gst_harness_push_event (h, gst_event_new_segment (&segment));
    } else {
      gst_harness_set_src_caps_str (h, "audio/x-raw, format=(string)"
          GST_AUDIO_NE (F32) ", rate=(int)16000, channels=(int)1, "
          "layout=(string)non-interleaved");
    }
    if (kind == 2) {
      GstAudioInfo info;

      gst_audio_info_set_format (&info, GST_AUDIO_FORMAT_F32, RATE, 1, NULL);
      info.layout = GST_AUDIO_LAYOUT_NON_INTERLEAVED;
      gst_buffer_add_audio_meta (buffer, &info, 900, NULL);
    }
    push (h, buffer);
    fail_unless_equals_int (gst_harness_buffers_in_queue (h), 4);
    fail_unless (fabs (pull (h, 80, 5 * GST_SECOND) - first) > 1e-6);
    fail_unless (pull (h, 80, 5 * GST_SECOND + 10 * GST_MSECOND) != first);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* Bands may change between two frames; lengths start anew. */
GST_START_TEST (test_changes)
{
  GstHarness *h = start ("n-fft=512", CAPS);
  GstElement *mel = get_mel (h);
  guint t;

  push (h, make_tone (0, 1000, 0));
  fail_unless_equals_int (gst_harness_buffers_in_queue (h), 4);
  for (t = 0; t < 4; t++)
    pull (h, 80, t * 10 * GST_MSECOND);
  g_object_set (mel, "n-mels", 40, NULL);
  push (h, make_tone (1000, 160, 62500000));
  fail_unless_equals_int (gst_harness_buffers_in_queue (h), 1);
  pull (h, 40, 40 * GST_MSECOND);
  g_object_set (mel, "n-fft", 256, "hop", 100, NULL);
  push (h, make_tone (1160, 400, 72500000));
  fail_unless_equals_int (gst_harness_buffers_in_queue (h), 2);
  pull (h, 40, 72500000);
  pull (h, 40, 72500000 + 6250000);
  gst_object_unref (mel);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What is impossible in the middle of a stream is warned of and not done. */
GST_START_TEST (test_refused_change)
{
  GstHarness *h = start ("n-fft=512", CAPS);
  GstElement *mel = get_mel (h);
  GstBus *bus = gst_bus_new ();
  GstMessage *message;

  gst_element_set_bus (mel, bus);
  push (h, make_tone (0, 512, 0));
  pull (h, 80, 0);
  g_object_set (mel, "win-length", 513, NULL);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  fail_unless (message != NULL);
  gst_message_unref (message);
  push (h, make_tone (512, 160, 32 * GST_MSECOND));
  pull (h, 80, 10 * GST_MSECOND);
  gst_element_set_bus (mel, NULL);
  gst_object_unref (bus);
  gst_object_unref (mel);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_nan)
{
  GstHarness *h = start ("n-fft=256", CAPS);
  GstBuffer *buffer = make_tone (0, 1600, 0);
  gfloat nan = NAN;
  guint t;

  /* sample 800 is in frames 4 and 5 (640..895, 800..1055) only */
  gst_buffer_fill (buffer, 800 * sizeof (gfloat), &nan, sizeof (nan));
  push (h, buffer);
  fail_unless_equals_int (gst_harness_buffers_in_queue (h), 9);
  for (t = 0; t < 9; t++)
    fail_unless_equals_int (!!isnan (pull (h, 80, t * 10 * GST_MSECOND)),
        t == 4 || t == 5);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_drain)
{
  GstHarness *h = start ("preset=nemo", CAPS);
  guint t;

  push (h, make_tone (0, 1600, 0));
  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  fail_unless_equals_int (gst_harness_buffers_in_queue (h), 11);
  for (t = 0; t < 11; t++)
    pull (h, 80, t * 10 * GST_MSECOND);
  gst_harness_teardown (h);

  /* a gap before the end, as of a track that is shorter than the film */
  h = start ("preset=nemo", CAPS);
  push (h, make_tone (0, 1600, 0));
  fail_unless (gst_harness_push_event (h,
          gst_event_new_gap (100 * GST_MSECOND, GST_SECOND)));
  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  fail_unless_equals_int (gst_harness_buffers_in_queue (h), 11);
  gst_harness_teardown (h);

  /* nothing in, nothing out */
  h = start ("preset=whisper", CAPS);
  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  fail_unless_equals_int (gst_harness_buffers_in_queue (h), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_latency)
{
  GstHarness *h = start ("preset=kaldi", CAPS);

  push (h, make_tone (0, 400, 0));
  fail_unless_equals_uint64 (gst_harness_query_latency (h), 25 * GST_MSECOND);
  gst_harness_teardown (h);

  /* sample 200 mirrors the first of frame 0 */
  h = start ("preset=whisper", CAPS);
  push (h, make_tone (0, 400, 0));
  fail_unless_equals_uint64 (gst_harness_query_latency (h), 12562500);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What is said of latency is when the first result comes, sample by sample. */
GST_START_TEST (test_latency_of_windows)
{
  static const struct
  {
    const gchar *properties;
    guint samples;
  } cases[] = {
    {"preset=whisper", 201},
    {"preset=whisper frames=10", 200 + 9 * 160},
    {"preset=sherpa-onnx", 280},
    {"preset=sherpa-onnx frames=5 frames-hop=2", 280 + 4 * 160},
    {"preset=kaldi deltas=1", 400 + 2 * 160},
    {"preset=kaldi n-mfcc=13 deltas=2 delta-window=7", 400 + 6 * 160},
    {"preset=kaldi n-mfcc=13 deltas=2 frames=3", 400 + 6 * 160},
    {"n-fft=512 frame-offset=100 hop=160", 612},
  };
  guint i, n;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstHarness *h = start (cases[i].properties, CAPS);

    for (n = 0; gst_harness_buffers_in_queue (h) == 0; n++)
      push (h, make_tone (n, 1, gst_util_uint64_scale (n, GST_SECOND, RATE)));
    fail_unless_equals_int (n, cases[i].samples);
    fail_unless_equals_uint64 (gst_harness_query_latency (h),
        gst_util_uint64_scale_ceil (n, GST_SECOND, RATE));
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

GST_START_TEST (test_extremes)
{
  GstHarness *h = start ("multi-channel=true n-mels=13",
      "audio/x-raw, format=(string)" GST_AUDIO_NE (S16) ", rate=(int)768000, "
      "channels=(int)64, channel-mask=(bitmask)0, layout=(string)interleaved");
  GstBuffer *buffer;
  gsize size = 64 * 2 * 40000;

  buffer = gst_buffer_new_allocate (NULL, size, NULL);
  gst_buffer_memset (buffer, 0, 1, size);
  GST_BUFFER_PTS (buffer) = 0;
  push (h, buffer);
  /* 25 ms are 19200 samples, in 32768 */
  fail_unless_equals_int (gst_harness_buffers_in_queue (h), 1);
  pull (h, 13 * 64, 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
bfftmel_suite (void)
{
  Suite *suite = suite_create ("bfftmel");
  TCase *cases = tcase_create ("element");

  suite_add_tcase (suite, cases);
  tcase_add_test (cases, test_preset);
  tcase_add_test (cases, test_silence);
  tcase_add_test (cases, test_breaks);
  tcase_add_test (cases, test_changes);
  tcase_add_test (cases, test_refused_change);
  tcase_add_test (cases, test_nan);
  tcase_add_test (cases, test_drain);
  tcase_add_test (cases, test_latency);
  tcase_add_test (cases, test_latency_of_windows);
  tcase_add_test (cases, test_extremes);
  return suite;
}

GST_CHECK_MAIN (bfftmel);
