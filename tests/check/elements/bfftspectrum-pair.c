/* bfft: bfftspectrum at spectrum's settings gives spectrum's results.
 *
 * Both are behind one tee and get the same buffers. Where `spectrum` is at
 * fault it is kept from it here, and test_faults() says that it still is:
 * S24_SUM, the sum over channels is not set back to zero with 24 bits, so that
 * it gets 32 here; and HISTORY, what was heard before a discontinuity is
 * mixed into what comes after, so that it hears only what comes after.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfftspectrum-harness.h"

#define PAIR "tee name=t t. ! %s spectrum %s ! fakesink async=false " \
    "t. ! bfftspectrum %s"

/* Exact for S24; other formats pass through. */
#define WITHOUT_S24_SUM "audioconvert ! audio/x-raw,format={" \
    GST_AUDIO_NE (S16) "," GST_AUDIO_NE (S32) "," GST_AUDIO_NE (F32) "," \
    GST_AUDIO_NE (F64) "} !"

/* The bound: 0.05 dB above -100 dB. A bin that is 110 dB below the
 * largest is rounding noise in both elements' float transforms. */
#define FLOOR (-100)
#define RANGE 110
#define MAX_DB 0.05

/* Phases are compared above this, and modulo a turn of one frame. */
#define PHASE_FLOOR (-60)

static const GstAudioFormat formats[] = {
  GST_AUDIO_FORMAT_S16, GST_AUDIO_FORMAT_S24, GST_AUDIO_FORMAT_S32,
  GST_AUDIO_FORMAT_F32, GST_AUDIO_FORMAT_F64
};

static const guint bands_list[] =
    { 2, 3, 65, 128, 129, 256, 257, 512, 513, 1025 };
static const guint rates[] = { 8000, 44100, 48000 };
static const guint channels_list[] = { 1, 2, 6 };

static const gchar *times[] = { "timestamp", "stream-time", "running-time",
  "duration", "endtime"
};

static Rig
new_pair_of (const gchar * front, guint bands, guint64 interval,
    gboolean multi_channel)
{
  gchar *settings = g_strdup_printf ("bands=%u interval=%" G_GUINT64_FORMAT
      " multi-channel=%d message-phase=true threshold=-150", bands, interval,
      multi_channel);
  gchar *launch = g_strdup_printf (PAIR, front, settings, settings);
  Rig rig = new_rig (launch);

  gst_harness_set_drop_buffers (rig.h, TRUE);
  g_free (launch);
  g_free (settings);
  return rig;
}

static Rig
new_pair (guint bands, guint64 interval, gboolean multi_channel)
{
  return new_pair_of (WITHOUT_S24_SUM, bands, interval, multi_channel);
}

static gfloat
largest (const GArray * values)
{
  gfloat max = -G_MAXFLOAT;
  guint i;

  for (i = 0; i < values->len; i++)
    max = MAX (max, g_array_index (values, gfloat, i));
  return max;
}

/* @frames: how many were averaged, for phases; 0 leaves them out */
static void
compare_values (const GstStructure * a, const GstStructure * b, guint frames)
{
  GArray *m = get_floats (a, "magnitude"), *n = get_floats (b, "magnitude");
  GArray *p = get_floats (a, "phase"), *q = get_floats (b, "phase");
  gfloat max = largest (m);
  guint i;

  fail_unless_equals_int (m->len, n->len);
  fail_unless_equals_int (p->len, q->len);
  for (i = 0; i < m->len; i++) {
    gfloat x = g_array_index (m, gfloat, i), y = g_array_index (n, gfloat, i);
    gdouble turn = 2 * G_PI / MAX (frames, 1);
    gdouble phase = g_array_index (p, gfloat, i) - g_array_index (q, gfloat,
        i);

    if (x > MAX (FLOOR, max - RANGE))
      fail_unless (fabs (x - y) <= MAX_DB, "band %u: %f dB, not %f (largest "
          "%f)", i, y, x, max);
    /* Errors are relative to the largest band. */
    if (frames && x > MAX (PHASE_FLOOR, max - 80))
      fail_unless (fabs (remainder (phase, turn)) < 0.02,
          "band %u at %f dB: phase differs by %f", i, x, phase);
  }
  g_array_unref (m);
  g_array_unref (n);
  g_array_unref (p);
  g_array_unref (q);
}

static guint
compare_results (GPtrArray * ours, GPtrArray * theirs, guint frames)
{
  guint i, k, n = theirs->len;

  fail_unless_equals_int (ours->len, n);
  for (i = 0; i < n; i++) {
    const GstStructure *a = theirs->pdata[i], *b = ours->pdata[i];

    for (k = 0; k < G_N_ELEMENTS (times); k++)
      fail_unless (get_time (a, times[k]) == get_time (b, times[k]),
          "%s of result %u: %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT,
          times[k], i, get_time (b, times[k]), get_time (a, times[k]));
    compare_values (a, b, frames);
  }
  g_ptr_array_unref (ours);
  g_ptr_array_unref (theirs);
  return n;
}

