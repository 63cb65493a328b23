/* bfft: eight pipelines in one process, and everything changes all the time.
 *
 *   check-soak [--minutes N]
 *
 * Settings, models, caps, positions and states of the pipelines change at
 * random, in their own threads and from outside. A probe before each analyser
 * tells from the buffers alone which results must come; each that comes is
 * compared with that, so that one that is lost, doubled or at another time is
 * seen. Likewise for the frames that bffttrain takes. Ends with status 1 on
 * that, on any warning or critical, and when memory grows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE
#include <gst/audio/audio.h>
#include <gst/gst.h>
#include <glib/gstdio.h>
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bfft-weights.h"

#if defined (__SANITIZE_ADDRESS__) || defined (__SANITIZE_THREAD__)
#define WATCHES_MEMORY FALSE
#else
#define WATCHES_MEMORY TRUE
#endif

#define MAX_EXPECTED 4096       /* results of one buffer */
#define TICK (4 * G_TIME_SPAN_MILLISECOND)

/* Pipelines */

/* Which settings decide when results come. */
typedef enum
{
  FRAMED_BY_INTERVAL,           /* bfftspectrum: one per 10 ms */
  FRAMED_BY_HOP,                /* bfftmel: n-fft samples, every hop */
  FRAMED_BY_SEGMENTS,           /* bfftwelch: segments, one after the other */
} Framing;

static const struct
{
  const gchar *name;            /* of the analyser */
  Framing framing;
  gboolean fixed_n_fft;         /* 256; then models come by property */
  const gchar *launch;
} kinds[] = {
  {"bfftspectrum", FRAMED_BY_INTERVAL, TRUE,
      "bfftspectrum name=e n-fft=256 bands=129"},
  {"bfftspectrum", FRAMED_BY_INTERVAL, FALSE,
      "bfftspectrum name=e n-fft=256 bands=17 average=power"},
  {"bfftmel", FRAMED_BY_HOP, TRUE, "bfftmel name=e n-fft=256 n-mels=4"},
  {"bfftmel", FRAMED_BY_HOP, FALSE, "bfftmel name=e n-fft=256 n-mels=4"},
  {"bfftwelch", FRAMED_BY_SEGMENTS, TRUE,
      "bfftwelch name=e n-fft=256 strategy=full"},
  {"bfftwelch", FRAMED_BY_SEGMENTS, FALSE,
      "bfftwelch name=e n-fft=256 strategy=full average=median"},
  {"bfftspectrum", FRAMED_BY_INTERVAL, FALSE,
      "bffttrain name=t n-fft=256 batch=4 checkpoint-interval=5 interval=20 "
        "landscape=false ! bfftspectrum name=e n-fft=256 bands=17"},
  {"bfftmel", FRAMED_BY_HOP, FALSE,
      "bffttrain name=t n-fft=64 batch=2 checkpoint-interval=5 mode=sync "
        "landscape=false ! bfftmel name=e n-fft=64 n-mels=4"},
};

typedef struct
{
  GMutex lock;
  /* Of two threads' g_object_set() on one object, GObject tells what changed
   * when the last ends: what the other set could come a buffer late. */
  GMutex setting;
  guint kind;
  guint32 seed;
  GstElement *pipeline, *element, *train, *filter;

  /* What must come of the audio, as the element was told to see it. */
  GstAudioInfo info;
  guint n_fft, hop, segments;
  gboolean multi_channel;
  gboolean restart;
  GstClockTime anchor;
  guint64 position, next;
  GstClockTime expected[MAX_EXPECTED];
  guint n_expected, n_come;
  GstClockTime stamp;           /* of the next buffer */
  GstClockTime short_of, owed;  /* a result that this piece, the last, lacks */

  /* The same of bffttrain. */
  guint train_n_fft, filled;
  gboolean train_restart;
  guint64 train_frames, train_maybe;
  guint train_pending;

  guint64 results, restarts, buffers, frames;
} Line;

static gchar *locations[2];
static GBytes *models[2];
static gint failures;

static void
fail (const Line * line, const gchar * format, ...)
{
  va_list args;
  gchar *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("pipeline %d (%s): %s\n", line ? (gint) line->kind : -1,
      line ? kinds[line->kind].name : "log", text);
  g_free (text);
  g_atomic_int_inc (&failures);
}

