/* bfft: sound through an analyser, result by result into a writer.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "extract-pipeline.h"

#include <stdlib.h>

#include <gio/gio.h>
#include <gst/audio/audio.h>

#define TICK (100 * GST_MSECOND)
#define LAST_WORDS (5 * GST_SECOND)     /* for a live source to end */

struct _ExtractPipeline
{
  const ExtractOptions *options;
  GstElement *bin, *source, *convert, *analyser;
  ExtractWriter *writer;        /* of the sound that runs */
  GstSegment range;             /* of the sound, what is wanted */
  gboolean begun;               /* it counts from a live source's first sample */
  GstAudioInfo info;            /* what the analyser hears */
  gboolean skipping;            /* results are of before the seek */
  gboolean ended;               /* the range is over */
};

/* Stops with a sentence; what GStreamer adds on where it happened is not for
 * users. */
static void
post_fault (ExtractPipeline * self, const gchar * format, ...)
{
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, format);
  error = g_error_new_valist (GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
      format, args);
  va_end (args);
  gst_element_post_message (self->bin,
      gst_message_new_error (GST_OBJECT (self->bin), error, NULL));
}

/* Results */

/* The dimensions of caps, the fastest first and filled up with ones, become a
 * shape; what is 1 by nature (a mix, a single frame) is no axis. */
static void
read_shape (ExtractPipeline * self, GstStructure * caps)
{
  ExtractWriter *writer = self->writer;
  const gchar *text = gst_structure_get_string (caps, "dimensions");
  gboolean apart = FALSE, turned;
  g_auto (GStrv) parts = g_strsplit (text ? text : "", ":", EXTRACT_MAX_DIMS);
  guint frames = 1, layout = 0, dims[EXTRACT_MAX_DIMS] = { 0 }, n = 0, i;
  GObjectClass *klass = G_OBJECT_GET_CLASS (self->analyser);

  if (g_object_class_find_property (klass, "multi-channel"))
    g_object_get (self->analyser, "multi-channel", &apart, NULL);
  if (g_object_class_find_property (klass, "tensor-layout"))
    g_object_get (self->analyser, "frames", &frames, "tensor-layout", &layout,
        NULL);
  turned = frames > 1 && layout;
  for (i = 0; parts[i]; i++) {
    dims[i] = atoi (parts[i]);
    if (dims[i] != 1 || i == 0 || (i == 1 && frames > 1)
        || (apart && i == (frames > 1 ? 2 : 1)))
      n = i + 1;
  }
  for (i = 0; i < n; i++) {
    writer->dims[i] = dims[n - 1 - i];
    writer->axes[i] = frames > 1 && n - i <= 2 ?
        ((n - i == 2) != turned ? "frame" : "band") :
        n - i == 1 ? "band" : "channel";
  }
  writer->n_dims = n;
}

static void
take_caps (ExtractPipeline * self, GstCaps * caps)
{
  ExtractWriter *writer = self->writer;
  gsize before = extract_writer_size (writer);
  gboolean begun = writer->n_dims > 0;

  if (!gst_structure_has_name (gst_caps_get_structure (caps, 0),
          "other/tensors"))
    return;
  read_shape (self, gst_caps_get_structure (caps, 0));
  if (!begun)
    writer->format->begin (writer);
  else if (extract_writer_size (writer) != before)
    post_fault (self, "the shape of its results changes in the middle");
}

static void
take_result (ExtractPipeline * self, const ExtractResult * result)
{
  ExtractWriter *writer = self->writer;

  if (writer->results++ == 0)
    writer->start = result->timestamp;
  writer->end = result->timestamp + result->duration;
  writer->format->result (writer, result);
  if (writer->live && writer->file->stream == stdout)
    fflush (stdout);
  if (writer->file->fault)
    post_fault (self, "cannot write: %s", g_strerror (writer->file->fault));
}