static void
take_both (Rig * rig, GPtrArray ** ours, GPtrArray ** theirs)
{
  *theirs = g_ptr_array_new_with_free_func ((GDestroyNotify)
      gst_structure_free);
  *ours = take_results (rig, "bfftspectrum", *theirs, "spectrum");
}

/* Returns: how many results there were. */
static guint
compare (Rig * rig, guint frames)
{
  GPtrArray *theirs, *ours;

  take_both (rig, &ours, &theirs);
  return compare_results (ours, theirs, frames);
}

/* The interval of @windows times the window length, in ns. */
static guint64
interval_of (gdouble windows, guint bands, guint rate)
{
  return windows * (2 * bands - 2) / rate * GST_SECOND;
}

static void
compare_all_rates (GstAudioFormat format, guint bands, guint channels,
    gboolean multi_channel, gdouble windows)
{
  guint i, n_fft = 2 * bands - 2;

  for (i = 0; i < G_N_ELEMENTS (rates); i++) {
    guint64 interval = interval_of (windows, bands, rates[i]);
    Rig rig = new_pair (bands, interval, multi_channel);
    guint n = 9 * windows * n_fft + 2;

    set_audio_caps (&rig, format, rates[i], channels,
        GST_AUDIO_LAYOUT_INTERLEAVED);
    while (rig.position < n)
      push_audio (&rig, n_fft / 3 + 1);
    fail_unless (compare (&rig, MAX (1, (guint) windows)) >= 7);
    free_rig (&rig);
  }
}

/* The whole table, with intervals shorter and longer than the
 * window, in buffers that fit neither. */
GST_START_TEST (test_table)
{
  GstAudioFormat format = formats[__i__ / G_N_ELEMENTS (bands_list)];
  guint bands = bands_list[__i__ % G_N_ELEMENTS (bands_list)];
  guint c;

  for (c = 0; c < G_N_ELEMENTS (channels_list); c++) {
    compare_all_rates (format, bands, channels_list[c], FALSE, 0.7);
    compare_all_rates (format, bands, channels_list[c], FALSE, 2.5);
    compare_all_rates (format, bands, channels_list[c], TRUE, 2.5);
  }
}

GST_END_TEST;

