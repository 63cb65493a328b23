/* bfft: any bytes as what an application does with an element.
 *
 * The first bytes choose the element and what downstream takes, each that
 * follows an operation: properties, caps, buffers, events, queries, states.
 * Nothing may crash, leak or raise a critical; only bfftfilter and bfftscope give
 * something else than the audio.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fuzz.h"

#include <gst/audio/audio.h>
#include <gst/check/gstharness.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <glib/gstdio.h>

#include "bfft-weights.h"
#include "gstbfftoutput.h"

GST_ELEMENT_REGISTER_DECLARE (bfftfilter);
GST_ELEMENT_REGISTER_DECLARE (bfftmel);
GST_ELEMENT_REGISTER_DECLARE (bfftscope);
GST_ELEMENT_REGISTER_DECLARE (bfftspectrum);
GST_ELEMENT_REGISTER_DECLARE (bffttrain);
GST_ELEMENT_REGISTER_DECLARE (bfftwelch);

#define MAX_OPERATIONS 48
#define MAX_SAMPLES 30000       /* over all channels */

typedef struct
{
  const uint8_t *data;
  size_t size;

  GstHarness *h;
  GstElement *element;
  gboolean passes;              /* the audio comes out as it went in */
  GstAudioInfo info;
  gboolean ready;               /* caps and segment were taken */
  guint64 position;
  guint samples;                /* pushed so far */
  guint32 seed;
} Run;

static gchar *files[5];         /* for locations; the last ones are weights */
static GBytes *models[4];

/* A number below @n, 0 when the input is used up. */
static guint
take (Run * run, guint n)
{
  guint byte;

  if (run->size == 0)
    return 0;
  byte = *run->data++;
  run->size--;
  return byte % n;
}

static gdouble
noise (Run * run)
{
  run->seed = run->seed * 1664525 + 1013904223;
  return (gint32) run->seed / 2147483648.0;
}

/* Start */

static GBytes *
make_model (BfftVariant variant, guint n_fft)
{
  g_autoptr (BfftNetwork) network = bfft_network_new_exact (variant, n_fft);

  bfft_network_perturb (network, 0.3f, n_fft);
  return bfft_weights_to_bytes (network);
}

static void
make_models (void)
{
  g_autofree gchar *dir = g_dir_make_tmp ("bfft-fuzz-XXXXXX", NULL);
  guint i;

  models[0] = make_model (BFFT_VARIANT_DOMAIN, 64);
  models[1] = make_model (BFFT_VARIANT_LEARNED, 256);
  models[2] = g_bytes_new_from_bytes (models[0], 0,
      g_bytes_get_size (models[0]) - 1);
  models[3] = g_bytes_new_static ("no model", 8);
  files[0] = g_strdup (dir);
  files[1] = g_build_filename (dir, "missing", "file", NULL);
  for (i = 2; i < G_N_ELEMENTS (files); i++) {
    gchar *name = g_strdup_printf ("model-%u", i);

    files[i] = g_build_filename (dir, name, NULL);
    g_file_set_contents (files[i], g_bytes_get_data (models[i - 2], NULL),
        g_bytes_get_size (models[i - 2]), NULL);
    g_free (name);
  }
}

static void
remove_models (void)
{
  guint i;

  for (i = G_N_ELEMENTS (files); i-- > 0;)
    g_remove (files[i]);
}

/* g_log_set_always_fatal() would stop in a way that libFuzzer does not see. */
static void
abort_on_critical (const gchar * domain, GLogLevelFlags level,
    const gchar * message, gpointer data)
{
  g_log_default_handler (domain, level, message, data);
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    abort ();
}