static void
take_buffer (ExtractPipeline * self, GstBuffer * buffer)
{
  ExtractResult result = {.timestamp = GST_BUFFER_PTS (buffer),
    .duration = GST_BUFFER_DURATION (buffer)
  };
  GstMapInfo map;

  if (self->writer->file->fault || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  result.values = (const gfloat *) map.data;
  result.n = map.size / sizeof (gfloat);
  if (result.n == extract_writer_size (self->writer))
    take_result (self, &result);
  gst_buffer_unmap (buffer, &map);
}

/* What leaves the analyser. While a seek is to come the sink must have
 * something to be ready with; nothing else has to reach it. */
static GstPadProbeReturn
on_result (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  ExtractPipeline *self = user_data;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    if (self->skipping)
      return GST_PAD_PROBE_OK;
    if (self->options->format->tensors)
      take_buffer (self, GST_PAD_PROBE_INFO_BUFFER (info));
    return GST_PAD_PROBE_DROP;
  }
  if (GST_EVENT_TYPE (info->data) == GST_EVENT_FLUSH_STOP) {
    self->skipping = FALSE;
  } else if (GST_EVENT_TYPE (info->data) == GST_EVENT_CAPS) {
    GstCaps *caps;

    gst_event_parse_caps (info->data, &caps);
    take_caps (self, caps);
  }
  return GST_PAD_PROBE_OK;
}

static void
take_message (ExtractPipeline * self, const GstStructure * fields)
{
  ExtractResult result = {.fields = fields };

  if (gst_structure_get_uint64 (fields, "timestamp", &result.timestamp))
    gst_structure_get_uint64 (fields, "duration", &result.duration);
  if (self->writer->file->fault == 0)
    take_result (self, &result);
}

/* In the thread that posts: results do not wait on the bus, and of the rest
 * only what is read later is kept. */
static GstBusSyncReply
on_message (GstBus * bus, GstMessage * message, gpointer user_data)
{
  ExtractPipeline *self = user_data;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
    case GST_MESSAGE_ERROR:
    case GST_MESSAGE_WARNING:
    case GST_MESSAGE_ASYNC_DONE:
      return GST_BUS_PASS;
    case GST_MESSAGE_ELEMENT:
      if (!self->options->format->tensors && !self->skipping
          && GST_MESSAGE_SRC (message) == GST_OBJECT (self->analyser))
        take_message (self, gst_message_get_structure (message));
      break;
    default:
      break;
  }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

/* Sound */

/* Cuts buffers to the range: decoders end a seek where it suits them, and live
 * sources do not seek. */
static GstPadProbeReturn
cut (ExtractPipeline * self, GstPad * pad, GstPadProbeInfo * info)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  gboolean over;

  if (self->options->source && !self->begun && GST_BUFFER_PTS_IS_VALID (buffer)) {
    self->begun = TRUE;
    self->range.start += GST_BUFFER_PTS (buffer);
    if (GST_CLOCK_TIME_IS_VALID (self->range.stop))
      self->range.stop += GST_BUFFER_PTS (buffer);
  }
  over = GST_CLOCK_TIME_IS_VALID (self->range.stop)
      && GST_BUFFER_PTS_IS_VALID (buffer)
      && GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer) >=
      self->range.stop;
  if (!self->ended && !self->skipping)
    buffer = gst_audio_buffer_clip (buffer, &self->range, self->info.rate,
        self->info.bpf);
  else if (self->skipping)
    return GST_PAD_PROBE_OK;
  else
    gst_clear_buffer (&buffer);
  if (over && buffer && self->options->source) {
    /* the last part goes on before the end does */
    self->ended = TRUE;
    info->data = NULL;
    gst_pad_remove_probe (pad, GST_PAD_PROBE_INFO_ID (info));
    gst_pad_chain (pad, buffer);
    gst_pad_send_event (pad, gst_event_new_eos ());
    return GST_PAD_PROBE_HANDLED;
  }
  info->data = buffer;
  return buffer ? GST_PAD_PROBE_OK : GST_PAD_PROBE_HANDLED;
}

static GstPadProbeReturn
on_sound (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  ExtractPipeline *self = user_data;
  GstCaps *caps;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    return cut (self, pad, info);
  if (GST_EVENT_TYPE (info->data) == GST_EVENT_CAPS) {
    gst_event_parse_caps (info->data, &caps);
    gst_audio_info_from_caps (&self->info, caps);
  }
  return GST_PAD_PROBE_OK;
}

