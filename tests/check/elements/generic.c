/* bfft: what GStreamer expects of any element, for all of ours.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gst/audio/audio.h>
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <glib/gstdio.h>
#include <string.h>

static const gchar *const names[] = { "bfftspectrum", "bfftmel", "bfftwelch",
  "bffttrain", "bfftfilter", "bfftscope"
};

static const gchar *const classes[] = { "Filter/Analyzer/Audio",
  "Filter/Analyzer/Audio", "Filter/Analyzer/Audio", "Filter/Analyzer/Audio",
  "Filter/Effect/Audio", "Visualization"
};

/* Those that post results; the others play and show. */
#define N (N_ALL - 2)
#define N_ALL G_N_ELEMENTS (names)
#define CAPS "audio/x-raw,format=F32LE,layout=interleaved,channels=1,rate=16000"

/* States */

GST_START_TEST (test_states)
{
  static const GstState states[] = { GST_STATE_READY, GST_STATE_PAUSED,
    GST_STATE_NULL, GST_STATE_PLAYING, GST_STATE_READY, GST_STATE_PLAYING,
    GST_STATE_PAUSED, GST_STATE_NULL
  };
  GstElement *e = gst_element_factory_make (names[__i__], NULL);
  guint round, i;

  fail_unless (e != NULL);
  for (round = 0; round < 20; round++)
    for (i = 0; i < G_N_ELEMENTS (states); i++)
      fail_unless_equals_int (gst_element_set_state (e, states[i]),
          GST_STATE_CHANGE_SUCCESS);
  ASSERT_OBJECT_REFCOUNT (e, "element", 1);
  gst_object_unref (e);
}

GST_END_TEST;

/* Properties */

/* The ends of what @pspec allows. */
static gboolean
get_limit (GParamSpec * pspec, gboolean highest, GValue * value)
{
  g_value_init (value, pspec->value_type);
  if (G_IS_PARAM_SPEC_UINT (pspec)) {
    GParamSpecUInt *p = G_PARAM_SPEC_UINT (pspec);

    g_value_set_uint (value, highest ? p->maximum : p->minimum);
  } else if (G_IS_PARAM_SPEC_UINT64 (pspec)) {
    GParamSpecUInt64 *p = G_PARAM_SPEC_UINT64 (pspec);

    g_value_set_uint64 (value, highest ? p->maximum : p->minimum);
  } else if (G_IS_PARAM_SPEC_INT (pspec)) {
    GParamSpecInt *p = G_PARAM_SPEC_INT (pspec);

    g_value_set_int (value, highest ? p->maximum : p->minimum);
  } else if (G_IS_PARAM_SPEC_DOUBLE (pspec)) {
    GParamSpecDouble *p = G_PARAM_SPEC_DOUBLE (pspec);

    g_value_set_double (value, highest ? p->maximum : p->minimum);
  } else if (G_IS_PARAM_SPEC_BOOLEAN (pspec)) {
    g_value_set_boolean (value, highest);
  } else if (G_IS_PARAM_SPEC_ENUM (pspec)) {
    GEnumClass *klass = G_PARAM_SPEC_ENUM (pspec)->enum_class;

    g_value_set_enum (value,
        klass->values[highest ? klass->n_values - 1 : 0].value);
  } else if (G_IS_PARAM_SPEC_STRING (pspec)) {
    g_value_set_string (value, highest ? "text" : NULL);
  } else {
    return FALSE;
  }
  return TRUE;
}

static void
check_round_trip (GstElement * e, GParamSpec * pspec)
{
  gboolean highest;

  for (highest = FALSE; highest <= TRUE; highest++) {
    GValue set = G_VALUE_INIT, got = G_VALUE_INIT;

    fail_unless (get_limit (pspec, highest, &set), "%s", pspec->name);
    g_object_set_property (G_OBJECT (e), pspec->name, &set);
    g_value_init (&got, pspec->value_type);
    g_object_get_property (G_OBJECT (e), pspec->name, &got);
    fail_unless (g_param_values_cmp (pspec, &set, &got) == 0, "%s of %s",
        pspec->name, GST_OBJECT_NAME (e));
    g_value_unset (&set);
    g_value_unset (&got);
  }
}

/* A new element has the defaults that it says. */
static void
check_default (GstElement * e, GParamSpec * pspec)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, pspec->value_type);
  g_object_get_property (G_OBJECT (e), pspec->name, &value);
  fail_unless (g_param_value_defaults (pspec, &value), "default of %s of %s",
      pspec->name, GST_OBJECT_NAME (e));
  g_value_unset (&value);
}

