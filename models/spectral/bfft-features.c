/* bfft: log-mel bands to results.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-features.h"

#include <math.h>
#include <string.h>

#include "bfft-cepstrum.h"

/* Whisper: nothing is more than 8 below the maximum; then (l + 4) / 4 */
#define WHISPER_RANGE 8.0f
#define WHISPER_SCALE 0.25f
#define WHISPER_OFFSET 1.0f

/* NeMo's, added to a deviation */
#define DEVIATION_GUARD 1e-5

#define LANES BFFT_CEPSTRUM_LANES

#define MAX_DELTAS 2

/* in a result: 128 MB */
#define MAX_NUMBERS (1 << 25)

/* Frames of one order of derivatives, the latest @ring of them; order 0 has the
 * frames themselves. Values are [ring][channels][width]. */
typedef struct
{
  gfloat *values;
  guint64 n;                    /* frames so far */
} Order;

struct _BfftFeatures
{
  BfftLogmelOptions options;
  const BfftKernels *kernels;
  BfftCepstrum cepstrum;
  guint channels;
  guint width;                  /* bands or coefficients of a frame */
  guint bands;                  /* with derivatives */
  gboolean floors;              /* something is raised to near the maximum */
  gfloat below;                 /* ... that far below it, in the log's unit */
  gboolean late;                /* cepstra are made of whole windows */

  gfloat *mels;                 /* [channels][n_mels], the next frame's */
  gfloat smoothing;             /* of PCEN */
  gfloat *smooth;               /* [channels][n_mels] */
  gfloat *loudness;             /* [n_mels] */
  gfloat *dct;                  /* [blocks][n_mels][LANES], lifted */

  guint ring;                   /* frames kept of each order */
  Order orders[MAX_DELTAS + 1];
  gboolean ended;
  guint64 emitted;              /* frames that went into a window */

  guint stored;                 /* numbers per frame in the window */
  gfloat *window;               /* [channels][frames][stored] */
  guint filled;                 /* frames in it */
  guint keep;                   /* ... that the next one has too */
  guint64 skip;                 /* frames to leave out before the next */
  gfloat *work;                 /* [frames][stored] */
  gfloat *row;                  /* [bands] */
  gfloat *result;               /* [channels][frames * bands] */
};

/* dB in the unit of the logarithm */
static gfloat
from_decibels (const BfftLogmelOptions * options, gdouble db)
{
  gdouble decades = db / (options->power == 2 ? 10 : 20);

  switch (options->log_mode) {
    case BFFT_LOG_MODE_LN:
      return decades * G_LN10;
    case BFFT_LOG_MODE_DB:
      return db;
    default:
      return decades;
  }
}

static void
set_floor (BfftFeatures * self)
{
  const BfftLogmelOptions *options = &self->options;

  self->below = G_MAXFLOAT;
  if (options->top_db > 0)
    self->below = from_decibels (options, options->top_db);
  if (options->log_mode == BFFT_LOG_MODE_WHISPER)
    self->below = MIN (self->below, WHISPER_RANGE);
  self->floors = self->below < G_MAXFLOAT;
}

/* weight[k][j] of coefficient k and band j: DCT-II and lifter. */
static gdouble
dct_weight (const BfftLogmelOptions * options, guint k, guint j)
{
  guint n = options->n_mels;
  gdouble weight = cos (G_PI / n * (j + 0.5) * k);
  gdouble from = k + (options->dct_norm == BFFT_DCT_NORM_ORTHO
      || options->dct_norm == BFFT_DCT_NORM_NONE ? 1 : 0);

  if (options->dct_norm == BFFT_DCT_NORM_NONE)
    weight *= 2;
  else if (options->dct_norm == BFFT_DCT_NORM_HTK || k > 0)
    weight *= sqrt (2.0 / n);
  else
    weight *= sqrt (1.0 / n);
  if (options->lifter != 0)
    weight *= 1 + options->lifter / 2 * sin (G_PI * from / options->lifter);
  return weight;
}

static gfloat *
make_dct (const BfftLogmelOptions * options)
{
  guint blocks = (options->n_mfcc + LANES - 1) / LANES;
  gfloat *dct = g_new0 (gfloat, blocks * LANES * options->n_mels);
  guint k, j;

  for (k = 0; k < options->n_mfcc; k++)
    for (j = 0; j < options->n_mels; j++)
      dct[(k / LANES * options->n_mels + j) * LANES + k % LANES] =
          dct_weight (options, k, j);
  return dct;
}

/* librosa's: the low-pass whose squared response is half as wide as that. */
static gdouble
pcen_smoothing (const BfftLogmelOptions * options, guint rate)
{
  gdouble frames = options->pcen_time_constant * rate / options->hop;

  return (sqrt (1 + 4 * frames * frames) - 1) / (2 * frames * frames);
}

