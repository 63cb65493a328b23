/* bfft: bfftmel, log-mel features.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-bfftmel
 * @title: bfftmel
 *
 * Log-mel features of audio, as speech recognition and audio models take them.
 * The audio passes through and each frame's bands are posted in an element
 * message, or, if downstream asks for tensors, the frames themselves go
 * downstream: one buffer of float32 per frame.
 *
 * #GstBfftMel:preset sets everything else to the definition of a model family.
 * A property that is set stays as it was set, before or after. A result may
 * also be cepstral coefficients with their derivatives over time
 * (#GstBfftMel:n-mfcc, #GstBfftMel:deltas), and a window of frames
 * (#GstBfftMel:frames).
 *
 * Messages are named `bfftmel` and have, next to the fields that all bfft
 * analysers share,
 *
 * * #GstValueList of #gfloat `mel`: a value per band; with
 *   #GstBfftAnalyzer:multi-channel a #GstValueArray per channel of
 *   #GstValueArray. With #GstBfftMel:n-mfcc it is called `mfcc`.
 * * #guint `frames`, if there are several: `mel` has the values of one after
 *   the other, as #GstBfftMel:tensor-layout says.
 *
 * A frame's timestamp is that of sample frame number x hop: the first of the
 * frame, or with #GstBfftMel:center the one in its middle. Its duration is
 * the hop; that of a window is all its frames'.
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

struct _GstBfftMel
{
  GstBfftAnalyzer parent;

  /* GST_OBJECT_LOCK */
  BfftLogmelPreset preset;
  BfftLogmelOptions options;    /* the preset's and what was set */
  guint64 set;                  /* bit i: the user set properties[i] */
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
} Setup;

G_DEFINE_TYPE (GstBfftMel, gst_bfft_mel, GST_TYPE_BFFT_ANALYZER);
GST_ELEMENT_REGISTER_DEFINE (bfftmel, "bfftmel", GST_RANK_NONE,
    GST_TYPE_BFFT_MEL);

/* Where n-fft is left alone it is the model's, and the window of 25 ms at most
 * that. */
static void
get_options (GstBfftMel * self, const GstBfftContext * context,
    BfftLogmelOptions * options)
{
  guint rate = GST_AUDIO_INFO_RATE (&context->info);

  GST_OBJECT_LOCK (self);
  *options = self->options;
  GST_OBJECT_UNLOCK (self);
  options->sample_scale *= gst_bfft_framer_integer_scale (&context->info);
  if (options->n_fft == 0 && context->model_n_fft) {
    options->n_fft = context->model_n_fft;
    if (options->win_length == 0)
      options->win_length =
          CLAMP ((guint64) rate * 25 / 1000, 1, options->n_fft);
  }
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
  get_options (GST_BFFT_MEL (analyzer), context, &options);
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
set_options (Setup * setup, const BfftLogmelOptions * options)
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
  setup->parent.latency = MAX (setup->first,
      setup->reach + (gint64) wait * options->hop);
}

