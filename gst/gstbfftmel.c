/* bfft: bfftmel, log-mel features.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-bfftmel
 * @title: bfftmel
 *
 * Log-mel features of audio, as speech recognition and audio models eat them.
 * The audio passes through and each frame's bands are posted in an element
 * message, or, if downstream asks for tensors, the frames themselves go
 * downstream: one buffer of float32 per frame.
 *
 * #GstBfftMel:preset sets everything else to the definition of a model family.
 * A property that is set stays as it was set, before or after.
 *
 * Messages are named `bfftmel` and have, next to the fields that all bfft
 * analysers share,
 *
 * * #GstValueList of #gfloat `mel`: a value per band; with
 *   #GstBfftAnalyzer:multi-channel a #GstValueArray per channel of
 *   #GstValueArray.
 *
 * A frame's timestamp is that of sample frame number x hop: the first of the
 * frame, or with #GstBfftMel:center the one in its middle. Its duration is
 * the hop.
 *
 * ## Example
 *
 * |[
 * gst-launch-1.0 filesrc location=speech.wav ! decodebin ! audioconvert \
 *     ! audioresample ! audio/x-raw,rate=16000,channels=1 \
 *     ! bfftmel preset=whisper ! other/tensors ! filesink location=mel.f32
 * ]| numpy.fromfile ('mel.f32', 'f4').reshape (-1, 80) are Whisper's features.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftmel.h"

#include <float.h>
#include <string.h>

#include "bfft-features.h"
#include "bfft-logmel.h"

GST_DEBUG_CATEGORY_STATIC (gst_bfft_mel_debug);
#define GST_CAT_DEFAULT gst_bfft_mel_debug

#define MAX_MELS 4096

enum
{
  PROP_PRESET = GST_BFFT_N_PROPERTIES,
  PROP_WIN_LENGTH,
  PROP_N_MELS,
  PROP_MEL_SCALE,
  PROP_MEL_NORM,
  PROP_MIN_FREQUENCY,
  PROP_MAX_FREQUENCY,
  PROP_SAMPLE_SCALE,
  PROP_REMOVE_DC,
  PROP_PRE_EMPHASIS,
  PROP_POWER,
  PROP_LOG_MODE,
  PROP_LOG_GUARD,
  PROP_LOG_FLOOR,
  PROP_CENTER,
  PROP_PAD_MODE,
  PROP_WINDOW_SYMMETRY,
  PROP_WINDOW_ALIGN,
  PROP_FRAME_OFFSET,
  PROP_TOP_DB,
  PROP_PCEN_GAIN,
  PROP_PCEN_BIAS,
  PROP_PCEN_POWER,
  PROP_PCEN_TIME_CONSTANT,
  PROP_PCEN_EPS,
  PROP_N_MFCC,
  PROP_LIFTER,
  PROP_DCT_NORM,
  PROP_DELTAS,
  PROP_DELTA_WINDOW,
  PROP_FRAMES,
  PROP_FRAMES_HOP,
  PROP_FILL,
  PROP_TENSOR_LAYOUT,
  PROP_NORMALIZE,
  PROP_NORM_MEAN,
  PROP_NORM_SCALE,
};

/* The properties that are members of the options. */
#define MEMBER(name) { G_STRUCT_OFFSET (BfftLogmelOptions, name), \
    sizeof (((BfftLogmelOptions *) NULL)->name) }
