/* bfft: bfftspectrum as an element: tensors, pass-through, metas, events,
 * properties and models while data flows, bad input, states.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfftspectrum-harness.h"

#include <glib/gstdio.h>
#include <string.h>

#include "bfft-execution.h"
#include "bfft-weights.h"
#include "wait-model.h"

#define TENSORS " ! capsfilter caps=other/tensors,format=static"

static Rig
new_spectrum (const gchar * settings, GstAudioFormat format, guint rate,
    guint channels)
{
  gchar *launch = g_strdup_printf ("bfftspectrum name=e %s", settings);
  Rig rig = new_rig (launch);

  set_audio_caps (&rig, format, rate, channels, GST_AUDIO_LAYOUT_INTERLEAVED);
  g_free (launch);
  return rig;
}

/* Without a capsfilter the harness' element is the element itself. */
static GstElement *
get_element (Rig * rig)
{
  GstElement *e = gst_bin_get_by_name (GST_BIN (rig->h->element), "e");

  gst_object_unref (e);
  return e;
}

/* Takes what is on the bus; returns how many messages of @type there were, and
 * checks that the last is of @domain. */
static guint
count_messages (Rig * rig, GstMessageType type, GQuark domain)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop (rig->bus))) {
    if (GST_MESSAGE_TYPE (message) == type) {
      GError *error = NULL;

      if (type == GST_MESSAGE_ERROR)
        gst_message_parse_error (message, &error, NULL);
      else if (type == GST_MESSAGE_WARNING)
        gst_message_parse_warning (message, &error, NULL);
      if (error) {
        fail_unless (error->domain == domain);
        fail_unless (strlen (error->message) > 10);
        g_error_free (error);
      }
      n++;
    }
    gst_message_unref (message);
  }
  return n;
}

static guint64
get_stat (Rig * rig, const gchar * field)
{
  GstStructure *stats = NULL;
  guint64 value = 0;

  g_object_get (get_element (rig), "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, field, &value));
  gst_structure_free (stats);
  return value;
}

/* Tensors */

static const struct
{
  const gchar *settings;
  const gchar *dimensions;
  gint fps_n, fps_d;
  guint channels;
} tensor_cases[] = {
  {"bands=33", "33:1:1:1", 10, 1, 2},
  {"bands=33 multi-channel=true interval=16000000", "33:3:1:1", 125, 2, 3},
  {"bands=9 n-fft=100 hop=40 window=hann average=power", "9:1:1:1", 10, 1, 1},
  {"bands=5 hop=1 magnitude-unit=amplitude interval=5000000000",
      "5:1:1:1", 1, 5, 1},
};

GST_START_TEST (test_tensors)
{
  gchar *launch = g_strdup_printf ("bfftspectrum name=e tensor-messages=true %s"
      TENSORS,
      tensor_cases[__i__].settings);
  Rig rig = new_rig (launch);
  GstCaps *caps, *expected;
  GstClockTime min, max;
  GPtrArray *results;
  gboolean live;
  GstQuery *query;
  guint i;

  set_audio_caps (&rig, GST_AUDIO_FORMAT_F32, 8000,
      tensor_cases[__i__].channels, GST_AUDIO_LAYOUT_INTERLEAVED);
  for (i = 0; i < 100; i++)
    fail_unless_equals_int (push_audio (&rig, 999), GST_FLOW_OK);

  expected = gst_caps_new_simple ("other/tensors",
      "format", G_TYPE_STRING, "static", "num_tensors", G_TYPE_INT, 1,
      "types", G_TYPE_STRING, "float32",
      "dimensions", G_TYPE_STRING, tensor_cases[__i__].dimensions,
      "framerate", GST_TYPE_FRACTION, tensor_cases[__i__].fps_n,
      tensor_cases[__i__].fps_d, NULL);
  caps = gst_pad_get_current_caps (rig.h->sinkpad);
  fail_unless (gst_caps_is_equal (caps, expected));
  gst_caps_unref (caps);
  gst_caps_unref (expected);

  query = gst_query_new_latency ();
  fail_unless (gst_pad_peer_query (rig.h->sinkpad, query));
  gst_query_parse_latency (query, &live, &min, &max);
  fail_unless_equals_uint64 (min, gst_util_uint64_scale (GST_SECOND,
          tensor_cases[__i__].fps_d, tensor_cases[__i__].fps_n));
  gst_query_unref (query);

  results = take_results (&rig, "bfftspectrum", NULL, NULL);
  fail_unless (results->len > 0);
  fail_unless_equals_int (results->len, gst_harness_buffers_in_queue (rig.h));
  for (i = 0; i < results->len; i++) {
    const GstStructure *s = results->pdata[i];
    GArray *magnitude = get_floats (s, "magnitude");
    GstBuffer *buffer = gst_harness_pull (rig.h);

    fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), get_time (s,
            "timestamp"));
    fail_unless_equals_uint64 (GST_BUFFER_DURATION (buffer), get_time (s,
            "duration"));
    fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer),
        i * gst_util_uint64_scale (GST_SECOND, tensor_cases[__i__].fps_d,
            tensor_cases[__i__].fps_n));
    fail_unless_equals_int (GST_BUFFER_IS_DISCONT (buffer), i == 0);
    gst_check_buffer_data (buffer, magnitude->data, magnitude->len * 4);
    gst_buffer_unref (buffer);
    g_array_unref (magnitude);
  }
  g_ptr_array_unref (results);
  free_rig (&rig);
  g_free (launch);
}