static void
append_weight (GValue * row, gfloat weight)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_FLOAT);
  g_value_set_float (&value, weight);
  gst_value_array_append_and_take_value (row, &value);
}

/* One row: of all channels the one that is wanted. */
static GstPadProbeReturn
on_channels (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  ExtractPipeline *self = user_data;
  GValue matrix = G_VALUE_INIT, row = G_VALUE_INIT;
  gint channels = 1, i, wanted = self->options->channel;
  GstCaps *caps;

  if (GST_EVENT_TYPE (info->data) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (info->data, &caps);
  gst_structure_get_int (gst_caps_get_structure (caps, 0), "channels",
      &channels);
  if (wanted >= channels) {
    post_fault (self, "it has no channel %d: it has %d, and they count from 0",
        wanted, channels);
    return GST_PAD_PROBE_DROP;
  }
  gst_value_array_init (&matrix, 1);
  gst_value_array_init (&row, channels);
  for (i = 0; i < channels; i++)
    append_weight (&row, i == wanted);
  gst_value_array_append_and_take_value (&matrix, &row);
  if (channels > 1)
    g_object_set_property (G_OBJECT (self->convert), "mix-matrix", &matrix);
  g_value_unset (&matrix);
  return GST_PAD_PROBE_OK;
}

/* The first track is taken. */
static void
on_pad (GstElement * source, GstPad * pad, ExtractPipeline * self)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (self->convert, "sink");

  if (!gst_pad_is_linked (sink))
    gst_pad_link (pad, sink);
}

static void
on_no_more_pads (GstElement * source, ExtractPipeline * self)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (self->convert, "sink");

  if (!gst_pad_is_linked (sink))
    post_fault (self, "there is no sound in it");
}

/* Pipeline */

static GstElement *
make_source (ExtractPipeline * self, GError ** error)
{
  g_autofree gchar *text = NULL;
  g_autoptr (GstCaps) caps = NULL;
  GstElement *source;

  if (self->options->source) {
    /* an element at the end whose pad is there from the beginning */
    text = g_strdup_printf ("%s ! identity silent=true", self->options->source);
    return gst_parse_bin_from_description (text, TRUE, error);
  }
  source = gst_element_factory_make ("uridecodebin", NULL);
  if (source == NULL) {
    g_set_error_literal (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
        "GStreamer has no uridecodebin: the plugins of its base set are "
        "missing");
    return NULL;
  }
  caps = gst_caps_new_empty_simple ("audio/x-raw");
  g_object_set (source, "caps", caps, "expose-all-streams", FALSE, NULL);
  g_signal_connect (source, "pad-added", G_CALLBACK (on_pad), self);
  g_signal_connect (source, "no-more-pads", G_CALLBACK (on_no_more_pads), self);
  return source;
}

static void
add_probe (ExtractPipeline * self, GstElement * element, const gchar * name,
    GstPadProbeType type, GstPadProbeCallback callback)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, name);

  gst_pad_add_probe (pad, type, callback, self, NULL);
}

static void
add_probes (ExtractPipeline * self)
{
  const ExtractOptions *options = self->options;

  add_probe (self, self->analyser, "src", GST_PAD_PROBE_TYPE_BUFFER |
      GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      on_result);
  add_probe (self, self->analyser, "sink",
      options->start > 0 || options->duration > 0 ? GST_PAD_PROBE_TYPE_BUFFER |
      GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM : GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      on_sound);
  if (options->channel >= 0)
    add_probe (self, self->convert, "sink",
        GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_channels);
}

/* Everything in float32, which loses nothing that analysers would use: the
 * resampler rounds to the format that it is given. */