static void
start (void)
{
  static gboolean started = FALSE;

  if (started)
    return;
  started = TRUE;
  g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
  g_setenv ("GST_PLUGIN_SYSTEM_PATH_1_0", "", TRUE);
  gst_init (NULL, NULL);
  gst_debug_set_default_threshold (GST_LEVEL_NONE);
  g_log_set_default_handler (abort_on_critical, NULL);
  gst_bfft_meta_register ();
  GST_ELEMENT_REGISTER (bfftfilter, NULL);
  GST_ELEMENT_REGISTER (bfftmel, NULL);
  GST_ELEMENT_REGISTER (bfftscope, NULL);
  GST_ELEMENT_REGISTER (bfftspectrum, NULL);
  GST_ELEMENT_REGISTER (bffttrain, NULL);
  GST_ELEMENT_REGISTER (bfftwelch, NULL);
  make_models ();
  atexit (remove_models);
}

/* Properties */

/* What memory and time grow with is kept small. */
static guint64
limit_of (Run * run, const GParamSpec * pspec, guint64 maximum)
{
  static const struct
  {
    const gchar *name;
    guint64 limit;
  } limits[] = {
    {"n-fft", 2048}, {"bands", 1025}, {"win-length", 2048}, {"n-mels", 200},
    {"segments", 20}, {"batch", 8}, {"queue-frames", 64},
    {"frames", 40}
  };
  gboolean train = g_str_has_prefix (GST_OBJECT_NAME (run->element), "bfftt");
  guint i;

  if (train && g_str_equal (pspec->name, "n-fft"))
    return 128;
  for (i = 0; i < G_N_ELEMENTS (limits); i++)
    if (g_str_equal (pspec->name, limits[i].name))
      return MIN (maximum, limits[i].limit);
  return maximum;
}

static guint64
choose_integer (Run * run, guint64 min, guint64 max, guint64 preset)
{
  guint64 value;

  switch (take (run, 6)) {
    case 0:
      return min;
    case 1:
      return max;
    case 2:
      value = preset;
      break;
    case 3:
      value = G_GUINT64_CONSTANT (1) << take (run, 64);
      break;
    default:
      value = (guint64) take (run, 256) << take (run, 4);
      value += take (run, 256);
      break;
  }
  return CLAMP (value, min, max);
}

static gdouble
choose_double (Run * run, const GParamSpecDouble * spec)
{
  gdouble value;

  switch (take (run, 8)) {
    case 0:
      return spec->minimum;
    case 1:
      return spec->maximum;
    case 2:
      return spec->default_value;
    case 3:
      value = take (run, 256) / 256.0;
      break;
    default:
      value = pow (2, (gdouble) take (run, 256) / 8 - 8);
      break;
  }
  return CLAMP (value, spec->minimum, spec->maximum);
}

static void
choose_value (Run * run, GParamSpec * pspec, GValue * value)
{
  if (G_IS_PARAM_SPEC_BOOLEAN (pspec)) {
    g_value_set_boolean (value, take (run, 2));
  } else if (G_IS_PARAM_SPEC_ENUM (pspec)) {
    GEnumClass *klass = G_PARAM_SPEC_ENUM (pspec)->enum_class;

    g_value_set_enum (value, klass->values[take (run, klass->n_values)].value);
  } else if (G_IS_PARAM_SPEC_UINT (pspec)) {
    GParamSpecUInt *spec = G_PARAM_SPEC_UINT (pspec);

    g_value_set_uint (value, choose_integer (run, spec->minimum,
            limit_of (run, pspec, spec->maximum), spec->default_value));
  } else if (G_IS_PARAM_SPEC_UINT64 (pspec)) {
    GParamSpecUInt64 *spec = G_PARAM_SPEC_UINT64 (pspec);

    g_value_set_uint64 (value, choose_integer (run, spec->minimum,
            limit_of (run, pspec, spec->maximum), spec->default_value));
  } else if (G_IS_PARAM_SPEC_INT (pspec)) {
    GParamSpecInt *spec = G_PARAM_SPEC_INT (pspec);

    g_value_set_int (value,
        take (run, 2) ? spec->minimum : spec->maximum - (gint) take (run, 256));
  } else if (G_IS_PARAM_SPEC_DOUBLE (pspec)) {
    g_value_set_double (value, choose_double (run,
            G_PARAM_SPEC_DOUBLE (pspec)));
  } else if (g_str_equal (pspec->name, "message-name")) {
    g_value_set_string (value, take (run, 2) ? "spectrum" : NULL);
  } else if (G_IS_PARAM_SPEC_STRING (pspec)) {
    guint i = take (run, G_N_ELEMENTS (files) + 1);

    /* what is read stays what it is: written are only the first ones */
    if (strstr (pspec->name, "sidecar") || g_str_equal (pspec->name,
            "location"))
      i = MIN (i, 2);
    g_value_set_string (value, i ? files[i - 1] : NULL);
  }
}

