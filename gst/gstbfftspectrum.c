/* bfft: the element bfftspectrum.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/**
 * SECTION:element-bfftspectrum
 * @title: bfftspectrum
 * @short_description: spectrum analyser
 *
 * Analyses the frequency spectrum of audio, which it passes on untouched. For
 * each #GstBfftSpectrum:interval it posts an element message `bfftspectrum`
 * with the fields of a result (`timestamp`, `stream-time`, `running-time`,
 * `duration`, `endtime`: guint64; `n-fft`: guint; `rate`: gint; `variant`:
 * string) and
 *
 * * `magnitude`, if #GstBfftSpectrum:message-magnitude: a GstValueList with a
 *   float for each of #GstBfftSpectrum:bands, in
 *   #GstBfftSpectrum:magnitude-unit
 * * `phase`, if #GstBfftSpectrum:message-phase: the same, in -pi..pi
 *
 * With multi-channel both are a GstValueArray that has a GstValueArray of
 * floats for each channel.
 *
 * Left at its defaults it has the properties, numbers and timestamps of
 * `spectrum`. Downstream may ask for `other/tensors,format=static` instead of
 * audio and then gets the magnitudes, a buffer for each result.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 -m audiotestsrc num-buffers=50 ! bfftspectrum bands=16 ! fakesink
 * ]|
 * |[
 * gst-launch-1.0 audiotestsrc num-buffers=50 ! bfftspectrum bands=513 hop=256 window=hann ! other/tensors,format=static ! filesink location=spectra.f32
 * ]|
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftspectrum.h"

#include <math.h>
#include <string.h>

#include "bfft-decibel.h"
#include "gstbffttimeline.h"

GST_DEBUG_CATEGORY_STATIC (gst_bfft_spectrum_debug);
#define GST_CAT_DEFAULT gst_bfft_spectrum_debug

/* The element's own properties. */
typedef struct
{
  guint64 interval;             /* ns */
  guint bands;
  gint threshold;               /* dB */
  gboolean message_magnitude;
  gboolean message_phase;
  GstBfftMagnitudeUnit unit;
  GstBfftSpectrumAverage average;
} Options;

struct _GstBfftSpectrum
{
  GstBfftAnalyzer parent;

  /* GST_OBJECT_LOCK */
  Options options;
  gboolean bands_set;           /* otherwise they may follow a model */
};

/* The length of an interval in samples, and what is left of it:
 * frames / rate + error / (rate GST_SECOND) seconds, as `spectrum` has it. */
typedef struct
{
  guint64 frames;
  guint64 error;
} Interval;

/* Where the analysis stands. */
typedef struct
{
  guint64 start;                /* position where the interval started */
  guint64 todo;                 /* its length */
  guint64 accumulated_error;
  guint64 frame_end;            /* with hop: where the next frame ends */
  guint n_frames;               /* so far in the interval */
  guint n_phase_frames;         /* of them, those in the phase sums */
  GstClockTime time;            /* of the interval; see compatible */
} Progress;

/* Sums are in float; after so many frames they move to a total in double, as
 * an interval may be hours. */
#define FRAMES_IN_SUM 256

typedef struct
{
  GstBfftSetup parent;
  const BfftKernels *kernels;
  BfftPhaseAdd phase_add;
  Options options;
  gboolean compatible;          /* all is as in `spectrum` */
  guint n_fft, hop, bins;
  Interval interval;

  Progress now;
  gfloat *power;                /* [bins], of a frame */
  gfloat *re, *im;              /* [bins], of a frame, if phase is wanted */
  gfloat *sum;                  /* [channels][bins], powers or dB */
  gfloat *phase_sum;            /* [channels][bins] */
  gdouble *total, *phase_total; /* what was moved there from the sums */
  gfloat *magnitude, *phase;    /* [channels][bands], of a result */
} Setup;

#define gst_bfft_spectrum_parent_class parent_class
G_DEFINE_FINAL_TYPE (GstBfftSpectrum, gst_bfft_spectrum,
    GST_TYPE_BFFT_ANALYZER);