static GstBfftSetup *
gst_bfft_mel_prepare (GstBfftAnalyzer * analyzer,
    const GstBfftContext * context, GError ** error)
{
  guint rate = GST_AUDIO_INFO_RATE (&context->info);
  BfftPlanSpec spec = { 0, };
  BfftLogmelOptions options;
  Setup *setup;
  BfftFeatures *features;
  BfftLogmel *logmel;
  BfftPlan *plan;

  /* The options may have changed since context->format was asked for; what that
   * changed will come in the next setup. */
  get_options (GST_BFFT_MEL (analyzer), context, &options);
  bfft_logmel_options_resolve (&options, rate, NULL);
  options.n_fft = context->format.n_fft;
  options.frames = context->format.frames;
  if (bfft_logmel_options_bands (&options) != context->format.bands) {
    options.n_mels = context->format.bands;
    options.n_mfcc = options.deltas = 0;
  }
  logmel = bfft_logmel_new (&options, rate, context->settings.execution, error);
  if (logmel == NULL)
    return NULL;
  features = bfft_features_new (bfft_logmel_get_options (logmel), rate,
      context->channels, context->settings.execution, error);
  if (features == NULL) {
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

  setup = g_new0 (Setup, 1);
  setup->logmel = logmel;
  gst_bfft_analyzer_warn (analyzer, bfft_logmel_get_warning (logmel));
  set_options (setup, bfft_logmel_get_options (logmel));
  setup->features = features;
  setup->parent.plan = plan;
  setup->parent.n_mels = setup->options.n_mels;
  return &setup->parent;
}

static void
gst_bfft_mel_release (GstBfftSetup * parent)
{
  Setup *setup = (Setup *) parent;

  bfft_logmel_free (setup->logmel);
  bfft_features_free (setup->features);
}

/* What earlier frames have left behind goes on with the same options only. */
static gboolean
gst_bfft_mel_carry_on (GstBfftSetup * parent, GstBfftSetup * old_parent)
{
  Setup *setup = (Setup *) parent;
  Setup *old = (Setup *) old_parent;
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
gst_bfft_mel_restart (GstBfftAnalyzer * analyzer, GstBfftSetup * parent)
{
  Setup *setup = (Setup *) parent;

  bfft_features_restart (setup->features);
  setup->next = 0;
  setup->results = 0;
  return setup->first;
}

static void
push_result (GstBfftAnalyzer * analyzer, Setup * setup, const gfloat * values)
{
  const BfftLogmelOptions *options = &setup->options;
  guint64 first = setup->results * options->frames_hop * options->hop;
  guint64 after = first + (guint64) options->frames * options->hop;

  if (values == NULL)
    return;
  setup->values = values;
  setup->results++;
  gst_bfft_analyzer_push_span (analyzer, values, first, after);
}

/* Frame number next of all channels, of a stream that ends, or has got to, at
 * @position; @silence is appended to it. */
static void
push_frame (GstBfftAnalyzer * analyzer, Setup * setup, guint64 position,
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
      bfft_logmel_run (setup->logmel, setup->parent.plan, samples + start, out);
    else
      bfft_logmel_run_edge (setup->logmel, setup->parent.plan, samples,
          history, silence, start, out);
  }
  gst_bfft_analyzer_count_frames (analyzer, context->channels);
  setup->next++;
  push_result (analyzer, setup, bfft_features_push (setup->features));
}

static guint64
gst_bfft_mel_frame (GstBfftAnalyzer * analyzer, GstBfftSetup * parent)
{
  Setup *setup = (Setup *) parent;
  gint64 position = gst_bfft_analyzer_get_position (analyzer);
  gint64 hop = setup->options.hop;

  do
    push_frame (analyzer, setup, position, 0);
  while ((gint64) setup->next * hop + setup->reach <= position);
  return setup->next * hop + setup->reach - position;
}

/* Frames that reach beyond the end of the stream. */
static void
gst_bfft_mel_drain (GstBfftAnalyzer * analyzer, GstBfftSetup * parent)
{
  Setup *setup = (Setup *) parent;
  guint64 position = gst_bfft_analyzer_get_position (analyzer);
  const gfloat *values;
  guint64 silence, frames;

  silence = bfft_logmel_options_fill_up (&setup->options, position, &frames);
  while (setup->next < frames)
    push_frame (analyzer, setup, position, silence);
  while ((values = bfft_features_flush (setup->features)))
    push_result (analyzer, setup, values);
}

static void
gst_bfft_mel_describe (GstBfftAnalyzer * analyzer, GstBfftSetup * parent,
    GstStructure * structure)
{
  Setup *setup = (Setup *) parent;
  const GstBfftContext *context = &parent->context;

  if (context->format.frames > 1)
    gst_structure_set (structure, "frames", G_TYPE_UINT,
        context->format.frames, NULL);
  gst_bfft_message_set_floats (structure, setup->options.n_mfcc ? "mfcc" :
      "mel", setup->values, gst_bfft_format_size (&context->format),
      context->channels, context->settings.multi_channel);
}

#define ROW(KIND, member, ...) \
  GST_BFFT_##KIND (GstBfftMel, options.member, __VA_ARGS__)

/* What 0 stands for is the preset's. */
#define UNSET_BY_0 (GST_BFFT_PLAYING | GST_BFFT_UNSET_BY_0)

/* Defaults are those of preset none. *INDENT-OFF* */
static const GstBfftProperty properties[] = {
  GST_BFFT_ENUM (GstBfftMel, preset, "preset", gst_bfft_mel_preset_get_type,
      BFFT_LOGMEL_PRESET_NONE, GST_BFFT_PLAYING,
      "Published definition that everything left alone follows; each is for the sample rate that it names"),
  ROW (UINT, n_fft, "n-fft", 0, BFFT_MAX_N, 0, UNSET_BY_0,
      "Samples per transform (0 = the preset's; where that has none, the "
      "model's; without one, the power of two at or above win-length)"),
  ROW (UINT, hop, "hop", 0, G_MAXINT, 0, UNSET_BY_0,
      "Samples from one frame to the next (0 = the preset's; where that has "
      "none, 10 ms)"),
  ROW (ENUM, window, "window", gst_bfft_window_get_type, 0, GST_BFFT_PLAYING,
      "Window that frames are multiplied by"),
  ROW (ENUM, symmetry, "window-symmetry", gst_bfft_window_symmetry_get_type, 0,
      GST_BFFT_PLAYING,
      "Whether the window ends as it starts (auto = the preset's)"),
  ROW (ENUM, align, "window-align", gst_bfft_window_align_get_type, 0,
      GST_BFFT_PLAYING,
      "Where a window shorter than n-fft stands in it (auto = the preset's)"),
  ROW (UINT, win_length, "win-length", 0, BFFT_MAX_N, 0, UNSET_BY_0,
      "Samples under the window (0 = the preset's; where that has none, n-fft, "
      "or 25 ms if that is not set either)"),
  ROW (UINT, n_mels, "n-mels", 1, MAX_MELS, 0, GST_BFFT_PLAYING,
      "Number of mel bands (most models: 80)"),
  ROW (ENUM, scale, "mel-scale", gst_bfft_mel_scale_get_type, 0,
      GST_BFFT_PLAYING, "Mel scale that places the filters"),
  ROW (ENUM, norm, "mel-norm", gst_bfft_mel_norm_get_type, 0,
      GST_BFFT_PLAYING, "Height of the mel filters"),
  ROW (DOUBLE, f_min, "min-frequency", 0, G_MAXINT, 0, GST_BFFT_PLAYING,
      "Lower edge of the lowest band, in Hz"),
  ROW (DOUBLE, f_max, "max-frequency", -G_MAXINT, G_MAXINT, 0,
      GST_BFFT_PLAYING, "Upper edge of the highest band, Hz (0 or less: that "
      "far below half the sample rate)"),
  ROW (BOOLEAN, center, "center", 0, GST_BFFT_PLAYING,
      "Centre frame t on sample t * hop, with the ends of the stream padded"),
  ROW (ENUM, pad_mode, "pad-mode", gst_bfft_pad_mode_get_type, 0,
      GST_BFFT_PLAYING,
      "What centred frames see beyond the ends of the stream"),
  ROW (DOUBLE, sample_scale, "sample-scale", FLT_MIN, 1e12, 0,
      GST_BFFT_PLAYING, "What full scale is worth: 1, or 32768 for models that "
      "were trained on 16-bit numbers"),
  ROW (BOOLEAN, remove_dc, "remove-dc", 0, GST_BFFT_PLAYING,
      "Take the mean off each frame before the window"),
  ROW (DOUBLE, pre_emphasis, "pre-emphasis", 0, 1, 0, GST_BFFT_PLAYING,
      "Coefficient a of the pre-emphasis x[t] - a x[t-1] (0 = none)"),
  ROW (UINT, power, "power", 1, 2, 0, GST_BFFT_PLAYING,
      "Exponent of the magnitudes that the bands add up: 1 or 2"),
  ROW (ENUM, log_mode, "log-mode", gst_bfft_log_mode_get_type, 0,
      GST_BFFT_PLAYING, "Logarithm of the bands"),
  ROW (DOUBLE, log_guard, "log-guard", 0, G_MAXINT, 0, GST_BFFT_PLAYING,
      "Power that is added to each band before the logarithm"),
  ROW (DOUBLE, log_floor, "log-floor", FLT_MIN, G_MAXINT, 0, GST_BFFT_PLAYING,
      "Bands of less power than this are raised to it before the logarithm"),
  ROW (INT, frame_offset, "frame-offset", -BFFT_MAX_N, BFFT_MAX_N, 0,
      GST_BFFT_PLAYING, "Samples that frame t starts after t * hop (or, with "
      "center, is centred after it); where that is negative the ends of the "
      "stream are padded"),
  ROW (DOUBLE, top_db, "top-db", 0, 1000, 0, GST_BFFT_PLAYING,
      "What is further than this below the largest band of a result is raised to there, in dB (0 = off)"),
  ROW (DOUBLE, pcen_gain, "pcen-gain", 0, 100, 0, GST_BFFT_PLAYING,
      "PCEN: exponent of the smoothed band that a band is divided by"),
  ROW (DOUBLE, pcen_bias, "pcen-bias", 0, G_MAXINT, 0, GST_BFFT_PLAYING,
      "PCEN: added before the compression"),
  ROW (DOUBLE, pcen_power, "pcen-power", 0, 100, 0, GST_BFFT_PLAYING,
      "PCEN: exponent of the compression (0 = logarithm)"),
  ROW (DOUBLE, pcen_time_constant, "pcen-time-constant", 1e-4, 1e4, 0,
      GST_BFFT_PLAYING, "PCEN: time constant of the smoothing, in seconds"),
  ROW (DOUBLE, pcen_eps, "pcen-eps", FLT_MIN, G_MAXINT, 0, GST_BFFT_PLAYING,
      "PCEN: added to the smoothed band"),
  ROW (UINT, n_mfcc, "n-mfcc", 0, MAX_MELS, 0, GST_BFFT_PLAYING,
      "Cepstral coefficients in place of the bands (0 = the bands)"),
  ROW (DOUBLE, lifter, "lifter", 0, 1e6, 0, GST_BFFT_PLAYING,
      "Length of the sine that weights the cepstra, in coefficients (0 = none)"),
  ROW (ENUM, dct_norm, "dct-norm", gst_bfft_dct_norm_get_type, 0,
      GST_BFFT_PLAYING, "Scale of the cepstral coefficients (with n-mfcc)"),
  ROW (UINT, deltas, "deltas", 0, 2, 0, GST_BFFT_PLAYING,
      "Derivatives over time that follow each frame's numbers: 0 none, 1 the first, 2 the second too"),
  ROW (UINT, delta_window, "delta-window", 3, 255, 0, GST_BFFT_PLAYING,
      "Frames that a derivative is taken over, an odd number"),
  ROW (UINT, frames, "frames", 1, G_MAXINT, 0, GST_BFFT_PLAYING,
      "Frames in a result (a window of frames)"),
  ROW (UINT, frames_hop, "frames-hop", 0, G_MAXINT, 0, GST_BFFT_PLAYING,
      "Frames from one result to the next (0 = frames)"),
  ROW (ENUM, fill, "fill", gst_bfft_fill_get_type, 0, GST_BFFT_PLAYING,
      "What a window of frames that is not full is filled up with at the end of the stream"),
  ROW (ENUM, layout, "tensor-layout", gst_bfft_layout_get_type, 0,
      GST_BFFT_PLAYING,
      "Order of the numbers of a result of more than one frame"),
  ROW (ENUM, normalize, "normalize", gst_bfft_normalize_get_type, 0,
      GST_BFFT_PLAYING,
      "What the numbers are brought to over the frames of a result"),
  ROW (DOUBLE, norm_mean, "norm-mean", -G_MAXFLOAT, G_MAXFLOAT, 0,
      GST_BFFT_PLAYING, "Subtracted from every number at the very end"),
  ROW (DOUBLE, norm_scale, "norm-scale", -G_MAXFLOAT, G_MAXFLOAT, 0,
      GST_BFFT_PLAYING,
      "What every number is divided by at the very end, after norm-mean"),
  {.name = NULL}
};

/* *INDENT-ON* */

/* The preset's options, and of them what was set as it was set. With the
 * object's lock. */
static void
apply_preset (GstBfftMel * self)
{
  GstBfftMel as_set = {.options = self->options };
  guint i;

  self->options = *bfft_logmel_preset (self->preset);
  for (i = 0; properties[i].name; i++) {
    if (self->set & (G_GUINT64_CONSTANT (1) << i))
      gst_bfft_property_copy (&properties[i], self, &as_set);
  }
}

/* A property that is set to what the preset gives it goes on following the
 * preset, so that one may write back what was read; unless that is said where
 * the element is made: there order does not matter. */
static void
gst_bfft_mel_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstBfftMel *self = GST_BFFT_MEL (object);
  const GstBfftProperty *row = &properties[id - 1];
  guint64 bit = G_GUINT64_CONSTANT (1) << (id - 1);

  GstBfftMel before, after;
  guint i;

  if (!gst_bfft_properties_set (object, value, pspec) &&
      gst_bfft_analyzer_is_constructed (GST_BFFT_ANALYZER (self)))
    return;
  GST_OBJECT_LOCK (self);
  before.options = self->options;
  if (row->flags & GST_BFFT_UNSET_BY_0 && g_value_get_uint (value) == 0)
    self->set &= ~bit;
  else if (!g_str_equal (row->name, "preset"))
    self->set |= bit;
  apply_preset (self);
  after.options = self->options;
  GST_OBJECT_UNLOCK (self);
  for (i = 1; properties[i].name; i++) {
    if (gst_bfft_property_differs (&properties[i], &before, &after))
      g_object_notify (object, properties[i].name);
  }
}

