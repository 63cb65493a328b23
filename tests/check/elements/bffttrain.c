/* bfft: what bffttrain promises.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE             /* SCHED_BATCH */
#include <glib/gstdio.h>
#include <gst/audio/audio.h>
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bfft-weights.h"

#define RATE 16000
#define CAPS "audio/x-raw, format=(string)" GST_AUDIO_NE (F32) \
    ", layout=(string)interleaved, rate=(int)16000, channels=(int)1"

static gchar *directory;

static void
setup (void)
{
  directory = g_dir_make_tmp ("bffttrain-XXXXXX", NULL);
}

static void
teardown (void)
{
  GDir *dir = g_dir_open (directory, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir))) {
    gchar *path = g_build_filename (directory, name, NULL);

    g_unlink (path);
    g_free (path);
  }
  g_dir_close (dir);
  g_rmdir (directory);
  g_free (directory);
}

static gchar *
path_of (const gchar * name)
{
  return g_build_filename (directory, name, NULL);
}

static GstHarness *
new_harness (const gchar * properties, GstBus ** bus)
{
  gchar *line = g_strdup_printf ("bffttrain %s %s",
      strstr (properties, "n-fft") ? "" : "n-fft=64", properties);
  GstElement *element = gst_parse_launch (line, NULL);
  GstHarness *h = gst_harness_new_with_element (element, "sink", "src");

  *bus = gst_bus_new ();
  gst_element_set_bus (h->element, *bus);
  gst_harness_set_src_caps_str (h, CAPS);
  gst_object_unref (element);
  g_free (line);
  return h;
}

static void
free_harness (GstHarness * h, GstBus * bus)
{
  gst_element_set_bus (h->element, NULL);
  gst_harness_teardown (h);
  gst_object_unref (bus);
}

/* Samples @offset .. of noise that is the same each time. */
static GstBuffer *
noise (guint offset, guint n)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, n * 4, NULL);
  GstMapInfo map;
  guint i;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (i = 0; i < n; i++) {
    guint32 x = (offset + i) * 2654435761u;

    x = (x ^ (x >> 15)) * 2246822519u;
    x = (x ^ (x >> 13)) * 3266489917u;
    ((gfloat *) map.data)[i] = ((x ^ (x >> 16)) / 4294967296.0 - 0.5);
  }
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (offset, GST_SECOND, RATE);
  GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale (n, GST_SECOND, RATE);
  return buffer;
}

static void
push_noise (GstHarness * h, guint from, guint to, guint piece)
{
  while (from < to) {
    guint n = MIN (piece, to - from);

    fail_unless_equals_int (gst_harness_push (h, noise (from, n)), GST_FLOW_OK);
    gst_buffer_unref (gst_harness_pull (h));
    from += n;
  }
}

static GstMessage *
pop_message (GstBus * bus, const gchar * name)
{
  GstMessage *message;

  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT))) {
    if (gst_message_has_name (message, name))
      break;
    gst_message_unref (message);
  }
  return message;
}

static GBytes *
read_file (const gchar * path)
{
  gchar *data;
  gsize size;

  fail_unless (g_file_get_contents (path, &data, &size, NULL));
  return g_bytes_new_take (data, size);
}

GST_START_TEST (test_passes_through)
{
  const gchar *modes[] = { "mode=sync", "mode=async queue-frames=1" };
  guint i, k;

  for (k = 0; k < G_N_ELEMENTS (modes); k++) {
    GstBus *bus;
    GstHarness *h = new_harness (modes[k], &bus);

    for (i = 0; i < 200; i++) {
      GstBuffer *buffer = noise (i * 333, 333);
      GstBuffer *out;

      fail_unless_equals_int (gst_harness_push (h, gst_buffer_ref (buffer)),
          GST_FLOW_OK);
      out = gst_harness_pull (h);
      /* not even copied */
      fail_unless (out == buffer);
      gst_buffer_unref (out);
      gst_buffer_unref (buffer);
    }
    free_harness (h, bus);
  }
}

GST_END_TEST;

static GBytes *
train_in_pieces (const gchar * name, guint piece)
{
  gchar *path = path_of (name);
  gchar *properties = g_strdup_printf ("mode=sync init=perturbed noise-snr=10 "
      "landscape=false location=%s", path);
  GstBus *bus;
  GstHarness *h = new_harness (properties, &bus);
  GBytes *bytes;

  push_noise (h, 0, 64 * 8 * 100 + 17, piece);
  gst_harness_push_event (h, gst_event_new_eos ());
  bytes = read_file (path);
  free_harness (h, bus);
  g_free (properties);
  g_free (path);
  return bytes;
}

GST_START_TEST (test_sync_is_deterministic)
{
  GBytes *first = train_in_pieces ("a.safetensors", 512);
  const guint pieces[] = { 1, 1000, 20000 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (pieces); i++) {
    GBytes *next = train_in_pieces ("b.safetensors", pieces[i]);

    fail_unless (g_bytes_equal (first, next));
    g_bytes_unref (next);
  }
  g_bytes_unref (first);
}