static gboolean
link_elements (ExtractPipeline * self, GstElement * resample, GstElement * sink)
{
  g_autoptr (GstCaps) sound = gst_caps_new_simple ("audio/x-raw",
      "format", G_TYPE_STRING, GST_AUDIO_NE (F32),
      "layout", G_TYPE_STRING, "interleaved", NULL);
  g_autoptr (GstCaps) heard = gst_caps_copy (sound);
  g_autoptr (GstCaps) wanted = self->options->format->tensors ?
      gst_caps_new_simple ("other/tensors", "format", G_TYPE_STRING, "static",
      NULL) : gst_caps_new_empty_simple ("audio/x-raw");

  if (self->options->rate)
    gst_caps_set_simple (heard, "rate", G_TYPE_INT, self->options->rate, NULL);
  return gst_element_link_filtered (self->convert, resample, sound)
      && gst_element_link_filtered (resample, self->analyser, heard)
      && gst_element_link_filtered (self->analyser, sink, wanted)
      && (self->options->source == NULL
      || gst_element_link (self->source, self->convert));
}

/* The bin takes @element, which may be NULL. */
static GstElement *
add (ExtractPipeline * self, GstElement * element)
{
  if (element)
    gst_bin_add (GST_BIN (self->bin), element);
  return element;
}

static gboolean
build (ExtractPipeline * self, GError ** error)
{
  GstElement *resample =
      add (self, gst_element_factory_make ("audioresample", NULL));
  GstElement *sink = add (self, gst_element_factory_make ("fakesink", NULL));
  g_autoptr (GstBus) bus = gst_element_get_bus (self->bin);

  self->convert = add (self, gst_element_factory_make ("audioconvert", NULL));
  if (resample == NULL || sink == NULL || self->convert == NULL) {
    g_set_error_literal (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
        "GStreamer has no audioconvert or audioresample: the plugins of its "
        "base set are missing");
    return FALSE;
  }
  g_object_set (sink, "sync", FALSE, NULL);
  if (!link_elements (self, resample, sink)) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION,
        "%s does not fit: it does not take or make what it should",
        self->options->source ? "--source" : self->options->element);
    return FALSE;
  }
  add_probes (self);
  gst_bus_set_sync_handler (bus, on_message, self, NULL);
  return TRUE;
}

ExtractPipeline *
extract_pipeline_new (const ExtractOptions * options, GError ** error)
{
  ExtractPipeline *self = g_new0 (ExtractPipeline, 1);

  self->options = options;
  self->bin = gst_pipeline_new (NULL);
  gst_segment_init (&self->range, GST_FORMAT_TIME);
  self->range.start = options->start * GST_SECOND;
  if (options->duration > 0)
    self->range.stop = self->range.start + options->duration * GST_SECOND;
  self->source = add (self, make_source (self, error));
  self->analyser = self->source ?
      add (self, extract_options_make_analyser (options, error)) : NULL;
  if (self->analyser && build (self, error))
    return self;
  extract_pipeline_free (self);
  return NULL;
}

void
extract_pipeline_free (ExtractPipeline * self)
{
  gst_element_set_state (self->bin, GST_STATE_NULL);
  gst_object_unref (self->bin);
  g_free (self);
}

gboolean
extract_pipeline_is_reusable (const ExtractPipeline * self)
{
  return self->options->channel < 0 && self->options->source == NULL;
}

/* Running */

static void
tell_warning (GstMessage * message, const gchar * input)
{
  static GMutex lock;
  static GHashTable *told;
  g_autoptr (GError) warning = NULL;
  gboolean fresh;

  /* many files have the same to be warned of */
  gst_message_parse_warning (message, &warning, NULL);
  g_strdelimit (warning->message, "\n\r", ' ');
  g_mutex_lock (&lock);
  if (told == NULL)
    told = g_hash_table_new (g_str_hash, g_str_equal);
  fresh = g_hash_table_size (told) < 100
      && g_hash_table_add (told, (gpointer) g_intern_string (warning->message));
  g_mutex_unlock (&lock);
  if (fresh)
    g_printerr ("bfft-extract: warning: %s%s%s\n", input ? input : "",
        input ? ": " : "", warning->message);
}