static const struct
{
  gsize offset;
  gsize size;                   /* 0: not a member */
} members[] = {
  [GST_BFFT_PROP_N_FFT] = MEMBER (n_fft),
  [GST_BFFT_PROP_HOP] = MEMBER (hop),
  [GST_BFFT_PROP_WINDOW] = MEMBER (window),
  [PROP_WIN_LENGTH] = MEMBER (win_length),
  [PROP_N_MELS] = MEMBER (n_mels),
  [PROP_MEL_SCALE] = MEMBER (scale),
  [PROP_MEL_NORM] = MEMBER (norm),
  [PROP_MIN_FREQUENCY] = MEMBER (f_min),
  [PROP_MAX_FREQUENCY] = MEMBER (f_max),
  [PROP_SAMPLE_SCALE] = MEMBER (sample_scale),
  [PROP_REMOVE_DC] = MEMBER (remove_dc),
  [PROP_PRE_EMPHASIS] = MEMBER (pre_emphasis),
  [PROP_POWER] = MEMBER (power),
  [PROP_LOG_MODE] = MEMBER (log_mode),
  [PROP_LOG_GUARD] = MEMBER (log_guard),
  [PROP_LOG_FLOOR] = MEMBER (log_floor),
  [PROP_CENTER] = MEMBER (center),
  [PROP_PAD_MODE] = MEMBER (pad_mode),
  [PROP_WINDOW_SYMMETRY] = MEMBER (symmetry),
  [PROP_WINDOW_ALIGN] = MEMBER (align),
  [PROP_FRAME_OFFSET] = MEMBER (frame_offset),
  [PROP_TOP_DB] = MEMBER (top_db),
  [PROP_PCEN_GAIN] = MEMBER (pcen_gain),
  [PROP_PCEN_BIAS] = MEMBER (pcen_bias),
  [PROP_PCEN_POWER] = MEMBER (pcen_power),
  [PROP_PCEN_TIME_CONSTANT] = MEMBER (pcen_time_constant),
  [PROP_PCEN_EPS] = MEMBER (pcen_eps),
  [PROP_N_MFCC] = MEMBER (n_mfcc),
  [PROP_LIFTER] = MEMBER (lifter),
  [PROP_DCT_NORM] = MEMBER (dct_norm),
  [PROP_DELTAS] = MEMBER (deltas),
  [PROP_DELTA_WINDOW] = MEMBER (delta_window),
  [PROP_FRAMES] = MEMBER (frames),
  [PROP_FRAMES_HOP] = MEMBER (frames_hop),
  [PROP_FILL] = MEMBER (fill),
  [PROP_TENSOR_LAYOUT] = MEMBER (layout),
  [PROP_NORMALIZE] = MEMBER (normalize),
  [PROP_NORM_MEAN] = MEMBER (norm_mean),
  [PROP_NORM_SCALE] = MEMBER (norm_scale),
};

struct _GstBfftMel
{
  GstBfftAnalyzer parent;

  /* GST_OBJECT_LOCK */
  BfftLogmelPreset preset;
  BfftLogmelOptions options;    /* the preset's and what was set */
  gboolean set[G_N_ELEMENTS (members)];

  gchar *warned;                /* the streaming thread's: said last */
};

typedef struct
{
  GstBfftSetup parent;
  BfftLogmel *logmel;
  BfftFeatures *features;
  BfftLogmelOptions options;    /* resolved */
  gint64 padding;               /* samples of frame 0 before the start */
  gint64 reach;                 /* ... and after it */
  gint64 first;                 /* samples that frame 0 waits for */
  guint64 next;                 /* number of the next frame */
  guint64 results;              /* results so far */
  const gfloat *values;         /* the latest, [channels][frames][bands] */
  gchar *warning;               /* not said yet, or NULL */
} GstBfftMelSetup;

G_DEFINE_TYPE (GstBfftMel, gst_bfft_mel, GST_TYPE_BFFT_ANALYZER);
GST_ELEMENT_REGISTER_DEFINE (bfftmel, "bfftmel", GST_RANK_NONE,
    GST_TYPE_BFFT_MEL);

static void
get_options (GstBfftMel * self, const GstAudioInfo * info,
    BfftLogmelOptions * options)
{
  GST_OBJECT_LOCK (self);
  *options = self->options;
  GST_OBJECT_UNLOCK (self);
  options->sample_scale *= gst_bfft_framer_integer_scale (info);
}

/* Errors of models/ in GStreamer's words. */
static void
take_error (GError ** error, GError * from)
{
  g_set_error_literal (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      from->message);
  g_error_free (from);
}

static GQuark
get_tensor_id (GstBfftMel * self, const BfftLogmelOptions * options)
{
  g_autofree gchar *name = NULL;

  if (options->n_mfcc)
    return g_quark_from_static_string ("bfft-mfcc");
  GST_OBJECT_LOCK (self);
  name = g_strconcat ("bfft-mel-",
      gst_bfft_enum_nick (GST_TYPE_BFFT_MEL_PRESET, self->preset), NULL);
  GST_OBJECT_UNLOCK (self);
  return g_quark_from_string (name);
}