static guint
choose (guint32 * seed, guint n)
{
  *seed = *seed * 1664525 + 1013904223;
  return (*seed >> 8) % n;
}

/* What must come */

/* Samples from one result to the next, and in one. */
static void
get_framing (const Line * line, guint * hop, guint * length)
{
  switch (kinds[line->kind].framing) {
    case FRAMED_BY_INTERVAL:
      *hop = *length = line->info.rate / 100;
      break;
    case FRAMED_BY_HOP:
      *hop = line->hop;
      *length = line->n_fft;
      break;
    default:
      *hop = *length =
          line->n_fft + (line->segments - 1) * (line->n_fft - line->n_fft / 2);
      break;
  }
}

static void
expect_results (Line * line, GstBuffer * buffer)
{
  guint hop, length;

  get_framing (line, &hop, &length);
  if (line->restart || GST_BUFFER_IS_DISCONT (buffer)) {
    line->owed = line->short_of;
    line->anchor = GST_BUFFER_PTS (buffer);
    line->position = line->next = 0;
    line->restart = FALSE;
    line->restarts++;
  }
  line->position += gst_buffer_get_size (buffer) / line->info.bpf;
  line->n_expected = line->n_come = 0;
  while (line->next * hop + length <= line->position) {
    g_assert (line->n_expected < MAX_EXPECTED);
    line->expected[line->n_expected++] = line->anchor +
        gst_util_uint64_scale (line->next++ * hop, GST_SECOND, line->info.rate);
  }
  line->short_of = line->anchor +
      gst_util_uint64_scale (line->next * hop, GST_SECOND, line->info.rate);
}

/* Where a piece ends, bfftwelch gives the segments that fit, once. */
static gboolean
is_owed (Line * line, GstClockTime time)
{
  GstClockTime *owed = &line->owed;

  if (kinds[line->kind].framing != FRAMED_BY_SEGMENTS
      || (line->n_come < line->n_expected
          && line->expected[line->n_come] == time))
    return FALSE;
  if (time == line->short_of)
    owed = &line->short_of;
  if (time != *owed)
    return FALSE;
  *owed = GST_CLOCK_TIME_NONE;
  return TRUE;
}

static void
check_result (Line * line, const GstStructure * s)
{
  guint64 time = 0;
  guint n_fft = 0;

  gst_structure_get_uint64 (s, "timestamp", &time);
  gst_structure_get_uint (s, "n-fft", &n_fft);
  g_mutex_lock (&line->lock);
  if (is_owed (line, time)) {
    line->results++;
    g_mutex_unlock (&line->lock);
    return;
  }
  if (line->n_come >= line->n_expected)
    fail (line, "a result at %" GST_TIME_FORMAT " too many",
        GST_TIME_ARGS (time));
  else if (line->expected[line->n_come] != time)
    fail (line, "a result at %" GST_TIME_FORMAT " instead of %" GST_TIME_FORMAT,
        GST_TIME_ARGS (time), GST_TIME_ARGS (line->expected[line->n_come]));
  if (n_fft != line->n_fft)
    fail (line, "n-fft %u instead of %u", n_fft, line->n_fft);
  line->n_come++;
  line->results++;
  g_mutex_unlock (&line->lock);
}

static GstBusSyncReply
on_message (GstBus * bus, GstMessage * message, gpointer data)
{
  Line *line = data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT) {
    if (GST_MESSAGE_SRC (message) == GST_OBJECT (line->element))
      check_result (line, gst_message_get_structure (message));
    gst_message_unref (message);
    return GST_BUS_DROP;
  }
  return GST_BUS_PASS;
}

/* A buffer that does not come out again was stopped by a flush, before or after
 * it was taken. */
static void
expect_train_frames (Line * line, GstBuffer * buffer)
{
  guint n = gst_buffer_get_size (buffer) / line->info.bpf;

  line->train_maybe += line->train_pending;
  if (line->train_restart || GST_BUFFER_IS_DISCONT (buffer))
    line->filled = 0;
  line->train_restart = FALSE;
  line->filled += n;
  line->train_pending = line->filled / line->train_n_fft;
  line->filled %= line->train_n_fft;
}

/* Changes in the stream */

/* Those of settings that framing depends on are made between two buffers, so
 * that it is known where they take effect. */
