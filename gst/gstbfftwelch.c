/* bfft: bfftwelch, power spectral density and its strongest peaks.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-bfftwelch
 * @title: bfftwelch
 *
 * Power spectral density of audio or any other sampled signal by Welch's
 * method, with the numbers of scipy.signal.welch(), and its strongest peaks.
 * The audio passes through and each result is posted in an element message,
 * or, if downstream asks for tensors, the densities themselves go downstream:
 * one buffer of float32 per result.
 *
 * A result averages #GstBfftWelch:segments segments of n-fft samples that
 * overlap; the next starts hop samples later, or where it ends with 0.
 *
 * Messages are named `bfftwelch` and have, next to the fields that all bfft
 * analysers share,
 *
 * * #GstValueList of #gdouble `psd`: n-fft/2+1 bins from 0 Hz on; with
 *   #GstBfftAnalyzer:multi-channel a #GstValueArray per channel of
 *   #GstValueArray,
 * * #gdouble `frequency-step`: Hz from one bin to the next,
 * * #GstValueArray `peaks`: the strongest first; with multi-channel one per
 *   channel in a #GstValueArray. A peak is a #GstStructure of #guint `bin`,
 *   #gdouble `frequency` (Hz, refined between bins) and #gdouble `power`
 *   (psd of that bin).
 * * #gdouble `thd` and `snr`, dB: harmonics of the strongest peak, and noise,
 * * #gdouble `level`: dB re full scale of all bins, `weighting` applied and
 *   `level-offset` added,
 * * with #GstBfftWelch:octave-fraction #GstValueList `band-frequencies` (Hz),
 *   `band-bins`, `band-labels` and `levels` (dB),
 * * with #GstBfftWelch:cross a #GstValueArray per other channel of
 *   #GstValueArray: `csd` and `transfer` (two of them, real and imaginary
 *   parts) or `coherence`.
 *
 * The timestamp is that of the first sample that a result covers, the duration
 * that of all.
 *
 * ## Example
 *
 * |[
 * gst-launch-1.0 -m autoaudiosrc ! audioconvert \
 *     ! bfftwelch n-fft=4096 message-psd=false peaks=3 ! fakesink
 * ]| prints the three strongest tones that a microphone hears.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftwelch.h"

#include <math.h>
#include <string.h>

#include "bfft-level.h"
#include "bfft-plot-results.h"
#include "bfft-tone.h"

GST_DEBUG_CATEGORY_STATIC (gst_bfft_welch_debug);
#define GST_CAT_DEFAULT gst_bfft_welch_debug

#define DEFAULT_N_FFT 1024
#define AUTO_SEGMENTS 8

typedef struct
{
  guint segments;               /* 0: AUTO_SEGMENTS, or fewer for peaks only */
  gdouble overlap;
  BfftWelchScaling scaling;
  BfftDetrend detrend;
  BfftWelchAverage average;
  BfftWelchStrategy strategy;
  guint peaks;
  gdouble min_frequency;
  gdouble max_frequency;
  gboolean message_psd;
  gboolean message_peaks;
  guint octave_fraction;
  BfftWeighting weighting;
  gdouble level_offset;
  BfftWelchCross cross;
  guint reference;
} Options;

struct _GstBfftWelch
{
  GstBfftAnalyzer parent;

  Options options;              /* GST_OBJECT_LOCK */
};

typedef struct
{
  GstBfftSetup parent;
  BfftWelch *welch;
  BfftWelchSchedule schedule;
  guint n_fft;
  BfftPeakFinder *finder;       /* NULL if nobody wants peaks */
  gboolean message_psd;
  guint max_peaks;
  gdouble frequency_step;
  guint done;                   /* segments of the coming result */
  guint64 results;              /* since the piece began */
  Options options;              /* that it was made from */
  gboolean has_result;
  guint bins;
  guint reach;                  /* of a tone, bins */
  BfftLevels *levels;
  const BfftBand *bands;
  guint n_bands;
  BfftWelchCross cross;
  guint reference;
  const gfloat **samples;       /* [channels] */

  /* The latest result. */
  gfloat *psd;                  /* [channels][bins] */
  gfloat *cross_values;         /* [channels - 1][bins of 1 or 2 floats] */
  gfloat *band_levels;          /* [channels][n_bands] */
  gdouble *level;               /* [channels] */
  BfftPeak *peaks;              /* [channels][max_peaks] */
  guint *n_peaks;               /* [channels] */
  BfftTone *tones;              /* [channels] */
} Setup;