/* Results per second; 0/1 where GStreamer has no number for it. */
static void
set_rate (GstBfftFormat * format, guint64 rate, guint64 samples)
{
  guint64 common = gst_util_greatest_common_divisor_int64 (rate, samples);

  format->fps_n = samples / common > G_MAXINT ? 0 : rate / common;
  format->fps_d = samples / common > G_MAXINT ? 1 : samples / common;
}

static gboolean
gst_bfft_mel_get_format (GstBfftAnalyzer * analyzer,
    const GstBfftContext * context, GstBfftFormat * format, GError ** error)
{
  guint rate = GST_AUDIO_INFO_RATE (&context->info);
  BfftLogmelOptions options;

  /* What is impossible is refused by prepare(), which has the user's ear: here
   * it would only be caps that do not link. */
  get_options (GST_BFFT_MEL (analyzer), &context->info, &options);
  bfft_logmel_options_resolve (&options, rate, NULL);
  format->n_fft = options.n_fft;
  format->bands = bfft_logmel_options_bands (&options);
  format->frames = options.frames;
  format->turned = options.layout == BFFT_LAYOUT_BANDS_FRAMES;
  format->tensor = get_tensor_id (GST_BFFT_MEL (analyzer), &options);
  set_rate (format, rate, (guint64) options.hop * options.frames_hop);
  return TRUE;
}

static void
set_options (GstBfftMelSetup * setup, const BfftLogmelOptions * options)
{
  guint length = bfft_logmel_options_frame_length (options);
  gboolean mirrored = options->pad_mode == BFFT_PAD_REFLECT;
  guint wait = options->frames - 1 + bfft_logmel_options_look_ahead (options);

  setup->options = *options;
  setup->padding = bfft_logmel_options_padding (options);
  setup->reach = MAX (length - setup->padding, 1);
  /* what frame 0 sees before the start may be the image of later samples */
  setup->first = MAX (setup->reach, setup->padding + (mirrored ? 1 : 0));
  setup->parent.history = length + 2;
  setup->parent.latency = setup->first + (guint64) wait *options->hop;
}

static GstBfftSetup *
gst_bfft_mel_prepare (GstBfftAnalyzer * analyzer,
    const GstBfftContext * context, GError ** error)
{
  guint rate = GST_AUDIO_INFO_RATE (&context->info);
  BfftPlanSpec spec = { 0, };
  BfftLogmelOptions options;
  GstBfftMelSetup *setup;
  GError *refused = NULL;
  BfftFeatures *features;
  BfftLogmel *logmel;
  BfftPlan *plan;

  /* The options may have changed since context->format was asked for; what that
   * changed will come in the next setup. */
  get_options (GST_BFFT_MEL (analyzer), &context->info, &options);
  bfft_logmel_options_resolve (&options, rate, NULL);
  options.n_fft = context->format.n_fft;
  options.frames = context->format.frames;
  if (bfft_logmel_options_bands (&options) != context->format.bands) {
    options.n_mels = context->format.bands;
    options.n_mfcc = options.deltas = 0;
  }
  logmel = bfft_logmel_new (&options, rate, context->settings.execution,
      &refused);
  if (logmel == NULL) {
    take_error (error, refused);
    return NULL;
  }
  features = bfft_features_new (bfft_logmel_get_options (logmel), rate,
      context->channels, context->settings.execution, &refused);
  if (features == NULL) {
    take_error (error, refused);
    bfft_logmel_free (logmel);
    return NULL;
  }
  bfft_logmel_fill_plan_spec (logmel, &spec);
  plan = gst_bfft_context_make_plan (context, spec.window, spec.first_bin,
      spec.n_bins, error);
  if (plan == NULL) {
    bfft_features_free (features);
    bfft_logmel_free (logmel);
    return NULL;
  }

  setup = g_new0 (GstBfftMelSetup, 1);
  setup->logmel = logmel;
  setup->warning = bfft_logmel_get_warning (logmel);
  set_options (setup, bfft_logmel_get_options (logmel));
  setup->features = features;
  setup->parent.plan = plan;
  setup->parent.n_mels = setup->options.n_mels;
  return &setup->parent;
}