GST_END_TEST;

static void
run_part (const gchar * properties, guint from, guint to)
{
  GstBus *bus;
  GstHarness *h = new_harness (properties, &bus);

  push_noise (h, from, to, 512);
  gst_harness_push_event (h, gst_event_new_eos ());
  free_harness (h, bus);
}

static void
check_resume (const gchar * common)
{
  gchar *whole = path_of ("whole.safetensors");
  gchar *part = path_of ("part.safetensors");
  gchar *rest = path_of ("rest.safetensors");
  gchar *line;
  GBytes *a, *b;

  line = g_strdup_printf ("%s location=%s", common, whole);
  run_part (line, 0, 512 * 300);
  g_free (line);
  line = g_strdup_printf ("%s location=%s", common, part);
  run_part (line, 0, 512 * 130);
  g_free (line);
  line = g_strdup_printf ("%s location=%s resume-location=%s", common, rest,
      part);
  run_part (line, 512 * 130, 512 * 300);
  g_free (line);

  a = read_file (whole);
  b = read_file (rest);
  fail_unless (g_bytes_equal (a, b));
  g_bytes_unref (a);
  g_bytes_unref (b);
  g_free (whole);
  g_free (part);
  g_free (rest);
}

/* From the exact network on, Welch's term looks at the samples before. */
GST_START_TEST (test_resume)
{
  check_resume ("mode=sync landscape=false init=perturbed optimizer=adam");
  check_resume ("mode=sync landscape=false init=exact");
}

GST_END_TEST;

static guint64
steps_in (const gchar * path)
{
  BfftNetwork *network = bfft_weights_load (path, NULL);
  guint64 steps;

  fail_unless (network != NULL);
  steps = network->train_steps;
  bfft_network_unref (network);
  return steps;
}

/* Nothing is left to learn: it is written as it is. */
GST_START_TEST (test_resume_of_done)
{
  gchar *before = path_of ("first.safetensors");
  gchar *after = path_of ("second.safetensors");
  gchar *sidecar = path_of ("second.json");
  gchar *line = g_strdup_printf ("mode=sync steps=20 location=%s", before);

  run_part (line, 0, 512 * 30);
  g_free (line);
  line = g_strdup_printf ("mode=sync steps=20 location=%s resume-location=%s",
      after, before);
  run_part (line, 512 * 30, 512 * 60);
  g_free (line);
  fail_unless_equals_uint64 (steps_in (before), 20);
  fail_unless_equals_uint64 (steps_in (after), 20);
  fail_unless (g_file_test (sidecar, G_FILE_TEST_IS_REGULAR));
  g_free (before);
  g_free (after);
  g_free (sidecar);
}

GST_END_TEST;

static GstMessage *
pop_progress (GstBus * bus, GstProgressType * type)
{
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_PROGRESS);

  if (message)
    gst_message_parse_progress (message, type, NULL, NULL);
  return message;
}

/* However few the steps, there is a start and an end. */
static void
check_progress (GstState state)
{
  GstBus *bus;
  GstHarness *h = new_harness ("mode=sync steps=1", &bus);
  GstProgressType type;

  gst_element_set_state (h->element, state);
  push_noise (h, 0, 512 * 3, 512);
  gst_message_unref (pop_progress (bus, &type));
  fail_unless_equals_int (type, GST_PROGRESS_TYPE_START);
  gst_message_unref (pop_progress (bus, &type));
  fail_unless_equals_int (type, GST_PROGRESS_TYPE_COMPLETE);
  fail_unless (pop_progress (bus, &type) == NULL);
  free_harness (h, bus);
}

GST_START_TEST (test_progress)
{
  check_progress (GST_STATE_PAUSED);
  check_progress (GST_STATE_PLAYING);
}

GST_END_TEST;

static guint
count_warnings (GstBus * bus)
{
  GstMessage *message;
  guint count = 0;

  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING))) {
    count++;
    gst_message_unref (message);
  }
  return count;
}

GST_START_TEST (test_too_short)
{
  const guint samples[] = { 511, 512 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (samples); i++) {
    GstBus *bus;
    GstHarness *h = new_harness ("mode=sync", &bus);

    push_noise (h, 0, samples[i], 512);
    gst_harness_push_event (h, gst_event_new_eos ());
    fail_unless_equals_int (count_warnings (bus), i == 0);
    free_harness (h, bus);
  }
}

GST_END_TEST;

/* Each divergence is told, unless weights diverge that were not moved since the
 * one before. */
GST_START_TEST (test_divergence_warnings)
{
  GstBus *bus;
  GstHarness *h = new_harness ("mode=sync noise-snr=0 optimizer=adam "
      "train-q8=false project-twiddles=false learning-rate=300", &bus);

  push_noise (h, 0, 512 * 40, 512);
  fail_unless (count_warnings (bus) > 1);
  free_harness (h, bus);
}