G_DEFINE_FINAL_TYPE (GstBfftWelch, gst_bfft_welch, GST_TYPE_BFFT_ANALYZER);
GST_ELEMENT_REGISTER_DEFINE (bfftwelch, "bfftwelch", GST_RANK_NONE,
    GST_TYPE_BFFT_WELCH);

static void
get_options (GstBfftWelch * self, Options * options)
{
  GST_OBJECT_LOCK (self);
  *options = self->options;
  GST_OBJECT_UNLOCK (self);
}

static guint
get_n_fft (const GstBfftContext * context)
{
  if (context->settings.n_fft)
    return context->settings.n_fft;
  return context->model_n_fft ? context->model_n_fft : DEFAULT_N_FFT;
}

/* Without a window. */
static void
fill_spec (const GstBfftContext * context, const Options * options,
    BfftWelchSpec * spec)
{
  memset (spec, 0, sizeof (*spec));
  spec->n_fft = get_n_fft (context);
  spec->execution = context->settings.execution;
  spec->rate = GST_AUDIO_INFO_RATE (&context->info);
  spec->sample_scale = gst_bfft_framer_integer_scale (&context->info);
  spec->channels = context->channels;
  spec->cross = options->cross;
  spec->reference = options->reference;
  if (spec->cross)
    spec->channels = GST_AUDIO_INFO_CHANNELS (&context->info);
  spec->segments = options->segments ? options->segments : AUTO_SEGMENTS;
  spec->overlap = options->overlap;
  spec->hop = context->settings.hop;
  spec->detrend = options->detrend;
  spec->scaling = options->scaling;
  spec->average = options->average;
  spec->strategy = options->strategy;
  spec->peaks_only = options->segments == 0 && !options->message_psd
      && !options->octave_fraction && !options->weighting && !options->cross
      && (context->settings.post_messages || context->settings.attach_meta);
}

/* The bins from min-frequency to max-frequency. */
static gboolean
get_range (const GstBfftContext * context, const Options * options,
    guint * first, guint * last, GError ** error)
{
  guint n_fft = get_n_fft (context);
  gdouble rate = GST_AUDIO_INFO_RATE (&context->info);
  gdouble min = options->min_frequency;
  gdouble max = rate / 2;

  if (options->max_frequency > max) {
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "max-frequency (%g Hz) must not be above half the sample rate (%g Hz)",
        options->max_frequency, max);
    return FALSE;
  }
  if (options->max_frequency > 0)
    max = options->max_frequency;
  if (min >= max) {
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "min-frequency %g Hz must be below max-frequency and half the sample "
        "rate, %g Hz", min, max);
    return FALSE;
  }
  *first = ceil (min * n_fft / rate);
  *last = max * n_fft / rate;
  return TRUE;
}

/* What is a tensor: what is compared, else levels, else the density. */
static gboolean
choose_tensor (const BfftWelchSpec * spec, const Options * options,
    GstBfftFormat * format, GError ** error)
{
  static const gchar *const names[] =
      { "bfft-psd", "bfft-csd", "bfft-coherence", "bfft-transfer" };
  GArray *bands = NULL;

  format->tensor = g_quark_from_static_string (names[options->cross]);
  format->bands = spec->n_fft / 2 + 1;
  if (options->octave_fraction) {
    bands = bfft_bands_new (options->octave_fraction, spec->n_fft, spec->rate,
        error);
    if (bands == NULL)
      return FALSE;
  }
  if (options->cross) {
    format->rows = spec->channels - 1;
    if (options->cross != BFFT_WELCH_CROSS_COHERENCE)
      format->bands *= 2;
  } else if (bands) {
    format->tensor = g_quark_from_static_string ("bfft-levels");
    format->bands = bands->len;
  }
  g_clear_pointer (&bands, g_array_unref);
  return TRUE;
}

static gboolean
gst_bfft_welch_get_format (GstBfftAnalyzer * analyzer,
    const GstBfftContext * context, GstBfftFormat * format, GError ** error)
{
  BfftWelchSchedule schedule;
  BfftWelchSpec spec;
  Options options;
  guint first, last;

  get_options (GST_BFFT_WELCH (analyzer), &options);
  fill_spec (context, &options, &spec);
  if (!bfft_welch_make_schedule (&spec, &schedule, error) ||
      !get_range (context, &options, &first, &last, error))
    return FALSE;
  format->n_fft = spec.n_fft;
  format->fps_n = spec.rate;
  format->fps_d = schedule.hop;
  return choose_tensor (&spec, &options, format, error);
}

