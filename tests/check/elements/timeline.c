/* bfft: the timeline: what each buffer means, and the times of its samples.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gst/check/gstcheck.h>

#include "gstbffttimeline.h"

#define RATE 16000
#define N 320                   /* 20 ms */
#define MS GST_MSECOND

static GstBfftTimeline timeline;

/* What @n samples at @pts mean; they are taken. */
static GstBfftVerdict
feed (GstClockTime pts, GstClockTime duration, guint64 n, GstBufferFlags flags)
{
  GstBuffer *buffer = gst_buffer_new ();
  GstBfftVerdict verdict;

  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DURATION (buffer) = duration;
  GST_BUFFER_FLAG_SET (buffer, flags);
  verdict = gst_bfft_timeline_judge (&timeline, buffer, n);
  if (verdict == GST_BFFT_VERDICT_DRAIN)
    gst_bfft_timeline_end (&timeline);
  if (verdict == GST_BFFT_VERDICT_DRAIN || verdict == GST_BFFT_VERDICT_BEGIN)
    gst_bfft_timeline_begin (&timeline, RATE, buffer, n);
  gst_bfft_timeline_advance (&timeline, n);
  gst_buffer_unref (buffer);
  return verdict;
}

static GstBfftVerdict
feed_plain (GstClockTime pts)
{
  return feed (pts, GST_CLOCK_TIME_NONE, N, 0);
}