GST_ELEMENT_REGISTER_DEFINE (bfftspectrum, "bfftspectrum", GST_RANK_NONE,
    GST_TYPE_BFFT_SPECTRUM);

/* Setting up */

static void
get_options (GstBfftAnalyzer * analyzer, Options * options)
{
  GST_OBJECT_LOCK (analyzer);
  *options = GST_BFFT_SPECTRUM (analyzer)->options;
  GST_OBJECT_UNLOCK (analyzer);
}

/* A model's length is taken where nothing else is said, and then as many of the
 * bands that there are by default as it has. */
static guint
choose_n_fft (GstBfftSpectrum * self, const GstBfftContext * context,
    Options * options)
{
  guint n_fft = context->settings.n_fft, model = context->model_n_fft;
  gboolean bands_set;

  get_options (GST_BFFT_ANALYZER (self), options);
  GST_OBJECT_LOCK (self);
  bands_set = self->bands_set;
  GST_OBJECT_UNLOCK (self);
  if (!bands_set && model && (n_fft == 0 || n_fft == model)) {
    n_fft = model;
    options->bands = MIN (options->bands, model / 2 + 1);
  }
  return n_fft ? n_fft : 2 * options->bands - 2;
}

/* GST_SECOND / interval as a fraction of ints; the nearest there is. */
static void
get_rate (guint64 interval, GstBfftFormat * format)
{
  guint64 n = GST_SECOND;
  guint64 divisor = gst_util_greatest_common_divisor_int64 (n, interval);

  n /= divisor;
  interval /= divisor;
  while (interval > G_MAXINT || n > G_MAXINT) {
    n >>= 1;
    interval >>= 1;
  }
  format->fps_n = n;
  format->fps_d = interval;
}