static void
gst_bfft_mel_release (GstBfftSetup * base)
{
  GstBfftMelSetup *setup = (GstBfftMelSetup *) base;

  bfft_logmel_free (setup->logmel);
  bfft_features_free (setup->features);
  g_free (setup->warning);
}

/* Says once what runs otherwise than one may expect. */
static void
warn (GstBfftMel * self, GstBfftMelSetup * setup)
{
  if (g_strcmp0 (setup->warning, self->warned) != 0)
    GST_ELEMENT_WARNING (self, LIBRARY, SETTINGS, ("%s", setup->warning),
        (NULL));
  g_free (self->warned);
  self->warned = g_steal_pointer (&setup->warning);
}

/* What earlier frames have left behind goes on with the same options only. */
static gboolean
gst_bfft_mel_carry_on (GstBfftSetup * base, GstBfftSetup * old_base)
{
  GstBfftMelSetup *setup = (GstBfftMelSetup *) base;
  GstBfftMelSetup *old = (GstBfftMelSetup *) old_base;
  const BfftLogmelOptions *options = &setup->options;
  BfftFeatures *features = setup->features;

  if (memcmp (options, &old->options, sizeof (BfftLogmelOptions)) == 0) {
    setup->features = old->features;
    old->features = features;
  } else if (options->hop != old->options.hop || setup->first != old->first
      || setup->padding != old->padding || setup->reach != old->reach
      || options->frames > 1 || old->options.frames > 1
      || options->deltas || old->options.deltas
      || options->log_mode == BFFT_LOG_MODE_PCEN) {
    return FALSE;
  }
  setup->next = old->next;
  setup->results = old->results;
  return TRUE;
}

static guint64
gst_bfft_mel_restart (GstBfftAnalyzer * analyzer, GstBfftSetup * base)
{
  GstBfftMelSetup *setup = (GstBfftMelSetup *) base;

  bfft_features_restart (setup->features);
  setup->next = 0;
  setup->results = 0;
  return setup->first;
}

static void
push_result (GstBfftAnalyzer * self, GstBfftMelSetup * setup,
    const gfloat * values)
{
  const BfftLogmelOptions *options = &setup->options;
  guint64 first = setup->results * options->frames_hop * options->hop;
  guint64 after = first + (guint64) options->frames * options->hop;
  GstClockTime time = gst_bfft_analyzer_get_time (self, first);
  GstClockTime end = gst_bfft_analyzer_get_time (self, after);

  if (values == NULL)
    return;
  setup->values = values;
  setup->results++;
  gst_bfft_analyzer_push_result (self, values, time,
      GST_CLOCK_TIME_IS_VALID (time) ? end - time : GST_CLOCK_TIME_NONE);
}

/* Frame number next of all channels, of a stream that ends, or has got to, at
 * @position; @silence is appended to it. */
static void
push_frame (GstBfftAnalyzer * self, GstBfftMelSetup * setup, guint64 position,
    guint64 silence)
{
  const GstBfftContext *context = &setup->parent.context;
  guint length = bfft_logmel_options_frame_length (&setup->options);
  guint64 history = MIN (position, length + 1);
  gint64 start = (gint64) (setup->next * setup->options.hop) - setup->padding;
  gboolean inside = start >= 0 && (guint64) start + length <= position;
  guint c;

  start -= position - history;
  for (c = 0; c < context->channels; c++) {
    gfloat *out = bfft_features_slot (setup->features, c);
    const gfloat *samples = gst_bfft_analyzer_get_samples (&setup->parent, c,
        history + 1) + 1;

    if (inside)
      bfft_logmel_process (setup->logmel, setup->parent.plan, samples + start,
          out);
    else
      bfft_logmel_process_edge (setup->logmel, setup->parent.plan, samples,
          history, silence, start, out);
  }
  gst_bfft_analyzer_count_frames (self, context->channels);
  setup->next++;
  push_result (self, setup, bfft_features_push (setup->features));
}

static guint64
gst_bfft_mel_frame (GstBfftAnalyzer * self, GstBfftSetup * base)
{
  GstBfftMelSetup *setup = (GstBfftMelSetup *) base;
  gint64 position = gst_bfft_analyzer_get_position (self);
  gint64 hop = setup->options.hop;

  if (setup->warning)
    warn (GST_BFFT_MEL (self), setup);
  do
    push_frame (self, setup, position, 0);
  while ((gint64) setup->next * hop + setup->reach <= position);
  return setup->next * hop + setup->reach - position;
}