GST_START_TEST (test_properties)
{
  GstElement *e = gst_element_factory_make (names[__i__], NULL);
  GstElement *fresh;
  guint i, n;
  GParamSpec **pspecs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (e), &n);

  for (i = 0; i < n; i++) {
    GParamSpec *pspec = pspecs[i];
    const gchar *blurb = g_param_spec_get_blurb (pspec);

    if (!g_str_has_prefix (g_type_name (pspec->owner_type), "GstBfft"))
      continue;
    fail_unless (blurb && strlen (blurb) > 5, "%s says nothing", pspec->name);
    if (!(pspec->flags & G_PARAM_WRITABLE))
      continue;
    fail_unless (pspec->flags & (GST_PARAM_MUTABLE_PLAYING |
            GST_PARAM_MUTABLE_READY), "%s does not say when", pspec->name);
    /* one of its own: what follows a preset depends on the others */
    fresh = gst_element_factory_make (names[__i__], NULL);
    check_default (fresh, pspec);
    check_round_trip (fresh, pspec);
    gst_object_unref (fresh);
  }
  g_free (pspecs);
  gst_object_unref (e);
}

GST_END_TEST;

/* Pad templates: any audio that they allow is taken, others are refused. */

static gboolean
accepts (const gchar * name, const gchar * text)
{
  GstHarness *h = gst_harness_new (name);
  GstCaps *caps = gst_caps_from_string (text);
  gboolean accepted;

  gst_harness_play (h);
  accepted = gst_pad_peer_query_accept_caps (h->srcpad, caps);
  gst_caps_unref (caps);
  gst_harness_teardown (h);
  return accepted;
}

GST_START_TEST (test_templates)
{
  static const gchar *const formats[] = { "S16LE", "S24LE", "S32LE", "F32LE",
    "F64LE"
  };
  static const gchar *const refused[] = { "audio/x-raw,format=U8,channels=1,"
        "rate=8000,layout=interleaved", "audio/x-raw,format=F32BE,channels=1,"
        "rate=8000,layout=interleaved", "video/x-raw,format=RGB,width=8,"
        "height=8,framerate=1/1", "other/tensors"
  };
  GstElementFactory *factory = gst_element_factory_find (names[__i__]);
  guint i, planar;

  fail_unless_equals_int (gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE
          (factory)), GST_RANK_NONE);
  fail_unless_equals_string (gst_element_factory_get_metadata (factory,
          GST_ELEMENT_METADATA_KLASS), classes[__i__]);
  fail_unless_equals_int (gst_element_factory_get_num_pad_templates (factory),
      2);
  gst_object_unref (factory);
  for (i = 0; i < G_N_ELEMENTS (formats); i++) {
    for (planar = 0; planar < 2; planar++) {
      gchar *caps = g_strdup_printf ("audio/x-raw,format=%s,channels=3,"
          "channel-mask=(bitmask)0,rate=44100,layout=%s", formats[i],
          planar ? "non-interleaved" : "interleaved");

      fail_unless (accepts (names[__i__], caps), "%s", caps);
      g_free (caps);
    }
  }
  for (i = 0; i < G_N_ELEMENTS (refused); i++)
    fail_if (accepts (names[__i__], refused[i]), "%s", refused[i]);
}

GST_END_TEST;

/* Events that stay with the stream go on, those about models too. */
GST_START_TEST (test_sticky)
{
  GstHarness *h = gst_harness_new (names[__i__]);
  GBytes *bytes = g_bytes_new_static ("bad", 3);
  GstEvent *events[2], *event;
  guint i;

  events[0] = gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
      gst_structure_new ("bfft-model", "model", G_TYPE_BYTES, bytes, NULL));
  events[1] = gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "t", NULL));
  gst_harness_set_src_caps_str (h, CAPS);
  for (i = 0; i < G_N_ELEMENTS (events); i++) {
    fail_unless (gst_harness_push_event (h, gst_event_ref (events[i])));
    while ((event = gst_harness_pull_event (h)) && event != events[i])
      gst_event_unref (event);
    fail_unless (event == events[i]);
    gst_event_unref (event);
    event = gst_pad_get_sticky_event (GST_PAD_PEER (h->sinkpad),
        GST_EVENT_TYPE (events[i]), 0);
    fail_unless (event == events[i]);
    gst_event_unref (event);
    gst_event_unref (events[i]);
  }
  g_bytes_unref (bytes);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Stress: other threads send models, set properties, ask and want new caps,
 * while buffers go through. */