static void
set_property (Run * run)
{
  guint n;
  GParamSpec **pspecs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (run->element), &n);
  GParamSpec *pspec = pspecs[take (run, n)];
  GValue value = G_VALUE_INIT;

  if (g_str_has_prefix (g_type_name (pspec->owner_type), "GstBfft")) {
    g_value_init (&value, pspec->value_type);
    if (pspec->flags & G_PARAM_WRITABLE) {
      choose_value (run, pspec, &value);
      g_object_set_property (G_OBJECT (run->element), pspec->name, &value);
    }
    g_object_get_property (G_OBJECT (run->element), pspec->name, &value);
    g_value_unset (&value);
  }
  g_free (pspecs);
}

/* Caps and buffers */

static void
set_caps (Run * run)
{
  static const GstAudioFormat formats[] = { GST_AUDIO_FORMAT_F32,
    GST_AUDIO_FORMAT_S16, GST_AUDIO_FORMAT_S24, GST_AUDIO_FORMAT_S32,
    GST_AUDIO_FORMAT_F64
  };
  static const guint rates[] = { 8000, 1, 768000, 48000, 44100, 7, 16000 };
  static const guint channels[] = { 1, 2, 3, 8, 1, 64 };
  GstAudioChannelPosition positions[64];
  GstEvent *event;
  GstCaps *caps;
  guint i;

  for (i = 0; i < 64; i++)
    positions[i] = GST_AUDIO_CHANNEL_POSITION_NONE;
  i = take (run, G_N_ELEMENTS (channels));
  gst_audio_info_set_format (&run->info,
      formats[take (run, G_N_ELEMENTS (formats))],
      rates[take (run, G_N_ELEMENTS (rates))], channels[i],
      channels[i] > 2 ? positions : NULL);
  if (take (run, 3) == 1)
    run->info.layout = GST_AUDIO_LAYOUT_NON_INTERLEAVED;
  caps = gst_audio_info_to_caps (&run->info);
  event = gst_event_new_caps (caps);
  gst_caps_unref (caps);
  run->ready = gst_harness_push_event (run->h, event);
}

static void
fill_samples (Run * run, guint8 * data, gsize size, guint kind)
{
  static const gfloat specials[] = { NAN, INFINITY, -INFINITY, 1e-40f, 3e38f };
  gboolean floats = GST_AUDIO_INFO_FORMAT (&run->info) == GST_AUDIO_FORMAT_F32;
  gboolean doubles = GST_AUDIO_INFO_FORMAT (&run->info) == GST_AUDIO_FORMAT_F64;
  gsize width = GST_AUDIO_INFO_BPS (&run->info);
  gsize i;

  memset (data, kind == 1 ? 0xff : 0, size);
  if (kind < 2)
    return;
  for (i = 0; i + width <= size; i += width) {
    gfloat x = noise (run);
    gdouble y;

    if (kind > 2 && i / width % 61 == 60)
      x = specials[kind - 3];
    y = x;
    if (floats)
      memcpy (data + i, &x, width);
    else if (doubles)
      memcpy (data + i, &y, width);
    else
      memcpy (data + i, &run->seed, width);
  }
}

static void
set_times (Run * run, GstBuffer * buffer, guint n)
{
  guint64 position = run->position;

  run->position += n;
  switch (take (run, 8)) {
    case 1:
      return;
    case 2:
      position /= 2;
      break;
    case 3:
      GST_BUFFER_PTS (buffer) = G_MAXUINT64 - 2;
      return;
    case 4:
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
      break;
    case 5:
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);
      break;
  }
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (position, GST_SECOND,
      GST_AUDIO_INFO_RATE (&run->info));
}