#define NEW GST_BFFT_SETUP_NEW

static void
prepare_peaks (Setup * setup, const GstBfftContext * context,
    const Options * options)
{
  guint bands = setup->bins;
  guint first, last;

  setup->max_peaks = MIN (options->peaks, bands);
  setup->reach = bfft_tone_reach (context->settings.window);
  setup->tones = NEW (setup, BfftTone, context->channels);
  setup->n_peaks = NEW (setup, guint, context->channels);
  if (!options->message_peaks
      || !get_range (context, options, &first, &last, NULL))
    return;
  setup->finder = bfft_peak_finder_new (bands, first, last, setup->max_peaks,
      bfft_peak_exponent (context->settings.window));
  setup->peaks = NEW (setup, BfftPeak, setup->max_peaks * context->channels);
}

static void
prepare_levels (Setup * setup, const BfftWelchSpec * welch,
    const Options * options)
{
  BfftLevelSpec spec = {.n_fft = welch->n_fft,.window = welch->window,
    .rate = welch->rate,.scaling = welch->scaling,
    .fraction = options->octave_fraction,.weighting = options->weighting,
    .offset = options->level_offset
  };

  setup->levels = bfft_levels_new (&spec, NULL);
  setup->bands = bfft_levels_get_bands (setup->levels, &setup->n_bands);
  setup->band_levels = NEW (setup, gfloat, welch->channels * setup->n_bands);
  setup->level = NEW (setup, gdouble, welch->channels);
}

static void
prepare_cross (Setup * setup, const BfftWelchSpec * spec)
{
  setup->cross = spec->cross;
  setup->reference = spec->reference;
  if (spec->cross)
    setup->cross_values =
        NEW (setup, gfloat, 2 * (gsize) setup->bins * (spec->channels - 1));
  setup->samples = NEW (setup, const gfloat *, spec->channels);
}

/* Samples that @n segments cover. */
static guint
block_samples (const Setup * setup, guint n)
{
  return setup->n_fft + (n - 1) * setup->schedule.step;
}

static GstBfftSetup *
gst_bfft_welch_prepare (GstBfftAnalyzer * analyzer,
    const GstBfftContext * context, GError ** error)
{
  g_autofree gfloat *window = g_new (gfloat, context->format.n_fft);
  BfftWelchSchedule schedule;
  BfftWelchSpec spec;
  Options options;
  BfftPlan *plan;
  Setup *setup;

  get_options (GST_BFFT_WELCH (analyzer), &options);
  bfft_window_fill (context->settings.window,
      context->settings.symmetry != BFFT_WINDOW_SYMMETRY_SYMMETRIC, window,
      context->format.n_fft);
  fill_spec (context, &options, &spec);
  spec.window = window;
  if (!bfft_welch_make_schedule (&spec, &schedule, error))
    return NULL;
  plan = gst_bfft_context_make_plan (context, window, 0, 0, error);
  if (plan == NULL)
    return NULL;

  setup = g_new0 (Setup, 1);
  setup->parent.plan = plan;
  setup->n_fft = spec.n_fft;
  setup->schedule = schedule;
  setup->welch = bfft_welch_new (&spec, plan, NULL);
  setup->parent.history = block_samples (setup, setup->schedule.block);
  setup->parent.latency = setup->schedule.span;
  setup->message_psd = options.message_psd;
  setup->options = options;
  setup->frequency_step = (gdouble) spec.rate / spec.n_fft;
  setup->bins = spec.n_fft / 2 + 1;
  setup->psd = NEW (setup, gfloat, context->channels * (gsize) setup->bins);
  prepare_levels (setup, &spec, &options);
  prepare_cross (setup, &spec);
  prepare_peaks (setup, context, &options);
  return &setup->parent;
}

static void
gst_bfft_welch_release (GstBfftSetup * parent)
{
  Setup *setup = (Setup *) parent;

  bfft_welch_free (setup->welch);
  bfft_peak_finder_free (setup->finder);
  bfft_levels_free (setup->levels);
}

/* The next result comes when it would have come; it may have segments that
 * were transformed in the old and in the new way. */
