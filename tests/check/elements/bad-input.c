/* bfft: what users see of bad models, settings, files and streams.
 *
 * An error or warning says in a sentence which file or property is meant; the
 * audio goes on where that is possible, and results that have nothing to do
 * with what was bad are the same, bit for bit, as without it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfftspectrum-harness.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "bfft-weights.h"

#define RATE 8000
#define TENSORS "other/tensors,format=static"

/* A result at time t depends on samples from t - before up to t + after. */
static const struct
{
  const gchar *name;
  const gchar *settings;
  gint before, after;
} analyzers[] = {
  {"bfftspectrum", "bands=65 hop=100 interval=20000000 magnitude-unit=power "
        "average=power", 128, 160},
  {"bfftspectrum", "bands=65 interval=20000000", 0, 160},
  {"bfftmel", "n-fft=128 hop=100 n-mels=8", 0, 128},
  {"bfftmel",
      "n-fft=128 hop=40 n-mels=8 center=true log-mode=whisper "
        "remove-dc=true pre-emphasis=0.9", 65, 64},
  {"bfftwelch", "n-fft=128 segments=3", 0, 256},
  {"bfftwelch", "n-fft=100 segments=4 hop=70 average=median", 0, 250},
};

static const gchar *const names[] = { "bfftspectrum", "bfftmel", "bfftwelch",
  "bffttrain"
};

static gboolean
is_train (const gchar * name)
{
  return g_str_equal (name, "bffttrain");
}

/* Messages */

/* Whether @message, an error or warning, is of @domain and has @needle. */
static void
check_message (GstMessage * message, GQuark domain, const gchar * needle)
{
  GError *error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  fail_unless (error != NULL);
  fail_unless (error->domain == domain, "%s: %s",
      g_quark_to_string (error->domain), error->message);
  fail_unless (strstr (error->message, needle) != NULL,
      "'%s' does not name %s", error->message, needle);
  fail_unless (strchr (error->message, ' ') != NULL);
  g_error_free (error);
}

/* All of @type on the rig's bus, each of which is to be as above. */
static guint
count_messages (Rig * rig, GstMessageType type, GQuark domain,
    const gchar * needle)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop (rig->bus))) {
    if (GST_MESSAGE_TYPE (message) & type) {
      check_message (message, domain, needle);
      n++;
    }
    gst_message_unref (message);
  }
  return n;
}

static GstPadProbeReturn
count_buffer (GstPad * pad, GstPadProbeInfo * info, gpointer n)
{
  ++*(guint *) n;
  return GST_PAD_PROBE_OK;
}

/* Runs @launch until the first message of @type, or its end; returns how many
 * buffers came out. */
static guint
run_pipeline (const gchar * launch, GstMessageType type, GQuark domain,
    const gchar * needle)
{
  gchar *description =
      g_strdup_printf ("audiotestsrc num-buffers=9 ! audio/x-raw,rate=%u ! %s "
      "! fakesink name=sink", RATE, launch);
  GstElement *pipeline = gst_parse_launch (description, NULL);
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GstPad *pad = gst_element_get_static_pad (sink, "sink");
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;
  guint n = 0;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, count_buffer, &n, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND,
      type | GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  fail_unless (message != NULL, "%s hangs", launch);
  fail_unless (GST_MESSAGE_TYPE (message) == type, "%s: %" GST_PTR_FORMAT,
      launch, message);
  check_message (message, domain, needle);
  gst_message_unref (message);
  if (type == GST_MESSAGE_WARNING) {
    message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND,
        GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
    fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
    gst_message_unref (message);
  } else if (domain == GST_LIBRARY_ERROR) {
    /* It is told once; then the source tells that it stops. */
    message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND,
        GST_MESSAGE_ERROR);
    fail_unless (message != NULL);
    check_message (message, GST_STREAM_ERROR, "Internal data stream error");
    gst_message_unref (message);
  }
  fail_unless (gst_element_set_state (pipeline, GST_STATE_NULL) ==
      GST_STATE_CHANGE_SUCCESS);
  gst_object_unref (bus);
  gst_object_unref (pad);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  g_free (description);
  return n;
}

/* Results */