static void
gst_bfft_mel_init (GstBfftMel * self)
{
  apply_preset (self);
}

static void
gst_bfft_mel_class_init (GstBfftMelClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstBfftAnalyzerClass *analyzer_class = GST_BFFT_ANALYZER_CLASS (klass);
  const GstBfftMel initials = {
    .options = *bfft_logmel_preset (BFFT_LOGMEL_PRESET_NONE)
  };

  GST_DEBUG_CATEGORY_INIT (gst_bfft_mel_debug, "bfftmel", 0,
      "Log-mel features");
  gst_bfft_properties_install (object_class, properties, 1, 0, &initials);
  object_class->set_property = gst_bfft_mel_set_property;

  analyzer_class->name = "bfftmel";
  analyzer_class->debug = GST_CAT_DEFAULT;
  analyzer_class->get_format = GST_DEBUG_FUNCPTR (gst_bfft_mel_get_format);
  analyzer_class->prepare = GST_DEBUG_FUNCPTR (gst_bfft_mel_prepare);
  analyzer_class->release = GST_DEBUG_FUNCPTR (gst_bfft_mel_release);
  analyzer_class->carry_on = GST_DEBUG_FUNCPTR (gst_bfft_mel_carry_on);
  analyzer_class->restart = GST_DEBUG_FUNCPTR (gst_bfft_mel_restart);
  analyzer_class->frame = GST_DEBUG_FUNCPTR (gst_bfft_mel_frame);
  analyzer_class->drain = GST_DEBUG_FUNCPTR (gst_bfft_mel_drain);
  analyzer_class->describe = GST_DEBUG_FUNCPTR (gst_bfft_mel_describe);

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "Log-mel features", "Filter/Analyzer/Audio",
      "Log-mel spectrogram frames as Whisper, Kaldi, NeMo, librosa and "
      "torchaudio define them, as messages, metas or tensors",
      "The bfft authors");
}