/* Frames that reach beyond the end of the stream. */
static void
gst_bfft_mel_drain (GstBfftAnalyzer * self, GstBfftSetup * base)
{
  GstBfftMelSetup *setup = (GstBfftMelSetup *) base;
  guint64 position = gst_bfft_analyzer_get_position (self);
  const gfloat *values;
  guint64 silence, frames;

  silence = bfft_logmel_options_fill_up (&setup->options, position, &frames);
  while (setup->next < frames)
    push_frame (self, setup, position, silence);
  while ((values = bfft_features_flush (setup->features)))
    push_result (self, setup, values);
}

static void
gst_bfft_mel_describe (GstBfftAnalyzer * analyzer, GstBfftSetup * base,
    GstStructure * structure)
{
  GstBfftMelSetup *setup = (GstBfftMelSetup *) base;
  const GstBfftContext *context = &base->context;

  if (context->format.frames > 1)
    gst_structure_set (structure, "frames", G_TYPE_UINT,
        context->format.frames, NULL);
  gst_bfft_message_set_floats (structure, setup->options.n_mfcc ? "mfcc" :
      "mel", setup->values, gst_bfft_format_size (&context->format),
      context->channels, context->settings.multi_channel);
}

/* What was set stays. With the object's lock. */
static void
set_preset (GstBfftMel * self, BfftLogmelPreset preset)
{
  BfftLogmelOptions options = *bfft_logmel_preset (preset);
  guint id;

  for (id = 0; id < G_N_ELEMENTS (members); id++)
    if (self->set[id])
      memcpy (G_STRUCT_MEMBER_P (&options, members[id].offset),
          G_STRUCT_MEMBER_P (&self->options, members[id].offset),
          members[id].size);
  self->preset = preset;
  self->options = options;
}

/* A length of 0 goes back to the preset's. With the object's lock. */
static void
set_member (GstBfftMel * self, guint id, const GValue * value)
{
  gpointer member = G_STRUCT_MEMBER_P (&self->options, members[id].offset);

  if (G_VALUE_HOLDS_UINT (value))
    *(guint *) member = g_value_get_uint (value);
  else if (G_VALUE_HOLDS_INT (value))
    *(gint *) member = g_value_get_int (value);
  else if (G_VALUE_HOLDS_DOUBLE (value))
    *(gdouble *) member = g_value_get_double (value);
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    *(gboolean *) member = g_value_get_boolean (value);
  else
    *(gint *) member = g_value_get_enum (value);
  self->set[id] = !G_VALUE_HOLDS_UINT (value) || g_value_get_uint (value) > 0;
  set_preset (self, self->preset);
}

static void
get_member (GstBfftMel * self, guint id, GValue * value)
{
  gpointer member = G_STRUCT_MEMBER_P (&self->options, members[id].offset);

  if (G_VALUE_HOLDS_UINT (value))
    g_value_set_uint (value, *(guint *) member);
  else if (G_VALUE_HOLDS_INT (value))
    g_value_set_int (value, *(gint *) member);
  else if (G_VALUE_HOLDS_DOUBLE (value))
    g_value_set_double (value, *(gdouble *) member);
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    g_value_set_boolean (value, *(gboolean *) member);
  else
    g_value_set_enum (value, *(gint *) member);
}

static void
gst_bfft_mel_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstBfftMel *self = GST_BFFT_MEL (object);

  GST_OBJECT_LOCK (self);
  if (id == PROP_PRESET)
    set_preset (self, g_value_get_enum (value));
  else
    set_member (self, id, value);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_bfft_mel_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstBfftMel *self = GST_BFFT_MEL (object);

  GST_OBJECT_LOCK (self);
  if (id == PROP_PRESET)
    g_value_set_enum (value, self->preset);
  else
    get_member (self, id, value);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_bfft_mel_finalize (GObject * object)
{
  g_free (GST_BFFT_MEL (object)->warned);
  G_OBJECT_CLASS (gst_bfft_mel_parent_class)->finalize (object);
}