static Rig
new_analyzer (guint i, const gchar * more)
{
  gchar *launch = g_strdup_printf ("%s %s %s name=e", analyzers[i].name,
      analyzers[i].settings, more);
  Rig rig = new_rig (launch);

  gst_harness_set_sink_caps_str (rig.h, TENSORS);
  g_free (launch);
  return rig;
}

static GPtrArray *
new_results (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
}

static void
pull_results (Rig * rig, GPtrArray * results)
{
  GstBuffer *buffer;

  while ((buffer = gst_harness_try_pull (rig->h)))
    g_ptr_array_add (results, buffer);
}

static gboolean
is_same (GstBuffer * a, GstBuffer * b)
{
  GstMapInfo map;
  gboolean same;

  gst_buffer_map (b, &map, GST_MAP_READ);
  same = gst_buffer_get_size (a) == map.size
      && gst_buffer_memcmp (a, 0, map.data, map.size) == 0;
  gst_buffer_unmap (b, &map);
  return same;
}

/* Bad models */

static gchar *directory;

static void
make_directory (void)
{
  directory = g_dir_make_tmp ("bfft-bad-XXXXXX", NULL);
}

static void
remove_directory (void)
{
  GDir *dir = g_dir_open (directory, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir))) {
    gchar *path = g_build_filename (directory, name, NULL);

    g_remove (path);
    g_free (path);
  }
  g_dir_close (dir);
  g_rmdir (directory);
  g_clear_pointer (&directory, g_free);
}

static gchar *
write_file (const gchar * name, gconstpointer data, gsize size)
{
  gchar *path = g_build_filename (directory, name, NULL);

  fail_unless (g_file_set_contents (path, data, size, NULL));
  return path;
}

/* A weights file for n-fft 128 whose twiddle number 5 is @twiddle, without the
 * last @cut bytes. */
static gchar *
write_model (const gchar * name, guint n_fft, gfloat twiddle, gsize cut)
{
  BfftNetwork *network = bfft_network_new_exact (BFFT_VARIANT_DOMAIN, n_fft);
  GBytes *bytes;
  gchar *path;

  network->twiddles[5] = twiddle;
  bytes = bfft_weights_to_bytes (network);
  path = write_file (name, g_bytes_get_data (bytes, NULL),
      g_bytes_get_size (bytes) - cut);
  g_bytes_unref (bytes);
  bfft_network_unref (network);
  return path;
}