static void
check_output (Run * run, GstBuffer * input)
{
  GstBuffer *output = gst_harness_try_pull (run->h);
  GstMapInfo map;

  if (run->passes) {
    g_assert_nonnull (output);
    g_assert_cmpuint (gst_buffer_get_size (output), ==,
        gst_buffer_get_size (input));
    gst_buffer_map (input, &map, GST_MAP_READ);
    g_assert_true (map.size == 0 ||
        gst_buffer_memcmp (output, 0, map.data, map.size) == 0);
    gst_buffer_unmap (input, &map);
  }
  while (output) {
    gst_buffer_unref (output);
    output = gst_harness_try_pull (run->h);
  }
}

static GstBuffer *
make_buffer (Run * run)
{
  static const guint lengths[] = { 64, 0, 1, 7, 480, 1000, 3000 };
  guint n = lengths[take (run, G_N_ELEMENTS (lengths))];
  guint meta = take (run, 8), extra = meta == 1 ? 1 : 0;
  gsize size = (gsize) n * run->info.bpf + extra;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  GstMapInfo map;

  if (size > 0) {
    gst_buffer_map (buffer, &map, GST_MAP_WRITE);
    fill_samples (run, map.data, size, take (run, 8));
    gst_buffer_unmap (buffer, &map);
  }
  run->samples += n * run->info.channels;
  if (run->info.layout == GST_AUDIO_LAYOUT_NON_INTERLEAVED && n > 0) {
    GstAudioInfo info = run->info;

    if (meta == 2)
      gst_audio_info_set_format (&info, GST_AUDIO_FORMAT_U8, 1, 1, NULL);
    if (meta != 3)
      gst_buffer_add_audio_meta (buffer, &info, meta == 4 ? n / 2 : n, NULL);
  }
  set_times (run, buffer, n);
  return buffer;
}

static void
push_buffer (Run * run)
{
  GstBuffer *buffer;

  if (!run->ready || run->samples > MAX_SAMPLES)
    return;
  buffer = gst_buffer_ref (make_buffer (run));
  if (gst_harness_push (run->h, buffer) == GST_FLOW_OK)
    check_output (run, buffer);
  gst_buffer_unref (buffer);
}

/* Events, queries, states */

static void
push_segment (Run * run)
{
  GstSegment segment;
  guint kind = take (run, 4);

  gst_segment_init (&segment, kind == 1 ? GST_FORMAT_BYTES : GST_FORMAT_TIME);
  if (kind == 2) {
    segment.rate = -1;
    segment.stop = GST_SECOND;
  } else if (kind == 3) {
    segment.start = segment.time = GST_SECOND;
  }
  gst_harness_push_event (run->h, gst_event_new_segment (&segment));
}

static void
push_model (Run * run)
{
  guint i = take (run, G_N_ELEMENTS (models) + 1);
  GstStructure *s = gst_structure_new ("bfft-model", "step", G_TYPE_UINT64,
      G_GUINT64_CONSTANT (3), NULL);

  if (i < G_N_ELEMENTS (models))
    gst_structure_set (s, "model", G_TYPE_BYTES, models[i], NULL);
  gst_harness_push_event (run->h,
      gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, s));
}

static void
push_event (Run * run)
{
  switch (take (run, 6)) {
    case 0:
      gst_harness_push_event (run->h, gst_event_new_flush_start ());
      gst_harness_push_event (run->h, gst_event_new_flush_stop (TRUE));
      push_segment (run);
      break;
    case 1:
      push_segment (run);
      break;
    case 2:
      gst_harness_push_event (run->h, gst_event_new_gap (0, GST_SECOND));
      break;
    case 3:
      gst_harness_push_event (run->h, gst_event_new_eos ());
      gst_harness_push_event (run->h, gst_event_new_flush_start ());
      gst_harness_push_event (run->h, gst_event_new_flush_stop (TRUE));
      push_segment (run);
      break;
    default:
      push_model (run);
      break;
  }
}

