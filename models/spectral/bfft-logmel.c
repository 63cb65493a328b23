/* bfft: samples to log-mel bands.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-logmel.h"

#include <math.h>
#include <string.h>

struct _BfftLogmel
{
  BfftLogmelOptions options;
  guint rate;
  const BfftKernels *kernels;
  BfftMel *mel;
  guint frame_length;
  gfloat *window;               /* [n_fft] */
  gboolean filters;             /* pre-emphasis over the stream */
  gfloat *filtered;             /* [frame_length + 2] */
  gfloat *padded;               /* [frame_length] */
  gfloat *frame;                /* [n_fft], prepared, zeros at its end */
  gfloat *power;                /* [n_fft / 2 + 1 + BFFT_MEL_PADDING] */
  gboolean takes_log;
  gfloat log_scale;             /* what a factor of two is worth */
};

static gfloat
log_scale (const BfftLogmelOptions * options)
{
  switch (options->log_mode) {
    case BFFT_LOG_MODE_LN:
      return G_LN2;
    case BFFT_LOG_MODE_DB:
      return (options->power == 2 ? 10 : 20) * log10 (2);
    default:
      return log10 (2);
  }
}

/* "" if the rate is the definition's */
static gchar *
describe_rate (const BfftLogmelOptions * options, guint rate)
{
  if (options->rate == 0 || options->rate == rate)
    return g_strdup ("");
  return g_strdup_printf ("This preset is for models of %u Hz, and the stream "
      "has %u Hz; put audioresample ! audio/x-raw,rate=%u in front",
      options->rate, rate, options->rate);
}

BfftLogmel *
bfft_logmel_new (const BfftLogmelOptions * options, guint rate,
    BfftExecution execution, GError ** error)
{
  BfftLogmelOptions resolved = *options;
  BfftMelSpec spec = { 0, };
  BfftLogmel *self;
  BfftMel *mel;

  if (!bfft_logmel_options_resolve (&resolved, rate, error))
    return NULL;

  spec.rate = rate;
  spec.n_fft = resolved.n_fft;
  spec.n_mels = resolved.n_mels;
  spec.scale = resolved.scale;
  spec.norm = resolved.norm;
  spec.f_min = resolved.f_min;
  spec.f_max = resolved.f_max;
  spec.gain = pow (resolved.sample_scale, resolved.power);
  mel = bfft_mel_new (&spec, error);
  if (mel == NULL) {
    g_autofree gchar *advice = describe_rate (&resolved, rate);

    g_prefix_error (error, "%s%s", advice, *advice ? ". " : "");
    return NULL;
  }

  self = g_new0 (BfftLogmel, 1);
  self->options = resolved;
  self->rate = rate;
  self->kernels = bfft_kernels_get (execution);
  self->mel = mel;
  self->frame_length = bfft_logmel_options_frame_length (&resolved);
  self->window = g_new (gfloat, resolved.n_fft);
  bfft_logmel_options_fill_window (&resolved, self->window);
  self->filters = resolved.pre_emphasis != 0
      && resolved.pre_emphasis_mode == BFFT_PRE_EMPHASIS_STREAM;
  self->filtered = g_new (gfloat, self->frame_length + 2);
  self->padded = g_new (gfloat, self->frame_length);
  self->frame = g_new0 (gfloat, resolved.n_fft);
  self->power = g_new0 (gfloat, resolved.n_fft / 2 + 1 + BFFT_MEL_PADDING);
  self->takes_log = resolved.log_mode != BFFT_LOG_MODE_NONE
      && resolved.log_mode != BFFT_LOG_MODE_PCEN;
  self->log_scale = log_scale (&resolved);
  return self;
}

void
bfft_logmel_free (BfftLogmel * logmel)
{
  if (logmel == NULL)
    return;
  bfft_mel_free (logmel->mel);
  g_free (logmel->window);
  g_free (logmel->filtered);
  g_free (logmel->padded);
  g_free (logmel->frame);
  g_free (logmel->power);
  g_free (logmel);
}

const BfftLogmelOptions *
bfft_logmel_get_options (const BfftLogmel * logmel)
{
  return &logmel->options;
}

static gchar *
describe_empty (const BfftLogmel * self)
{
  const BfftLogmelOptions *options = &self->options;
  guint first, n = bfft_mel_count_empty (self->mel, &first);

  if (n == 0)
    return g_strdup ("");
  return g_strdup_printf ("%u of %u mel bands hold no bin of a transform of "
      "%u samples (the first is number %u) and stay at the floor; raise n-fft "
      "or lower n-mels if a model was not trained so", n, options->n_mels,
      options->n_fft, first);
}

gchar *
bfft_logmel_get_warning (const BfftLogmel * logmel)
{
  g_autofree gchar *rate = describe_rate (&logmel->options, logmel->rate);
  g_autofree gchar *empty = describe_empty (logmel);

  if (*rate == 0 && *empty == 0)
    return NULL;
  return g_strconcat (rate, *rate && *empty ? ". " : "", empty, NULL);
}