GST_END_TEST;

/* The stream may end with a checkpoint: the last sidecar has a landscape. */
GST_START_TEST (test_ends_on_checkpoint)
{
  gchar *path = path_of ("c.safetensors");
  gchar *sidecar = path_of ("c.json");
  gchar *line = g_strdup_printf ("mode=sync checkpoint-interval=10 "
      "location=%s", path);
  gchar *text;

  run_part (line, 0, 512 * 20);
  fail_unless (g_file_get_contents (sidecar, &text, NULL, NULL));
  fail_unless (strstr (text, "\"landscape\": {") != NULL
      || strstr (text, "\"landscape\":{") != NULL);
  g_free (text);
  g_free (line);
  g_free (path);
  g_free (sidecar);
}

GST_END_TEST;

/* After the last step buffers are not even looked into: planes without the meta
 * that says where they are, are no error. */
GST_START_TEST (test_done_passes)
{
  GstBus *bus;
  GstHarness *h = new_harness ("mode=sync steps=5", &bus);

  push_noise (h, 0, 512 * 6, 512);
  gst_harness_set_src_caps_str (h, "audio/x-raw, format=(string)"
      GST_AUDIO_NE (F32) ", layout=(string)non-interleaved, rate=(int)16000, "
      "channels=(int)1");
  push_noise (h, 512 * 6, 512 * 7, 512);
  free_harness (h, bus);
}

GST_END_TEST;

/* The thread rests when it is done, and still ends. */
GST_START_TEST (test_async_done)
{
  GstBus *bus;
  GstHarness *h = new_harness ("mode=async steps=2 landscape=false", &bus);
  GstMessage *message;

  push_noise (h, 0, 64 * 2000, 64 * 10);
  gst_harness_push_event (h, gst_event_new_eos ());
  message = pop_message (bus, "bffttrain");
  fail_unless_equals_string (gst_structure_get_string
      (gst_message_get_structure (message), "state"), "done");
  gst_message_unref (message);
  free_harness (h, bus);
}

GST_END_TEST;

GST_START_TEST (test_messages)
{
  gchar *path = path_of ("m.safetensors");
  gchar *sidecar = path_of ("m.json");
  gchar *line = g_strdup_printf ("mode=sync variant=domain init=perturbed "
      "interval=10 steps=95 location=%s", path);
  GstBus *bus;
  GstHarness *h = new_harness (line, &bus);
  BfftNetwork *network;
  GstMessage *message;
  const GstStructure *s;
  guint64 step, expected = 10;
  gdouble value;

  push_noise (h, 0, 512 * 120, 700);
  while (expected <= 90) {
    message = pop_message (bus, "bffttrain");
    s = gst_message_get_structure (message);
    fail_unless (gst_structure_get_uint64 (s, "step", &step));
    fail_unless_equals_uint64 (step, expected);
    fail_unless (gst_structure_get_double (s, "total-loss", &value));
    fail_unless (isfinite (value) && value >= 0);
    fail_unless_equals_string (gst_structure_get_string (s, "state"),
        "training");
    expected += 10;
    gst_message_unref (message);
  }
  message = pop_message (bus, "bffttrain");
  s = gst_message_get_structure (message);
  fail_unless_equals_string (gst_structure_get_string (s, "state"), "done");
  gst_message_unref (message);
  message = pop_message (bus, "bffttrain-checkpoint");
  s = gst_message_get_structure (message);
  fail_unless_equals_string (gst_structure_get_string (s, "location"), path);
  fail_unless_equals_string (gst_structure_get_string (s,
          "sidecar-location"), sidecar);
  gst_message_unref (message);
  network = bfft_weights_load (path, NULL);
  fail_unless (network != NULL);
  fail_unless_equals_uint64 (network->train_steps, 95);
  bfft_network_unref (network);
  fail_unless (g_file_test (sidecar, G_FILE_TEST_IS_REGULAR));
  free_harness (h, bus);
  g_free (line);
  g_free (path);
  g_free (sidecar);
}

GST_END_TEST;

GST_START_TEST (test_model_event)
{
  GstBus *bus;
  GstHarness *h = new_harness ("mode=sync checkpoint-interval=20", &bus);
  GstEvent *event;
  guint64 step;
  guint models = 0;

  push_noise (h, 0, 512 * 50, 512);
  while ((event = gst_harness_try_pull_event (h))) {
    if (gst_event_has_name (event, "bfft-model")) {
      const GstStructure *s = gst_event_get_structure (event);
      GBytes *bytes = NULL;
      BfftNetwork *network;

      fail_unless (gst_structure_get (s, "model", G_TYPE_BYTES, &bytes,
              "step", G_TYPE_UINT64, &step, NULL));
      network = bfft_weights_load_bytes (bytes, "event", NULL);
      fail_unless (network != NULL);
      fail_unless_equals_uint64 (step, 20 * ++models);
      bfft_network_unref (network);
      g_bytes_unref (bytes);
    }
    gst_event_unref (event);
  }
  fail_unless_equals_int (models, 2);
  free_harness (h, bus);
}

