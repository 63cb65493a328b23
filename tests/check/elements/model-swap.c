/* bfft: a thousand changes of model in ten seconds of audio.
 *
 * What each result must be is known from two elements that hear the same and
 * never change their model.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "count-calls.h"

#include <gst/audio/audio.h>
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <glib/gstdio.h>
#include <math.h>

#include "bfft-weights.h"
#include "wait-model.h"

#define RATE 48000
#define SECONDS 10
#define CHUNK 96                /* samples in a buffer, 5 in a swap's time */
#define SWAPS 1000
#define SWAP_SAMPLES (RATE * SECONDS / SWAPS)
#define N_FFT 256

#define TENSORS "other/tensors,format=static"

/* Every result has one transform, so that it belongs to one network. */
static const struct
{
  const gchar *element;
  const gchar *settings;
} elements[] = {
  {"bfftspectrum", "bands=129 hop=480 interval=10000000 "
        "magnitude-unit=power average=power"},
  {"bfftmel", "n-fft=256 hop=160 n-mels=20"},
  {"bfftwelch", "n-fft=256 segments=1 hop=240 message-peaks=false"},
};

typedef enum
{
  BY_PROPERTY,                  /* in another thread */
  BY_EVENT,                     /* in the stream */
  BY_BOTH,
  N_WAYS
} Way;

/* Networks */

static gchar *locations[2];
static GBytes *models[2];

static void
make_networks (void)
{
  guint i;

  for (i = 0; i < 2; i++) {
    BfftNetwork *network = bfft_network_new_exact (BFFT_VARIANT_DOMAIN, N_FFT);
    gint fd = g_file_open_tmp ("bfft-swap-XXXXXX", &locations[i], NULL);

    g_close (fd, NULL);
    bfft_network_perturb (network, 0.2f, i + 1);
    fail_unless (bfft_weights_save (network, locations[i], NULL));
    models[i] = bfft_weights_to_bytes (network);
    bfft_network_unref (network);
  }
}

static void
free_networks (void)
{
  guint i;

  for (i = 0; i < 2; i++) {
    g_unlink (locations[i]);
    g_clear_pointer (&locations[i], g_free);
    g_clear_pointer (&models[i], g_bytes_unref);
  }
}

/* One element */

static GstHarness *
new_harness (guint element, guint network)
{
  gchar *launch = g_strdup_printf ("%s %s follow-model=true model-location=%s",
      elements[element].element, elements[element].settings,
      locations[network]);
  GstHarness *h = gst_harness_new_parse (launch);

  gst_harness_set_sink_caps_str (h, TENSORS);
  gst_harness_set_src_caps_str (h, "audio/x-raw,format=F32LE,channels=1,"
      "layout=interleaved,rate=48000");
  g_free (launch);
  return h;
}

static GstBuffer *
make_buffer (guint64 position)
{
  GstBuffer *buffer =
      gst_buffer_new_allocate (NULL, CHUNK * sizeof (gfloat), NULL);
  guint32 seed = position;
  GstMapInfo map;
  guint i;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (i = 0; i < CHUNK; i++) {
    seed = seed * 1664525 + 1013904223;
    ((gfloat *) map.data)[i] = (gint32) seed / 4294967296.0f;
  }
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (position, GST_SECOND, RATE);
  return buffer;
}

static void
send_model (GstHarness * h, guint network)
{
  gst_harness_push_event (h,
      gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
          gst_structure_new ("bfft-model", "model", G_TYPE_BYTES,
              models[network], "step", G_TYPE_UINT64, G_GUINT64_CONSTANT (1),
              NULL)));
}

/* The other thread */

typedef struct
{
  GstElement *element;
  gint wanted;                  /* swaps there may have been by now */
  gint done;
} Swapper;