static void
gst_bfft_mel_init (GstBfftMel * self)
{
  set_preset (self, BFFT_LOGMEL_PRESET_NONE);
}

#define FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | \
    GST_PARAM_MUTABLE_PLAYING)

static void
install_bands (GObjectClass * klass, const BfftLogmelOptions * defaults)
{
  g_object_class_install_property (klass, PROP_N_MELS,
      g_param_spec_uint ("n-mels", "Mel bands", "Number of mel bands", 1,
          MAX_MELS, defaults->n_mels, FLAGS));
  g_object_class_install_property (klass, PROP_MEL_SCALE,
      g_param_spec_enum ("mel-scale", "Mel scale", "Where the bands are",
          GST_TYPE_BFFT_MEL_SCALE, defaults->scale, FLAGS));
  g_object_class_install_property (klass, PROP_MEL_NORM,
      g_param_spec_enum ("mel-norm", "Mel norm", "Height of the bands",
          GST_TYPE_BFFT_MEL_NORM, defaults->norm, FLAGS));
  g_object_class_install_property (klass, PROP_MIN_FREQUENCY,
      g_param_spec_double ("min-frequency", "Minimum frequency",
          "Lower edge of the lowest band, Hz", 0, G_MAXINT, defaults->f_min,
          FLAGS));
  g_object_class_install_property (klass, PROP_MAX_FREQUENCY,
      g_param_spec_double ("max-frequency", "Maximum frequency",
          "Upper edge of the highest band, Hz (0 or less: that far below half the "
          "sample rate)", -G_MAXINT, G_MAXINT, defaults->f_max, FLAGS));
}

/* In place of gst_bfft_analyzer_class_install_framing(), which sets them when
 * an object is made: then they would count as set. */
static void
install_framing (GObjectClass * klass, const BfftLogmelOptions * defaults)
{
  g_object_class_install_property (klass, GST_BFFT_PROP_N_FFT,
      g_param_spec_uint ("n-fft", "FFT length",
          "Samples per transform (0 = the preset's; where that has none, the "
          "power of two at or above win-length)", 0, BFFT_MAX_N,
          defaults->n_fft, FLAGS));
  g_object_class_install_property (klass, GST_BFFT_PROP_HOP,
      g_param_spec_uint ("hop", "Hop",
          "Samples from one frame to the next (0 = the preset's; where that "
          "has none, 10 ms)", 0, G_MAXINT, defaults->hop, FLAGS));
  g_object_class_install_property (klass, GST_BFFT_PROP_WINDOW,
      g_param_spec_enum ("window", "Window",
          "Window function, periodic unless the preset says symmetric",
          GST_TYPE_BFFT_WINDOW, defaults->window, FLAGS));
}

static void
install_frames (GObjectClass * klass, const BfftLogmelOptions * defaults)
{
  g_object_class_install_property (klass, PROP_WIN_LENGTH,
      g_param_spec_uint ("win-length", "Window length",
          "Samples under the window (0 = the preset's; where that has none, "
          "n-fft, or 25 ms if that is not set either)", 0, BFFT_MAX_N,
          defaults->win_length, FLAGS));
  g_object_class_install_property (klass, PROP_CENTER,
      g_param_spec_boolean ("center", "Centre",
          "Centre frame t on sample t * hop, with the ends of the stream padded",
          defaults->center, FLAGS));
  g_object_class_install_property (klass, PROP_PAD_MODE,
      g_param_spec_enum ("pad-mode", "Padding mode",
          "What centred frames see beyond the ends of the stream",
          GST_TYPE_BFFT_PAD_MODE, defaults->pad_mode, FLAGS));
  g_object_class_install_property (klass, PROP_SAMPLE_SCALE,
      g_param_spec_double ("sample-scale", "Sample scale",
          "What full scale is worth: 1, or 32768 for models that were trained "
          "on 16-bit numbers", FLT_MIN, 1e12, defaults->sample_scale, FLAGS));
  g_object_class_install_property (klass, PROP_REMOVE_DC,
      g_param_spec_boolean ("remove-dc", "Remove DC",
          "Take the mean off each frame", defaults->remove_dc, FLAGS));
  g_object_class_install_property (klass, PROP_PRE_EMPHASIS,
      g_param_spec_double ("pre-emphasis", "Pre-emphasis",
          "Coefficient a of x[t] - a x[t-1] (0 = none)", 0, 1,
          defaults->pre_emphasis, FLAGS));
}