static void
change_framing (Line * line)
{
  static const guint lengths[] = { 128, 256, 512 };
  static const guint hops[] = { 80, 160, 200, 441 };
  guint n_fft = line->n_fft, hop = line->hop, segments = line->segments;
  gboolean multi = line->multi_channel;
  gboolean changed;

  if (!kinds[line->kind].fixed_n_fft)
    n_fft = lengths[choose (&line->seed, G_N_ELEMENTS (lengths))];
  if (kinds[line->kind].framing == FRAMED_BY_SEGMENTS)
    segments = 1 + choose (&line->seed, 6);
  else
    hop = hops[choose (&line->seed, G_N_ELEMENTS (hops))];
  if (choose (&line->seed, 3) == 0)
    multi = !multi;
  changed = n_fft != line->n_fft || hop != line->hop
      || segments != line->segments
      || (multi != line->multi_channel && line->info.channels > 1);
  g_mutex_lock (&line->setting);
  if (kinds[line->kind].framing == FRAMED_BY_SEGMENTS)
    g_object_set (line->element, "n-fft", n_fft, "segments", segments,
        "multi-channel", multi, NULL);
  else
    g_object_set (line->element, "n-fft", n_fft, "hop", hop,
        "multi-channel", multi, NULL);
  g_mutex_unlock (&line->setting);
  line->n_fft = n_fft;
  line->hop = hop;
  line->segments = segments;
  line->multi_channel = multi;
  line->restart |= changed;
}

/* audiotestsrc's timestamps jump where the rate changes. How elements follow
 * jumps is for tests/check/elements/timeline.c; here there are none. */