#define DECLARE(TIER, name) void bfft_cepstrum_##name (\
    const gfloat * restrict weights, const gfloat * restrict mels, \
    guint n_mels, gfloat * restrict out, guint n_mfcc);
#define ENTRY(TIER, name) [BFFT_TIER_##TIER] = bfft_cepstrum_##name,
/* *INDENT-OFF* */
BFFT_TIERS (DECLARE)
/* *INDENT-ON* */

BfftCepstrum
bfft_cepstrum_get (BfftTier tier)
{
  static const BfftCepstrum all[BFFT_N_TIERS] = { BFFT_TIERS (ENTRY) };

  return all[tier];
}

BfftFeatures *
bfft_features_new (const BfftLogmelOptions * options, guint rate,
    guint channels, BfftExecution execution, GError ** error)
{
  guint64 numbers = (guint64) options->frames * channels *
      MAX (bfft_logmel_options_bands (options), options->n_mels);
  BfftFeatures *self;
  gsize frame, window;
  guint order;

  if (numbers > MAX_NUMBERS) {
    g_set_error (error, BFFT_MEL_ERROR, BFFT_MEL_ERROR_RANGE,
        "A result of %u frames and %u channels would have %" G_GUINT64_FORMAT
        " numbers; lower frames so that there are at most %u",
        options->frames, channels, numbers, MAX_NUMBERS);
    return NULL;
  }
  self = g_new0 (BfftFeatures, 1);

  self->options = *options;
  self->kernels = bfft_kernels_get (execution);
  self->cepstrum = bfft_cepstrum_get (bfft_execution_get_tier (execution));
  self->channels = channels;
  self->width = options->n_mfcc ? options->n_mfcc : options->n_mels;
  self->bands = bfft_logmel_options_bands (options);
  set_floor (self);
  self->late = options->n_mfcc && self->floors && options->frames > 1;
  self->stored = self->late ? options->n_mels : self->bands;

  frame = (gsize) channels *options->n_mels;
  self->mels = g_new0 (gfloat, frame);
  self->smoothing = pcen_smoothing (options, rate);
  self->smooth = g_new0 (gfloat, frame);
  self->loudness = g_new0 (gfloat, options->n_mels);
  if (options->n_mfcc)
    self->dct = make_dct (options);

  /* the end of the stream lets all orders go on at once: each by half a window
   * more than the one before, and each looks that far to both sides */
  self->ring = 2 * options->delta_window + 1;
  if (options->deltas)
    for (order = 0; order <= options->deltas; order++)
      self->orders[order].values =
          g_new0 (gfloat, (gsize) self->ring * channels * self->width);

  window = (gsize) channels *options->frames;
  self->window = g_new0 (gfloat, window * self->stored);
  self->keep = options->frames - MIN (options->frames, options->frames_hop);
  self->work = g_new0 (gfloat, (gsize) options->frames * self->stored);
  self->row = g_new0 (gfloat, self->bands);
  self->result = g_new0 (gfloat, window * self->bands);
  bfft_features_restart (self);
  return self;
}

void
bfft_features_free (BfftFeatures * features)
{
  guint order;

  if (features == NULL)
    return;
  for (order = 0; order <= MAX_DELTAS; order++)
    g_free (features->orders[order].values);
  g_free (features->mels);
  g_free (features->smooth);
  g_free (features->loudness);
  g_free (features->dct);
  g_free (features->window);
  g_free (features->work);
  g_free (features->row);
  g_free (features->result);
  g_free (features);
}

void
bfft_features_restart (BfftFeatures * features)
{
  guint i;

  /* scipy's lfilter_zi(), which librosa starts from: as after ones forever */
  for (i = 0; i < features->channels * features->options.n_mels; i++)
    features->smooth[i] = 1;
  for (i = 0; i <= MAX_DELTAS; i++)
    features->orders[i].n = 0;
  features->ended = FALSE;
  features->emitted = 0;
  features->filled = 0;
  features->skip = 0;
}

/* Where frame number @filled of the window is. */
static gfloat *
window_frame (BfftFeatures * self, guint channel)
{
  return self->window +
      ((gsize) channel * self->options.frames + self->filled) * self->stored;
}

gfloat *
bfft_features_slot (BfftFeatures * features, guint channel)
{
  gboolean direct = !features->options.deltas
      && (!features->options.n_mfcc || features->late);

  return direct ? window_frame (features, channel) :
      features->mels + (gsize) channel *features->options.n_mels;
}