GST_END_TEST;

/* Frames that do not fit are dropped and counted; at the end all are
 * accounted for. */
GST_START_TEST (test_async_counts)
{
  GstBus *bus;
  GstHarness *h = new_harness ("mode=async queue-frames=16 batch=8", &bus);
  GstStructure *stats;
  guint64 frames, dropped;

  push_noise (h, 0, 64 * 4000, 64 * 500);
  gst_harness_push_event (h, gst_event_new_eos ());
  g_object_get (h->element, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, "frames", &frames));
  fail_unless (gst_structure_get_uint64 (stats, "dropped", &dropped));
  GST_INFO ("%" G_GUINT64_FORMAT " learned from, %" G_GUINT64_FORMAT
      " dropped", frames, dropped);
  fail_unless_equals_uint64 (frames + dropped, 4000);
  fail_unless (frames >= 16);
  fail_unless (dropped > 0);
  gst_structure_free (stats);
  free_harness (h, bus);
}

GST_END_TEST;

/* What a batch looks back at does not reach over a discontinuity, nor over the
 * end of a segment, though the samples of each frame are the same. */
GST_START_TEST (test_interruptions)
{
  gchar *path = path_of ("interrupted.safetensors");
  gchar *line = g_strdup_printf ("mode=sync steps=10 location=%s", path);
  GBytes *learned[3];
  GstBus *bus;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (learned); i++) {
    GstHarness *h = new_harness (line, &bus);
    GstBuffer *buffer = noise (64 * 20, 64 * 20);
    GstSegment segment;

    push_noise (h, 0, 64 * 20, 64 * 20);
    if (i == 1)
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
    if (i == 2) {
      gst_segment_init (&segment, GST_FORMAT_TIME);
      segment.base = GST_SECOND;
      gst_harness_push_event (h, gst_event_new_segment (&segment));
    }
    fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
    push_noise (h, 64 * 40, 64 * 160, 64 * 20);
    gst_harness_push_event (h, gst_event_new_eos ());
    learned[i] = read_file (path);
    free_harness (h, bus);
  }
  fail_if (g_bytes_equal (learned[0], learned[1]));
  fail_unless (g_bytes_equal (learned[1], learned[2]));
  for (i = 0; i < G_N_ELEMENTS (learned); i++)
    g_bytes_unref (learned[i]);
  g_remove (path);
  g_free (line);
  g_free (path);
}

GST_END_TEST;

#define STEREO "audio/x-raw, format=(string)" GST_AUDIO_NE (F32) \
    ", layout=(string)interleaved, rate=(int)8000, channels=(int)2" \
    ", channel-mask=(bitmask)3"

/* The same counts with a transform for each channel. */
GST_START_TEST (test_async_counts_channels)
{
  GstBus *bus;
  GstHarness *h = new_harness ("mode=async queue-frames=16 batch=8 "
      "multi-channel=true", &bus);
  GstStructure *stats;
  guint64 frames, dropped;

  gst_harness_set_src_caps_str (h, STEREO);
  push_noise (h, 0, 2 * 64 * 4000, 2 * 64 * 500);
  gst_harness_push_event (h, gst_event_new_eos ());
  g_object_get (h->element, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, "frames", &frames));
  fail_unless (gst_structure_get_uint64 (stats, "dropped", &dropped));
  fail_unless_equals_uint64 (frames + dropped, 2 * 4000);
  fail_unless (dropped > 0);
  gst_structure_free (stats);
  free_harness (h, bus);
}

GST_END_TEST;

/* It ends when all channels have taken their step, so that it can be resumed
 * to the same bytes as without an end in between. */
GST_START_TEST (test_ends_between_channels)
{
  gchar *path = path_of ("mc.safetensors");
  gchar *line = g_strdup_printf ("mode=sync multi-channel=true steps=3 "
      "location=%s", path);
  GstBus *bus;
  GstHarness *h = new_harness (line, &bus);

  gst_harness_set_src_caps_str (h, STEREO);
  push_noise (h, 0, 2 * 512 * 5, 512);
  fail_unless_equals_uint64 (steps_in (path), 4);
  free_harness (h, bus);
  g_free (line);
  g_free (path);
}

GST_END_TEST;

static gint
rate_in (const gchar * path)
{
  BfftNetwork *network = bfft_weights_load (path, NULL);
  gint rate;

  fail_unless (network != NULL);
  rate = network->sample_rate;
  bfft_network_unref (network);
  return rate;
}

static guint
count_checkpoints (GstBus * bus)
{
  GstMessage *message;
  guint count = 0;

  while ((message = pop_message (bus, "bffttrain-checkpoint"))) {
    count++;
    gst_message_unref (message);
  }
  return count;
}

/* New caps do not wait for the training on the old ones, however often they
 * change. It writes what it learned, and the next one beside it. */