static gboolean
gst_bfft_welch_carry_on (GstBfftSetup * parent, GstBfftSetup * old_parent)
{
  Setup *setup = (Setup *) parent;
  Setup *old = (Setup *) old_parent;

  if (memcmp (&setup->schedule, &old->schedule, sizeof (setup->schedule)) != 0
      || setup->n_fft != old->n_fft || setup->cross != old->cross
      || setup->reference != old->reference)
    return FALSE;
  bfft_welch_carry_on (setup->welch, old->welch);
  setup->done = old->done;
  setup->results = old->results;
  return TRUE;
}

static guint64
gst_bfft_welch_restart (GstBfftAnalyzer * analyzer, GstBfftSetup * parent)
{
  Setup *setup = (Setup *) parent;

  bfft_welch_reset (setup->welch);
  setup->done = 0;
  setup->results = 0;
  return block_samples (setup, setup->schedule.block);
}

static void
measure_levels (Setup * setup)
{
  guint c;

  for (c = 0; c < setup->parent.context.channels; c++)
    setup->level[c] = bfft_levels_run (setup->levels,
        setup->psd + c * (gsize) setup->bins,
        setup->band_levels + c * setup->n_bands);
}

static void
measure_peaks (Setup * setup)
{
  guint found, c;

  for (c = 0; c < setup->parent.context.channels; c++) {
    const gfloat *psd = setup->psd + c * (gsize) setup->bins;
    BfftPeak *peaks = setup->peaks + c * (gsize) setup->max_peaks;

    found = bfft_peak_finder_run (setup->finder, psd, peaks);
    setup->n_peaks[c] = found;
    setup->tones[c] = bfft_tone_measure (psd, setup->bins, setup->reach,
        found ? peaks : NULL);
  }
}

/* The result covers @span samples and ends @late samples ago. */
static void
push_result (GstBfftAnalyzer * analyzer, Setup * setup, guint64 span,
    guint64 late)
{
  guint64 end = gst_bfft_analyzer_get_position (analyzer) - late;
  const gfloat *values = setup->psd;

  if (setup->cross)
    values = setup->cross_values;
  else if (setup->n_bands)
    values = setup->band_levels;
  if (setup->n_bands)
    measure_levels (setup);
  setup->results++;
  setup->has_result = TRUE;
  gst_bfft_analyzer_push_span (analyzer, values, end - span, end);
}

/* Adds @n segments, of which the first began @back samples ago; @last are the
 * last of a result. */
static void
add_segments (GstBfftAnalyzer * analyzer, Setup * setup, guint n,
    guint back, gboolean last)
{
  guint channels = setup->parent.context.channels;
  guint transforms = 0, c;

  for (c = 0; c < channels; c++) {
    setup->samples[c] = gst_bfft_analyzer_get_samples (&setup->parent, c, back);
    if (setup->cross)
      continue;
    transforms += bfft_welch_add (setup->welch, c, setup->samples[c], n);
    if (last)
      bfft_welch_finish (setup->welch, c, setup->psd + c * (gsize) setup->bins);
  }
  if (setup->cross) {
    transforms = bfft_welch_add_together (setup->welch, setup->samples, n);
    if (last)
      bfft_welch_finish_together (setup->welch, setup->psd,
          setup->cross_values);
  }
  gst_bfft_analyzer_count_frames (analyzer, transforms);
}

static guint64
gst_bfft_welch_frame (GstBfftAnalyzer * analyzer, GstBfftSetup * parent)
{
  Setup *setup = (Setup *) parent;
  const BfftWelchSchedule *schedule = &setup->schedule;
  guint n = MIN (schedule->block, schedule->segments - setup->done);

  setup->done += n;
  add_segments (analyzer, setup, n, block_samples (setup, n),
      setup->done == schedule->segments);
  if (setup->done < schedule->segments)
    return MIN (schedule->block, schedule->segments - setup->done) *
        schedule->step;

  push_result (analyzer, setup, schedule->span, 0);
  setup->done = 0;
  return schedule->hop - schedule->span +
      block_samples (setup, schedule->block);
}