/* Said once, however often. */
static void
check_refused (gboolean refused)
{
  GstElement *element = gst_element_factory_make ("fakesink", NULL);
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  guint i;

  gst_element_set_bus (element, bus);
  for (i = 0; i < 3; i++)
    fail_unless_equals_int (gst_bfft_timeline_refuses (&timeline, element,
            "Nothing"), refused);
  if (refused) {
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
    fail_unless (message != NULL);
    gst_message_unref (message);
  }
  fail_unless (gst_bus_pop (bus) == NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
}

static void
restart (void)
{
  gst_bfft_timeline_reset (&timeline);
  fail_unless_equals_int (feed_plain (0), GST_BFFT_VERDICT_BEGIN);
}

static void
assert_near (guint64 position, GstClockTime right, GstClockTime tolerance)
{
  GstClockTime t = gst_bfft_timeline_get_time (&timeline, position);

  fail_unless (ABS (GST_CLOCK_DIFF (t, right)) <= (gint64) tolerance,
      "sample %" G_GUINT64_FORMAT " at %" GST_TIME_FORMAT " not %"
      GST_TIME_FORMAT, position, GST_TIME_ARGS (t), GST_TIME_ARGS (right));
}

/* By how much the second buffer deviates, and what that means. */
GST_START_TEST (test_limits)
{
  static const struct
  {
    gint64 off;
    GstBufferFlags flags;
    GstBfftVerdict verdict;
    gint64 moved;
  } cases[] = {
    {0, 0, GST_BFFT_VERDICT_CONTINUE, 0},
    {999, 0, GST_BFFT_VERDICT_CONTINUE, 0},
    {-999, 0, GST_BFFT_VERDICT_CONTINUE, 0},
    {1000, 0, GST_BFFT_VERDICT_FOLLOW, 1000},
    {-1000, 0, GST_BFFT_VERDICT_FOLLOW, -1000},
    {40 * MS, 0, GST_BFFT_VERDICT_FOLLOW, 40 * MS},
    {-40 * (gint64) MS, 0, GST_BFFT_VERDICT_FOLLOW, -40 * (gint64) MS},
    {40 * MS + 1, 0, GST_BFFT_VERDICT_CONTINUE, 0},
    {1000 * MS, 0, GST_BFFT_VERDICT_CONTINUE, 0},
    {1000 * MS + 1, 0, GST_BFFT_VERDICT_DRAIN, 0},
    {-1000 * (gint64) MS - 1, 0, GST_BFFT_VERDICT_DRAIN, 0},
    {50 * MS, GST_BUFFER_FLAG_DISCONT, GST_BFFT_VERDICT_DRAIN, 0},
    {0, GST_BUFFER_FLAG_DISCONT, GST_BFFT_VERDICT_DRAIN, 0},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    gst_bfft_timeline_reset (&timeline);
    feed_plain (10 * GST_SECOND);
    fail_unless_equals_int (feed (10 * GST_SECOND + 20 * MS + cases[i].off,
            GST_CLOCK_TIME_NONE, N, cases[i].flags), cases[i].verdict);
    if (cases[i].verdict == GST_BFFT_VERDICT_DRAIN)
      assert_near (0, 10 * GST_SECOND + 20 * MS + cases[i].off, 0);
    else
      assert_near (N, 10 * GST_SECOND + 20 * MS + cases[i].moved, 0);
  }
}

GST_END_TEST;

/* A hole below a second: the piece ends when it was there for a second, and
 * not if it closes before. */
GST_START_TEST (test_patience)
{
  const GstClockTime hole = 500 * MS;
  guint i;

  restart ();
  for (i = 1; i < 51; i++)
    fail_unless_equals_int (feed_plain (i * 20 * MS + hole),
        GST_BFFT_VERDICT_CONTINUE);
  fail_unless_equals_int (feed_plain (i * 20 * MS + hole),
      GST_BFFT_VERDICT_DRAIN);
  assert_near (0, i * 20 * MS + hole, 0);

  restart ();
  for (i = 1; i < 40; i++)
    fail_unless_equals_int (feed_plain (i * 20 * MS + hole),
        GST_BFFT_VERDICT_CONTINUE);
  for (; i < 200; i++)
    fail_unless_equals_int (feed_plain (i * 20 * MS + (i % 45 ? 0 : hole)),
        GST_BFFT_VERDICT_CONTINUE);
  assert_near (100 * N, 100 * 20 * MS, 0);
}

GST_END_TEST;

/* Clocks that are off by this many parts in a million, for three minutes: times
 * of all the last minute, as far back as results reach, are the stream's. */
GST_START_TEST (test_drift)
{
  static const gint ppm[] = { 500, -500, 20000, -20000, 1, 0 };
  gdouble ratio = 1 + 1e-6 * ppm[__i__ / 2];
  gboolean lengths = __i__ % 2;
  guint64 i, k;

  gst_bfft_timeline_reset (&timeline);
  for (i = 0; i < 9000; i++) {
    GstClockTime pts = i * 20 * MS * ratio;
    GstClockTime next = (i + 1) * 20 * MS * ratio;
    GstBfftVerdict verdict = feed (pts, lengths ? next - pts :
        GST_CLOCK_TIME_NONE, N, 0);

    fail_if (i > 0 && verdict != GST_BFFT_VERDICT_CONTINUE
        && verdict != GST_BFFT_VERDICT_FOLLOW);
    assert_near (i * N, pts, GST_USECOND);
    for (k = 0; k < MIN (i, 3000); k += 300)
      assert_near ((i - k) * N, (i - k) * 20 * MS * ratio, 21 * GST_USECOND);
  }
}

GST_END_TEST;

/* Spans fit together where buffers do, whatever the clock; where buffers do
 * not, a span begins where its buffer does. */
GST_START_TEST (test_spans)
{
  static const guint64 lengths[] = { 160, 320, 400, 1600, 1601, 48000 };
  guint64 n = lengths[__i__], done = 0, i;
  GstClockTime time, duration, end = 0;

  gst_bfft_timeline_reset (&timeline);
  for (i = 0; i < 3000; i++) {
    GstClockTime pts = i * 19999 * GST_USECOND;

    feed (pts, 19999 * GST_USECOND, N, 0);
    while (done + n <= timeline.position) {
      gst_bfft_timeline_get_span (&timeline, done, done + n, &time, &duration);
      fail_unless_equals_uint64 (time, end);
      end = time + duration;
      done += n;
    }
  }
  fail_unless (done > 0);

  restart ();
  gst_bfft_timeline_get_span (&timeline, 0, N, &time, &duration);
  fail_unless_equals_uint64 (duration, 20 * MS);
  feed_plain (25 * MS);
  gst_bfft_timeline_get_span (&timeline, 0, N, &time, &duration);
  fail_unless_equals_uint64 (duration, 20 * MS);
  gst_bfft_timeline_get_span (&timeline, N, 2 * N, &time, &duration);
  fail_unless_equals_uint64 (time, 25 * MS);
  fail_unless_equals_uint64 (duration, 20 * MS);
}

GST_END_TEST;

/* The first timestamp tells for what came before. */
GST_START_TEST (test_late_timestamp)
{
  GstClockTime time, duration;

  gst_bfft_timeline_reset (&timeline);
  feed_plain (GST_CLOCK_TIME_NONE);
  feed_plain (GST_CLOCK_TIME_NONE);
  fail_if (GST_CLOCK_TIME_IS_VALID (gst_bfft_timeline_get_time (&timeline, 0)));
  gst_bfft_timeline_get_span (&timeline, 0, N, &time, &duration);
  fail_if (GST_CLOCK_TIME_IS_VALID (time));
  fail_unless_equals_uint64 (duration, 20 * MS);
  fail_unless_equals_int (feed_plain (1040 * MS), GST_BFFT_VERDICT_FOLLOW);
  assert_near (0, 1000 * MS, 0);
  assert_near (5 * N, 1100 * MS, 0);
  fail_unless_equals_int (feed_plain (GST_CLOCK_TIME_NONE),
      GST_BFFT_VERDICT_CONTINUE);

  /* A stream that has begun before it can have. */
  gst_bfft_timeline_reset (&timeline);
  feed_plain (GST_CLOCK_TIME_NONE);
  feed_plain (5 * MS);
  assert_near (0, 0, 0);
}

GST_END_TEST;

static GstBfftVerdict
send (GstEvent * event)
{
  GstBfftVerdict verdict = gst_bfft_timeline_event (&timeline, event);

  gst_event_unref (event);
  return verdict;
}

static GstEvent *
segment_event (gdouble rate, GstClockTime base)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.rate = rate;
  segment.base = base;
  return gst_event_new_segment (&segment);
}