static gpointer
swap (gpointer data)
{
  Swapper *swapper = data;
  gint i;

  for (i = 0; i < SWAPS; i++) {
    while (g_atomic_int_get (&swapper->wanted) <= i)
      g_usleep (20);
    g_object_set (swapper->element, "model-location", locations[(i + 1) % 2],
        NULL);
    g_atomic_int_set (&swapper->done, i + 1);
  }
  return NULL;
}

/* Results */

typedef struct
{
  guint n;                      /* results */
  guint of[2];                  /* that are each network's */
  guint changes;                /* from one network to the other */
  gint last;
} Tally;

static void
take_results (GstHarness * h[3], Tally * tally, gint expected)
{
  GstBuffer *b[3];
  guint i;

  while ((b[0] = gst_harness_try_pull (h[0]))) {
    GstClockTime end = GST_BUFFER_PTS (b[0]) + GST_BUFFER_DURATION (b[0]);
    gboolean same[2];
    GstMapInfo map;

    gst_buffer_map (b[0], &map, GST_MAP_READ);
    for (i = 1; i < 3; i++) {
      b[i] = gst_harness_try_pull (h[i]);
      fail_unless (b[i] != NULL);
      fail_unless_equals_uint64 (GST_BUFFER_PTS (b[0]), GST_BUFFER_PTS (b[i]));
      fail_unless_equals_uint64 (end,
          GST_BUFFER_PTS (b[i]) + GST_BUFFER_DURATION (b[i]));
      fail_unless_equals_uint64 (map.size, gst_buffer_get_size (b[i]));
      fail_unless (GST_BUFFER_IS_DISCONT (b[0]) == (tally->n == 0));
      same[i - 1] = gst_buffer_memcmp (b[i], 0, map.data, map.size) == 0;
    }
    gst_buffer_unmap (b[0], &map);
    fail_unless (same[0] != same[1], "result %u belongs to %s network",
        tally->n, same[0] ? "either" : "neither");
    if (expected >= 0)
      fail_unless (same[expected], "result %u", tally->n);
    tally->changes += tally->n > 0 && tally->last != same[1];
    tally->last = same[1];
    tally->of[same[1]]++;
    tally->n++;
    for (i = 0; i < 3; i++)
      gst_buffer_unref (b[i]);
  }
  for (i = 1; i < 3; i++)
    fail_unless (gst_harness_try_pull (h[i]) == NULL);
}

static void
push_all (GstHarness * h[3], Swapper * swapper, Way way, Tally * tally)
{
  guint64 position;
  gint due = 0;
  guint i;

  for (position = 0; position < RATE * SECONDS; position += CHUNK) {
    GstBuffer *buffer = make_buffer (position);
    gint expected = way == BY_EVENT ? due % 2 : -1;

    for (i = 0; i < 3; i++)
      fail_unless_equals_int (gst_harness_push (h[i],
              gst_buffer_ref (buffer)), GST_FLOW_OK);
    gst_buffer_unref (buffer);
    take_results (h, tally, expected);
    if ((position + CHUNK) % SWAP_SAMPLES != 0)
      continue;
    due++;
    if (way != BY_PROPERTY) {
      send_model (h[0], due % 2);
      /* Another thread takes it; the buffer that follows is to be its. */
      wait_models (due);
    }
    if (way != BY_EVENT) {
      g_atomic_int_set (&swapper->wanted, due);
      /* Two of four are waited for, so that each network has results. */
      while (g_atomic_int_get (&swapper->done) < due - (due % 4 < 2 ? 0 : 2))
        g_thread_yield ();
    }
  }
}