GST_START_TEST (test_caps_do_not_wait)
{
  gchar *path = path_of ("caps.safetensors");
  gchar *beside = path_of ("caps-2.safetensors");
  gchar *line = g_strdup_printf ("mode=async n-fft=16384 queue-frames=256 "
      "landscape=false checkpoint-interval=0 location=%s", path);
  GstBus *bus;
  GstHarness *h = new_harness (line, &bus);
  guint i;

  push_noise (h, 0, 16384 * 256, 16384 * 256);
  for (i = 0; i < 5; i++) {
    gst_harness_set_src_caps_str (h, i % 2 ? CAPS : STEREO);
    push_noise (h, 0, 512, 512);
  }
  fail_unless_equals_int (count_checkpoints (bus), 0);
  push_noise (h, 0, 2 * 16384 * 8, 2 * 16384 * 8);
  gst_harness_push_event (h, gst_event_new_eos ());
  fail_unless_equals_int (count_checkpoints (bus), 2);
  fail_unless_equals_int (rate_in (path), RATE);
  fail_unless_equals_int (rate_in (beside), 8000);
  free_harness (h, bus);
  g_free (line);
  g_free (path);
  g_free (beside);
}

GST_END_TEST;

static GstHarness *
train_with_caps (const gchar * properties, const gchar * path, guint frames,
    GstBus ** bus)
{
  gchar *line = g_strdup_printf ("mode=sync landscape=false %s location=%s",
      properties, path);
  GstHarness *h = new_harness (line, bus);

  push_noise (h, 0, 64 * frames, 512);
  gst_harness_set_src_caps_str (h, "audio/x-raw, format=(string)"
      GST_AUDIO_NE (F32) ", layout=(string)interleaved, rate=(int)8000, "
      "channels=(int)1");
  g_free (line);
  return h;
}

/* What is finished stays; where the rate does not matter, training goes on. */
GST_START_TEST (test_caps_replace_nothing)
{
  gchar *path = path_of ("c.safetensors");
  gchar *beside = path_of ("c-2.safetensors");
  GstBus *bus;
  GstHarness *h = train_with_caps ("steps=20", path, 8 * 30, &bus);

  push_noise (h, 0, 64 * 8 * 10, 512);
  gst_harness_push_event (h, gst_event_new_eos ());
  fail_unless_equals_uint64 (steps_in (path), 20);
  fail_unless_equals_uint64 (steps_in (beside), 10);
  fail_unless_equals_int (count_warnings (bus), 1);
  free_harness (h, bus);

  h = train_with_caps ("variant=domain", path, 8 * 30, &bus);
  push_noise (h, 0, 64 * 8 * 10, 512);
  gst_harness_push_event (h, gst_event_new_eos ());
  fail_unless_equals_uint64 (steps_in (path), 40);
  fail_unless_equals_int (count_warnings (bus), 0);
  free_harness (h, bus);

  /* Started again, and stopped sooner */
  h = train_with_caps ("steps=20", path, 8 * 30, &bus);
  gst_element_set_state (h->element, GST_STATE_READY);
  gst_element_set_state (h->element, GST_STATE_PLAYING);
  gst_harness_set_src_caps_str (h, CAPS);
  push_noise (h, 0, 64 * 8 * 5, 512);
  gst_harness_push_event (h, gst_event_new_eos ());
  fail_unless_equals_uint64 (steps_in (path), 20);
  free_harness (h, bus);

  /* "-2" is there already */
  h = train_with_caps ("steps=20", path, 8 * 30, &bus);
  push_noise (h, 0, 64 * 8 * 5, 512);
  gst_harness_push_event (h, gst_event_new_eos ());
  fail_unless_equals_uint64 (steps_in (beside), 10);
  free_harness (h, bus);
  g_free (path);
  g_free (beside);
}

GST_END_TEST;

#ifdef __linux__
/* The folder of the training thread in /proc, once it is there. */
static gchar *
find_thread (void)
{
  gchar *found = NULL;
  guint tries;

  for (tries = 0; found == NULL && tries < 1000; tries++) {
    GDir *dir = g_dir_open ("/proc/self/task", 0, NULL);
    const gchar *name;

    g_usleep (1000);
    while (found == NULL && (name = g_dir_read_name (dir))) {
      gchar *folder = g_build_filename ("/proc/self/task", name, NULL);
      gchar *comm = g_build_filename (folder, "comm", NULL);
      gchar *text = NULL;

      g_file_get_contents (comm, &text, NULL, NULL);
      if (g_strcmp0 (text, "bffttrain\n") == 0)
        found = g_strdup (folder);
      g_free (text);
      g_free (comm);
      g_free (folder);
    }
    g_dir_close (dir);
  }
  fail_unless (found != NULL);
  return found;
}

static gint64
read_switches (const gchar * thread)
{
  const gchar *key = "\nvoluntary_ctxt_switches:";
  gchar *path = g_build_filename (thread, "status", NULL);
  gchar *text;
  gint64 count;

  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  count = g_ascii_strtoll (strstr (text, key) + strlen (key), NULL, 10);
  g_free (text);
  g_free (path);
  return count;
}