static gdouble
part_done (ExtractPipeline * self)
{
  gint64 duration, end = self->writer->results ? self->writer->end : 0;

  if (!gst_element_query_duration (self->bin, GST_FORMAT_TIME, &duration)
      || duration <= 0)
    return 0;
  if (GST_CLOCK_TIME_IS_VALID (self->range.stop))
    duration = MIN ((guint64) duration, self->range.stop);
  return CLAMP ((end - (gdouble) self->range.start)
      / MAX (duration - (gdouble) self->range.start, 1), 0, 1);
}

/* Until a message of @type. */
static gboolean
wait_for (ExtractPipeline * self, GstMessageType type, ExtractTick tick,
    gpointer data, GError ** error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->bin);
  GstClockTime left = GST_CLOCK_TIME_NONE;

  for (;;) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus, TICK,
        type | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);

    if (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
      gst_message_parse_error (message, error, NULL);
      return FALSE;
    }
    if (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
      tell_warning (message, self->writer->input);
    else if (message)
      return TRUE;
    if (left != GST_CLOCK_TIME_NONE && left-- == 0)
      return TRUE;
    if (left != GST_CLOCK_TIME_NONE || tick (data, message ? 0 :
            part_done (self)))
      continue;
    if (self->options->source == NULL) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
          "interrupted");
      return FALSE;
    }
    left = LAST_WORDS / TICK;
    gst_element_send_event (self->bin, gst_event_new_eos ());
  }
}

/* An element that does not start says why, or nothing. */
static gboolean
start (ExtractPipeline * self, GstState state, GError ** error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->bin);
  g_autoptr (GstMessage) message = NULL;

  if (gst_element_set_state (self->bin, state) != GST_STATE_CHANGE_FAILURE)
    return TRUE;
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  if (message)
    gst_message_parse_error (message, error, NULL);
  else
    g_set_error_literal (error, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE,
        "GStreamer cannot start; GST_DEBUG=3 in the environment says more");
  return FALSE;
}

/* What was said of the sound before, after its end. */
static void
forget_messages (ExtractPipeline * self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->bin);

  gst_bus_set_flushing (bus, TRUE);
  gst_bus_set_flushing (bus, FALSE);
}

/* The range of a file: what comes before it is not decoded. */
static gboolean
seek (ExtractPipeline * self, ExtractTick tick, gpointer data, GError ** error)
{
  if (!start (self, GST_STATE_PAUSED, error)
      || !wait_for (self, GST_MESSAGE_ASYNC_DONE, tick, data, error))
    return FALSE;
  if (gst_element_seek (self->bin, 1, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH |
          GST_SEEK_FLAG_ACCURATE, GST_SEEK_TYPE_SET, self->range.start,
          GST_CLOCK_TIME_IS_VALID (self->range.stop) ? GST_SEEK_TYPE_SET :
          GST_SEEK_TYPE_NONE, self->range.stop))
    return TRUE;
  g_set_error_literal (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
      "it cannot be read from the middle, as --start and --duration need");
  return FALSE;
}

static gboolean
finish (ExtractPipeline * self, GError ** error)
{
  ExtractWriter *writer = self->writer;

  if (writer->format->tensors && writer->n_dims == 0) {
    g_set_error_literal (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
        "there is no sound in it");
    return FALSE;
  }
  if (writer->format->end)
    writer->format->end (writer);
  return TRUE;
}

gboolean
extract_pipeline_run (ExtractPipeline * self, const gchar * uri,
    ExtractWriter * writer, ExtractTick tick, gpointer data, GError ** error)
{
  gboolean ranged = self->options->start > 0 || self->options->duration > 0;
  gboolean ok;

  self->writer = writer;
  writer->element = self->analyser;
  self->ended = FALSE;
  self->skipping = uri && ranged;
  if (uri)
    g_object_set (self->source, "uri", uri, NULL);
  forget_messages (self);
  ok = (!self->skipping || seek (self, tick, data, error))
      && start (self, GST_STATE_PLAYING, error)
      && wait_for (self, GST_MESSAGE_EOS, tick, data, error);
  writer->rate = self->info.rate;
  gst_element_set_state (self->bin, ok ? GST_STATE_READY : GST_STATE_NULL);
  return ok && finish (self, error);
}