static GstEvent *
make_model_event (GstHarness * h, gpointer data)
{
  GBytes *bytes = g_bytes_new_static ("bad", 3);
  GstEvent *event = gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
      gst_structure_new ("bfft-model", "model", G_TYPE_BYTES, bytes, NULL));

  g_bytes_unref (bytes);
  return event;
}

static GstBuffer *
make_buffer (GstHarness * h, gpointer data)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 480 * 4, NULL);

  gst_buffer_memset (buffer, 0, 0, 480 * 4);
  return buffer;
}

/* Caps, setups and refusals are in the log, each in the element's own category,
 * parts that elements share too. */

typedef struct
{
  GMutex lock;
  const gchar *name;
  guint caps, setups, refusals, astray;
} Log;

static void
take_log (GstDebugCategory * category, GstDebugLevel level,
    const gchar * file, const gchar * function, gint line, GObject * object,
    GstDebugMessage * message, gpointer data)
{
  const gchar *text = gst_debug_message_get (message);
  Log *log = data;

  if (strstr (file, "gstbfft") == NULL)
    return;
  g_mutex_lock (&log->lock);
  log->astray += !g_str_equal (gst_debug_category_get_name (category),
      log->name);
  log->caps += level == GST_LEVEL_DEBUG && strstr (text, "caps audio/x-raw");
  log->setups += level == GST_LEVEL_INFO && strstr (text, "n-fft");
  log->refusals += level == GST_LEVEL_WARNING;
  g_mutex_unlock (&log->lock);
}

GST_START_TEST (test_log)
{
  Log log = {.name = names[__i__] };
  GstHarness *h;

  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_add_log_function (take_log, &log, NULL);
  gst_debug_set_threshold_from_string ("bfft*:5,default:5", TRUE);
  h = gst_harness_new (log.name);
  gst_harness_set_src_caps_str (h, CAPS);
  fail_unless_equals_int (gst_harness_push (h, make_buffer (h, NULL)),
      GST_FLOW_OK);
  fail_unless_equals_int (gst_harness_push (h,
          gst_buffer_new_allocate (NULL, 3, NULL)), GST_FLOW_ERROR);
  gst_harness_set_src_caps_str (h, "audio/x-raw,format=F32LE,rate=8000,"
      "layout=interleaved,channels=30000000,channel-mask=(bitmask)0");
  gst_harness_teardown (h);
  gst_debug_remove_log_function (take_log);
  gst_debug_set_threshold_from_string ("*:0", TRUE);
  fail_unless (log.caps >= 2 && log.setups > 0 && log.refusals >= 2,
      "%u caps, %u setups, %u refusals", log.caps, log.setups, log.refusals);
  fail_unless_equals_int (log.astray, 0);
}

GST_END_TEST;

/* Returns: whether there is one yet. */
static gboolean
ask_latency (GstHarness * h)
{
  GstQuery *query = gst_query_new_latency ();
  GstClockTime min, max;
  gboolean live, known = gst_pad_peer_query (h->sinkpad, query);

  gst_query_parse_latency (query, &live, &min, &max);
  fail_unless (!known || (GST_CLOCK_TIME_IS_VALID (min) && min <= max));
  gst_query_unref (query);
  return known;
}

GST_START_TEST (test_stress)
{
  GstHarness *h = gst_harness_new (names[__i__]);
  GstCaps *caps = gst_caps_from_string (CAPS);
  GstEvent *reconfigure = gst_event_new_reconfigure ();
  GstHarnessThread *threads[4];
  GValue follow = G_VALUE_INIT;
  GstSegment segment;
  guint i, n = 0;

  g_value_init (&follow, G_TYPE_BOOLEAN);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_set_drop_buffers (h, TRUE);
  threads[n++] = gst_harness_stress_push_buffer_with_cb_start (h, caps,
      &segment, make_buffer, NULL, NULL);
  threads[n++] = gst_harness_stress_push_event_with_cb_start (h,
      make_model_event, NULL, NULL);
  if (__i__ < 3)
    threads[n++] = gst_harness_stress_property_start (h, "follow-model",
        &follow);
  threads[n++] = gst_harness_stress_send_upstream_event_start (h, reconfigure);
  while (gst_harness_buffers_received (h) < 2000) {
    ask_latency (h);
    g_usleep (500);
  }
  fail_unless (ask_latency (h));
  for (i = 0; i < n; i++)
    gst_harness_stress_thread_stop (threads[i]);
  gst_event_unref (reconfigure);
  gst_caps_unref (caps);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Pipelines that applications make */

typedef struct
{
  guint results;
  gboolean done;
} Heard;

static Heard
run (GstElement * pipeline, const gchar * name, GstClockTime limit)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  Heard heard = { 0, };
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while ((message = gst_bus_timed_pop (bus, limit))) {
    const GstStructure *s = gst_message_get_structure (message);

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
      heard.done = TRUE;
    else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT
        && gst_structure_has_name (s, name))
      heard.results++;
    else if (GST_MESSAGE_TYPE (message) & (GST_MESSAGE_ERROR |
            GST_MESSAGE_WARNING))
      fail ("%s: %" GST_PTR_FORMAT, name, message);
    gst_message_unref (message);
    if (heard.done)
      break;
  }
  fail_unless (gst_element_set_state (pipeline, GST_STATE_NULL) ==
      GST_STATE_CHANGE_SUCCESS);
  gst_object_unref (bus);
  return heard;
}