/* Policies that the thread is not to have: real time where that is allowed, or
 * one that anybody may have. It sleeps while nothing comes. */
GST_START_TEST (test_thread)
{
  const struct sched_param fifo = {.sched_priority = 1 }, batch = { 0 };
  const struct sched_param normal = { 0 };
  GstBus *bus;
  GstHarness *h;
  gchar *thread;
  gint64 switches;
  gint tid, tries;

  if (sched_setscheduler (0, SCHED_FIFO, &fifo) != 0)
    fail_unless (sched_setscheduler (0, SCHED_BATCH, &batch) == 0);
  h = new_harness ("mode=async", &bus);
  push_noise (h, 0, 512 * 4, 512);
  thread = find_thread ();
  sched_setscheduler (0, SCHED_OTHER, &normal);
  tid = atoi (strrchr (thread, '/') + 1);
  for (tries = 0; tries < 100 && getpriority (PRIO_PROCESS, tid) != 10; tries++)
    g_usleep (100000);
  g_usleep (200000);
  fail_unless_equals_int (sched_getscheduler (tid), SCHED_OTHER);
  fail_unless_equals_int (getpriority (PRIO_PROCESS, tid), 10);
  switches = read_switches (thread);
  g_usleep (500000);
  fail_unless (read_switches (thread) - switches < 3);
  free_harness (h, bus);
  g_free (thread);
}

GST_END_TEST;
#endif

static guint64
get_count (GstHarness * h, const gchar * name)
{
  GstStructure *stats;
  guint64 count;

  g_object_get (h->element, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, name, &count));
  gst_structure_free (stats);
  return count;
}

/* More than a second of work is queued: at the end of the stream the rest is
 * dropped and counted, when the element stops all of it. */
GST_START_TEST (test_ends_soon)
{
  const guint n = 65536, frames = 256;
  gchar *path = path_of ("e.safetensors");
  gchar *line = g_strdup_printf ("mode=async n-fft=%u queue-frames=%u "
      "checkpoint-interval=0 location=%s", n, frames, path);
  guint64 learned;
  guint stop;

  for (stop = 0; stop < 2; stop++) {
    GstBus *bus;
    GstHarness *h = new_harness (line, &bus);

    push_noise (h, 0, n * frames, n * 8);
    if (stop)
      gst_element_set_state (h->element, GST_STATE_READY);
    else
      gst_harness_push_event (h, gst_event_new_eos ());
    learned = get_count (h, "frames");
    fail_unless (learned < frames);
    fail_unless_equals_uint64 (learned + get_count (h, "dropped"), frames);
    if (!stop)
      fail_unless_equals_uint64 (steps_in (path), learned / 8);
    free_harness (h, bus);
  }
  g_free (line);
  g_free (path);
}

GST_END_TEST;

/* Steps have the time of their latest frame, as the stream tells it: of a
 * source 2 % fast, after a pause, and of GAP buffers, which are silence. */
GST_START_TEST (test_times)
{
  GstBus *bus;
  GstHarness *h = new_harness ("mode=sync interval=1 batch=1", &bus);
  GstMessage *message;
  guint64 at, expected, step = 0;
  gdouble loss, before = 0;
  guint i;

  for (i = 0; i < 300; i++) {
    GstBuffer *buffer = noise (i * 96, 96);

    /* 5880 us for the 6 ms of 96 samples, and 10 s of pause */
    GST_BUFFER_PTS (buffer) = 5880 * GST_USECOND * i
        + (i < 200 ? 0 : 10 * GST_SECOND);
    GST_BUFFER_DURATION (buffer) = 5880 * GST_USECOND;
    if (i >= 298)
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);
    gst_harness_push (h, buffer);
    gst_buffer_unref (gst_harness_pull (h));
  }
  while ((message = pop_message (bus, "bffttrain"))) {
    const GstStructure *s = gst_message_get_structure (message);

    expected = 3920 * GST_USECOND * step + (step < 300 ? 0 : 10 * GST_SECOND);
    fail_unless (gst_structure_get_uint64 (s, "timestamp", &at));
    fail_unless_equals_uint64 (at, expected);
    fail_unless (gst_structure_get_uint64 (s, "running-time", &at));
    fail_unless_equals_uint64 (at, expected);
    fail_unless (gst_structure_get_double (s, "total-loss", &loss));
    if (++step == 450)
      fail_unless (loss == before);
    before = loss;
    gst_message_unref (message);
  }
  fail_unless_equals_uint64 (step, 450);
  free_harness (h, bus);
}

GST_END_TEST;