/* A piece shorter than a result has one of the segments that fit. */
static void
gst_bfft_welch_drain (GstBfftAnalyzer * analyzer, GstBfftSetup * parent)
{
  Setup *setup = (Setup *) parent;
  guint64 position = gst_bfft_analyzer_get_position (analyzer);
  guint step = setup->schedule.step, fit;

  if (setup->results > 0 || position < setup->n_fft)
    return;
  fit = 1 + (position - setup->n_fft) / step;
  bfft_welch_shorten (setup->welch, fit);
  add_segments (analyzer, setup, fit - setup->done,
      position - (guint64) setup->done * step, TRUE);
  push_result (analyzer, setup, block_samples (setup, fit),
      position - block_samples (setup, fit));
}

static void
gst_bfft_welch_end_empty (GstBfftAnalyzer * analyzer, GstBfftSetup * parent,
    guint64 samples)
{
  GST_ELEMENT_WARNING (analyzer, STREAM, FAILED,
      ("No result: %" G_GUINT64_FORMAT " samples are less than a segment of "
          "%u; set n-fft to at most that", samples,
          parent->context.format.n_fft), (NULL));
}

static void
init_peaks (GValue * array, const Setup * setup, guint channel)
{
  const BfftPeak *peaks = setup->peaks + channel * setup->max_peaks;
  GValue value = G_VALUE_INIT;
  guint i;

  gst_value_array_init (array, setup->n_peaks[channel]);
  for (i = 0; i < setup->n_peaks[channel]; i++) {
    gdouble position = peaks[i].bin + peaks[i].offset;

    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value, gst_structure_new ("peak",
            "bin", G_TYPE_UINT, peaks[i].bin,
            "frequency", G_TYPE_DOUBLE, position * setup->frequency_step,
            "power", G_TYPE_DOUBLE, (gdouble) peaks[i].power, NULL));
    gst_value_array_append_and_take_value (array, &value);
  }
}

/* Takes @values, one per channel, for @field: an array, or where channels are
 * mixed the one. */
static void
take_channels (GstStructure * structure, const gchar * field, GValue * values,
    const GstBfftContext * context)
{
  GValue all = G_VALUE_INIT;
  guint c;

  if (!context->settings.multi_channel) {
    gst_structure_take_value (structure, field, values);
    return;
  }
  gst_value_array_init (&all, context->channels);
  for (c = 0; c < context->channels; c++)
    gst_value_array_append_and_take_value (&all, values + c);
  gst_structure_take_value (structure, field, &all);
}

static void
set_peaks (GstStructure * structure, const Setup * setup)
{
  const GstBfftContext *context = &setup->parent.context;
  GValue *values = g_newa0 (GValue, context->channels);
  guint c;

  for (c = 0; c < context->channels; c++)
    init_peaks (values + c, setup, c);
  take_channels (structure, "peaks", values, context);
}

/* A double per channel, @stride bytes apart. */
static void
set_doubles (GstStructure * structure, const gchar * field,
    const Setup * setup, gconstpointer first, gsize stride)
{
  const GstBfftContext *context = &setup->parent.context;
  GValue *values = g_newa0 (GValue, context->channels);
  guint c;

  for (c = 0; c < context->channels; c++) {
    g_value_init (values + c, G_TYPE_DOUBLE);
    g_value_set_double (values + c,
        *(const gdouble *) ((const gchar *) first + c * stride));
  }
  take_channels (structure, field, values, context);
}

/* A list of one member of each band, at @offset. */
static void
set_bands (GstStructure * structure, const gchar * field, const Setup * setup,
    GType type, gsize offset)
{
  GValue list = G_VALUE_INIT, value = G_VALUE_INIT;
  guint i;

  gst_value_list_init (&list, setup->n_bands);
  for (i = 0; i < setup->n_bands; i++) {
    const gchar *member = (const gchar *) &setup->bands[i] + offset;

    g_value_init (&value, type);
    if (type == G_TYPE_DOUBLE)
      g_value_set_double (&value, *(const gdouble *) (gconstpointer) member);
    else
      g_value_set_string (&value, member);
    gst_value_list_append_and_take_value (&list, &value);
  }
  gst_structure_take_value (structure, field, &list);
}

static void
set_cross (GstStructure * structure, const Setup * setup)
{
  guint others = setup->parent.context.channels - 1;

  if (setup->cross == BFFT_WELCH_CROSS_COHERENCE)
    gst_bfft_message_set_doubles (structure, "coherence", setup->cross_values,
        setup->bins, others, TRUE);
  else if (setup->cross)
    gst_bfft_message_set_pairs (structure, setup->cross == BFFT_WELCH_CROSS_CSD
        ? "csd" : "transfer", setup->cross_values, setup->bins, others);
}