GST_START_TEST (test_swap)
{
  guint element = __i__ % G_N_ELEMENTS (elements);
  Way way = __i__ / G_N_ELEMENTS (elements);
  GThread *thread = NULL;
  Swapper swapper = {.wanted = 0 };
  Tally tally = { 0, };
  GstHarness *h[3];
  guint i;

  make_networks ();
  watch_models ();
  for (i = 0; i < 3; i++)
    h[i] = new_harness (element, i == 2);
  swapper.element = gst_harness_find_element (h[0], elements[element].element);
  if (way != BY_EVENT)
    thread = g_thread_new ("swap", swap, &swapper);
  push_all (h, &swapper, way, &tally);
  if (thread)
    g_thread_join (thread);
  gst_object_unref (swapper.element);
  gst_harness_push_event (h[0], gst_event_new_eos ());
  for (i = 0; i < 3; i++)
    gst_harness_teardown (h[i]);
  free_networks ();

  GST_INFO ("%s: %u results, %u + %u, %u changes", elements[element].element,
      tally.n, tally.of[0], tally.of[1], tally.changes);
  fail_unless (tally.n >= SWAPS - 1);
  fail_unless (tally.of[0] > tally.n / 10 && tally.of[1] > tally.n / 10);
  fail_unless (tally.changes > SWAPS / 4);
}

GST_END_TEST;

/* A model is no work for the streaming thread: it does not read it (whose
 * largest piece has n-fft numbers and more) nor make what runs it, and models
 * that come faster than they can be taken end with the last. */
GST_START_TEST (test_thread)
{
  static const gchar *const names[] = { "bfftspectrum hop=65536", "bfftmel",
    "bfftwelch segments=1", "bfftfilter"
  };
  const guint n_fft = 65536;
  GstHarness *h = gst_harness_new_parse (names[__i__]);
  BfftNetwork *network = bfft_network_new_exact (BFFT_VARIANT_DOMAIN, n_fft);
  CallCounts counts = { 0, };
  GstElement *element;
  GstStructure *stats;
  guint i, got = 0;

  watch_models ();
  element = __i__ < 3 ? gst_harness_find_element (h, elements[__i__].element) :
      gst_harness_find_element (h, "bfftfilter");
  g_object_set (element, "follow-model", TRUE, "n-fft", n_fft, NULL);
  if (__i__ == 1)
    g_object_set (element, "n-mels", 8, NULL);
  models[0] = bfft_weights_to_bytes (network);
  gst_harness_set_src_caps_str (h, "audio/x-raw,format=F32LE,channels=1,"
      "layout=interleaved,rate=48000");
  gst_harness_push (h, make_buffer (0));
  count_calls (&counts);
  for (i = 0; i < 5; i++)
    send_model (h, 0);
  stop_counting ();
  fail_unless (counts.largest < n_fft, "%" G_GSIZE_FORMAT, counts.largest);
  fail_unless (wait_models (1) != g_thread_self ());
  /* It gets there: the last one's variant; and none is left behind. */
  for (i = 0; i < 1000 && !got; i++) {
    gst_harness_push (h, make_buffer (CHUNK * (i + 1)));
    g_object_get (element, "stats", &stats, NULL);
    got = __i__ == 3 || g_strcmp0 (gst_structure_get_string (stats, "variant"),
        "domain") == 0;
    gst_structure_free (stats);
    g_usleep (got ? 0 : 1000);
  }
  fail_unless (got);
  for (i = 0; i < 5; i++)
    send_model (h, 0);
  gst_object_unref (element);
  /* also while one is being read */
  gst_harness_teardown (h);
  bfft_network_unref (network);
  g_clear_pointer (&models[0], g_bytes_unref);
}

GST_END_TEST;

/* Locks and allocations
 *
 * A pass-through element of GStreamer's shows what GstBaseTransform and pads
 * do themselves. */