/* mels[] = (mels / (eps + smooth)^gain + bias)^power - bias^power */
static void
pcen (BfftFeatures * self, gfloat * mels, gfloat * smooth)
{
  const BfftLogmelOptions *options = &self->options;
  gfloat *gain = self->loudness;
  gfloat b = self->smoothing, power = options->pcen_power;
  gfloat bias = options->pcen_bias, outer = powf (bias, power);
  guint i, n = options->n_mels;

  for (i = 0; i < n; i++) {
    gain[i] = b * mels[i] + (1 - b) * smooth[i];
    /* a bad frame is not remembered */
    smooth[i] = gain[i] - gain[i] == 0 ? gain[i] : smooth[i];
  }
  self->kernels->log (gain, options->pcen_eps, G_MINFLOAT,
      -options->pcen_gain, n);
  for (i = 0; i < n; i++) {
    gfloat level = mels[i] * exp2f (gain[i]);

    if (power == 0)
      mels[i] = log1pf (level);
    else if (bias == 0)
      mels[i] = powf (level, power);
    else if (power == 0.5f)     /* without a difference of near numbers */
      mels[i] = level / (sqrtf (level + bias) + outer);
    else
      mels[i] = outer * expm1f (power * log1pf (level / bias));
  }
}

/* Numbers that are none count for nothing. */
static gfloat
maximum (const gfloat * values, gsize n)
{
  gfloat max[LANES], top = -G_MAXFLOAT;
  guint lane;
  gsize i;

  for (lane = 0; lane < LANES; lane++)
    max[lane] = -G_MAXFLOAT;
  for (i = 0; i + LANES <= n; i += LANES)
    for (lane = 0; lane < LANES; lane++)
      max[lane] = values[i + lane] > max[lane] ? values[i + lane] : max[lane];
  for (lane = 0; lane < LANES; lane++)
    top = MAX (top, max[lane]);
  for (; i < n; i++)
    top = values[i] > top ? values[i] : top;
  return top;
}

/* The floor of a result, whose @n numbers of one channel are @values. */
static void
raise_to_floor (BfftFeatures * self, gfloat * values, gsize n)
{
  gboolean whisper = self->options.log_mode == BFFT_LOG_MODE_WHISPER;

  if (self->floors)
    self->kernels->clamp_affine (values, maximum (values, n) - self->below,
        whisper ? WHISPER_SCALE : 1, whisper ? WHISPER_OFFSET : 0, n);
}

/* Cepstrum out[n_mfcc] of @mels. */
static void
transform (const BfftFeatures * self, const gfloat * mels, gfloat * out)
{
  self->cepstrum (self->dct, mels, self->options.n_mels, out,
      self->options.n_mfcc);
}

static gfloat *
order_frame (const BfftFeatures * self, guint order, guint64 t, guint channel)
{
  return self->orders[order].values +
      ((t % self->ring) * self->channels + channel) * self->width;
}

/* Frame @t of @order: sum n (x[t + n] - x[t - n]) / (2 sum n^2), with the ends
 * of the stream repeated. */
static void
differentiate (BfftFeatures * self, guint order, guint64 t)
{
  guint64 last = self->orders[order - 1].n - 1;
  guint half = self->options.delta_window / 2;
  guint n, c, i;

  for (c = 0; c < self->channels; c++) {
    gfloat *out = order_frame (self, order, t, c);
    gfloat scale = 3.0 / (half * (half + 1.0) * (2 * half + 1.0));

    memset (out, 0, self->width * sizeof (gfloat));
    for (n = 1; n <= half; n++) {
      const gfloat *after = order_frame (self, order - 1, MIN (t + n, last), c);
      const gfloat *before = order_frame (self, order - 1, t > n ? t - n : 0,
          c);

      for (i = 0; i < self->width; i++)
        out[i] += n * scale * (after[i] - before[i]);
    }
  }
}

/* Derivatives of all orders as far as they are known. Returns: whether the
 * next frame is complete. */
static gboolean
advance (BfftFeatures * self)
{
  guint half = self->options.delta_window / 2;
  guint deltas = self->options.deltas;
  guint order;

  for (order = 1; order <= deltas; order++) {
    Order *from = &self->orders[order - 1], *to = &self->orders[order];

    for (; to->n + (self->ended ? 0 : half) < from->n; to->n++)
      differentiate (self, order, to->n);
  }
  return self->orders[deltas].n > self->emitted;
}

/* The next frame with its derivatives into the window. */
static void
collect (BfftFeatures * self)
{
  guint c, order;

  for (c = 0; c < self->channels; c++)
    for (order = 0; order <= self->options.deltas; order++)
      memcpy (window_frame (self, c) + order * self->width,
          order_frame (self, order, self->emitted, c),
          self->width * sizeof (gfloat));
  self->emitted++;
}