/* A landscape that takes seconds is left out. */
GST_START_TEST (test_landscape_fits)
{
  gchar *path = path_of ("l.safetensors");
  gchar *sidecar = path_of ("l.json");
  gchar *line = g_strdup_printf ("mode=sync n-fft=65536 steps=1 location=%s",
      path);
  gchar *text;

  run_part (line, 0, 65536 * 9);
  fail_unless (g_file_get_contents (sidecar, &text, NULL, NULL));
  fail_unless (strstr (text, "\"landscape\": null") != NULL
      || strstr (text, "\"landscape\":null") != NULL);
  g_free (text);
  g_free (line);
  g_free (path);
  g_free (sidecar);
}

GST_END_TEST;

static GstBuffer *
tone (guint offset, guint n)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, n * 4, NULL);
  GstMapInfo map;
  guint i;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (i = 0; i < n; i++)
    ((gfloat *) map.data)[i] = 0.5 * sin (2 * G_PI * 0.0275 * (offset + i));
  gst_buffer_unmap (buffer, &map);
  return buffer;
}

/* A start that gets nowhere says so, once, and is never called converged. */
GST_START_TEST (test_stalled)
{
  GstBus *bus;
  GstHarness *h = new_harness ("mode=sync init=random variant=domain "
      "interval=100 landscape=false", &bus);
  GstMessage *message;
  gboolean stalled = FALSE;
  guint i;

  for (i = 0; i < 9000; i++) {
    fail_unless_equals_int (gst_harness_push (h, tone (i * 512, 512)),
        GST_FLOW_OK);
    gst_buffer_unref (gst_harness_pull (h));
  }
  while ((message = pop_message (bus, "bffttrain"))) {
    const gchar *state = gst_structure_get_string (gst_message_get_structure
        (message), "state");

    fail_if (g_strcmp0 (state, "converged") == 0);
    stalled |= g_strcmp0 (state, "stalled") == 0;
    gst_message_unref (message);
  }
  fail_unless (stalled);
  free_harness (h, bus);
}

GST_END_TEST;

/* Caps that change faster than trainings end. */
GST_START_TEST (test_caps_change_often)
{
  GstBus *bus;
  GstHarness *h = new_harness ("mode=async landscape=false n-fft=1024", &bus);
  guint i;

  for (i = 0; i < 20; i++) {
    gchar *caps = g_strdup_printf ("audio/x-raw, format=(string)"
        GST_AUDIO_NE (F32) ", layout=(string)interleaved, rate=(int)%u, "
        "channels=(int)1", 8000 + i % 2);

    gst_harness_set_src_caps_str (h, caps);
    push_noise (h, 0, 1024 * 20, 1024 * 20);
    g_free (caps);
  }
  free_harness (h, bus);
}

GST_END_TEST;

/* One warning names @path, one the sidecar beside it, and the audio goes on.
 * @folder is taken away. */
static void
check_cannot_write (const gchar * path, const gchar * sidecar,
    const gchar * folder)
{
  const gchar *names[] = { path, sidecar };
  gchar *line = g_strdup_printf ("mode=sync checkpoint-interval=10 "
      "location=%s", path);
  GstBus *bus;
  GstHarness *h = new_harness (line, &bus);
  GstMessage *message;
  GError *error;
  guint i;

  if (folder)
    fail_unless_equals_int (g_rmdir (folder), 0);
  push_noise (h, 0, 512 * 35, 512);
  for (i = 0; i < 2; i++) {
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
    fail_unless (message != NULL);
    gst_message_parse_warning (message, &error, NULL);
    fail_unless (g_error_matches (error, GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_WRITE));
    fail_unless (strstr (error->message, names[i]) != NULL);
    g_error_free (error);
    gst_message_unref (message);
  }
  push_noise (h, 512 * 35, 512 * 20, 512);
  gst_harness_push_event (h, gst_event_new_eos ());
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING) == NULL);
  free_harness (h, bus);
  g_free (line);
}

GST_START_TEST (test_cannot_write)
{
  gchar *folder = path_of ("place");
  gchar *path = g_build_filename (folder, "w.safetensors", NULL);

  fail_unless_equals_int (g_mkdir (folder, 0700), 0);
  check_cannot_write (path, "w.json", folder);
  g_free (folder);
  g_free (path);
}

GST_END_TEST;

/* A file that is there and that nobody can replace, not even root. */
GST_START_TEST (test_cannot_replace)
{
  const gchar *path = "/proc/version";
  GBytes *before, *after;

  /* others are told that before */
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR) || geteuid () != 0)
    return;
  before = read_file (path);
  check_cannot_write (path, "/proc/version.json", NULL);
  after = read_file (path);
  fail_unless (g_bytes_equal (before, after));
  g_bytes_unref (before);
  g_bytes_unref (after);
}

GST_END_TEST;

/* Where the folder lets it, a file without write permission is replaced, as a
 * rename does. */
GST_START_TEST (test_read_only_file)
{
  gchar *path = path_of ("r.safetensors");
  gchar *line = g_strdup_printf ("mode=sync location=%s", path);
  BfftNetwork *network;

  fail_unless (g_file_set_contents (path, "old", -1, NULL));
  fail_unless_equals_int (g_chmod (path, 0444), 0);
  run_part (line, 0, 512 * 20);
  network = bfft_weights_load (path, NULL);
  fail_unless (network != NULL);
  bfft_network_unref (network);
  g_free (line);
  g_free (path);
}