void
bfft_logmel_fill_plan_spec (const BfftLogmel * logmel, BfftPlanSpec * spec)
{
  spec->n_fft = logmel->options.n_fft;
  spec->window = logmel->window;
  bfft_mel_get_range (logmel->mel, &spec->first_bin, &spec->n_bins);
}

static gfloat
mean (const gfloat * samples, guint n)
{
  gdouble even = 0, odd = 0;
  guint i;

  for (i = 0; i + 1 < n; i += 2) {
    even += samples[i];
    odd += samples[i + 1];
  }
  if (i < n)
    even += samples[i];
  return (even + odd) / n;
}

/* The samples as they go into the transform: @samples themselves where there
 * is nothing to do. */
static const gfloat *
prepare (BfftLogmel * self, const gfloat * samples)
{
  const BfftLogmelOptions *options = &self->options;
  gboolean by_frame = options->pre_emphasis_mode == BFFT_PRE_EMPHASIS_FRAME;
  gfloat a = by_frame ? options->pre_emphasis : 0;
  gfloat offset = 0;

  if (options->remove_dc)
    offset = (1 - a) * mean (samples, self->frame_length);
  else if (a == 0 && self->frame_length == options->n_fft)
    return samples;

  self->frame[0] = samples[0] - a * samples[0] - offset;
  self->kernels->emphasize (self->frame + 1, samples + 1, samples, a, offset,
      self->frame_length - 1);
  return self->frame;
}

/* self->power to @out */
static void
finish (BfftLogmel * self, gfloat * out)
{
  const BfftLogmelOptions *options = &self->options;
  guint first, n;

  if (options->power == 1) {
    bfft_mel_get_range (self->mel, &first, &n);
    self->kernels->magnitude (self->power + first, n);
  }
  bfft_mel_apply (self->mel, self->power, out);
  if (self->takes_log)
    self->kernels->log (out, options->log_guard, options->log_floor,
        self->log_scale, options->n_mels);
}

/* The samples after pre-emphasis over the stream. */
static const gfloat *
filter (BfftLogmel * self, const gfloat * samples, guint n)
{
  if (!self->filters)
    return samples;
  self->kernels->emphasize (self->filtered, samples, samples - 1,
      self->options.pre_emphasis, 0, n);
  return self->filtered;
}

static void
process_filtered (BfftLogmel * self, BfftPlan * plan, const gfloat * samples,
    gfloat * out)
{
  bfft_plan_power (plan, prepare (self, samples), self->power);
  finish (self, out);
}

void
bfft_logmel_run (BfftLogmel * logmel, BfftPlan * plan,
    const gfloat * samples, gfloat * out)
{
  process_filtered (logmel, plan,
      filter (logmel, samples, logmel->frame_length), out);
}

/* Where position @i of a line of @n samples is found when the line goes on as
 * its mirror image, again and again; with @twice the end samples are repeated. */
static gint64
reflect (gint64 i, gint64 n, gboolean twice)
{
  gint64 period = MAX (2 * n - (twice ? 0 : 2), 1);

  i = ((i % period) + period) % period;
  return MIN (i, period - (twice ? 1 : 0) - i);
}

/* The @n samples as they are mirrored: after pre-emphasis, which has one sample
 * more to say when silence follows. */
static const gfloat *
filter_edge (BfftLogmel * self, const gfloat * samples, guint * n,
    guint64 silence)
{
  const gfloat *filtered = filter (self, samples, *n);

  if (!self->filters || silence == 0)
    return filtered;
  self->filtered[*n] = -self->options.pre_emphasis * samples[(gint) * n - 1];
  (*n)++;
  return filtered;
}

void
bfft_logmel_run_edge (BfftLogmel * logmel, BfftPlan * plan,
    const gfloat * samples, guint n, guint64 silence, gint64 start,
    gfloat * out)
{
  BfftPadMode mode = logmel->options.pad_mode;
  gint64 i, length = n + silence;

  samples = filter_edge (logmel, samples, &n, silence);
  for (i = 0; i < logmel->frame_length; i++) {
    gint64 from = start + i;

    if ((from < 0 || from >= length) && mode != BFFT_PAD_CONSTANT)
      from = reflect (from, length, mode == BFFT_PAD_SYMMETRIC);
    logmel->padded[i] = from >= 0 && from < n ? samples[from] : 0;
  }
  process_filtered (logmel, plan, logmel->padded, out);
}

void
bfft_logmel_from_power (BfftLogmel * logmel, const gfloat * power, gfloat * out)
{
  memcpy (logmel->power, power,
      (logmel->options.n_fft / 2 + 1) * sizeof (gfloat));
  finish (logmel, out);
}