static void
install_logarithm (GObjectClass * klass, const BfftLogmelOptions * defaults)
{
  g_object_class_install_property (klass, PROP_POWER,
      g_param_spec_uint ("power", "Power",
          "Exponent of the magnitudes that the bands add up: 1 or 2", 1, 2,
          defaults->power, FLAGS));
  g_object_class_install_property (klass, PROP_LOG_MODE,
      g_param_spec_enum ("log-mode", "Logarithm", "Logarithm of the bands",
          GST_TYPE_BFFT_LOG_MODE, defaults->log_mode, FLAGS));
  g_object_class_install_property (klass, PROP_LOG_GUARD,
      g_param_spec_double ("log-guard", "Logarithm guard",
          "Added to a band before its logarithm", 0, G_MAXINT,
          defaults->log_guard, FLAGS));
  g_object_class_install_property (klass, PROP_LOG_FLOOR,
      g_param_spec_double ("log-floor", "Logarithm floor",
          "Lower bands are raised to this before the logarithm", FLT_MIN,
          G_MAXINT, defaults->log_floor, FLAGS));
}

static void
add (GObjectClass * klass, guint id, GParamSpec * spec)
{
  g_object_class_install_property (klass, id, spec);
}

#define UINT(id, name, nick, blurb, low, high, member) add (klass, id, \
    g_param_spec_uint (name, nick, blurb, low, high, defaults->member, FLAGS))
#define DOUBLE(id, name, nick, blurb, low, high, member) add (klass, id, \
    g_param_spec_double (name, nick, blurb, low, high, defaults->member, FLAGS))
#define ENUM(id, name, nick, blurb, type, member) add (klass, id, \
    g_param_spec_enum (name, nick, blurb, type, defaults->member, FLAGS))

static void
install_definition (GObjectClass * klass, const BfftLogmelOptions * defaults)
{
  ENUM (PROP_WINDOW_SYMMETRY, "window-symmetry", "Window symmetry",
      "Whether the window ends as it starts (auto = the preset's)",
      GST_TYPE_BFFT_WINDOW_SYMMETRY, symmetry);
  ENUM (PROP_WINDOW_ALIGN, "window-align", "Window alignment",
      "Where a window shorter than n-fft stands in it (auto = the preset's)",
      GST_TYPE_BFFT_WINDOW_ALIGN, align);
  add (klass, PROP_FRAME_OFFSET, g_param_spec_int ("frame-offset",
          "Frame offset", "Samples that frame t starts after t * hop (or, with "
          "center, is centred after it); where that is negative the ends of the "
          "stream are padded", -BFFT_MAX_N, BFFT_MAX_N,
          defaults->frame_offset, FLAGS));
  DOUBLE (PROP_TOP_DB, "top-db", "Range",
      "Raise what is this far below the largest band of a result, dB (0 = off)",
      0, 1000, top_db);
  DOUBLE (PROP_PCEN_GAIN, "pcen-gain", "PCEN gain",
      "Exponent of the smoothed band that a band is divided by", 0, 100,
      pcen_gain);
  DOUBLE (PROP_PCEN_BIAS, "pcen-bias", "PCEN bias",
      "Added before compression", 0, G_MAXINT, pcen_bias);
  DOUBLE (PROP_PCEN_POWER, "pcen-power", "PCEN power",
      "Exponent of the compression (0 = logarithm)", 0, 100, pcen_power);
  DOUBLE (PROP_PCEN_TIME_CONSTANT, "pcen-time-constant", "PCEN time constant",
      "Of the smoothing, seconds", 1e-4, 1e4, pcen_time_constant);
  DOUBLE (PROP_PCEN_EPS, "pcen-eps", "PCEN epsilon",
      "Added to the smoothed band", FLT_MIN, G_MAXINT, pcen_eps);
}