/* Mean and deviation of each band over the frames. */
static void
normalize (gfloat * values, guint frames, guint bands)
{
  guint t, i;

  for (i = 0; i < bands; i++) {
    gdouble mean = 0, sum = 0;

    for (t = 0; t < frames; t++)
      mean += values[t * bands + i];
    mean /= frames;
    for (t = 0; t < frames; t++) {
      gdouble d = values[t * bands + i] - mean;

      sum += d * d;
    }
    sum = sqrt (sum / (frames - 1)) + DEVIATION_GUARD;
    for (t = 0; t < frames; t++)
      values[t * bands + i] = (values[t * bands + i] - mean) / sum;
  }
}

static void
transpose (const gfloat * in, gfloat * out, guint frames, guint bands)
{
  guint t, i;

  for (t = 0; t < frames; t++)
    for (i = 0; i < bands; i++)
      out[(gsize) i * frames + t] = in[(gsize) t * bands + i];
}

/* The window of one channel, whose numbers are @values, becomes what is promised,
 * in its place; there may be fewer numbers afterwards. */
static void
finish (BfftFeatures * self, gfloat * values)
{
  const BfftLogmelOptions *options = &self->options;
  guint frames = options->frames, t;

  if (frames > 1)
    raise_to_floor (self, values, (gsize) frames * self->stored);
  for (t = 0; self->late && t < frames; t++) {
    transform (self, values + (gsize) t * self->stored, self->row);
    memcpy (values + (gsize) t * self->bands, self->row,
        self->bands * sizeof (gfloat));
  }
  if (options->normalize == BFFT_NORMALIZE_PER_BAND)
    normalize (values, frames, self->bands);
  if (options->norm_mean != 0 || options->norm_scale != 1)
    self->kernels->clamp_affine (values, -G_MAXFLOAT, 1 / options->norm_scale,
        -options->norm_mean / options->norm_scale,
        (gsize) frames * self->bands);
}

/* The full window to a result: where it stands if it is not needed again. */
static const gfloat *
make_result (BfftFeatures * self)
{
  guint frames = self->options.frames;
  gboolean turn = self->options.layout == BFFT_LAYOUT_BANDS_FRAMES;
  gsize size = (gsize) frames * self->stored;
  guint c;

  for (c = 0; c < self->channels; c++) {
    gfloat *values = self->window + c * size;
    gfloat *result = self->result + (gsize) c * frames * self->bands;

    if (self->keep)
      values = memcpy (self->work, values, size * sizeof (gfloat));
    finish (self, values);
    if (turn)
      transpose (values, result, frames, self->bands);
    else if (self->keep || self->late)
      memcpy (result, values, (gsize) frames * self->bands * sizeof (gfloat));
  }
  return turn || self->keep || self->late ? self->result : self->window;
}

/* A frame is in the window. Returns: the result that it completes. */
static const gfloat *
land (BfftFeatures * self)
{
  guint frames = self->options.frames, hop = self->options.frames_hop;
  const gfloat *result;
  guint c;

  if (self->skip > 0) {
    self->skip--;
    return NULL;
  }
  if (++self->filled < frames)
    return NULL;
  result = make_result (self);
  for (c = 0; self->keep && c < self->channels; c++) {
    gfloat *values = self->window + (gsize) c * frames * self->stored;

    memmove (values, values + (gsize) hop * self->stored,
        (gsize) self->keep * self->stored * sizeof (gfloat));
  }
  self->filled = self->keep;
  self->skip = hop > frames ? hop - frames : 0;
  return result;
}

/* The frame in the slot of @channel on its way to the window. */
static void
prepare (BfftFeatures * self, guint channel)
{
  const BfftLogmelOptions *options = &self->options;
  gfloat *mels = bfft_features_slot (self, channel);
  gfloat *to = options->deltas ?
      order_frame (self, 0, self->orders[0].n, channel) :
      window_frame (self, channel);

  if (options->log_mode == BFFT_LOG_MODE_PCEN)
    pcen (self, mels, self->smooth + (gsize) channel * options->n_mels);
  if (options->frames == 1)
    raise_to_floor (self, mels, options->n_mels);
  if (options->n_mfcc && !self->late)
    transform (self, mels, to);
  else if (mels != to)
    memcpy (to, mels, self->width * sizeof (gfloat));
}

const gfloat *
bfft_features_push (BfftFeatures * features)
{
  guint c;

  for (c = 0; c < features->channels; c++)
    prepare (features, c);
  if (features->options.deltas) {
    features->orders[0].n++;
    if (!advance (features))
      return NULL;
    collect (features);
  }
  return land (features);
}

const gfloat *
bfft_features_flush (BfftFeatures * features)
{
  const gfloat *result = NULL;

  features->ended = TRUE;
  while (result == NULL && features->options.deltas && advance (features)) {
    collect (features);
    result = land (features);
  }
  return result;
}