/* Buffers of all sizes, also empty ones. */
GST_START_TEST (test_odd_buffers)
{
  Rig rig = new_pair (65, 7654321, FALSE);
  guint i;

  set_audio_caps (&rig, GST_AUDIO_FORMAT_S24, 44100, 1,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  for (i = 0; i < 200; i++)
    push_audio (&rig, i * 7 % 300);
  fail_unless (compare (&rig, 2) > 50);
  free_rig (&rig);
}

GST_END_TEST;

/* An interval below one sample: `spectrum` starts with one result too many. */
GST_START_TEST (test_tiny_interval)
{
  Rig rig = new_pair (3, 3000, FALSE);

  set_audio_caps (&rig, GST_AUDIO_FORMAT_S16, 8000, 1,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  push_audio (&rig, 100);
  fail_unless (compare (&rig, 1) > 90);
  free_rig (&rig);
}

GST_END_TEST;

static void
flush_seek (Rig * rig, GstClockTime to)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = segment.position = to;
  gst_harness_push_event (rig->h, gst_event_new_flush_start ());
  gst_harness_push_event (rig->h, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (rig->h, gst_event_new_segment (&segment));
}

/* What breaks the stream, up to and with the first buffer behind it. */
static void
disturb (Rig * rig, guint how)
{
  GstBuffer *buffer;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.base = 5 * GST_SECOND;
  rig->position = 96000;
  if (how == 1)
    flush_seek (rig, 2 * GST_SECOND);
  if (how == 2)
    gst_harness_push_event (rig->h, gst_event_new_segment (&segment));
  if (how == 3)
    set_audio_caps (rig, GST_AUDIO_FORMAT_F32, 44100, 1,
        GST_AUDIO_LAYOUT_INTERLEAVED);
  buffer = make_audio (rig, 777);
  if (how < 2)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  gst_harness_push (rig->h, buffer);
}

/* In the middle of an interval: what follows is what `spectrum` makes of what
 * follows. */
GST_START_TEST (test_disturbances)
{
  guint64 interval = interval_of (__i__ / 4 ? 0.6 : 3.3, 129, 48000);
  GPtrArray *ours, *theirs, *mixed, *others;
  Rig rigs[2];
  guint i;

  for (i = 0; i < 2; i++) {
    rigs[i] = new_pair (129, interval, __i__ / 4);
    set_audio_caps (&rigs[i], GST_AUDIO_FORMAT_S16, 48000, 2,
        GST_AUDIO_LAYOUT_INTERLEAVED);
  }
  push_audio (&rigs[0], 2900);
  push_audio (&rigs[0], 1111);
  fail_unless (compare (&rigs[0], 0) >= 4);
  rigs[1].seed = rigs[0].seed;
  for (i = 0; i < 2; i++) {
    disturb (&rigs[i], __i__ % 4);
    push_audio (&rigs[i], 3000);
    push_audio (&rigs[i], 4001);
  }
  take_both (&rigs[0], &ours, &mixed);
  take_both (&rigs[1], &others, &theirs);
  fail_unless (compare_results (ours, theirs, 0) >= 8);
  g_ptr_array_unref (mixed);
  g_ptr_array_unref (others);
  free_rig (&rigs[0]);
  free_rig (&rigs[1]);
}

GST_END_TEST;

static gfloat
first_band (GPtrArray * results, guint i)
{
  GArray *values = get_floats (results->pdata[i], "magnitude");
  gfloat value = g_array_index (values, gfloat, 0);

  g_array_unref (values);
  return value;
}

/* What `spectrum` has wrong: a few clicks are a constant in 24 bits; silence
 * after a discontinuity is not that. */
GST_START_TEST (test_faults)
{
  enum
  { S24_SUM, HISTORY } fault = __i__;
  Rig rig = new_pair_of ("", 65, 10 * GST_MSECOND, FALSE);
  GPtrArray *ours, *theirs;
  GstBuffer *buffer;
  guint i;

  set_audio_caps (&rig, fault == S24_SUM ? GST_AUDIO_FORMAT_S24 :
      GST_AUDIO_FORMAT_F32, 48000, 1, GST_AUDIO_LAYOUT_INTERLEAVED);
  if (fault == HISTORY)
    push_audio (&rig, 400);
  buffer = make_audio (&rig, 480);
  gst_buffer_memset (buffer, 0, 0, gst_buffer_get_size (buffer));
  if (fault == S24_SUM)
    for (i = 0; i < 480; i += 128)
      gst_buffer_memset (buffer, 3 * i, 0x20, 3);
  else
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  gst_harness_push (rig.h, buffer);
  take_both (&rig, &ours, &theirs);
  fail_unless (ours->len == 1 && theirs->len == 1);
  if (fault == S24_SUM) {
    fail_unless (first_band (theirs, 0) > -30);
    fail_unless (first_band (ours, 0) < -60);
  } else {
    fail_unless (fabs (first_band (theirs, 0) + 150) > 10);
    fail_unless (first_band (ours, 0) == -150);
  }
  g_ptr_array_unref (ours);
  g_ptr_array_unref (theirs);
  free_rig (&rig);
}

GST_END_TEST;

/* The properties that exist in both take effect at the next buffer in both. */
GST_START_TEST (test_property_changes)
{
  Rig rig = new_pair (65, 3 * GST_MSECOND, FALSE);
  guint i;

  set_audio_caps (&rig, GST_AUDIO_FORMAT_F32, 48000, 1,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  for (i = 0; i < 12; i++) {
    GstIterator *it = gst_bin_iterate_elements (GST_BIN (rig.h->element));
    GValue item = G_VALUE_INIT;

    push_audio (&rig, 1001);
    while (gst_iterator_next (it, &item) == GST_ITERATOR_OK) {
      GObject *object = g_value_get_object (&item);

      if (g_object_class_find_property (G_OBJECT_GET_CLASS (object), "bands"))
        g_object_set (object, "bands", 20 + 31 * (i % 4),
            "interval", (2 + i % 3) * GST_MSECOND + 1234,
            "threshold", -80 - (gint) i, NULL);
      g_value_reset (&item);
    }
    gst_iterator_free (it);
  }
  push_audio (&rig, 1001);
  fail_unless (compare (&rig, 0) > 40);
  free_rig (&rig);
}

GST_END_TEST;

static Suite *
bfftspectrum_pair_suite (void)
{
  Suite *s = suite_create ("bfftspectrum-pair");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 120);
  tcase_add_loop_test (tc, test_table, 0,
      G_N_ELEMENTS (formats) * G_N_ELEMENTS (bands_list));
  tcase_add_test (tc, test_odd_buffers);
  tcase_add_test (tc, test_tiny_interval);
  tcase_add_loop_test (tc, test_disturbances, 0, 8);
  tcase_add_loop_test (tc, test_faults, 0, 2);
  tcase_add_test (tc, test_property_changes);
  return s;
}

GST_CHECK_MAIN (bfftspectrum_pair);