/* Paths of the bad ones; the last is a good one for another n-fft. */
static GPtrArray *
make_bad_models (void)
{
  static const guint8 huge[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  const gchar *corpus = BAD_MODELS;
  GDir *dir = g_dir_open (corpus, 0, NULL);
  const gchar *name;

  fail_unless (dir != NULL);
  while ((name = g_dir_read_name (dir)))
    if (g_str_has_prefix (name, "bad-"))
      g_ptr_array_add (paths, g_build_filename (corpus, name, NULL));
  g_dir_close (dir);
  fail_unless (paths->len >= 9);
  g_ptr_array_add (paths, g_strdup (directory));
  g_ptr_array_add (paths, g_build_filename (directory, "missing", NULL));
  g_ptr_array_add (paths, write_file ("empty", "", 0));
  g_ptr_array_add (paths, write_file ("short", "1234567", 7));
  g_ptr_array_add (paths, write_file ("header", huge, sizeof (huge)));
  g_ptr_array_add (paths, write_file ("sound", "RIFF....WAVEfmt ....", 20));
  g_ptr_array_add (paths, write_model ("truncated", 128, 0, 1));
  g_ptr_array_add (paths, write_model ("nan", 128, NAN, 0));
  g_ptr_array_add (paths, write_model ("inf", 128, INFINITY, 0));
  g_ptr_array_add (paths, write_model ("other-length", 64, 0, 0));
  return paths;
}

GST_START_TEST (test_models)
{
  const gchar *name = names[__i__];
  GPtrArray *paths = make_bad_models ();
  guint i;

  for (i = 0; i < paths->len; i++) {
    gboolean other = i == paths->len - 1;
    const gchar *path = paths->pdata[i];
    gchar *launch = g_strdup_printf ("%s n-fft=128 %s=%s %s", name,
        is_train (name) ? "resume-location" : "model-location", path,
        __i__ == 0 ? "bands=65" : "");

    run_pipeline (launch, GST_MESSAGE_ERROR,
        other ? GST_LIBRARY_ERROR : GST_RESOURCE_ERROR, path);
    g_free (launch);
  }
  g_ptr_array_unref (paths);
}

GST_END_TEST;

/* Each bad model is warned of, and the one that is in use stays so. */
static void
try_models (Rig * rig, GPtrArray * paths)
{
  GstElement *e = gst_harness_find_element (rig->h, analyzers[0].name);
  guint i;

  if (e == NULL)
    e = gst_harness_find_element (rig->h, analyzers[2].name);
  if (e == NULL)
    e = gst_harness_find_element (rig->h, analyzers[4].name);
  for (i = 0; i < paths->len; i++) {
    gboolean other = i == paths->len - 1;
    GQuark domain = other ? GST_LIBRARY_ERROR : GST_RESOURCE_ERROR;

    push_audio (rig, 97);
    g_object_set (e, "model-location", paths->pdata[i], NULL);
    fail_unless_equals_int (count_messages (rig, GST_MESSAGE_WARNING |
            GST_MESSAGE_ERROR, domain, paths->pdata[i]), 1);
  }
  gst_object_unref (e);
}

GST_START_TEST (test_models_while_playing)
{
  GPtrArray *paths = make_bad_models ();
  GPtrArray *results[2] = { new_results (), new_results () };
  guint i, k;

  for (i = 0; i < 2; i++) {
    Rig rig = new_analyzer (__i__, "follow-model=true post-messages=false");

    set_audio_caps (&rig, GST_AUDIO_FORMAT_F32, RATE, 1,
        GST_AUDIO_LAYOUT_INTERLEAVED);
    if (i == 0)
      for (k = 0; k < paths->len; k++)
        push_audio (&rig, 97);
    else
      try_models (&rig, paths);
    push_audio (&rig, 1000);
    pull_results (&rig, results[i]);
    free_rig (&rig);
  }
  fail_unless_equals_int (results[0]->len, results[1]->len);
  fail_unless (results[0]->len > 5);
  for (k = 0; k < results[0]->len; k++)
    fail_unless (is_same (results[0]->pdata[k], results[1]->pdata[k]));
  g_ptr_array_unref (results[0]);
  g_ptr_array_unref (results[1]);
  g_ptr_array_unref (paths);
}

GST_END_TEST;

/* It is taken in another thread. */
static void
check_warning (Rig * rig, GQuark domain)
{
  GstMessage *message = gst_bus_timed_pop_filtered (rig->bus, 60 * GST_SECOND,
      GST_MESSAGE_WARNING);

  fail_unless (message != NULL);
  check_message (message, domain, "bfft-model");
  gst_message_unref (message);
}

static void
push_model (Rig * rig, GstStructure * structure)
{
  fail_unless (gst_harness_push_event (rig->h,
          gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
              structure)));
}