static GstFlowReturn
take_buffer (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static GstPad *
new_source (GstElement * element)
{
  GstPad *src = gst_pad_new ("src", GST_PAD_SRC);
  GstPad *sink = gst_element_get_static_pad (element, "sink");
  GstSegment segment;
  GstCaps *caps;

  gst_pad_set_active (src, TRUE);
  fail_unless (gst_pad_link (src, sink) == GST_PAD_LINK_OK);
  gst_object_unref (sink);
  gst_pad_push_event (src, gst_event_new_stream_start ("swap"));
  caps = gst_caps_from_string ("audio/x-raw,format=F32LE,channels=1,"
      "layout=interleaved,rate=48000");
  gst_pad_push_event (src, gst_event_new_caps (caps));
  gst_caps_unref (caps);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (src, gst_event_new_segment (&segment));
  return src;
}

/* One second through @launch, of which what the last part did is counted. */
static void
count_element (const gchar * launch, CallCounts * counts)
{
  GstElement *element = gst_parse_launch (launch, NULL);
  GstPad *sink = gst_pad_new ("sink", GST_PAD_SINK);
  GstPad *peer = gst_element_get_static_pad (element, "src");
  GstBuffer *buffers[RATE / CHUNK];
  GstPad *src;
  guint i;

  memset (counts, 0, sizeof (*counts));
  gst_pad_set_chain_function (sink, take_buffer);
  gst_pad_set_active (sink, TRUE);
  gst_pad_link (peer, sink);
  gst_element_set_state (element, GST_STATE_PLAYING);
  src = new_source (element);
  for (i = 0; i < G_N_ELEMENTS (buffers); i++)
    buffers[i] = make_buffer (i * CHUNK);
  for (i = 0; i < G_N_ELEMENTS (buffers); i++) {
    if (i >= 100)
      count_calls (counts);
    gst_pad_push (src, buffers[i]);
    stop_counting ();
  }
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (peer);
  gst_object_unref (src);
  gst_object_unref (sink);
  gst_object_unref (element);
}

GST_START_TEST (test_hot_path)
{
  gchar *launch = g_strdup_printf ("%s %s post-messages=false "
      "model-location=%s", elements[__i__].element, elements[__i__].settings,
      locations[0]);
  CallCounts base, counts;

  count_element ("identity silent=true", &base);
  count_element (launch, &counts);
  GST_INFO ("%s: %" G_GUINT64_FORMAT " allocations, %" G_GUINT64_FORMAT
      " locks, %" G_GUINT64_FORMAT " of them its own; identity: %"
      G_GUINT64_FORMAT " locks", elements[__i__].element, counts.allocations,
      counts.locks, counts.own_locks, base.locks);
  if (COUNTS_CALLS) {
    fail_unless (base.locks > 0);
    fail_unless_equals_uint64 (counts.allocations, 0);
    fail_unless_equals_uint64 (counts.own_locks, 0);
    fail_unless (counts.locks <= base.locks);
  }
  g_free (launch);
}

GST_END_TEST;

GST_START_TEST (test_filter_path)
{
  gchar *launch = g_strdup_printf ("bfftfilter n-fft=256 %s%s",
      __i__ ? "model-location=" : "", __i__ ? locations[0] : "");
  CallCounts base, counts;

  count_element ("identity silent=true", &base);
  count_element (launch, &counts);
  if (COUNTS_CALLS) {
    fail_unless_equals_uint64 (counts.allocations, 0);
    fail_unless_equals_uint64 (counts.own_locks, 0);
    fail_unless (counts.locks <= base.locks);
  }
  g_free (launch);
}

GST_END_TEST;

static Suite *
swap_suite (void)
{
  Suite *s = suite_create ("model-swap");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_swap, 0, N_WAYS * G_N_ELEMENTS (elements));
  tcase_add_loop_test (tc, test_thread, 0, G_N_ELEMENTS (elements) + 1);
  tc = tcase_create ("hot path");
  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, make_networks, free_networks);
  tcase_add_loop_test (tc, test_hot_path, 0, G_N_ELEMENTS (elements));
  tcase_add_loop_test (tc, test_filter_path, 0, 2);
  return s;
}

int
main (int argc, char **argv)
{
  Suite *s;

  count_calls_main (argv);
  gst_check_init (&argc, &argv);
  s = swap_suite ();
  return gst_check_run_suite (s, "model-swap", __FILE__);
}