GST_START_TEST (test_events)
{
  gst_bfft_timeline_reset (&timeline);
  fail_unless_equals_int (send (segment_event (1, 0)),
      GST_BFFT_VERDICT_CONTINUE);
  feed_plain (0);
  fail_unless_equals_int (feed_plain (20 * MS), GST_BFFT_VERDICT_CONTINUE);
  fail_unless_equals_int (send (segment_event (1, 40 * MS)),
      GST_BFFT_VERDICT_DRAIN);
  fail_unless_equals_int (feed_plain (0), GST_BFFT_VERDICT_BEGIN);
  /* The end of a loop, and of the stream: once. */
  fail_unless_equals_int (send (gst_event_new_segment_done (GST_FORMAT_TIME,
              0)), GST_BFFT_VERDICT_DRAIN);
  fail_unless_equals_int (send (gst_event_new_eos ()),
      GST_BFFT_VERDICT_CONTINUE);
  fail_unless_equals_int (feed_plain (0), GST_BFFT_VERDICT_BEGIN);
  /* A gap ends a piece if the stream goes on. */
  fail_unless_equals_int (send (gst_event_new_gap (20 * MS, 20 * MS)),
      GST_BFFT_VERDICT_CONTINUE);
  fail_unless_equals_int (feed_plain (20 * MS), GST_BFFT_VERDICT_DRAIN);
  fail_unless_equals_int (feed_plain (40 * MS), GST_BFFT_VERDICT_CONTINUE);
  /* Nobody waits for what comes before a flush. */
  fail_unless_equals_int (send (gst_event_new_flush_stop (TRUE)),
      GST_BFFT_VERDICT_DISCARD);
  send (segment_event (-1, 0));
  check_refused (TRUE);
  send (segment_event (1, 0));
  check_refused (FALSE);
  fail_unless_equals_int (feed_plain (0), GST_BFFT_VERDICT_BEGIN);
}

GST_END_TEST;

/* Spans that follow one another tile, also where knots between them are thinned
 * out. The clock is slow and jitters. */
GST_START_TEST (test_tiles)
{
  GRand *random = g_rand_new_with_seed (5);
  GstClockTime time, length, end = 0;
  guint64 start = 0;
  guint i;

  gst_bfft_timeline_reset (&timeline);
  for (i = 0; i < 5000; i++) {
    feed_plain (i * (20 * MS + 2011) + g_rand_int (random) % 3001);
    for (; start + 200 * N < timeline.position; start += 111, end += length) {
      gst_bfft_timeline_get_span (&timeline, start, start + 111, &time,
          &length);
      /* between buffers the stream itself may jump */
      if (start % N != 0)
        fail_unless_equals_uint64 (time, end);
      end = time;
    }
  }
  g_rand_free (random);
}

GST_END_TEST;

/* No order of odd buffers goes wrong. */
GST_START_TEST (test_oddities)
{
  GRand *random = g_rand_new_with_seed (7);
  guint i;

  gst_bfft_timeline_reset (&timeline);
  for (i = 0; i < 50000; i++) {
    GstClockTime pts = g_rand_int (random) % 9 ? (guint64) i * 20 * MS +
        (guint64) (g_rand_int (random) % (35 * MS)) : GST_CLOCK_TIME_NONE;
    GstClockTime duration = g_rand_int (random) % 3 ? GST_CLOCK_TIME_NONE :
        (guint64) (g_rand_int (random) % (40 * MS));
    GstClockTime time, length;
    guint64 start;

    feed (pts, duration, g_rand_int (random) % 9 ? N : 0, 0);
    start = g_rand_double_range (random, 0, timeline.position + 1);
    gst_bfft_timeline_get_span (&timeline, start, start + 160, &time, &length);
    fail_if (GST_CLOCK_TIME_IS_VALID (time) && length > GST_SECOND);
  }
  g_rand_free (random);
}

GST_END_TEST;

static Suite *
timeline_suite (void)
{
  Suite *suite = suite_create ("timeline");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_limits);
  tcase_add_test (tcase, test_patience);
  tcase_add_loop_test (tcase, test_drift, 0, 12);
  tcase_add_loop_test (tcase, test_spans, 0, 6);
  tcase_add_test (tcase, test_late_timestamp);
  tcase_add_test (tcase, test_events);
  tcase_add_test (tcase, test_tiles);
  tcase_add_test (tcase, test_oddities);
  return suite;
}

GST_CHECK_MAIN (timeline);