GST_START_TEST (test_model_event)
{
  Rig rig = new_analyzer (__i__, "follow-model=true post-messages=false");
  GBytes *bytes = g_bytes_new_static ("no weights", 10);

  set_audio_caps (&rig, GST_AUDIO_FORMAT_F32, RATE, 1,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  push_audio (&rig, 1000);
  push_model (&rig, gst_structure_new ("bfft-model", "model", G_TYPE_BYTES,
          bytes, NULL));
  check_warning (&rig, GST_RESOURCE_ERROR);
  push_model (&rig, gst_structure_new_empty ("bfft-model"));
  check_warning (&rig, GST_STREAM_ERROR);
  fail_unless_equals_int (push_audio (&rig, 1000), GST_FLOW_OK);
  g_bytes_unref (bytes);
  free_rig (&rig);
}

GST_END_TEST;

/* The element's source is flushing already when a model comes: that is a flush
 * to upstream, not an error of the stream. */
GST_START_TEST (test_model_event_while_flushing)
{
  Rig rig = new_analyzer (__i__, "follow-model=true post-messages=false");
  BfftNetwork *network = bfft_network_new_exact (BFFT_VARIANT_DOMAIN, 64);
  GBytes *bytes = bfft_weights_to_bytes (network);
  GstElement *e = gst_harness_find_element (rig.h, analyzers[__i__].name);
  GstPad *src = gst_element_get_static_pad (e, "src");

  set_audio_caps (&rig, GST_AUDIO_FORMAT_F32, RATE, 1,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  fail_unless_equals_int (push_audio (&rig, 1000), GST_FLOW_OK);
  fail_unless (gst_pad_push_event (src, gst_event_new_flush_start ()));
  push_model (&rig, gst_structure_new ("bfft-model", "model", G_TYPE_BYTES,
          bytes, "step", G_TYPE_UINT64, G_GUINT64_CONSTANT (1), NULL));
  fail_unless_equals_int (push_audio (&rig, 1000), GST_FLOW_FLUSHING);
  gst_object_unref (src);
  gst_object_unref (e);
  g_bytes_unref (bytes);
  bfft_network_unref (network);
  free_rig (&rig);
}

GST_END_TEST;

/* Impossible settings */

static const struct
{
  const gchar *launch;
  const gchar *property;
} impossible[] = {
  {"bfftspectrum bands=200 n-fft=256", "bands"},
  {"bfftspectrum n-fft=1 bands=2", "n-fft"},
  {"bfftmel win-length=512 n-fft=256", "win-length"},
  {"bfftmel min-frequency=3000 max-frequency=1000", "min-frequency"},
  {"bfftmel min-frequency=4000", "min-frequency"},
  {"bfftmel max-frequency=4001", "max-frequency"},
  {"bfftwelch overlap=1", "overlap"},
  {"bfftwelch min-frequency=3000 max-frequency=1000", "min-frequency"},
  {"bfftwelch min-frequency=4000", "min-frequency"},
  {"bfftwelch n-fft=1", "n-fft"},
  {"bfftwelch n-fft=131072 segments=2000000", "segments"},
  {"bfftwelch n-fft=131072 segments=2000 average=median", "segments"},
  {"bffttrain n-fft=100", "n-fft"},
  {"bffttrain variant=reference", "variant"},
  {"bffttrain n-fft=131072 batch=4096", "batch"},
};

GST_START_TEST (test_settings)
{
  gchar *tensors =
      g_strdup_printf ("%s ! other/tensors", impossible[__i__].launch);

  run_pipeline (impossible[__i__].launch, GST_MESSAGE_ERROR, GST_LIBRARY_ERROR,
      impossible[__i__].property);
  if (!g_str_has_prefix (tensors, "bffttrain"))
    run_pipeline (tensors, GST_MESSAGE_ERROR, GST_LIBRARY_ERROR,
        impossible[__i__].property);
  g_free (tensors);
}

GST_END_TEST;

/* Files that cannot be written */

static void
check_intact (const gchar * path)
{
  GDir *dir = g_dir_open (directory, 0, NULL);
  gchar *text;
  guint n = 0;

  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  fail_unless_equals_string (text, "old");
  g_free (text);
  while (g_dir_read_name (dir))
    n++;
  fail_unless_equals_int (n, 2);        /* it and the pipe */
  g_dir_close (dir);
}

/* All disks are full. */
static void
limit_files (rlim_t size)
{
  struct rlimit limit;

  getrlimit (RLIMIT_FSIZE, &limit);
  limit.rlim_cur = size;
  fail_unless (setrlimit (RLIMIT_FSIZE, &limit) == 0);
}

GST_START_TEST (test_files)
{
  const gchar *name = names[__i__];
  gchar *old = write_file ("old", "old", 3);
  gchar *missing = g_build_filename (directory, "missing", "file", NULL);
  gchar *pipe = g_build_filename (directory, "pipe", NULL);
  gchar *sidecar = g_build_filename (directory, "pipe.json", NULL);
  const gchar *paths[] = { missing, directory, pipe, old };
  const gchar *properties[] = { "sidecar-location", "location" };
  GStatBuf info;
  guint i, k;

  signal (SIGXFSZ, SIG_IGN);
  fail_unless_equals_int (mkfifo (pipe, 0600), 0);
  for (k = 0; k < (is_train (name) ? 2 : 1); k++) {
    for (i = 0; i < G_N_ELEMENTS (paths); i++) {
      gchar *launch = g_strdup_printf ("%s %s=%s %s", name, properties[k],
          paths[i], is_train (name) ? "mode=sync n-fft=64 batch=2 "
          "landscape=false" : "");

      /* what can be known beforehand is an error before anything is done */
      gboolean later = paths[i] == old;

      if (later)
        limit_files (2);
      fail_unless_equals_int (run_pipeline (launch, later ?
              GST_MESSAGE_WARNING : GST_MESSAGE_ERROR, GST_RESOURCE_ERROR,
              paths[i]), later ? 9 : 0);
      limit_files (RLIM_INFINITY);
      g_unlink (sidecar);       /* beside weights that are not written */
      check_intact (old);
      g_free (launch);
    }
  }
  fail_unless (g_stat (pipe, &info) == 0 && S_ISFIFO (info.st_mode));
  g_unlink (pipe);
  g_free (old);
  g_free (missing);
  g_free (pipe);
  g_free (sidecar);
}

GST_END_TEST;

/* Odd streams */

typedef enum
{
  CLEAN,
  EMPTY_BUFFERS,
  OTHER_SIZES,
  NO_TIMES,
  TIMES_GO_BACK,
  N_STREAMS
} Stream;

static GPtrArray *
run_stream (guint analyzer, Stream stream)
{
  GPtrArray *results = new_results ();
  Rig rig = new_analyzer (analyzer, "");
  guint i;

  set_audio_caps (&rig, GST_AUDIO_FORMAT_F32, RATE, 2,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  for (i = 0; i < 50; i++) {
    GstBuffer *buffer;

    if (stream == EMPTY_BUFFERS)
      push_audio (&rig, 0);
    if (stream == OTHER_SIZES) {
      push_audio (&rig, i % 7);
      buffer = make_audio (&rig, 100 - i % 7);
    } else {
      buffer = make_audio (&rig, 100);
    }
    if (stream == NO_TIMES)
      GST_BUFFER_PTS (buffer) = GST_CLOCK_TIME_NONE;
    if (stream == TIMES_GO_BACK)
      GST_BUFFER_PTS (buffer) -= MIN (i % 3 * 15 * GST_MSECOND,
          GST_BUFFER_PTS (buffer));
    fail_unless_equals_int (gst_harness_push (rig.h, buffer), GST_FLOW_OK);
  }
  pull_results (&rig, results);
  fail_unless_equals_int (count_messages (&rig,
          GST_MESSAGE_WARNING | GST_MESSAGE_ERROR, 0, ""), 0);
  free_rig (&rig);
  return results;
}

GST_START_TEST (test_streams)
{
  GPtrArray *clean = run_stream (__i__, CLEAN);
  guint i;
  Stream s;

  fail_unless (clean->len >= 15);
  for (s = CLEAN + 1; s < N_STREAMS; s++) {
    GPtrArray *results = run_stream (__i__, s);

    fail_unless_equals_int (results->len, clean->len);
    for (i = 0; i < results->len; i++) {
      GstBuffer *buffer = results->pdata[i];

      fail_unless (is_same (buffer, clean->pdata[i]));
      if (s == NO_TIMES) {
        fail_if (GST_BUFFER_PTS_IS_VALID (buffer));
      } else if (s != TIMES_GO_BACK) {
        fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer),
            GST_BUFFER_PTS ((GstBuffer *) clean->pdata[i]));
      }
    }
    g_ptr_array_unref (results);
  }
  g_ptr_array_unref (clean);
}

GST_END_TEST;

/* A buffer that ends within a sample is an error that says so, interleaved or
 * not, of every element. */
GST_START_TEST (test_cut_sample)
{
  static const guint sizes[] = { 1001, 1, 4001 };
  const gchar *names[] = { "bfftspectrum", "bfftmel", "bfftwelch", "bffttrain",
    "bfftfilter", "bfftscope"
  };
  Rig rig = new_rig (names[__i__ / 3]);

  set_audio_caps (&rig, GST_AUDIO_FORMAT_S16, 8000, 2,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  fail_unless_equals_int (push_audio (&rig, 100), GST_FLOW_OK);
  fail_unless_equals_int (gst_harness_push (rig.h,
          gst_buffer_new_allocate (NULL, sizes[__i__ % 3], NULL)),
      GST_FLOW_ERROR);
  fail_unless_equals_int (count_messages (&rig, GST_MESSAGE_ERROR,
          GST_STREAM_ERROR, "ends within a sample"), 1);
  free_rig (&rig);
}

GST_END_TEST;

/* Planar GAP buffers are silence, whatever is in them and whether or not a
 * GstAudioMeta says where. */

typedef enum
{ ZEROS, GAP, GAP_WITHOUT_META } Gap;

static GPtrArray *
run_gap (guint element, Gap gap)
{
  GPtrArray *results = new_results ();
  Rig rig = element < G_N_ELEMENTS (analyzers) ? new_analyzer (element, "") :
      new_rig ("bfftfilter n-fft=64");
  GstBuffer *buffer;

  set_audio_caps (&rig, GST_AUDIO_FORMAT_F32, RATE, 2,
      GST_AUDIO_LAYOUT_NON_INTERLEAVED);
  fail_unless_equals_int (push_audio (&rig, 1000), GST_FLOW_OK);
  buffer = make_audio (&rig, 800);
  if (gap == ZEROS)
    gst_buffer_memset (buffer, 0, 0, gst_buffer_get_size (buffer));
  else
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);
  if (gap == GAP_WITHOUT_META)
    gst_buffer_remove_meta (buffer,
        (GstMeta *) gst_buffer_get_audio_meta (buffer));
  fail_unless_equals_int (gst_harness_push (rig.h, buffer), GST_FLOW_OK);
  fail_unless_equals_int (push_audio (&rig, 1000), GST_FLOW_OK);
  pull_results (&rig, results);
  free_rig (&rig);
  return results;
}

GST_START_TEST (test_planar_gap)
{
  GPtrArray *expected = run_gap (__i__, ZEROS);
  Gap gap;
  guint i;

  fail_unless (expected->len > 2);
  for (gap = GAP; gap <= GAP_WITHOUT_META; gap++) {
    GPtrArray *results = run_gap (__i__, gap);

    fail_unless_equals_int (results->len, expected->len);
    for (i = 0; i < results->len; i++)
      fail_unless (is_same (results->pdata[i], expected->pdata[i]));
    g_ptr_array_unref (results);
  }
  g_ptr_array_unref (expected);
}

GST_END_TEST;

/* Bad samples */

static const gdouble bad_samples[] = { NAN, INFINITY, -INFINITY, 3e38, 1e-42,
  1e-310
};

#define BAD_SAMPLE 1234

/* Sample number BAD_SAMPLE of the second channel is @bad unless that is 0. */
static GPtrArray *
run_samples (guint analyzer, GstAudioFormat format, const gchar * more,
    gdouble bad)
{
  GPtrArray *results = new_results ();
  Rig rig = new_analyzer (analyzer, more);
  GstBuffer *buffer;
  gfloat bad_float = bad;
  gsize width;

  set_audio_caps (&rig, format, RATE, 2, GST_AUDIO_LAYOUT_INTERLEAVED);
  width = GST_AUDIO_INFO_BPS (&rig.info);
  buffer = make_audio (&rig, 3000);
  if (bad != 0)
    gst_buffer_fill (buffer, (2 * BAD_SAMPLE + 1) * width,
        width == 4 ? (gpointer) & bad_float : &bad, width);
  gst_harness_push (rig.h, buffer);
  pull_results (&rig, results);
  free_rig (&rig);
  return results;
}

static void
check_samples (guint analyzer, GstAudioFormat format, const gchar * more)
{
  GPtrArray *clean = run_samples (analyzer, format, more, 0);
  guint i, k;

  for (i = 0; i < G_N_ELEMENTS (bad_samples); i++) {
    GPtrArray *results = run_samples (analyzer, format, more, bad_samples[i]);
    guint touched = 0;

    fail_unless_equals_int (results->len, clean->len);
    for (k = 0; k < results->len; k++) {
      GstBuffer *buffer = results->pdata[k];
      gint64 at = gst_util_uint64_scale_round (GST_BUFFER_PTS (buffer), RATE,
          GST_SECOND);

      if (at - analyzers[analyzer].before <= BAD_SAMPLE
          && BAD_SAMPLE <= at + analyzers[analyzer].after)
        touched++;
      else
        fail_unless (is_same (buffer, clean->pdata[k]),
            "%s %s: result at %d of a bad sample %g", analyzers[analyzer].name,
            more, (gint) at, bad_samples[i]);
    }
    fail_unless (touched > 0 && touched < results->len / 2);
    g_ptr_array_unref (results);
  }
  g_ptr_array_unref (clean);
}

GST_START_TEST (test_samples)
{
  static const gchar *const more[] = { "", "multi-channel=true",
    "execution=c", "variant=q8", "variant=reference"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (more); i++) {
    check_samples (__i__, GST_AUDIO_FORMAT_F32, more[i]);
    check_samples (__i__, GST_AUDIO_FORMAT_F64, more[i]);
  }
}

GST_END_TEST;

/* What is learned from bad samples is still a network; see
 * bfft_weights_load(), which refuses others. */
GST_START_TEST (test_samples_in_training)
{
  gchar *path = g_build_filename (directory, "model", NULL);
  gchar *launch = g_strdup_printf ("bffttrain mode=sync n-fft=64 batch=2 "
      "landscape=false location=%s", path);
  Rig rig = new_rig (launch);
  BfftNetwork *network;
  GError *error = NULL;
  guint i;

  set_audio_caps (&rig, GST_AUDIO_FORMAT_F64, RATE, 1,
      GST_AUDIO_LAYOUT_INTERLEAVED);
  for (i = 0; i < 60; i++) {
    GstBuffer *buffer = make_audio (&rig, 100);

    if (i % 2)
      gst_buffer_fill (buffer, 8 * i,
          &bad_samples[i % G_N_ELEMENTS (bad_samples)], 8);
    fail_unless_equals_int (gst_harness_push (rig.h, buffer), GST_FLOW_OK);
  }
  gst_harness_push_event (rig.h, gst_event_new_eos ());
  network = bfft_weights_load (path, &error);
  fail_unless (network != NULL, "%s", error ? error->message : "");
  fail_if (bfft_network_is_exact (network));
  bfft_network_unref (network);
  free_rig (&rig);
  g_free (launch);
  g_free (path);
}

GST_END_TEST;

/* Caps: changes are like new streams, and extremes are nothing special. */

static const struct
{
  GstAudioFormat format;
  guint rate, channels;
  GstAudioLayout layout;
} changes[] = {
  {GST_AUDIO_FORMAT_F32, 8000, 1, GST_AUDIO_LAYOUT_INTERLEAVED},
  {GST_AUDIO_FORMAT_S16, 8000, 1, GST_AUDIO_LAYOUT_INTERLEAVED},
  {GST_AUDIO_FORMAT_S24, 8000, 2, GST_AUDIO_LAYOUT_NON_INTERLEAVED},
  {GST_AUDIO_FORMAT_F64, 48000, 2, GST_AUDIO_LAYOUT_NON_INTERLEAVED},
  {GST_AUDIO_FORMAT_S32, 768000, 64, GST_AUDIO_LAYOUT_INTERLEAVED},
  {GST_AUDIO_FORMAT_F32, 768000, 64, GST_AUDIO_LAYOUT_NON_INTERLEAVED},
  {GST_AUDIO_FORMAT_F32, 7, 3, GST_AUDIO_LAYOUT_INTERLEAVED},
  {GST_AUDIO_FORMAT_F32, 1, 1, GST_AUDIO_LAYOUT_INTERLEAVED},
};

static void
push_change (Rig * rig, guint i, GPtrArray * before)
{
  set_audio_caps (rig, changes[i].format, changes[i].rate,
      changes[i].channels, changes[i].layout);
  /* what was owed of the caps before */
  if (before)
    pull_results (rig, before);
  fail_unless_equals_int (push_audio (rig, 700), GST_FLOW_OK);
  fail_unless_equals_int (push_audio (rig, 16000), GST_FLOW_OK);
}

GST_START_TEST (test_caps)
{
  guint analyzer = __i__ / 2;
  gboolean mel = g_str_equal (analyzers[analyzer].name, "bfftmel");
  /* so that even at 768 kHz each mel band has a bin */
  gchar *more = g_strdup_printf ("multi-channel=%u %s", __i__ % 2,
      mel ? "n-fft=4096 hop=1000" : "");
  Rig rig = new_analyzer (analyzer, more);
  guint i, k;

  for (i = 0; i < G_N_ELEMENTS (changes); i++) {
    GPtrArray *results = new_results ();
    GPtrArray *fresh = new_results ();
    GPtrArray *before = new_results ();
    Rig other = new_analyzer (analyzer, more);

    other.position = rig.position;
    other.seed = rig.seed;
    push_change (&rig, i, before);
    push_change (&other, i, NULL);
    pull_results (&rig, results);
    pull_results (&other, fresh);
    fail_unless (results->len > 0, "no result from change %u", i);
    fail_unless_equals_int (results->len, fresh->len);
    for (k = 0; k < fresh->len; k++) {
      fail_unless (is_same (results->pdata[k], fresh->pdata[k]));
      fail_unless_equals_uint64 (GST_BUFFER_PTS ((GstBuffer *)
              results->pdata[k]),
          GST_BUFFER_PTS ((GstBuffer *) fresh->pdata[k]));
    }
    fail_unless_equals_int (count_messages (&rig,
            GST_MESSAGE_WARNING | GST_MESSAGE_ERROR, 0, ""), 0);
    free_rig (&other);
    g_ptr_array_unref (results);
    g_ptr_array_unref (fresh);
    g_ptr_array_unref (before);
  }
  free_rig (&rig);
  g_free (more);
}

GST_END_TEST;

/* Channels that no memory suffices for, in the first caps and in others. */
GST_START_TEST (test_channels)
{
  static const gchar *const more[] = { "", "multi-channel=true" };
  static const gchar *const elements[] = { "bfftspectrum", "bfftmel",
    "bfftwelch", "bffttrain", "bfftfilter", "bfftscope"
  };
  const gchar *name = elements[__i__ / 4];
  gboolean mixes = __i__ / 4 >= 4;
  gchar *launch = g_strdup_printf ("%s %s", name,
      mixes ? "" : more[__i__ % 2]);
  Rig rig = new_rig (launch);

  if (__i__ % 4 > 1)
    set_audio_caps (&rig, GST_AUDIO_FORMAT_F32, RATE, 2,
        GST_AUDIO_LAYOUT_INTERLEAVED);
  gst_harness_set_src_caps_str (rig.h, "audio/x-raw,format=" GST_AUDIO_NE (F32)
      ",layout=interleaved,rate=8000,channels=30000000,"
      "channel-mask=(bitmask)0");
  fail_unless_equals_int (gst_harness_push (rig.h,
          gst_buffer_new_allocate (NULL, 0, NULL)), GST_FLOW_NOT_NEGOTIATED);
  fail_unless_equals_int (count_messages (&rig, GST_MESSAGE_ERROR,
          GST_LIBRARY_ERROR, "channels"), 1);
  free_rig (&rig);
  g_free (launch);
}

GST_END_TEST;

GST_START_TEST (test_caps_in_training)
{
  gchar *launch = g_strdup_printf ("bffttrain n-fft=64 batch=2 "
      "landscape=false mode=sync multi-channel=%u", __i__);
  Rig rig = new_rig (launch);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (changes); i++) {
    set_audio_caps (&rig, changes[i].format, changes[i].rate,
        changes[i].channels, changes[i].layout);
    fail_unless_equals_int (push_audio (&rig, 700), GST_FLOW_OK);
  }
  fail_unless_equals_int (count_messages (&rig,
          GST_MESSAGE_WARNING | GST_MESSAGE_ERROR, 0, ""), 0);
  free_rig (&rig);
  g_free (launch);
}