GST_END_TEST;

/* New bands are announced by new caps, before the first buffer of that size. */
GST_START_TEST (test_tensor_caps_follow)
{
  Rig rig = new_rig ("bfftspectrum name=e bands=9 interval=10000000" TENSORS);
  guint i;

  set_audio_caps (&rig, GST_AUDIO_FORMAT_S16, 8000, 1,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  for (i = 0; i < 6; i++) {
    guint bands = 9 + 8 * i;
    gchar *prefix = g_strdup_printf ("%u:1:1:1", bands);
    GstBuffer *buffer;
    GstCaps *caps;

    g_object_set (get_element (&rig), "bands", bands, NULL);
    push_audio (&rig, 80);
    buffer = gst_harness_pull (rig.h);
    caps = gst_pad_get_current_caps (rig.h->sinkpad);
    fail_unless_equals_int (gst_buffer_get_size (buffer), bands * 4);
    fail_unless_equals_string (gst_structure_get_string (gst_caps_get_structure
            (caps, 0), "dimensions"), prefix);
    gst_caps_unref (caps);
    gst_buffer_unref (buffer);
    g_free (prefix);
  }
  free_rig (&rig);
}

GST_END_TEST;

/* A refused setting changes no caps, when they are asked for again either. */
GST_START_TEST (test_refused_keeps_caps)
{
  Rig rig = new_rig ("bfftspectrum name=e bands=9 interval=10000000" TENSORS);
  GstPad *src;

  set_audio_caps (&rig, GST_AUDIO_FORMAT_S16, 8000, 1,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  push_audio (&rig, 80);
  g_object_set (get_element (&rig), "n-fft", 4, NULL);
  src = gst_element_get_static_pad (get_element (&rig), "src");
  gst_pad_mark_reconfigure (src);
  gst_object_unref (src);
  fail_unless_equals_int (push_audio (&rig, 80), GST_FLOW_OK);
  fail_unless_equals_int (gst_harness_buffers_received (rig.h), 2);
  free_rig (&rig);
}

GST_END_TEST;

/* New caps that meet a flush are no failed negotiation, and come after it. */
GST_START_TEST (test_caps_while_flushing)
{
  Rig rig = new_rig ("bfftspectrum name=e bands=9 interval=10000000" TENSORS);
  GstElement *e = get_element (&rig);
  GstPad *src = gst_element_get_static_pad (e, "src");
  GstSegment segment;
  GstBuffer *buffer;

  set_audio_caps (&rig, GST_AUDIO_FORMAT_S16, 8000, 1,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  push_audio (&rig, 80);
  gst_buffer_unref (gst_harness_pull (rig.h));
  g_object_set (e, "bands", 17, NULL);
  gst_pad_push_event (src, gst_event_new_flush_start ());
  fail_unless_equals_int (push_audio (&rig, 80), GST_FLOW_FLUSHING);
  gst_pad_push_event (src, gst_event_new_flush_stop (FALSE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (rig.h, gst_event_new_segment (&segment));
  fail_unless_equals_int (push_audio (&rig, 160), GST_FLOW_OK);
  buffer = gst_harness_pull (rig.h);
  fail_unless_equals_int (gst_buffer_get_size (buffer), 17 * 4);
  gst_buffer_unref (buffer);
  gst_object_unref (src);
  free_rig (&rig);
}

GST_END_TEST;

/* `spectrum` has no tensors whose faults there are to be kept: nothing is mixed
 * across a discontinuity, and the first says so. */
GST_START_TEST (test_tensors_restart)
{
  Rig fresh = new_rig ("bfftspectrum name=e bands=9" TENSORS);
  Rig rig = new_rig ("bfftspectrum name=e bands=9" TENSORS);
  GstBuffer *a, *b, *audio;
  GstMapInfo map;

  set_audio_caps (&fresh, GST_AUDIO_FORMAT_S16, 8000, 1,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  set_audio_caps (&rig, GST_AUDIO_FORMAT_S16, 8000, 1,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  push_audio (&rig, 333);
  fresh.position = rig.position;
  fresh.seed = rig.seed;
  audio = make_audio (&rig, 800);
  GST_BUFFER_FLAG_SET (audio, GST_BUFFER_FLAG_DISCONT);
  gst_harness_push (rig.h, audio);
  push_audio (&fresh, 800);
  a = gst_harness_pull (fresh.h);
  b = gst_harness_pull (rig.h);
  fail_unless (GST_BUFFER_IS_DISCONT (b));
  fail_unless_equals_uint64 (GST_BUFFER_PTS (a), GST_BUFFER_PTS (b));
  gst_buffer_map (a, &map, GST_MAP_READ);
  fail_unless_equals_int (gst_buffer_memcmp (b, 0, map.data, map.size), 0);
  gst_buffer_unmap (a, &map);
  gst_buffer_unref (a);
  gst_buffer_unref (b);
  free_rig (&fresh);
  free_rig (&rig);
}

GST_END_TEST;

/* Pass-through */

/* Of two memories, too, which mapping would join. */
GST_START_TEST (test_same_memory)
{
  Rig rig = new_spectrum (__i__ ? "attach-meta=true interval=20000000" :
      "interval=20000000", GST_AUDIO_FORMAT_S16, 8000, 1);
  guint i;

  for (i = 0; i < 20; i++) {
    GstBuffer *in = make_audio (&rig, 100), *out;
    GstMemory *a, *b;

    if (i % 2)
      in = gst_buffer_append (in, make_audio (&rig, 33));
    a = gst_buffer_peek_memory (in, 0);
    b = i % 2 ? gst_buffer_peek_memory (in, 1) : NULL;
    fail_unless_equals_int (gst_harness_push (rig.h, in), GST_FLOW_OK);
    out = gst_harness_pull (rig.h);
    fail_unless_equals_int (gst_buffer_n_memory (out), b ? 2 : 1);
    fail_unless (gst_buffer_peek_memory (out, 0) == a);
    fail_unless (!b || gst_buffer_peek_memory (out, 1) == b);
    fail_unless (__i__ || out == in);
    gst_buffer_unref (out);
  }
  free_rig (&rig);
}

GST_END_TEST;

GST_START_TEST (test_meta)
{
  Rig rig = new_spectrum ("attach-meta=true bands=9 interval=20000000",
      GST_AUDIO_FORMAT_F32, 8000, 1);
  GPtrArray *results;
  guint i, k, n = 0;

  for (i = 0; i < 20; i++)
    push_audio (&rig, 400);
  results = take_results (&rig, "bfftspectrum", NULL, NULL);
  fail_unless_equals_int (results->len, 50);
  for (i = 0; i < 20; i++) {
    GstBuffer *buffer = gst_harness_pull (rig.h);
    GstCustomMeta *meta = gst_buffer_get_custom_meta (buffer, "GstBfftMeta");

    if (meta) {
      const GValue *all = gst_structure_get_value
          (gst_custom_meta_get_structure (meta), "results");

      for (k = 0; k < gst_value_array_get_size (all); k++) {
        const GstStructure *result =
            gst_value_get_structure (gst_value_array_get_value (all, k));
        GstStructure *message = results->pdata[n++];

        fail_unless_equals_string (gst_structure_get_string (result,
                "element"), "e");
        gst_structure_set (message, "element", G_TYPE_STRING, "e", NULL);
        fail_unless (gst_structure_is_equal (result, message));
      }
    }
    gst_buffer_unref (buffer);
  }
  fail_unless_equals_int (n, 50);
  g_ptr_array_unref (results);
  free_rig (&rig);
}

GST_END_TEST;

/* Framing */

#define OWN "bands=33 window=hann hop=20 interval=10000000 "

/* Results of @settings on the same audio, cut into buffers of @size. */
static GPtrArray *
results_of (const gchar * settings, GstAudioFormat format,
    GstAudioLayout layout, guint channels, guint size)
{
  Rig rig = new_spectrum (settings, GST_AUDIO_FORMAT_F32, 44100, 1);
  GPtrArray *results;

  set_audio_caps (&rig, format, 44100, channels, layout);
  while (rig.position < 5040)
    push_audio (&rig, size);
  results = take_results (&rig, "bfftspectrum", NULL, NULL);
  free_rig (&rig);
  return results;
}

static void
compare_results (GPtrArray * a, GPtrArray * b, gdouble tolerance)
{
  guint i, k;

  fail_unless_equals_int (a->len, b->len);
  for (i = 0; i < a->len; i++) {
    GArray *x = get_floats (a->pdata[i], "magnitude");
    GArray *y = get_floats (b->pdata[i], "magnitude");

    fail_unless_equals_uint64 (get_time (a->pdata[i], "timestamp"),
        get_time (b->pdata[i], "timestamp"));
    fail_unless_equals_uint64 (get_time (a->pdata[i], "duration"),
        get_time (b->pdata[i], "duration"));
    for (k = 0; k < x->len; k++)
      fail_unless (fabs (g_array_index (x, gfloat, k) -
              g_array_index (y, gfloat, k)) <= tolerance);
    g_array_unref (x);
    g_array_unref (y);
  }
  g_ptr_array_unref (a);
  g_ptr_array_unref (b);
}

/* Nothing depends on how the stream was cut into buffers... */
GST_START_TEST (test_buffer_sizes)
{
  static const guint sizes[] = { 1, 7, 63, 420, 5040 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    compare_results (results_of (OWN, GST_AUDIO_FORMAT_S16,
            GST_AUDIO_LAYOUT_INTERLEAVED, 2, 720),
        results_of (OWN, GST_AUDIO_FORMAT_S16, GST_AUDIO_LAYOUT_INTERLEAVED, 2,
            sizes[i]), 0);
}

GST_END_TEST;

/* ... nor on the format (S24 is right here) and layout. */
GST_START_TEST (test_formats)
{
  static const GstAudioFormat formats[] = {
    GST_AUDIO_FORMAT_S16, GST_AUDIO_FORMAT_S24, GST_AUDIO_FORMAT_S32,
    GST_AUDIO_FORMAT_F32, GST_AUDIO_FORMAT_F64
  };
  static const gchar *settings[] = { OWN, OWN "multi-channel=true" };
  guint i, k;

  for (i = 0; i < G_N_ELEMENTS (formats); i++) {
    for (k = 0; k < 6; k++) {
      compare_results (results_of (settings[k % 2], GST_AUDIO_FORMAT_F64,
              GST_AUDIO_LAYOUT_INTERLEAVED, k / 2 * 2 + 1, 720),
          results_of (settings[k % 2], formats[i],
              GST_AUDIO_LAYOUT_NON_INTERLEAVED, k / 2 * 2 + 1, 720), 0.05);
      compare_results (results_of (settings[k % 2], GST_AUDIO_FORMAT_F64,
              GST_AUDIO_LAYOUT_INTERLEAVED, k + 1, 720),
          results_of (settings[k % 2], formats[i],
              GST_AUDIO_LAYOUT_INTERLEAVED, k + 1, 720), 0.05);
    }
  }
}

GST_END_TEST;

static gfloat
first_float (GPtrArray * results, const gchar * field)
{
  GArray *values = get_floats (results->pdata[results->len - 1], field);
  gfloat value = g_array_index (values, gfloat, 0);

  g_array_unref (values);
  g_ptr_array_unref (results);
  return value;
}

/* A sum of 300000 frames in float would be off by some per cent. */
GST_START_TEST (test_long_interval)
{
  Rig rig = new_spectrum ("bands=2 n-fft=2 hop=1 window=rectangular "
      "average=power magnitude-unit=power interval=100000000000",
      GST_AUDIO_FORMAT_F32, 3000, 1);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 300000 * 4, NULL);
  GstMapInfo map;
  gdouble mean;
  guint i;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (i = 0; i < 300000; i++)
    ((gfloat *) map.data)[i] = 0.3f;
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = 0;
  gst_harness_push (rig.h, buffer);
  mean = first_float (take_results (&rig, "bfftspectrum", NULL, NULL),
      "magnitude");
  fail_unless (fabs (mean - 0.09) < 1e-6, "%g", mean);
  free_rig (&rig);
}

GST_END_TEST;

/* Phase that is wanted from the middle of an interval on is the mean of the
 * frames from there. */
GST_START_TEST (test_phase_from_now_on)
{
  Rig rig = new_spectrum ("bands=5 n-fft=8 hop=8 window=rectangular "
      "interval=16000000", GST_AUDIO_FORMAT_F32, 8000, 1);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 64 * 4, NULL);
  GstBuffer *rest;
  GstMapInfo map;
  GArray *values;
  GPtrArray *results;
  guint i;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (i = 0; i < 64; i++)
    ((gfloat *) map.data)[i] = sin (G_PI / 4 * i);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = 0;
  rest = gst_buffer_copy_deep (buffer);
  GST_BUFFER_PTS (rest) = 8 * GST_MSECOND;
  gst_harness_push (rig.h, buffer);
  g_object_set (get_element (&rig), "message-phase", TRUE, NULL);
  gst_harness_push (rig.h, rest);
  results = take_results (&rig, "bfftspectrum", NULL, NULL);
  fail_unless_equals_int (results->len, 1);
  values = get_floats (results->pdata[0], "phase");
  fail_unless (fabs (g_array_index (values, gfloat, 1) + G_PI / 2) < 1e-5);
  g_array_unref (values);
  g_ptr_array_unref (results);
  free_rig (&rig);
}

GST_END_TEST;

/* Whatever breaks the stream in the middle of an interval: what follows is as
 * if the stream began there. */
GST_START_TEST (test_restarts)
{
  Rig fresh = new_spectrum (OWN, GST_AUDIO_FORMAT_S24, 8000, 1);
  Rig rig = new_spectrum (OWN, GST_AUDIO_FORMAT_S24, 8000, 1);
  GstBuffer *buffer;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  push_audio (&rig, 333);
  g_ptr_array_unref (take_results (&rig, "bfftspectrum", NULL, NULL));
  switch (__i__) {
    case 0:
      gst_harness_push_event (rig.h, gst_event_new_flush_start ());
      gst_harness_push_event (rig.h, gst_event_new_flush_stop (TRUE));
      gst_harness_push_event (rig.h, gst_event_new_segment (&segment));
      break;
    case 1:
      gst_harness_push_event (rig.h, gst_event_new_segment (&segment));
      break;
    case 2:
      gst_harness_push_event (rig.h, gst_event_new_gap (0, GST_SECOND));
      break;
    default:
      break;
  }
  fresh.position = rig.position;
  fresh.seed = rig.seed;
  buffer = make_audio (&rig, 700);
  if (__i__ == 3)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  gst_harness_push (rig.h, buffer);
  push_audio (&fresh, 700);
  fail_unless_equals_uint64 (get_stat (&rig, "dropped"), 1);
  compare_results (take_results (&fresh, "bfftspectrum", NULL, NULL),
      take_results (&rig, "bfftspectrum", NULL, NULL), 0);
  free_rig (&fresh);
  free_rig (&rig);
}

GST_END_TEST;

/* GAP buffers are silence, whatever is in them. */
GST_START_TEST (test_gap_buffers)
{
  Rig rig = new_spectrum (__i__ ? OWN : "interval=10000000",
      GST_AUDIO_FORMAT_F32, 8000, 2);
  GstBuffer *buffer = make_audio (&rig, 800);
  GPtrArray *results;
  GArray *values;
  guint i;

  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);
  gst_harness_push (rig.h, buffer);
  results = take_results (&rig, "bfftspectrum", NULL, NULL);
  fail_unless_equals_int (results->len, 10);
  values = get_floats (results->pdata[9], "magnitude");
  for (i = 0; i < values->len; i++)
    fail_unless (g_array_index (values, gfloat, i) == -60);
  g_array_unref (values);
  g_ptr_array_unref (results);
  free_rig (&rig);
}

GST_END_TEST;

/* Properties and models */

static gpointer
change_properties (gpointer element)
{
  static const gchar *windows[] = { "hann", "flattop", "hamming-gst" };
  guint i;

  for (i = 0; i < 300; i++) {
    GstStructure *stats = NULL;

    g_object_set (element, "bands", 2 + i % 200,
        "interval", (1 + i % 7) * GST_MSECOND, "hop", i % 5 * 16,
        "message-phase", i % 3 == 0, "multi-channel", i % 4 == 0,
        "threshold", -(gint) i, "attach-meta", i % 2, NULL);
    gst_util_set_object_arg (element, "window", windows[i % 3]);
    gst_util_set_object_arg (element, "variant",
        i % 2 ? "reference" : "butterfly");
    g_object_get (element, "stats", &stats, NULL);
    gst_structure_free (stats);
  }
  return NULL;
}

/* What ran is named by its tier. */
GST_START_TEST (test_execution_in_stats)
{
  static const BfftExecution executions[] = { BFFT_EXECUTION_AUTO,
    BFFT_EXECUTION_ORC, BFFT_EXECUTION_C
  };
  Rig rig = new_rig ("bfftspectrum name=e");
  GstStructure *stats = NULL;

  g_object_set (get_element (&rig), "execution", executions[__i__], NULL);
  set_audio_caps (&rig, GST_AUDIO_FORMAT_S16, 48000, 1,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  g_object_get (get_element (&rig), "stats", &stats, NULL);
  assert_equals_string (gst_structure_get_string (stats, "execution"),
      bfft_execution_get_name (executions[__i__]));
  gst_structure_free (stats);
  free_rig (&rig);
}

GST_END_TEST;

GST_START_TEST (test_properties_while_playing)
{
  Rig rig = __i__ ? new_rig ("bfftspectrum name=e" TENSORS) :
      new_rig ("bfftspectrum name=e");
  GThread *thread;
  guint i;

  set_audio_caps (&rig, GST_AUDIO_FORMAT_S16, 48000, 2,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  gst_harness_set_drop_buffers (rig.h, TRUE);
  thread = g_thread_new ("properties", change_properties, get_element (&rig));
  for (i = 0; i < 1000; i++)
    fail_unless_equals_int (push_audio (&rig, 480), GST_FLOW_OK);
  g_thread_join (thread);
  fail_unless_equals_int (count_messages (&rig, GST_MESSAGE_WARNING, 0), 0);
  free_rig (&rig);
}

GST_END_TEST;

/* Other windows and thresholds do not disturb framing. */
GST_START_TEST (test_carries_on)
{
  Rig rig = new_spectrum (OWN, GST_AUDIO_FORMAT_S16, 8000, 1);
  GPtrArray *results;
  guint i;

  for (i = 0; i < 70; i++) {
    g_object_set (get_element (&rig), "window", i % 3, "threshold",
        -60 - (gint) i, "execution", i % 3, "message-phase", i % 5 == 0, NULL);
    push_audio (&rig, 33);
  }
  results = take_results (&rig, "bfftspectrum", NULL, NULL);
  fail_unless_equals_int (results->len, 70 * 33 / 80);
  for (i = 0; i < results->len; i++)
    fail_unless_equals_uint64 (get_time (results->pdata[i], "timestamp"),
        i * 10 * GST_MSECOND);
  fail_unless_equals_uint64 (get_stat (&rig, "dropped"), 0);
  g_ptr_array_unref (results);
  free_rig (&rig);
}

GST_END_TEST;

/* What is impossible is warned of, and nothing changes. */
GST_START_TEST (test_refused_while_playing)
{
  Rig rig = new_spectrum ("bands=33 interval=10000000", GST_AUDIO_FORMAT_S16,
      8000, 1);
  GPtrArray *results;
  GArray *values;

  push_audio (&rig, 80);
  g_object_set (get_element (&rig), "n-fft", 20, NULL);
  push_audio (&rig, 80);
  fail_unless_equals_int (count_messages (&rig, GST_MESSAGE_WARNING,
          GST_LIBRARY_ERROR), 1);
  g_object_set (get_element (&rig), "n-fft", 1, NULL);
  fail_unless_equals_int (count_messages (&rig, GST_MESSAGE_WARNING,
          GST_LIBRARY_ERROR), 1);
  g_object_set (get_element (&rig), "n-fft", 0, "model-location", "/none",
      NULL);
  fail_unless_equals_int (count_messages (&rig, GST_MESSAGE_WARNING,
          GST_RESOURCE_ERROR), 1);
  push_audio (&rig, 80);
  results = take_results (&rig, "bfftspectrum", NULL, NULL);
  values = get_floats (results->pdata[0], "magnitude");
  fail_unless_equals_int (values->len, 33);
  g_array_unref (values);
  g_ptr_array_unref (results);
  free_rig (&rig);
}

GST_END_TEST;

static gchar *
save_model (BfftVariant variant, guint n_fft)
{
  BfftNetwork *network = bfft_network_new_exact (variant, n_fft);
  gchar *name = g_build_filename (g_get_tmp_dir (), "bfft-XXXXXX", NULL);
  gint fd = g_mkstemp (name);

  fail_unless (fd >= 0);
  g_close (fd, NULL);
  fail_unless (bfft_weights_save (network, name, NULL));
  bfft_network_unref (network);
  return name;
}

static gchar *
get_variant (Rig * rig)
{
  GstStructure *stats = NULL;
  gchar *variant;

  g_object_get (get_element (rig), "stats", &stats, NULL);
  variant = g_strdup (gst_structure_get_string (stats, "variant"));
  gst_structure_free (stats);
  return variant;
}

static void
check_variant (Rig * rig, const gchar * expected)
{
  gchar *variant;

  push_audio (rig, 100);
  variant = get_variant (rig);
  fail_unless_equals_string (variant, expected);
  g_free (variant);
}

static GstEvent *
model_event (BfftVariant variant, guint n_fft)
{
  BfftNetwork *network = bfft_network_new_exact (variant, n_fft);
  GBytes *bytes = bfft_weights_to_bytes (network);
  GstStructure *s = gst_structure_new ("bfft-model", "model", G_TYPE_BYTES,
      bytes, "step", G_TYPE_UINT64, G_GUINT64_CONSTANT (5), NULL);

  g_bytes_unref (bytes);
  bfft_network_unref (network);
  return gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, s);
}

/* Returns when it has been taken. */
static void
push_model (Rig * rig, guint n_fft)
{
  guint before = models_done;

  gst_harness_push_event (rig->h, model_event (BFFT_VARIANT_DOMAIN, n_fft));
  wait_models (before + 1);
}

/* From a file, then from the stream, then from the file again. */
GST_START_TEST (test_models)
{
  Rig rig = new_spectrum ("bands=33 follow-model=true", GST_AUDIO_FORMAT_F32,
      8000, 1);
  gchar *name = save_model (BFFT_VARIANT_LEARNED, 64);
  GstElement *e = get_element (&rig);
  BfftNetwork *network;

  check_variant (&rig, "butterfly");
  g_object_set (e, "model-location", name, NULL);
  check_variant (&rig, "learned");
  watch_models ();
  push_model (&rig, 128);
  check_variant (&rig, "learned");
  fail_unless_equals_int (count_messages (&rig, GST_MESSAGE_WARNING,
          GST_LIBRARY_ERROR), 1);
  push_model (&rig, 64);
  check_variant (&rig, "domain");
  /* what it reads changes nothing, a file that has changed does */
  g_object_set (e, "model-location", name, NULL);
  check_variant (&rig, "domain");
  network = bfft_network_new_exact (BFFT_VARIANT_LEARNED, 64);
  fail_unless (bfft_weights_save (network, name, NULL));
  bfft_network_unref (network);
  g_object_set (e, "model-location", name, NULL);
  check_variant (&rig, "learned");
  g_object_set (e, "follow-model", FALSE, "model-location", NULL, NULL);
  push_model (&rig, 64);
  check_variant (&rig, "butterfly");
  fail_unless_equals_int (count_messages (&rig, GST_MESSAGE_WARNING, 0), 0);

  g_object_set (e, "model-location", name, "bands", 65, NULL);
  fail_unless_equals_int (count_messages (&rig, GST_MESSAGE_WARNING,
          GST_LIBRARY_ERROR), 1);
  g_unlink (name);
  g_free (name);
  free_rig (&rig);
}

GST_END_TEST;

/* A model that meets the n-fft that was just set for it; in another stream it is
 * forgotten; and a file that could not be loaded is not found there again. */
GST_START_TEST (test_models_of_streams)
{
  Rig rig = new_spectrum ("bands=33 follow-model=true", GST_AUDIO_FORMAT_F32,
      8000, 1);
  GstElement *e = get_element (&rig);

  check_variant (&rig, "butterfly");
  g_object_set (e, "bands", 65, NULL);
  watch_models ();
  push_model (&rig, 128);
  check_variant (&rig, "domain");
  gst_element_set_state (rig.h->element, GST_STATE_NULL);
  free_rig (&rig);

  rig = new_spectrum ("bands=33 follow-model=true", GST_AUDIO_FORMAT_F32, 8000,
      1);
  e = gst_object_ref (get_element (&rig));
  push_model (&rig, 64);
  check_variant (&rig, "domain");
  g_object_set (e, "model-location", "/none", NULL);
  fail_unless_equals_int (count_messages (&rig, GST_MESSAGE_WARNING,
          GST_RESOURCE_ERROR), 1);
  fail_unless_equals_int (gst_element_set_state (e, GST_STATE_READY),
      GST_STATE_CHANGE_SUCCESS);
  fail_unless_equals_int (gst_element_set_state (e, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (e, GST_STATE_READY);
  fail_unless_equals_int (gst_element_set_state (e, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  g_object_set (e, "model-location", NULL, NULL);
  fail_unless_equals_int (gst_element_set_state (e, GST_STATE_PLAYING),
      GST_STATE_CHANGE_SUCCESS);
  gst_object_unref (e);
  free_rig (&rig);
}

GST_END_TEST;

/* The stream's model does not outlive the stream. */
GST_START_TEST (test_model_ends_with_stream)
{
  GstElement *e = gst_element_factory_make ("bfftspectrum", NULL);
  GstHarness *h = gst_harness_new_with_element (e, "sink", "src");
  GstStructure *stats = NULL;
  guint i;

  g_object_set (e, "bands", 33, "follow-model", TRUE, NULL);
  for (i = 0; i < 2; i++) {
    gst_element_set_state (e, GST_STATE_PLAYING);
    gst_harness_set_src_caps_str (h, "audio/x-raw,format=F32LE,channels=1,"
        "layout=interleaved,rate=8000");
    if (i == 0) {
      watch_models ();
      gst_pad_send_event (GST_PAD_PEER (h->srcpad),
          model_event (BFFT_VARIANT_DOMAIN, 64));
      wait_models (1);
    }
    gst_harness_push (h, gst_harness_create_buffer (h, 400));
    g_object_get (e, "stats", &stats, NULL);
    fail_unless_equals_string (gst_structure_get_string (stats, "variant"),
        i == 0 ? "domain" : "butterfly");
    gst_structure_free (stats);
    gst_element_set_state (e, GST_STATE_READY);
  }
  gst_harness_teardown (h);
  gst_object_unref (e);
}

GST_END_TEST;

/* Bad input */

static void
check_fails (const gchar * launch, GQuark domain)
{
  GstElement *pipeline = gst_parse_launch (launch, NULL);
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;
  GError *error;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 10 * GST_SECOND,
      GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (error->domain == domain, "%s", error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
}

#define TEST_PIPELINE "audiotestsrc num-buffers=9 ! bfftspectrum %s ! fakesink"

GST_START_TEST (test_impossible)
{
  const struct
  {
    const gchar *settings;
    GQuark domain;
  } cases[] = {
    {"n-fft=20", GST_LIBRARY_ERROR},
    {"n-fft=1 bands=2", GST_LIBRARY_ERROR},
    {"model-location=/nonexistent/model", GST_RESOURCE_ERROR},
    {"model-location=/", GST_RESOURCE_ERROR},
    {"sidecar-location=/nonexistent/sidecar bands=9", GST_RESOURCE_ERROR},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *launch = g_strdup_printf (TEST_PIPELINE, cases[i].settings);

    check_fails (launch, cases[i].domain);
    g_free (launch);
  }
}

GST_END_TEST;

/* A frame with NaN or infinity is spoilt, those after it are not. */
GST_START_TEST (test_not_finite)
{
  static const gfloat bad[] = { NAN, INFINITY, -INFINITY, 1e-42f, 3e38f };
  Rig rig = new_spectrum (__i__ ? OWN : "bands=33 interval=10000000",
      GST_AUDIO_FORMAT_F32, 8000, 1);
  guint i, k;

  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    GstBuffer *buffer = make_audio (&rig, 80);
    GPtrArray *results;
    GArray *values;

    gst_buffer_fill (buffer, 44, &bad[i], sizeof (gfloat));
    gst_harness_push (rig.h, buffer);
    push_audio (&rig, 160);
    results = take_results (&rig, "bfftspectrum", NULL, NULL);
    fail_unless_equals_int (results->len, 3);
    values = get_floats (results->pdata[2], "magnitude");
    for (k = 0; k < values->len; k++)
      fail_unless (isfinite (g_array_index (values, gfloat, k)));
    g_array_unref (values);
    g_ptr_array_unref (results);
  }
  free_rig (&rig);
}

GST_END_TEST;

GST_START_TEST (test_extremes)
{
  static const struct
  {
    guint rate, channels, n;
    const gchar *settings;
  } cases[] = {
    {1, 1, 5, "bands=2"},
    {768000, 64, 1000, "multi-channel=true bands=17"},
    {768000, 64, 1000, "bands=17"},
    {48000, 2, 1000, "interval=18446744073709551615"},
    {48000, 2, 1000, "interval=1 hop=1 bands=2"},
    {48000, 2, 1000, "hop=2147483647"},
    {48000, 1, 1000, "bands=65537 interval=10000000"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    Rig rig = new_spectrum (cases[i].settings, GST_AUDIO_FORMAT_S16,
        cases[i].rate, cases[i].channels);

    fail_unless_equals_int (push_audio (&rig, cases[i].n), GST_FLOW_OK);
    fail_unless_equals_int (push_audio (&rig, 0), GST_FLOW_OK);
    fail_unless_equals_int (push_audio (&rig, cases[i].n), GST_FLOW_OK);
    free_rig (&rig);
  }
}

GST_END_TEST;

/* Results without timestamps, from a segment that is not in time. */
GST_START_TEST (test_no_timestamps)
{
  Rig rig = new_spectrum (__i__ ? OWN : "interval=10000000",
      GST_AUDIO_FORMAT_S16, 8000, 1);
  GPtrArray *results;
  GstSegment segment;
  guint i;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (rig.h, gst_event_new_segment (&segment));
  for (i = 0; i < 5; i++) {
    GstBuffer *buffer = make_audio (&rig, 100);

    GST_BUFFER_PTS (buffer) = GST_CLOCK_TIME_NONE;
    GST_BUFFER_DURATION (buffer) = GST_CLOCK_TIME_NONE;
    gst_harness_push (rig.h, buffer);
  }
  results = take_results (&rig, "bfftspectrum", NULL, NULL);
  fail_unless_equals_int (results->len, 6);
  for (i = 0; i < 6; i++) {
    fail_unless_equals_uint64 (get_time (results->pdata[i], "timestamp"),
        GST_CLOCK_TIME_NONE);
    fail_unless_equals_uint64 (get_time (results->pdata[i], "duration"),
        10 * GST_MSECOND);
  }
  g_ptr_array_unref (results);
  free_rig (&rig);
}

GST_END_TEST;

/* Planar audio whose buffers do not say so. */
GST_START_TEST (test_no_audio_meta)
{
  Rig rig = new_spectrum ("", GST_AUDIO_FORMAT_S16, 8000, 2);

  set_audio_caps (&rig, GST_AUDIO_FORMAT_S16, 8000, 2,
      GST_AUDIO_LAYOUT_NON_INTERLEAVED);
  fail_unless_equals_int (push_audio (&rig, 100), GST_FLOW_OK);
  fail_unless_equals_int (gst_harness_push (rig.h,
          gst_buffer_new_allocate (NULL, 400, NULL)), GST_FLOW_ERROR);
  fail_unless_equals_int (count_messages (&rig, GST_MESSAGE_ERROR,
          GST_STREAM_ERROR), 1);
  free_rig (&rig);
}

GST_END_TEST;

/* States */

GST_START_TEST (test_state_cycles)
{
  GstElement *pipeline = gst_parse_launch ("audiotestsrc num-buffers=20 ! "
      "bfftspectrum bands=9 ! fakesink async=false", NULL);
  guint i;

  for (i = 0; i < 1000; i++) {
    static const GstState states[] = { GST_STATE_READY, GST_STATE_PAUSED,
      GST_STATE_PLAYING, GST_STATE_PAUSED, GST_STATE_NULL
    };

    gst_element_set_state (pipeline, states[i % G_N_ELEMENTS (states)]);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

GST_END_TEST;

static Suite *
bfftspectrum_suite (void)
{
  Suite *s = suite_create ("bfftspectrum");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_tensors, 0, G_N_ELEMENTS (tensor_cases));
  tcase_add_test (tc, test_tensor_caps_follow);
  tcase_add_test (tc, test_refused_keeps_caps);
  tcase_add_test (tc, test_caps_while_flushing);
  tcase_add_test (tc, test_tensors_restart);
  tcase_add_loop_test (tc, test_same_memory, 0, 2);
  tcase_add_test (tc, test_meta);
  tcase_add_test (tc, test_buffer_sizes);
  tcase_add_test (tc, test_formats);
  tcase_add_loop_test (tc, test_restarts, 0, 4);
  tcase_add_test (tc, test_long_interval);
  tcase_add_test (tc, test_phase_from_now_on);
  tcase_add_loop_test (tc, test_gap_buffers, 0, 2);
  tcase_add_loop_test (tc, test_execution_in_stats, 0, 3);
  tcase_add_loop_test (tc, test_properties_while_playing, 0, 2);
  tcase_add_test (tc, test_carries_on);
  tcase_add_test (tc, test_refused_while_playing);
  tcase_add_test (tc, test_models);
  tcase_add_test (tc, test_models_of_streams);
  tcase_add_test (tc, test_model_ends_with_stream);
  tcase_add_test (tc, test_impossible);
  tcase_add_loop_test (tc, test_not_finite, 0, 2);
  tcase_add_test (tc, test_extremes);
  tcase_add_loop_test (tc, test_no_timestamps, 0, 2);
  tcase_add_test (tc, test_no_audio_meta);
  tcase_add_test (tc, test_state_cycles);
  return s;
}

GST_CHECK_MAIN (bfftspectrum);