static gboolean
gst_bfft_spectrum_get_format (GstBfftAnalyzer * analyzer,
    const GstBfftContext * context, GstBfftFormat * format, GError ** error)
{
  Options options;

  format->n_fft = choose_n_fft (GST_BFFT_SPECTRUM (analyzer), context,
      &options);
  format->tensor = g_quark_from_static_string ("bfft-spectrum");
  format->bands = options.bands;
  get_rate (options.interval, format);
  if (format->bands > format->n_fft / 2 + 1) {
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "n-fft %u has only %u bands, not %u; set bands to at most that, or "
        "n-fft to at least %u (or to 0, which means 2 * bands - 2)",
        format->n_fft, format->n_fft / 2 + 1, options.bands,
        2 * options.bands - 2);
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_compatible (const GstBfftContext * context, const Options * options)
{
  const GstBfftSettings *settings = &context->settings;

  return settings->hop == 0 && settings->n_fft == 0 &&
      context->format.n_fft == 2 * options->bands - 2 &&
      settings->window == BFFT_WINDOW_HAMMING_GST &&
      settings->symmetry != BFFT_WINDOW_SYMMETRY_SYMMETRIC &&
      options->unit == GST_BFFT_MAGNITUDE_UNIT_DB &&
      options->average == GST_BFFT_SPECTRUM_AVERAGE_DB;
}

static void
set_interval (Interval * interval, guint64 ns, guint rate)
{
  interval->frames = gst_util_uint64_scale (ns, rate, GST_SECOND);
  interval->error = (ns % GST_SECOND) * rate % GST_SECOND;
}

#define NEW GST_BFFT_SETUP_NEW

static void
allocate (Setup * setup, guint channels)
{
  gsize bins = setup->bins;
  gsize values = (gsize) channels * setup->options.bands;

  setup->power = NEW (setup, gfloat, bins);
  setup->sum = NEW (setup, gfloat, channels * bins);
  setup->total = NEW (setup, gdouble, channels * bins);
  setup->magnitude = NEW (setup, gfloat, values);
  if (setup->options.message_phase) {
    setup->re = NEW (setup, gfloat, bins);
    setup->im = NEW (setup, gfloat, bins);
    setup->phase_sum = NEW (setup, gfloat, channels * bins);
    setup->phase_total = NEW (setup, gdouble, channels * bins);
    setup->phase = NEW (setup, gfloat, values);
  }
}

static GstBfftSetup *
gst_bfft_spectrum_prepare (GstBfftAnalyzer * analyzer,
    const GstBfftContext * context, GError ** error)
{
  guint rate = GST_AUDIO_INFO_RATE (&context->info);
  Setup *setup;
  Options options;
  BfftPlan *plan;

  /* The bands may have changed since context->format was asked for; what that
   * changed will come in the next setup. */
  get_options (analyzer, &options);
  options.bands = context->format.bands;
  plan = gst_bfft_context_make_plan (context, NULL, 0, options.bands, error);
  if (plan == NULL)
    return NULL;

  setup = g_new0 (Setup, 1);
  setup->options = options;
  setup->kernels = bfft_kernels_get (context->settings.execution);
  setup->phase_add = bfft_phase_add_get (bfft_execution_get_tier
      (context->settings.execution));
  setup->compatible = is_compatible (context, &options);
  setup->n_fft = context->format.n_fft;
  setup->bins = setup->n_fft / 2 + 1;
  setup->hop = context->settings.hop;
  set_interval (&setup->interval, options.interval, rate);
  allocate (setup, context->channels);

  setup->parent.plan = plan;
  setup->parent.history = setup->n_fft;
  setup->parent.latency = setup->interval.frames + (setup->interval.error > 0
      || setup->interval.frames == 0);
  return &setup->parent;
}

/* A running average goes on if all it depends on is the same. */
static gboolean
gst_bfft_spectrum_carry_on (GstBfftSetup * parent, GstBfftSetup * old_parent)
{
  Setup *setup = (Setup *) parent;
  Setup *old = (Setup *) old_parent;
  gsize n = parent->context.channels * (gsize) setup->bins;

  if (setup->options.interval != old->options.interval ||
      setup->options.bands != old->options.bands ||
      setup->options.average != old->options.average ||
      setup->compatible != old->compatible ||
      setup->n_fft != old->n_fft || setup->hop != old->hop)
    return FALSE;
  setup->now = old->now;
  memcpy (setup->sum, old->sum, n * sizeof (gfloat));
  memcpy (setup->total, old->total, n * sizeof (gdouble));
  if (setup->phase_sum && old->phase_sum) {
    memcpy (setup->phase_sum, old->phase_sum, n * sizeof (gfloat));
    memcpy (setup->phase_total, old->phase_total, n * sizeof (gdouble));
  } else {
    setup->now.n_phase_frames = 0;
  }
  return TRUE;
}

/* Frames
 *
 * Without hop, frames follow one another from the start of each interval, and
 * what is left of the interval after the last is not analysed. With hop, they
 * start at its multiples, whatever the intervals. An interval in which no
 * frame ended has one made at its end. */

static guint64
get_until (const Setup * setup, guint64 position)
{
  const Progress *now = &setup->now;
  guint64 done = position - now->start;
  guint64 frame = setup->hop ? now->frame_end - position :
      setup->n_fft - done % setup->n_fft;

  return MIN (frame, now->todo - done);
}

static gboolean
frame_is_due (const Setup * setup, guint64 position)
{
  if (setup->hop)
    return position == setup->now.frame_end;
  return (position - setup->now.start) % setup->n_fft == 0;
}

static void
clear_sums (Setup * setup)
{
  gsize n = setup->parent.context.channels * (gsize) setup->bins;

  memset (setup->sum, 0, n * sizeof (gfloat));
  memset (setup->total, 0, n * sizeof (gdouble));
  if (setup->phase_sum) {
    memset (setup->phase_sum, 0, n * sizeof (gfloat));
    memset (setup->phase_total, 0, n * sizeof (gdouble));
  }
  setup->now.n_frames = setup->now.n_phase_frames = 0;
}

static void
move_sum (gfloat * sum, gdouble * total, gsize n)
{
  gsize i;

  for (i = 0; i < n; i++) {
    total[i] += sum[i];
    sum[i] = 0;
  }
}

static void
move_sums (Setup * setup)
{
  gsize n = setup->parent.context.channels * (gsize) setup->bins;

  move_sum (setup->sum, setup->total, n);
  if (setup->phase_sum)
    move_sum (setup->phase_sum, setup->phase_total, n);
}

/* All of it, in the sums again. */
static void
complete_sums (Setup * setup)
{
  gsize n = setup->parent.context.channels * (gsize) setup->bins;
  gsize i;

  if (setup->now.n_frames < FRAMES_IN_SUM)
    return;
  for (i = 0; i < n; i++)
    setup->sum[i] += setup->total[i];
  for (i = 0; setup->phase_sum && i < n; i++)
    setup->phase_sum[i] += setup->phase_total[i];
}

/* Adds the latest frame of a channel to its sums. */
static void
add_frame (Setup * setup, guint channel)
{
  BfftPlan *plan = setup->parent.plan;
  const gfloat *frame =
      gst_bfft_analyzer_get_samples (&setup->parent, channel, setup->n_fft);
  gfloat *sum = setup->sum + (gsize) channel * setup->bins;
  guint bands = setup->options.bands;
  gfloat threshold = -INFINITY;

  if (setup->phase_sum) {
    bfft_plan_spectrum (plan, frame, setup->re, setup->im);
    setup->phase_add (setup->phase_sum + (gsize) channel * setup->bins,
        setup->re, setup->im, bands);
  }
  if (setup->options.average == GST_BFFT_SPECTRUM_AVERAGE_POWER) {
    bfft_plan_accumulate_power (plan, frame, NULL, sum);
    return;
  }
  if (setup->phase_sum)
    bfft_power_from_spectrum (setup->kernels, setup->power, setup->re,
        setup->im, bands);
  else
    bfft_plan_power (plan, frame, setup->power);
  if (setup->options.unit == GST_BFFT_MAGNITUDE_UNIT_DB)
    threshold = setup->options.threshold;
  bfft_decibel_add (setup->kernels, sum, setup->power,
      1.0 / ((gdouble) setup->n_fft * setup->n_fft), threshold, bands);
}

/* `spectrum`'s own rules, where they are not ours: see docs/bfftspectrum.md,
 * "Where spectrum is at fault". Another is in restart(): a first interval of
 * less than a sample has none. */

/* Timestamps are the buffers' where an interval starts with a buffer... */
static guint64
gst_bfft_spectrum_take_buffer (GstBfftAnalyzer * analyzer,
    GstBfftSetup * parent, GstBuffer * buffer, guint64 until)
{
  Setup *setup = (Setup *) parent;

  if (gst_bfft_analyzer_get_position (analyzer) == setup->now.start)
    setup->now.time = GST_BUFFER_PTS (buffer);
  return until;
}

static gboolean
is_near (GstClockTime a, GstClockTime b)
{
  return GST_CLOCK_TIME_IS_VALID (a) && GST_CLOCK_TIME_IS_VALID (b)
      && ABS (GST_CLOCK_DIFF (a, b)) < (gint64) GST_BFFT_TIMELINE_EXACT;
}

/* ... and otherwise go on in whole samples of truncated nanoseconds; the
 * duration is the interval. That is as long as the stream says the same, but
 * for rounding. */
static gboolean
has_time_alike (GstBfftAnalyzer * analyzer, const Setup * setup)
{
  const Progress *now = &setup->now;
  GstClockTime time = gst_bfft_analyzer_get_time (analyzer, now->start);
  GstClockTime end =
      gst_bfft_analyzer_get_time (analyzer, now->start + now->todo);
  guint rate = GST_AUDIO_INFO_RATE (&setup->parent.context.info);

  return !GST_CLOCK_TIME_IS_VALID (time) || (is_near (time, now->time)
      && is_near (end - time, gst_util_uint64_scale (now->todo, GST_SECOND,
              rate)));
}

/* Results */

/* @sum has dB. */
static void
average_decibels (Setup * setup, gfloat * d, const gfloat * sum)
{
  guint bands = setup->options.bands;

  bfft_power_scale (setup->kernels, d, sum, 1.0f / setup->now.n_frames, bands);
  if (setup->options.unit == GST_BFFT_MAGNITUDE_UNIT_POWER)
    bfft_decibel_undo (d, d, 10, bands);
  else if (setup->options.unit == GST_BFFT_MAGNITUDE_UNIT_AMPLITUDE)
    bfft_decibel_undo (d, d, 20, bands);
}

/* @sum has powers. */
static void
average_powers (Setup * setup, gfloat * d, const gfloat * sum)
{
  const BfftKernels *kernels = setup->kernels;
  guint bands = setup->options.bands;
  gfloat scale = 1.0 / ((gdouble) setup->n_fft * setup->n_fft *
      setup->now.n_frames);

  switch (setup->options.unit) {
    case GST_BFFT_MAGNITUDE_UNIT_DB:
      memset (d, 0, bands * sizeof (gfloat));
      bfft_decibel_add (kernels, d, sum, scale, setup->options.threshold,
          bands);
      break;
    case GST_BFFT_MAGNITUDE_UNIT_POWER:
      bfft_power_scale (kernels, d, sum, scale, bands);
      break;
    case GST_BFFT_MAGNITUDE_UNIT_AMPLITUDE:
      bfft_power_root (kernels, d, sum, scale, bands);
      break;
  }
}

static void
push_result (GstBfftAnalyzer * analyzer, Setup * setup)
{
  guint bands = setup->options.bands;
  guint c;

  complete_sums (setup);
  for (c = 0; c < setup->parent.context.channels; c++) {
    gfloat *d = setup->magnitude + (gsize) c * bands;
    gsize bin = (gsize) c * setup->bins;

    if (setup->options.average == GST_BFFT_SPECTRUM_AVERAGE_POWER)
      average_powers (setup, d, setup->sum + bin);
    else
      average_decibels (setup, d, setup->sum + bin);
    if (setup->phase_sum)
      bfft_power_scale (setup->kernels, setup->phase + (gsize) c * bands,
          setup->phase_sum + bin, 1.0f / MAX (setup->now.n_phase_frames, 1),
          bands);
  }
  if (setup->compatible && has_time_alike (analyzer, setup))
    gst_bfft_analyzer_push_result (analyzer, setup->magnitude, setup->now.time,
        setup->options.interval);
  else
    gst_bfft_analyzer_push_span (analyzer, setup->magnitude, setup->now.start,
        setup->now.start + setup->now.todo);
}

static void
gst_bfft_spectrum_describe (GstBfftAnalyzer * analyzer, GstBfftSetup * parent,
    GstStructure * structure)
{
  const Setup *setup = (Setup *) parent;
  guint bands = setup->options.bands;
  guint channels = parent->context.channels;
  gboolean nested = parent->context.settings.multi_channel;

  if (setup->options.message_magnitude)
    gst_bfft_message_set_floats (structure, "magnitude", setup->magnitude,
        bands, channels, nested);
  if (setup->phase_sum)
    gst_bfft_message_set_floats (structure, "phase", setup->phase, bands,
        channels, nested);
}

/* What comes after the interval that has just ended. */
static void
start_interval (Setup * setup)
{
  Progress *now = &setup->now;
  guint rate = GST_AUDIO_INFO_RATE (&setup->parent.context.info);

  if (GST_CLOCK_TIME_IS_VALID (now->time))
    now->time += gst_util_uint64_scale (now->todo, GST_SECOND, rate);
  now->start += now->todo;
  now->todo = MAX (setup->interval.frames, 1);
  if (now->accumulated_error >= GST_SECOND) {
    now->accumulated_error -= GST_SECOND;
    now->todo++;
  }
  now->accumulated_error += setup->interval.error;
  clear_sums (setup);
}

static guint64
gst_bfft_spectrum_restart (GstBfftAnalyzer * analyzer, GstBfftSetup * parent)
{
  Setup *setup = (Setup *) parent;

  setup->now = (Progress) {
  .todo = setup->interval.frames,.frame_end = setup->n_fft,.time =
        GST_CLOCK_TIME_NONE,};
  if (!setup->compatible)
    setup->now.todo = MAX (setup->interval.frames, 1);
  clear_sums (setup);
  return get_until (setup, 0);
}

static guint64
gst_bfft_spectrum_frame (GstBfftAnalyzer * analyzer, GstBfftSetup * parent)
{
  Setup *setup = (Setup *) parent;
  guint64 position = gst_bfft_analyzer_get_position (analyzer);
  gboolean full = position - setup->now.start == setup->now.todo;
  gboolean due = frame_is_due (setup, position);
  guint c;

  if (due || (full && setup->now.n_frames == 0)) {
    for (c = 0; c < parent->context.channels; c++)
      add_frame (setup, c);
    setup->now.n_frames++;
    setup->now.n_phase_frames += setup->phase_sum != NULL;
    if (setup->now.n_frames % FRAMES_IN_SUM == 0 && !setup->compatible)
      move_sums (setup);
    gst_bfft_analyzer_count_frames (analyzer, parent->context.channels);
  }
  if (due && setup->hop)
    setup->now.frame_end += setup->hop;
  if (full) {
    push_result (analyzer, setup);
    start_interval (setup);
  }
  return get_until (setup, position);
}

/* Properties */

static void
get_bands (GObject * object, GValue * value)
{
  GstBfftSpectrum *self = GST_BFFT_SPECTRUM (object);
  guint bands = gst_bfft_analyzer_get_bands (GST_BFFT_ANALYZER (self));

  GST_OBJECT_LOCK (self);
  if (self->bands_set || bands == 0)
    bands = self->options.bands;
  GST_OBJECT_UNLOCK (self);
  g_value_set_uint (value, bands);
}

/* *INDENT-OFF* */
static GST_BFFT_DEFINE_ENUM (GstBfftMagnitudeUnit, magnitude_unit,
  {GST_BFFT_MAGNITUDE_UNIT_DB, "10 log10 (power)", "db"},
  {GST_BFFT_MAGNITUDE_UNIT_POWER, "|X|^2 / n^2", "power"},
  {GST_BFFT_MAGNITUDE_UNIT_AMPLITUDE, "|X| / n", "amplitude"})

static GST_BFFT_DEFINE_ENUM (GstBfftSpectrumAverage, spectrum_average,
  {GST_BFFT_SPECTRUM_AVERAGE_DB, "Mean of dB", "db"},
  {GST_BFFT_SPECTRUM_AVERAGE_POWER, "Mean of powers", "power"})

#define ROW(KIND, member, ...) \
  GST_BFFT_##KIND (GstBfftSpectrum, options.member, __VA_ARGS__)

static const GstBfftProperty properties[] = {
  ROW (UINT64, interval, "interval", 1, G_MAXUINT64, GST_SECOND / 10,
      GST_BFFT_PLAYING, "Time from one result to the next, in nanoseconds"),
  { "bands", G_TYPE_UINT, NULL, G_STRUCT_OFFSET (GstBfftSpectrum,
      options.bands), 2, BFFT_MAX_N / 2 + 1, 128, GST_BFFT_PLAYING,
      "Number of frequency bands: the lowest bins of the transform; left "
      "alone, at most as many as the model has", get_bands },
  ROW (INT, threshold, "threshold", G_MININT, 0, -60, GST_BFFT_PLAYING,
      "Lower values are raised to this (dB; other magnitude-units have no "
      "threshold)"),
  ROW (BOOLEAN, message_magnitude, "message-magnitude", TRUE, GST_BFFT_PLAYING,
      "Add the field magnitude to messages"),
  ROW (BOOLEAN, message_phase, "message-phase", FALSE, GST_BFFT_PLAYING,
      "Add the field phase to messages (radians)"),
  ROW (ENUM, unit, "magnitude-unit", magnitude_unit_get_type,
      GST_BFFT_MAGNITUDE_UNIT_DB, GST_BFFT_PLAYING, "Unit of magnitudes: dB re full scale, or linear"),
  ROW (ENUM, average, "average", spectrum_average_get_type,
      GST_BFFT_SPECTRUM_AVERAGE_DB, GST_BFFT_PLAYING,
      "What the frames of an interval are averaged in, whatever their unit: dB or power"),
  {.name = NULL}
};

static const GstBfftProperty framing[] = {
  GST_BFFT_FRAMING ("Samples per transform, 2 to 131072; 0 = the "
      "model's if bands is left alone too, otherwise 2 * bands - 2",
      "Samples from the start of a frame to the start of the next; 0 = n-fft, "
      "from the start of each interval", BFFT_WINDOW_HAMMING_GST)
};
/* *INDENT-ON* */

/* Bands that are set to what they are go on following a model, unless that is
 * said where the element is made. */
static void
gst_bfft_spectrum_set_property (GObject * object, guint id,
    const GValue * value, GParamSpec * pspec)
{
  GstBfftSpectrum *self = GST_BFFT_SPECTRUM (object);
  gboolean constructed =
      gst_bfft_analyzer_is_constructed (GST_BFFT_ANALYZER (self));
  GValue now = G_VALUE_INIT;

  if (g_str_equal (pspec->name, "bands")) {
    g_value_init (&now, G_TYPE_UINT);
    get_bands (object, &now);
    if (constructed && g_value_get_uint (&now) == g_value_get_uint (value))
      return;
    GST_OBJECT_LOCK (self);
    self->bands_set = TRUE;
    GST_OBJECT_UNLOCK (self);
    g_object_notify_by_pspec (object, pspec);
  }
  gst_bfft_properties_set (object, value, pspec);
}

static void
gst_bfft_spectrum_class_init (GstBfftSpectrumClass * klass)
{
  GstBfftAnalyzerClass *analyzer_class = GST_BFFT_ANALYZER_CLASS (klass);

  gst_bfft_properties_install (G_OBJECT_CLASS (klass), properties, 1, 0, NULL);
  gst_bfft_analyzer_class_install_framing (analyzer_class, framing);
  G_OBJECT_CLASS (klass)->set_property = gst_bfft_spectrum_set_property;

  GST_DEBUG_CATEGORY_INIT (gst_bfft_spectrum_debug, "bfftspectrum", 0,
      "spectrum analyser");
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "Spectrum analyser on butterfly networks", "Filter/Analyzer/Audio",
      "Analyses the frequency spectrum of audio", "The bfft authors");

  analyzer_class->name = "bfftspectrum";
  analyzer_class->debug = GST_CAT_DEFAULT;
  analyzer_class->get_format = GST_DEBUG_FUNCPTR (gst_bfft_spectrum_get_format);
  analyzer_class->prepare = GST_DEBUG_FUNCPTR (gst_bfft_spectrum_prepare);
  analyzer_class->carry_on = GST_DEBUG_FUNCPTR (gst_bfft_spectrum_carry_on);
  analyzer_class->take_buffer =
      GST_DEBUG_FUNCPTR (gst_bfft_spectrum_take_buffer);
  analyzer_class->restart = GST_DEBUG_FUNCPTR (gst_bfft_spectrum_restart);
  analyzer_class->frame = GST_DEBUG_FUNCPTR (gst_bfft_spectrum_frame);
  analyzer_class->describe = GST_DEBUG_FUNCPTR (gst_bfft_spectrum_describe);
}

static void
gst_bfft_spectrum_init (GstBfftSpectrum * self)
{
  gst_bfft_properties_init (self, properties, 0);
  gst_bfft_analyzer_init_framing (GST_BFFT_ANALYZER (self), framing);
}