static GstPadProbeReturn
stamp_buffer (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  GstBuffer *buffer =
      gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  Line *line = data;

  if (line->stamp == GST_CLOCK_TIME_NONE || GST_BUFFER_IS_DISCONT (buffer))
    line->stamp = GST_BUFFER_PTS (buffer);
  GST_BUFFER_PTS (buffer) = line->stamp;
  line->stamp += GST_BUFFER_DURATION (buffer) =
      gst_util_uint64_scale (gst_buffer_get_size (buffer) / line->info.bpf,
      GST_SECOND, line->info.rate);
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
before_element (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Line *line = data;

  if (choose (&line->seed, 40) == 0)
    change_framing (line);
  g_mutex_lock (&line->lock);
  expect_results (line, GST_PAD_PROBE_INFO_BUFFER (info));
  g_mutex_unlock (&line->lock);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
after_element (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Line *line = data;

  g_mutex_lock (&line->lock);
  if (line->n_come != line->n_expected)
    fail (line, "%u results of a buffer instead of %u", line->n_come,
        line->n_expected);
  line->buffers++;
  g_mutex_unlock (&line->lock);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
before_train (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Line *line = data;

  g_mutex_lock (&line->lock);
  expect_train_frames (line, GST_PAD_PROBE_INFO_BUFFER (info));
  g_mutex_unlock (&line->lock);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
after_train (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Line *line = data;

  g_mutex_lock (&line->lock);
  line->train_frames += line->train_pending;
  line->train_pending = 0;
  g_mutex_unlock (&line->lock);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_event (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  Line *line = data;
  GstAudioInfo audio;
  GstCaps *caps;

  g_mutex_lock (&line->lock);
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      gst_audio_info_from_caps (&audio, caps);
      if (!gst_audio_info_is_equal (&audio, &line->info))
        line->restart = line->train_restart = TRUE;
      line->info = audio;
      break;
    case GST_EVENT_FLUSH_STOP:
    case GST_EVENT_SEGMENT:
    case GST_EVENT_GAP:
      line->stamp = GST_CLOCK_TIME_NONE;
      line->restart = line->train_restart = TRUE;
      break;
    default:
      break;
  }
  g_mutex_unlock (&line->lock);
  return GST_PAD_PROBE_OK;
}

/* Changes from outside */

static void
change_setting (Line * line, guint32 * seed)
{
  static const gchar *const variants[] = { "butterfly", "stockham", "domain",
    "q8", "fused-spectral"
  };
  static const gchar *const windows[] = { "hann", "hamming", "rectangular" };
  static const gchar *const executions[] = { "auto", "orc", "c" };
  static const gchar *const units[] = { "db", "power", "amplitude" };
  static const gchar *const logs[] = { "log10", "ln", "db", "none" };
  static const gchar *const detrends[] = { "none", "constant", "linear" };
  GObject *e = G_OBJECT (line->element);
  guint third = choose (seed, 3);

  switch (choose (seed, 6)) {
    case 0:
      gst_util_set_object_arg (e, "variant", variants[choose (seed, 5)]);
      break;
    case 1:
      gst_util_set_object_arg (e, "window", windows[third]);
      break;
    case 2:
      gst_util_set_object_arg (e, "execution", executions[third]);
      break;
    case 3:
      g_object_set (e, "attach-meta", third == 0, NULL);
      break;
    default:
      if (kinds[line->kind].framing == FRAMED_BY_INTERVAL)
        gst_util_set_object_arg (e, "magnitude-unit", units[third]);
      else if (kinds[line->kind].framing == FRAMED_BY_SEGMENTS)
        gst_util_set_object_arg (e, "detrend", detrends[third]);
      else if (third)
        gst_util_set_object_arg (e, "log-mode", logs[choose (seed, 4)]);
      else
        g_object_set (e, "n-mels", 2 + choose (seed, 4), NULL);
      break;
  }
}

static void
change_model (Line * line, guint32 * seed)
{
  guint i = choose (seed, 2);
  GstPad *pad;

  if (kinds[line->kind].fixed_n_fft && choose (seed, 2)) {
    g_mutex_lock (&line->setting);
    g_object_set (line->element, "model-location",
        choose (seed, 8) ? locations[i] : NULL, NULL);
    g_mutex_unlock (&line->setting);
    return;
  }
  pad = gst_element_get_static_pad (line->element, "sink");
  gst_pad_send_event (pad,
      gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
          gst_structure_new ("bfft-model", "model", G_TYPE_BYTES, models[i],
              "step", G_TYPE_UINT64, G_GUINT64_CONSTANT (1), NULL)));
  gst_object_unref (pad);
}

static void
change_caps (Line * line, guint32 * seed)
{
  static const gchar *const formats[] = { "F32LE", "S16LE", "S32LE", "F64LE" };
  static const gchar *const layouts[] = { "interleaved", "non-interleaved" };
  static const guint rates[] = { 8000, 16000, 48000 };
  gchar *text = g_strdup_printf ("audio/x-raw,format=%s,layout=%s,rate=%u,"
      "channels=%u", formats[choose (seed, 4)], layouts[choose (seed, 2)],
      rates[choose (seed, 3)], 1 + choose (seed, 2));

  gst_util_set_object_arg (G_OBJECT (line->filter), "caps", text);
  g_free (text);
}

static void
check_train (Line * line)
{
  guint64 frames = 0, dropped = 0;
  GstStructure *stats;

  if (line->train == NULL)
    return;
  g_object_get (line->train, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "frames", &frames);
  gst_structure_get_uint64 (stats, "dropped", &dropped);
  gst_structure_free (stats);
  line->train_maybe += line->train_pending;
  if (frames + dropped < line->train_frames ||
      frames + dropped > line->train_frames + line->train_maybe)
    fail (line, "bffttrain took %" G_GUINT64_FORMAT " frames and dropped %"
        G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, frames, dropped,
        line->train_frames);
  line->frames += frames;
  line->train_frames = line->train_maybe = line->train_pending = 0;
}

static void
stop (Line * line, GstState state)
{
  if (gst_element_set_state (line->pipeline, state) != GST_STATE_CHANGE_SUCCESS)
    fail (line, "does not stop");
  check_train (line);
  memset (&line->info, 0, sizeof (line->info));
  line->restart = line->train_restart = TRUE;
}

static void
change_something (Line * line, guint32 * seed)
{
  guint what = choose (seed, 100);

  if (what < 50) {
    g_mutex_lock (&line->setting);
    change_setting (line, seed);
    g_mutex_unlock (&line->setting);
  } else if (what < 80) {
    change_model (line, seed);
  } else if (what < 90) {
    change_caps (line, seed);
  } else if (what < 98) {
    gst_element_seek_simple (line->pipeline, GST_FORMAT_TIME,
        GST_SEEK_FLAG_FLUSH, choose (seed, 1000) * GST_SECOND);
  } else {
    stop (line, GST_STATE_READY);
    gst_element_set_state (line->pipeline, GST_STATE_PLAYING);
  }
}

/* Lengths and rates are changed under models, of files or of the stream. */
static gboolean
is_expected (const Line * line, const GError * error)
{
  return strstr (error->message, "The model was trained at")
      || (!kinds[line->kind].fixed_n_fft
      && strstr (error->message, "The model that comes with the stream"));
}

/* Warnings of elements; what is logged goes to on_log(). */
static void
check_bus (Line * line)
{
  GstBus *bus = gst_element_get_bus (line->pipeline);
  GstMessage *message;

  while ((message = gst_bus_pop (bus))) {
    GError *error = NULL;
    gchar *detail = NULL;

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
      gst_message_parse_error (message, &error, &detail);
    else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
      gst_message_parse_warning (message, &error, &detail);
    if (error && !is_expected (line, error))
      fail (line, "%s %s", error->message, detail ? detail : "");
    g_clear_error (&error);
    g_free (detail);
    gst_message_unref (message);
  }
  gst_object_unref (bus);
}

static void
on_log (const gchar * domain, GLogLevelFlags level, const gchar * message,
    gpointer data)
{
  if (level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR))
    fail (NULL, "%s", message);
}

/* Start and end */

static void
add_probe (GstElement * element, const gchar * name, GstPadProbeType type,
    GstPadProbeCallback callback, Line * line)
{
  GstPad *pad = gst_element_get_static_pad (element, name);

  gst_pad_add_probe (pad, type, callback, line, NULL);
  gst_object_unref (pad);
}

static void
start_line (Line * line, guint kind)
{
  gchar *launch = g_strdup_printf ("audiotestsrc wave=white-noise "
      "samplesperbuffer=%u ! capsfilter name=f caps-change-mode=delayed ! "
      "identity sleep-time=1000 ! %s follow-model=true ! fakesink sync=false",
      300 + 211 * kind, kinds[kind].launch);
  GstBus *bus;

  line->kind = kind;
  line->seed = kind + 1;
  g_mutex_init (&line->lock);
  g_mutex_init (&line->setting);
  line->pipeline = gst_parse_launch (launch, NULL);
  line->element = gst_bin_get_by_name (GST_BIN (line->pipeline), "e");
  line->train = gst_bin_get_by_name (GST_BIN (line->pipeline), "t");
  line->filter = gst_bin_get_by_name (GST_BIN (line->pipeline), "f");
  line->hop = 160;
  line->segments = 3;
  line->restart = line->train_restart = TRUE;
  line->stamp = GST_CLOCK_TIME_NONE;
  if (kinds[kind].framing == FRAMED_BY_SEGMENTS)
    g_object_set (line->element, "segments", line->segments, NULL);
  else
    g_object_set (line->element, "hop", line->hop, NULL);
  if (kinds[kind].framing == FRAMED_BY_INTERVAL)
    g_object_set (line->element, "interval", GST_SECOND / 100, NULL);
  g_object_get (line->element, "n-fft", &line->n_fft, NULL);
  add_probe (line->train ? line->train : line->element, "sink",
      GST_PAD_PROBE_TYPE_BUFFER, stamp_buffer, line);
  if (line->train) {
    g_object_get (line->train, "n-fft", &line->train_n_fft, NULL);
    add_probe (line->train, "sink", GST_PAD_PROBE_TYPE_BUFFER, before_train,
        line);
    add_probe (line->train, "src", GST_PAD_PROBE_TYPE_BUFFER, after_train,
        line);
  }
  add_probe (line->element, "sink", GST_PAD_PROBE_TYPE_BUFFER, before_element,
      line);
  add_probe (line->element, "src", GST_PAD_PROBE_TYPE_BUFFER, after_element,
      line);
  add_probe (line->train ? line->train : line->element, "sink",
      GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      on_event, line);
  bus = gst_element_get_bus (line->pipeline);
  gst_bus_set_sync_handler (bus, on_message, line, NULL);
  gst_object_unref (bus);
  gst_element_set_state (line->pipeline, GST_STATE_PLAYING);
  g_free (launch);
}

static void
end_line (Line * line)
{
  stop (line, GST_STATE_NULL);
  check_bus (line);
  g_print ("%-14s %9" G_GUINT64_FORMAT " buffers %9" G_GUINT64_FORMAT
      " results %7" G_GUINT64_FORMAT " restarts %9" G_GUINT64_FORMAT
      " frames trained\n", kinds[line->kind].name, line->buffers,
      line->results, line->restarts, line->frames);
  if (line->results == 0)
    fail (line, "no results");
  gst_object_unref (line->element);
  gst_clear_object (&line->train);
  gst_object_unref (line->filter);
  gst_object_unref (line->pipeline);
  g_mutex_clear (&line->lock);
  g_mutex_clear (&line->setting);
}

static void
make_models (void)
{
  guint i;

  for (i = 0; i < 2; i++) {
    BfftNetwork *network = bfft_network_new_exact (BFFT_VARIANT_DOMAIN, 256);
    gint fd = g_file_open_tmp ("bfft-soak-XXXXXX", &locations[i], NULL);

    g_close (fd, NULL);
    bfft_network_perturb (network, 0.2f, i + 1);
    bfft_weights_save (network, locations[i], NULL);
    models[i] = bfft_weights_to_bytes (network);
    bfft_network_unref (network);
  }
}

static void
free_models (void)
{
  guint i;

  for (i = 0; i < 2; i++) {
    g_unlink (locations[i]);
    g_free (locations[i]);
    g_bytes_unref (models[i]);
  }
}

/* Memory */

/* The most that was in use in each quarter of the time, in kB. */
typedef struct
{
  gsize heap[4];
  gsize resident[4];
} Memory;

static gsize
get_resident (void)
{
  gchar *text = NULL;
  gsize pages = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    pages = strtoul (strchr (text, ' '), NULL, 10);
  g_free (text);
  return pages * (sysconf (_SC_PAGESIZE) / 1024);
}

static void
watch_memory (Memory * memory, guint quarter)
{
  gsize heap = mallinfo2 ().uordblks / 1024;

  memory->heap[quarter] = MAX (memory->heap[quarter], heap);
  memory->resident[quarter] = MAX (memory->resident[quarter], get_resident ());
}

/* The last quarter against the second: in the first, caches fill. */
static void
check_memory (const Memory * memory)
{
  g_print ("heap %zu %zu %zu %zu kB, resident %zu %zu %zu %zu kB\n",
      memory->heap[0], memory->heap[1], memory->heap[2], memory->heap[3],
      memory->resident[0], memory->resident[1], memory->resident[2],
      memory->resident[3]);
  if (!WATCHES_MEMORY)
    return;
  if (memory->heap[3] > memory->heap[1] + memory->heap[1] / 8 + 1024)
    fail (NULL, "the heap grows");
  if (memory->resident[3] > memory->resident[1] + memory->resident[1] / 8
      + 4096)
    fail (NULL, "resident memory grows");
}

int
main (int argc, char **argv)
{
  gdouble minutes = 0.6;
  GOptionEntry entries[] = {
    {"minutes", 0, 0, G_OPTION_ARG_DOUBLE, &minutes, "How long", "N"},
    {0}
  };
  GOptionContext *context = g_option_context_new (NULL);
  Line lines[G_N_ELEMENTS (kinds)] = { 0, };
  Memory memory = { 0, };
  guint32 seed = 1;
  gint64 start, end, now;
  guint i;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, NULL))
    return 2;
  g_option_context_free (context);
  g_log_set_default_handler (on_log, NULL);
  make_models ();
  for (i = 0; i < G_N_ELEMENTS (kinds); i++)
    start_line (&lines[i], i);

  start = g_get_monotonic_time ();
  end = start + minutes * G_TIME_SPAN_MINUTE;
  while ((now = g_get_monotonic_time ()) < end && failures == 0) {
    Line *line = &lines[choose (&seed, G_N_ELEMENTS (kinds))];

    change_something (line, &seed);
    check_bus (line);
    watch_memory (&memory, 4 * (now - start) / (end - start + 1));
    g_usleep (TICK);
  }

  for (i = 0; i < G_N_ELEMENTS (kinds); i++)
    end_line (&lines[i]);
  free_models ();
  check_memory (&memory);
  gst_deinit ();
  g_print ("%d failures\n", failures);
  return failures > 0;
}