static void
query (Run * run)
{
  GstPad *pad = take (run, 2) ? run->h->srcpad : run->h->sinkpad;
  guint kind = take (run, 5);
  GstCaps *caps;
  GstQuery *q;

  if (kind == 0) {
    q = gst_query_new_latency ();
  } else if (kind == 1) {
    q = gst_query_new_caps (NULL);
  } else if (kind == 2) {
    q = gst_query_new_position (GST_FORMAT_TIME);
  } else {
    caps = gst_audio_info_to_caps (&run->info);
    q = gst_query_new_accept_caps (caps);
    gst_caps_unref (caps);
  }
  gst_pad_peer_query (pad, q);
  gst_query_unref (q);
}

static void
forget_locations (GstElement * element)
{
  g_autofree GParamSpec **pspecs = NULL;
  guint n, i;

  pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (element), &n);
  for (i = 0; i < n; i++)
    if (g_str_has_suffix (pspecs[i]->name, "location"))
      g_object_set (element, pspecs[i]->name, NULL, NULL);
}

/* Stops it and starts it anew. */
static void
cycle (Run * run)
{
  gst_element_set_state (run->element,
      take (run, 2) ? GST_STATE_NULL : GST_STATE_READY);
  run->ready = FALSE;
  if (gst_element_set_state (run->element, GST_STATE_PLAYING) ==
      GST_STATE_CHANGE_FAILURE) {
    /* a model or a place to write that is refused */
    forget_locations (run->element);
    g_assert_cmpint (gst_element_set_state (run->element, GST_STATE_PLAYING),
        !=, GST_STATE_CHANGE_FAILURE);
  }
  gst_harness_push_event (run->h, gst_event_new_stream_start ("again"));
  set_caps (run);
  push_segment (run);
}

static void
operate (Run * run)
{
  switch (take (run, 16)) {
    case 0:
      set_caps (run);
      push_segment (run);
      break;
    case 1:
      cycle (run);
      break;
    case 2:
      query (run);
      break;
    case 3:
    case 4:
      push_event (run);
      break;
    case 5:
    case 6:
    case 7:
    case 8:
      set_property (run);
      break;
    default:
      push_buffer (run);
      break;
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  static const gchar *const names[] = { "bfftspectrum", "bfftmel", "bfftwelch",
    "bffttrain", "bfftfilter", "bfftscope"
  };
  Run run = {.data = data,.size = size,.seed = 1 };
  gboolean tensors;
  gpointer watched;
  guint i;

  start ();
  i = take (&run, G_N_ELEMENTS (names));
  tensors = take (&run, 2) && i < 3;
  run.passes = !tensors && i < 4;
  run.element = watched = gst_element_factory_make (names[i], names[i]);
  g_object_add_weak_pointer (watched, &watched);
  if (i == 3)
    g_object_set (watched, "n-fft", 64, "batch", 2, "mode",
        take (&run, 4) ? 1 : 0, "landscape", FALSE, NULL);
  run.h = gst_harness_new_with_element (run.element, "sink", "src");
  gst_object_unref (run.element);
  if (tensors)
    gst_harness_set_sink_caps_str (run.h, "other/tensors,format=static");
  else if (i == 5)
    gst_harness_set_sink_caps_str (run.h, "video/x-raw,width=250,height=150,"
        "framerate=1/10");
  gst_harness_play (run.h);
  set_caps (&run);
  push_segment (&run);
  for (i = 0; i < MAX_OPERATIONS && run.size > 0; i++)
    operate (&run);
  gst_harness_push_event (run.h, gst_event_new_eos ());
  gst_harness_teardown (run.h);
  /* The thread that took a model gives its reference back when it ends. */
  for (i = 0; g_atomic_pointer_get (&watched) && i < 10000; i++)
    g_usleep (1000);
  g_assert_null (g_atomic_pointer_get (&watched));
  return 0;
}
