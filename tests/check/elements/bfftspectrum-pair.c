/* bfft: bfftspectrum at spectrum's settings gives spectrum's results.
 *
 * Both are behind one tee and get the same buffers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfftspectrum-harness.h"

#define PAIR "tee name=t t. ! spectrum %s ! fakesink async=false " \
    "t. ! bfftspectrum %s"

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
new_pair (guint bands, guint64 interval, gboolean multi_channel)
{
  gchar *settings = g_strdup_printf ("bands=%u interval=%" G_GUINT64_FORMAT
      " multi-channel=%d message-phase=true threshold=-150", bands, interval,
      multi_channel);
  gchar *launch = g_strdup_printf (PAIR, settings, settings);
  Rig rig = new_rig (launch);

  gst_harness_set_drop_buffers (rig.h, TRUE);
  g_free (launch);
  g_free (settings);
  return rig;
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

/* Returns: how many results there were. */
static guint
compare (Rig * rig, guint frames)
{
  GPtrArray *theirs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);
  GPtrArray *ours = take_results (rig, "bfftspectrum", theirs, "spectrum");
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

/* Buffers of all sizes, also empty ones and such that end within a sample. */
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

static void
push_discont (Rig * rig, guint n)
{
  GstBuffer *buffer = make_audio (rig, n);

  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  gst_harness_push (rig->h, buffer);
}

static void
disturb_discont (Rig * rig)
{
  rig->position += 12345;
  push_discont (rig, 777);
}

static void
disturb_flush (Rig * rig)
{
  rig->position = 96000;
  flush_seek (rig, 2 * GST_SECOND);
  push_discont (rig, 777);
}

static void
disturb_segment (Rig * rig)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.base = 5 * GST_SECOND;
  gst_harness_push_event (rig->h, gst_event_new_segment (&segment));
}

static void
disturb_caps (Rig * rig)
{
  set_audio_caps (rig, GST_AUDIO_FORMAT_F32, 44100, 1,
      GST_AUDIO_LAYOUT_INTERLEAVED);
}

static void
disturb_timestamps (Rig * rig)
{
  rig->position = 100;
  push_audio (rig, 5000);
}

/* In the middle of an interval; what `spectrum` makes of it is compared,
 * garbage or not. */
GST_START_TEST (test_disturbances)
{
  static void (*const disturb[]) (Rig *) = {
    disturb_discont, disturb_flush, disturb_segment, disturb_caps,
    disturb_timestamps
  };
  guint i, k;

  for (i = 0; i < G_N_ELEMENTS (disturb); i++) {
    for (k = 0; k < 2; k++) {
      Rig rig = new_pair (129, interval_of (k ? 0.6 : 3.3, 129, 48000), k);

      set_audio_caps (&rig, GST_AUDIO_FORMAT_S16, 48000, 2,
          GST_AUDIO_LAYOUT_INTERLEAVED);
      push_audio (&rig, 2900);
      push_audio (&rig, 1111);
      disturb[i] (&rig);
      push_audio (&rig, 3000);
      push_audio (&rig, 4001);
      fail_unless (compare (&rig, 0) >= 8);
      free_rig (&rig);
    }
  }
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
  tcase_add_test (tc, test_disturbances);
  tcase_add_test (tc, test_property_changes);
  return s;
}

GST_CHECK_MAIN (bfftspectrum_pair);