/* Measures what only fields need: tensors alone do not ask for it. */
static void
gst_bfft_welch_describe (GstBfftAnalyzer * analyzer, GstBfftSetup * parent,
    GstStructure * structure)
{
  Setup *setup = (Setup *) parent;
  const GstBfftContext *context = &parent->context;
  gboolean apart = context->settings.multi_channel;

  gst_structure_set (structure, "frequency-step", G_TYPE_DOUBLE,
      setup->frequency_step, NULL);
  if (setup->message_psd)
    gst_bfft_message_set_doubles (structure, "psd", setup->psd, setup->bins,
        context->channels, apart);
  if (setup->n_bands == 0)
    measure_levels (setup);
  set_doubles (structure, "level", setup, setup->level, sizeof (gdouble));
  if (setup->n_bands) {
    set_bands (structure, "band-frequencies", setup, G_TYPE_DOUBLE,
        G_STRUCT_OFFSET (BfftBand, frequency));
    set_bands (structure, "band-bins", setup, G_TYPE_DOUBLE,
        G_STRUCT_OFFSET (BfftBand, bins));
    set_bands (structure, "band-labels", setup, G_TYPE_STRING,
        G_STRUCT_OFFSET (BfftBand, label));
    gst_bfft_message_set_doubles (structure, "levels", setup->band_levels,
        setup->n_bands, context->channels, apart);
  }
  set_cross (structure, setup);
  if (setup->finder == NULL)
    return;
  measure_peaks (setup);
  set_peaks (structure, setup);
  set_doubles (structure, "thd", setup, &setup->tones->thd, sizeof (BfftTone));
  set_doubles (structure, "snr", setup, &setup->tones->snr, sizeof (BfftTone));
}

static void
gst_bfft_welch_plot (GstBfftAnalyzer * analyzer, GstBfftSetup * parent,
    BfftSidecarModel * model)
{
  Setup *setup = (Setup *) parent;

  const BfftPlotResults results = {
    .channels = parent->context.channels,
    .bands = setup->bands,.n_bands = setup->n_bands,
    .levels = setup->band_levels,
    .weighting = setup->options.weighting,
    .level_offset = setup->options.level_offset,
    .cross = setup->cross,.average = setup->options.average,
    .reference = setup->reference,
    .bins = setup->bins,.frequency_step = setup->frequency_step,
    .psd = setup->psd,.cross_values = setup->cross_values
  };

  if (!setup->has_result)
    return;
  if (setup->n_bands) {
    measure_levels (setup);
    bfft_plot_levels (model, &results);
  }
  if (setup->cross)
    bfft_plot_cross (model, &results);
}

#define ROW(KIND, member, ...) \
  GST_BFFT_##KIND (GstBfftWelch, options.member, __VA_ARGS__)