GST_END_TEST;

/* A batch of silence has no loss and does not hide that of the sound. */
GST_START_TEST (test_silence_has_no_loss)
{
  GstBus *bus;
  GstHarness *h = new_harness ("mode=sync interval=1 init=perturbed", &bus);
  GstBuffer *silence = gst_buffer_new_allocate (NULL, 512 * 10 * 4, NULL);
  GstMessage *message;
  gdouble loss, heard = 0;
  guint step = 0;

  push_noise (h, 0, 512 * 5, 512);
  gst_buffer_memset (silence, 0, 0, 512 * 10 * 4);
  fail_unless_equals_int (gst_harness_push (h, silence), GST_FLOW_OK);
  while ((message = pop_message (bus, "bffttrain"))) {
    fail_unless (gst_structure_get_double (gst_message_get_structure (message),
            "total-loss", &loss));
    fail_unless (loss > 0);
    /* Welch still hears the noise for 3.5 frames */
    if (++step > 6)
      fail_unless (loss == heard);
    heard = loss;
    gst_message_unref (message);
  }
  fail_unless_equals_int (step, 15);
  free_harness (h, bus);
}

GST_END_TEST;

GST_START_TEST (test_refuses)
{
  const gchar *lines[] = { "variant=reference", "variant=stockham",
    "n-fft=100"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (lines); i++) {
    GstBus *bus;
    GstHarness *h = new_harness (lines[i], &bus);
    GstMessage *message;

    fail_if (gst_harness_push (h, noise (0, 512)) == GST_FLOW_OK);
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    fail_unless (message != NULL);
    gst_message_unref (message);
    free_harness (h, bus);
  }
}

GST_END_TEST;

/* Every format, and a change of format in between, train. */
GST_START_TEST (test_formats)
{
  const gchar *formats[] = { GST_AUDIO_NE (S16), GST_AUDIO_NE (S24),
    GST_AUDIO_NE (S32), GST_AUDIO_NE (F64), GST_AUDIO_NE (F32)
  };
  GstBus *bus;
  GstHarness *h = new_harness ("mode=sync multi-channel=true", &bus);
  GstStructure *stats;
  guint64 frames;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (formats); i++) {
    gchar *caps = g_strdup_printf ("audio/x-raw, format=%s, "
        "layout=interleaved, rate=8000, channels=2, "
        "channel-mask=(bitmask)3", formats[i]);
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, 512 * 24, NULL);

    gst_harness_set_src_caps_str (h, caps);
    gst_buffer_memset (buffer, 0, 0, 512 * 24);
    fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
    gst_buffer_unref (gst_harness_pull (h));
    g_free (caps);
  }
  g_object_get (h->element, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, "frames", &frames));
  fail_unless (frames >= 5 * 2 * 8);
  gst_structure_free (stats);
  free_harness (h, bus);
}

GST_END_TEST;

static Suite *
bffttrain_suite (void)
{
  Suite *suite = suite_create ("bffttrain");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_add_test (tcase, test_passes_through);
  tcase_add_test (tcase, test_sync_is_deterministic);
  tcase_add_test (tcase, test_resume);
  tcase_add_test (tcase, test_resume_of_done);
  tcase_add_test (tcase, test_progress);
  tcase_add_test (tcase, test_too_short);
  tcase_add_test (tcase, test_divergence_warnings);
  tcase_add_test (tcase, test_ends_on_checkpoint);
  tcase_add_test (tcase, test_done_passes);
  tcase_add_test (tcase, test_async_done);
  tcase_add_test (tcase, test_messages);
  tcase_add_test (tcase, test_model_event);
  tcase_add_test (tcase, test_async_counts);
  tcase_add_test (tcase, test_interruptions);
  tcase_add_test (tcase, test_async_counts_channels);
  tcase_add_test (tcase, test_ends_between_channels);
  tcase_add_test (tcase, test_caps_do_not_wait);
  tcase_add_test (tcase, test_caps_replace_nothing);
#ifdef __linux__
  tcase_add_test (tcase, test_thread);
#endif
  tcase_add_test (tcase, test_ends_soon);
  tcase_add_test (tcase, test_times);
  tcase_add_test (tcase, test_landscape_fits);
  tcase_add_test (tcase, test_stalled);
  tcase_add_test (tcase, test_caps_change_often);
  tcase_add_test (tcase, test_cannot_write);
  tcase_add_test (tcase, test_cannot_replace);
  tcase_add_test (tcase, test_read_only_file);
  tcase_add_test (tcase, test_silence_has_no_loss);
  tcase_add_test (tcase, test_refuses);
  tcase_add_test (tcase, test_formats);
  return suite;
}

GST_CHECK_MAIN (bffttrain);