static void
install_cepstra (GObjectClass * klass, const BfftLogmelOptions * defaults)
{
  UINT (PROP_N_MFCC, "n-mfcc", "Cepstral coefficients",
      "Coefficients in place of the bands (0 = the bands)", 0, MAX_MELS,
      n_mfcc);
  DOUBLE (PROP_LIFTER, "lifter", "Lifter",
      "Length of the sine that weights the coefficients (0 = none)", 0, 1e6,
      lifter);
  ENUM (PROP_DCT_NORM, "dct-norm", "DCT norm", "Scale of the coefficients",
      GST_TYPE_BFFT_DCT_NORM, dct_norm);
  UINT (PROP_DELTAS, "deltas", "Derivatives",
      "Derivatives over time that follow each frame's numbers", 0, 2, deltas);
  UINT (PROP_DELTA_WINDOW, "delta-window", "Derivative window",
      "Frames that one is taken over, odd", 3, 255, delta_window);
}

static void
install_windows (GObjectClass * klass, const BfftLogmelOptions * defaults)
{
  UINT (PROP_FRAMES, "frames", "Frames", "Frames in a result", 1, G_MAXINT,
      frames);
  UINT (PROP_FRAMES_HOP, "frames-hop", "Hop of results",
      "Frames from one result to the next (0 = frames)", 0, G_MAXINT,
      frames_hop);
  ENUM (PROP_FILL, "fill", "Fill",
      "What the last result is filled up with at the end of the stream",
      GST_TYPE_BFFT_FILL, fill);
  ENUM (PROP_TENSOR_LAYOUT, "tensor-layout", "Tensor layout",
      "Order of the numbers of a result of more than one frame",
      GST_TYPE_BFFT_LAYOUT, layout);
  ENUM (PROP_NORMALIZE, "normalize", "Normalisation",
      "Over the frames of a result", GST_TYPE_BFFT_NORMALIZE, normalize);
  DOUBLE (PROP_NORM_MEAN, "norm-mean", "Mean", "At the very end, subtracted",
      -G_MAXFLOAT, G_MAXFLOAT, norm_mean);
  DOUBLE (PROP_NORM_SCALE, "norm-scale", "Scale",
      "At the very end, after norm-mean, divided by", -G_MAXFLOAT, G_MAXFLOAT,
      norm_scale);
}

static void
gst_bfft_mel_class_init (GstBfftMelClass * klass)
{
  GObjectClass *gobject_class = G_OBJECT_CLASS (klass);
  GstBfftAnalyzerClass *analyzer_class = GST_BFFT_ANALYZER_CLASS (klass);
  const BfftLogmelOptions *defaults =
      bfft_logmel_preset (BFFT_LOGMEL_PRESET_NONE);

  GST_DEBUG_CATEGORY_INIT (gst_bfft_mel_debug, "bfftmel", 0,
      "Log-mel features");
  gobject_class->finalize = gst_bfft_mel_finalize;
  gobject_class->set_property = gst_bfft_mel_set_property;
  gobject_class->get_property = gst_bfft_mel_get_property;
  g_object_class_install_property (gobject_class, PROP_PRESET,
      g_param_spec_enum ("preset", "Preset",
          "Definition that all that is not set follows",
          GST_TYPE_BFFT_MEL_PRESET, BFFT_LOGMEL_PRESET_NONE, FLAGS));
  install_bands (gobject_class, defaults);
  install_framing (gobject_class, defaults);
  install_frames (gobject_class, defaults);
  install_logarithm (gobject_class, defaults);
  install_definition (gobject_class, defaults);
  install_cepstra (gobject_class, defaults);
  install_windows (gobject_class, defaults);

  analyzer_class->name = "bfftmel";
  analyzer_class->get_format = gst_bfft_mel_get_format;
  analyzer_class->prepare = gst_bfft_mel_prepare;
  analyzer_class->release = gst_bfft_mel_release;
  analyzer_class->carry_on = gst_bfft_mel_carry_on;
  analyzer_class->restart = gst_bfft_mel_restart;
  analyzer_class->frame = gst_bfft_mel_frame;
  analyzer_class->drain = gst_bfft_mel_drain;
  analyzer_class->describe = gst_bfft_mel_describe;

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "Log-mel features", "Filter/Analyzer/Audio",
      "Log-mel spectrogram frames as Whisper, Kaldi, NeMo, librosa and "
      "torchaudio define them, as messages, metas or tensors", "bfft");
}