/* %s: the element; one second of audio. */
static const gchar *const pipelines[] = {
  /* live, with a clock */
  "audiotestsrc is-live=true num-buffers=40 samplesperbuffer=400 ! " CAPS
      " ! %s ! queue ! fakesink sync=true",
  /* behind a tee, beside another branch */
  "audiotestsrc num-buffers=40 samplesperbuffer=400 ! " CAPS " ! tee name=t "
      "t. ! queue ! %s ! fakesink t. ! queue ! audioconvert ! fakesink",
  /* converted on the way, in two threads */
  "audiotestsrc num-buffers=40 samplesperbuffer=400 ! audioconvert ! "
      "audioresample ! " CAPS " ! queue ! %s ! queue ! audioconvert ! "
      "audio/x-raw,format=S16LE,channels=2 ! fakesink",
};

static gchar *
element_of (guint i)
{
  return g_strdup_printf ("%s%s", names[i], i == 3 ? " interval=1 n-fft=64 "
      "batch=2 mode=sync landscape=false" : "");
}

GST_START_TEST (test_pipelines)
{
  gchar *element = element_of (__i__ % N);
  gchar *launch = g_strdup_printf (pipelines[__i__ / N], element);
  GstElement *pipeline = gst_parse_launch (launch, NULL);
  Heard heard = run (pipeline, names[__i__ % N], 20 * GST_SECOND);

  fail_unless (heard.done);
  fail_unless (heard.results >= 3, "%u results", heard.results);
  gst_object_unref (pipeline);
  g_free (launch);
  g_free (element);
}

GST_END_TEST;

/* A sound file of one second. */
static gchar *
make_file (void)
{
  gchar *filename, *launch;
  GstElement *pipeline;
  gint fd = g_file_open_tmp ("bfft-XXXXXX.wav", &filename, NULL);

  g_close (fd, NULL);
  launch = g_strdup_printf ("audiotestsrc num-buffers=40 samplesperbuffer=400 "
      "! audio/x-raw,format=S16LE,rate=16000,channels=2 ! wavenc ! "
      "filesink location=%s", filename);
  pipeline = gst_parse_launch (launch, NULL);
  fail_unless (run (pipeline, "none", 10 * GST_SECOND).done);
  gst_object_unref (pipeline);
  g_free (launch);
  return filename;
}

GST_START_TEST (test_playbin)
{
  GstElement *playbin = gst_element_factory_make ("playbin", NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  gchar *filename = make_file ();
  gchar *uri = gst_filename_to_uri (filename, NULL);
  gchar *description = element_of (__i__);
  GstElement *filter = gst_parse_bin_from_description (description, TRUE, NULL);
  Heard heard;

  g_object_set (sink, "sync", FALSE, NULL);
  g_object_set (playbin, "uri", uri, "audio-filter", filter, "audio-sink",
      sink, NULL);
  heard = run (playbin, names[__i__], 20 * GST_SECOND);
  fail_unless (heard.done);
  fail_unless (heard.results >= 3, "%u results", heard.results);
  gst_object_unref (playbin);
  g_unlink (filename);
  g_free (filename);
  g_free (uri);
  g_free (description);
}

GST_END_TEST;

static Suite *
generic_suite (void)
{
  Suite *s = suite_create ("generic");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_states, 0, N_ALL);
  tcase_add_loop_test (tc, test_properties, 0, N_ALL);
  tcase_add_loop_test (tc, test_templates, 0, N_ALL);
  tcase_add_loop_test (tc, test_sticky, 0, N_ALL);
  tcase_add_loop_test (tc, test_log, 0, N_ALL);
  tcase_add_loop_test (tc, test_stress, 0, N_ALL);
  tcase_add_loop_test (tc, test_pipelines, 0, N * G_N_ELEMENTS (pipelines));
  tcase_add_loop_test (tc, test_playbin, 0, N);
  return s;
}

GST_CHECK_MAIN (generic);