/* *INDENT-OFF* */
static const GstBfftProperty properties[] = {
  ROW (UINT, segments, "segments", 0, G_MAXINT, 0, GST_BFFT_PLAYING,
      "Segments per result; 0 = 8, which strategy=auto makes two where nobody "
      "asks for more than peaks"),
  ROW (DOUBLE, overlap, "overlap", 0, 1, 0.5, GST_BFFT_PLAYING,
      "Fraction of a segment that is shared with the next, 0 to below 1"),
  ROW (ENUM, scaling, "scaling", gst_bfft_welch_scaling_get_type,
      BFFT_WELCH_SCALING_DENSITY, GST_BFFT_PLAYING, "Unit of the density: units squared per Hz, units squared, or the squared transform"),
  ROW (ENUM, detrend, "detrend", gst_bfft_detrend_get_type,
      BFFT_DETREND_CONSTANT, GST_BFFT_PLAYING,
      "What is removed from each segment before the window"),
  ROW (ENUM, average, "average", gst_bfft_welch_average_get_type,
      BFFT_WELCH_AVERAGE_MEAN, GST_BFFT_PLAYING,
      "How the segments of a result are averaged, bin by bin"),
  ROW (ENUM, strategy, "strategy", gst_bfft_welch_strategy_get_type,
      BFFT_WELCH_STRATEGY_AUTO, GST_BFFT_PLAYING,
      "How many segments a result has: ultra 1, fast 2, full what segments says"),
  ROW (UINT, peaks, "peaks", 0, BFFT_MAX_N, 16, GST_BFFT_PLAYING,
      "Number of strongest peaks to look for"),
  ROW (DOUBLE, min_frequency, "min-frequency", 0, G_MAXINT, 0,
      GST_BFFT_PLAYING, "Peaks are looked for from here on, in Hz"),
  ROW (DOUBLE, max_frequency, "max-frequency", 0, G_MAXINT, 0,
      GST_BFFT_PLAYING,
      "Peaks are looked for up to here, in Hz (0 = half the sample rate)"),
  ROW (BOOLEAN, message_psd, "message-psd", TRUE, GST_BFFT_PLAYING,
      "Add the field psd to messages; without it, and unless segments is "
      "set, strategy=auto uses two segments"),
  ROW (BOOLEAN, message_peaks, "message-peaks", TRUE, GST_BFFT_PLAYING,
      "Add the fields peaks, thd and snr to messages"),
  ROW (UINT, octave_fraction, "octave-fraction", 0, 24, 0, GST_BFFT_PLAYING,
      "Levels in bands of an octave (1), its thirds (3), ... 24ths; 0 = off"),
  ROW (ENUM, weighting, "weighting", gst_bfft_weighting_get_type,
      BFFT_WEIGHTING_NONE, GST_BFFT_PLAYING, "Frequency weighting of levels (IEC 61672-1)"),
  ROW (DOUBLE, level_offset, "level-offset", -1000, 1000, 0, GST_BFFT_PLAYING,
      "Added to levels, in dB: the sound pressure level (re 20 uPa) that reads 0 without it"),
  ROW (ENUM, cross, "cross", gst_bfft_welch_cross_get_type,
      BFFT_WELCH_CROSS_NONE, GST_BFFT_PLAYING,
      "What is compared between the reference and each other channel"),
  ROW (UINT, reference, "reference-channel", 0, 63, 0, GST_BFFT_PLAYING,
      "Channel that cross compares the others with, from 0"),
  {.name = NULL}
};

static const GstBfftProperty framing[] = {
  GST_BFFT_FRAMING ("Samples per segment, 2 to 131072; 0 = the model's, without one 1024",
      "Samples from the start of one result to the next (0 = none shared)",
      BFFT_WINDOW_HANN)
};
/* *INDENT-ON* */

static void
gst_bfft_welch_init (GstBfftWelch * self)
{
  gst_bfft_properties_init (self, properties, 0);
  gst_bfft_analyzer_init_framing (GST_BFFT_ANALYZER (self), framing);
}

static void
gst_bfft_welch_class_init (GstBfftWelchClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstBfftAnalyzerClass *analyzer_class = GST_BFFT_ANALYZER_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_bfft_welch_debug, "bfftwelch", 0,
      "Power spectral density");
  gst_bfft_properties_install (object_class, properties, 1, 0, NULL);
  gst_bfft_analyzer_class_install_framing (analyzer_class, framing);

  analyzer_class->name = "bfftwelch";
  analyzer_class->debug = GST_CAT_DEFAULT;
  analyzer_class->get_format = GST_DEBUG_FUNCPTR (gst_bfft_welch_get_format);
  analyzer_class->prepare = GST_DEBUG_FUNCPTR (gst_bfft_welch_prepare);
  analyzer_class->release = GST_DEBUG_FUNCPTR (gst_bfft_welch_release);
  analyzer_class->carry_on = GST_DEBUG_FUNCPTR (gst_bfft_welch_carry_on);
  analyzer_class->restart = GST_DEBUG_FUNCPTR (gst_bfft_welch_restart);
  analyzer_class->frame = GST_DEBUG_FUNCPTR (gst_bfft_welch_frame);
  analyzer_class->drain = GST_DEBUG_FUNCPTR (gst_bfft_welch_drain);
  analyzer_class->end_empty = GST_DEBUG_FUNCPTR (gst_bfft_welch_end_empty);
  analyzer_class->describe = GST_DEBUG_FUNCPTR (gst_bfft_welch_describe);
  analyzer_class->plot = GST_DEBUG_FUNCPTR (gst_bfft_welch_plot);

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "Welch power spectral density", "Filter/Analyzer/Audio",
      "Power spectral density by Welch's method and its strongest peaks, as "
      "messages, metas or tensors", "The bfft authors");
}