GST_END_TEST;

static Suite *
bad_input_suite (void)
{
  const guint n = G_N_ELEMENTS (analyzers);
  Suite *s = suite_create ("bad-input");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, make_directory, remove_directory);
  tcase_add_loop_test (tc, test_models, 0, G_N_ELEMENTS (names));
  tcase_add_loop_test (tc, test_models_while_playing, 0, n);
  tcase_add_loop_test (tc, test_model_event, 0, n);
  tcase_add_loop_test (tc, test_channels, 0, 24);
  tcase_add_loop_test (tc, test_planar_gap, 0, n + 1);
  tcase_add_loop_test (tc, test_model_event_while_flushing, 0, n);
  tcase_add_loop_test (tc, test_settings, 0, G_N_ELEMENTS (impossible));
  tcase_add_loop_test (tc, test_files, 0, G_N_ELEMENTS (names));
  tcase_add_loop_test (tc, test_streams, 0, n);
  tcase_add_loop_test (tc, test_cut_sample, 0, 18);
  tcase_add_loop_test (tc, test_samples, 0, n);
  tcase_add_test (tc, test_samples_in_training);
  tcase_add_loop_test (tc, test_caps, 0, 2 * n);
  tcase_add_loop_test (tc, test_caps_in_training, 0, 2);
  return s;
}

GST_CHECK_MAIN (bad_input);
