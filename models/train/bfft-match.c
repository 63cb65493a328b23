/* bfft: the gain that makes one microphone's spectrum that of another.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-match.h"

#include <math.h>
#include <string.h>

#include "bfft-curve.h"
#include "bfft-plan.h"

/* Longer frames than the curve's, so that its paths' echoes are short in them:
 * seconds, at least. */
#define FRAME 0.08

#define BLOCK 16                /* frames, a quarter of a frame apart */
/* Independent ones among them, with Hann's window. */
#define INDEPENDENT 8.6

#define BOX 8                   /* bins to either side that floors look at */
#define FLOOR_MEMORY 0.6        /* of frames */
#define FLOOR_RISE 0.03         /* dB a second, in tenths of a bel */
#define NEAR_FLOOR 3            /* so near the floor a frame is noise */
#define NOISE_STEP 0.05

#define EVIDENT 0.02            /* incoherence */
#define HEARD 10.0              /* 10 dB: mean sound over noise */
#define CLEAR 3.0               /* of a block */
#define LOUD 4.0                /* a block weighs at most so many means */
#define SHARED 1.25             /* times the coherence of strangers */
#define LATE 0.9                /* memory in blocks of match-err */
#define MEMORY 2048             /* blocks that the mean goes back */
#define FEW 6                   /* blocks before any is an outlier */
#define OUTLIER 0.7             /* natural logarithm of power: 3 dB */
#define TRUSTED 0.1             /* the same, a standard error that halves
                                 * confidence */

/* What is kept of each bin of a frame. Powers are sums or means of |X|^2;
 * logarithms are natural ones. */
typedef enum
{
  BLOCK_REF, BLOCK_DEV, BLOCK_RE, BLOCK_IM,     /* sums of the block's frames */
  SMOOTH_REF, SMOOTH_DEV,       /* of frames and neighbours */
  FLOOR_REF, FLOOR_DEV,         /* lowest of them */
  NOISE_REF, NOISE_DEV,         /* mean of those near the floor */
  LEVEL, BLOCKS,                /* mean logarithm of blocks, and their count */
  SUM, SUM_REF, SUM_DEV, SUM_COHERENCE, /* of weights by level */
  WEIGHT, RATIO, SQUARE,        /* of log ratios */
  LATE_WEIGHT, LATE_RATIO,      /* the same of the latest blocks */
  N_FIELDS
} Field;

struct _BfftMatch
{
  BfftMatchOptions options;
  guint frame, hop, bins, stride;       /* of frames; bins per bin of the curve */
  BfftPlan *plan;
  const BfftKernels *kernels;
  BfftDelay *delay;
  gdouble *fields;              /* [N_FIELDS][bins] */
  gdouble *box;                 /* [bins + 1], running sums */
  gdouble *power[2];            /* [bins], of the latest frame */
  gfloat *spectra;              /* [4][bins]: re, im of either */
  guint in_block;               /* frames */
  gdouble white[2];             /* see explain_incoherence() */

  gfloat *samples[2];           /* [capacity] */
  gsize capacity, held;
  gsize next_frame, next_stretch;       /* of the reference, among those held */
};

#define FIELD(self, name) ((self)->fields + (gsize) (name) * (self)->bins)

static void
reset_floors (BfftMatch * self)
{
  guint i;

  for (i = 0; i < 2 * self->bins; i++) {
    FIELD (self, SMOOTH_REF)[i] = -1;
    FIELD (self, FLOOR_REF)[i] = FIELD (self, NOISE_REF)[i] = INFINITY;
  }
}

BfftMatch *
bfft_match_new (const BfftMatchOptions * options)
{
  BfftMatch *self = g_new0 (BfftMatch, 1);
  BfftPlanSpec spec = {.execution = options->execution };
  gsize lag = ceil (BFFT_DELAY_MAX * options->rate);
  g_autofree gfloat *window = NULL;
  guint i;

  self->options = *options;
  self->frame = 1u << g_bit_storage ((guint) (FRAME * options->rate));
  self->frame = CLAMP (self->frame, MAX (options->n_fft, 64), BFFT_MAX_N);
  self->hop = self->frame / 4;
  self->bins = self->frame / 2 + 1;
  self->stride = self->frame / options->n_fft;
  window = g_new (gfloat, self->frame);
  for (i = 0; i < self->frame; i++)
    window[i] = 0.5 - 0.5 * cos (2 * G_PI * i / self->frame);
  spec.n_fft = self->frame;
  spec.variant = BFFT_VARIANT_STOCKHAM;
  spec.window = window;
  self->plan = bfft_plan_new (&spec, NULL);
  self->delay = bfft_delay_new (options->rate, options->execution);
  if (options->delay != BFFT_MATCH_AUTO) {
    self->delay->delay = options->delay;
    self->delay->locked = TRUE;
    lag = MAX (lag, (gsize) ABS ((gint64) options->delay));
  }
  self->fields = g_new0 (gdouble, (gsize) N_FIELDS * self->bins);
  self->box = g_new0 (gdouble, 3 * self->bins + 1);
  self->power[0] = self->box + self->bins + 1;
  self->power[1] = self->power[0] + self->bins;
  self->spectra = g_new (gfloat, 4 * self->bins);
  self->capacity = 2 * (self->delay->length + self->frame + 2 * lag);
  self->samples[0] = g_new (gfloat, 2 * self->capacity);
  self->samples[1] = self->samples[0] + self->capacity;
  reset_floors (self);
  return self;
}

void
bfft_match_free (BfftMatch * self)
{
  if (self == NULL)
    return;
  bfft_plan_free (self->plan);
  bfft_delay_free (self->delay);
  g_free (self->fields);
  g_free (self->box);
  g_free (self->spectra);
  g_free (self->samples[0]);
  g_free (self);
}

void
bfft_match_interrupt (BfftMatch * self)
{
  self->held = self->next_frame = self->next_stretch = 0;
  self->in_block = 0;
  memset (FIELD (self, BLOCK_REF), 0, 4 * self->bins * sizeof (gdouble));
  bfft_delay_interrupt (self->delay);
}

/* ---- noise ---- */

/* Noise of a microphone is much the same in neighbouring bins, so that their
 * mean finds the level of a short pause; the lowest mean is the floor, and
 * means that are near it are noise. */
static void
track_noise (BfftMatch * self, const gdouble * power, guint which)
{
  gdouble *smooth = FIELD (self, SMOOTH_REF + which);
  gdouble *lowest = FIELD (self, FLOOR_REF + which);
  gdouble *noise = FIELD (self, NOISE_REF + which);
  gdouble rise = pow (10, FLOOR_RISE * self->hop / self->options.rate);
  guint bins = self->bins, k;

  for (k = 0; k < bins; k++)
    self->box[k + 1] = self->box[k] + power[k];
  for (k = 0; k < bins; k++) {
    guint low = k > BOX ? k - BOX : 0, high = MIN (k + BOX + 1, bins);
    gdouble mean = MAX (0, (self->box[high] - self->box[low]) / (high - low));

    smooth[k] = smooth[k] < 0 ? mean :
        FLOOR_MEMORY * smooth[k] + (1 - FLOOR_MEMORY) * mean;
    lowest[k] = MIN (smooth[k], rise * lowest[k]);
    if (noise[k] > NEAR_FLOOR * lowest[k])
      noise[k] = lowest[k];
    else if (mean < NEAR_FLOOR * lowest[k])
      noise[k] += NOISE_STEP * (mean - noise[k]);
  }
}

/* -ln of the coherence of bin @k, of which there are some that can be told from
 * chance. */
static gdouble
incoherence (const BfftMatch * self, guint k)
{
  gdouble coherence = (FIELD (self, SUM_COHERENCE)[k] / FIELD (self, SUM)[k]
      - 1 / INDEPENDENT) / (1 - 1 / INDEPENDENT);

  return -log (CLAMP (coherence, 1e-3, 1));
}

/* How much white noise in either channel would explain best what is incoherent
 * in all bins: least squares, relative, of two numbers that are not negative. */
static void
explain_incoherence (BfftMatch * self)
{
  gdouble a[2][2] = { {0,}, {0,} }, b[2] = { 0, 0 }, det;
  guint k, c;

  for (k = 1; k < self->bins; k++) {
    gdouble x[2], y, w;

    if (!(FIELD (self, SUM)[k] > 0))
      continue;
    y = incoherence (self, k);
    w = 1 / ((y + EVIDENT) * (y + EVIDENT));
    for (c = 0; c < 2; c++)
      x[c] = exp (-FIELD (self, SUM_REF + c)[k] / FIELD (self, SUM)[k]);
    a[0][0] += w * x[0] * x[0];
    a[0][1] += w * x[0] * x[1];
    a[1][1] += w * x[1] * x[1];
    b[0] += w * x[0] * y;
    b[1] += w * x[1] * y;
  }
  det = a[0][0] * a[1][1] - a[0][1] * a[0][1];
  for (c = 0; c < 2; c++) {
    self->white[c] = det > 1e-9 * a[0][0] * a[1][1] ?
        (b[c] * a[!c][!c] - b[!c] * a[0][1]) / det : -1;
  }
  for (c = 0; c < 2; c++) {
    if (self->white[!c] < 0)
      self->white[c] = a[c][c] > 0 ? MAX (0, b[c] / a[c][c]) : 0;
  }
  self->white[0] = MAX (0, self->white[0]);
  self->white[1] = MAX (0, self->white[1]);
}

/* The parts of the mean powers that are noise. There can be no more of it than
 * makes the channels incoherent: what the floors say beyond that was sound that
 * never paused. Then the incoherence alone is shared out, as white noise in
 * either channel would. */
static void
noise_parts (const BfftMatch * self, guint k, gdouble part[2])
{
  gdouble sum = FIELD (self, SUM)[k], all = incoherence (self, k);
  gdouble share[2], most[2];
  guint c;

  for (c = 0; c < 2; c++) {
    gdouble mean = exp (FIELD (self, SUM_REF + c)[k] / sum);

    most[c] = -log1p (-MIN (FIELD (self, NOISE_REF + c)[k] / mean, 0.999));
    share[c] = self->white[c] / mean;
  }
  if (most[0] + most[1] > all) {
    gdouble both = share[0] + share[1];
    gdouble first = both > 0 ? all * share[0] / both : all / 2;

    most[0] = CLAMP (first, all - MIN (all, most[1]), MIN (most[0], all));
    most[1] = all - most[0];
  }
  for (c = 0; c < 2; c++)
    part[c] = -expm1 (-most[c]);
}

/* How far the sound of bin @k stands above the noise of either channel, the
 * nearer one, of which HEARD is enough: 0 .. 1. */
static gdouble
hearing (const BfftMatch * self, guint k)
{
  gdouble part[2], noise;

  if (k == 0 || !(FIELD (self, WEIGHT)[k] > 0)
      || FIELD (self, BLOCKS)[k] < FEW)
    return 0;
  noise_parts (self, k, part);
  noise = MAX (part[0], part[1]);
  return noise * (1 + HEARD) <= 1 ? 1 : (1 - noise) / (noise * HEARD);
}

/* ---- blocks ---- */

/* Blocks weigh as they are loud, within limits, and coherent: a noise in one
 * channel alone weighs little, and its ratio, a logarithm, is no more than
 * another's. One far off what was found before is cut down further. */
static gdouble
weigh (const BfftMatch * self, guint k, gdouble loudness, gdouble coherence,
    gdouble ratio)
{
  gdouble total = FIELD (self, WEIGHT)[k];
  gdouble weight = loudness * coherence * coherence;
  gdouble mean, limit, off;

  if (FIELD (self, BLOCKS)[k] < FEW || !(total > 0))
    return weight;
  mean = FIELD (self, RATIO)[k] / total;
  limit = MAX (OUTLIER, 3 * sqrt (MAX (0,
              FIELD (self, SQUARE)[k] / total - mean * mean)));
  off = fabs (ratio - mean);
  return off > limit ? weight * limit * limit / (off * off) : weight;
}

static void
learn_ratio (BfftMatch * self, guint k, const gdouble power[2],
    gdouble loudness, gdouble coherence)
{
  gdouble part[2], sound[2], ratio, weight;
  guint c;

  noise_parts (self, k, part);
  for (c = 0; c < 2; c++) {
    gdouble noise = part[c] * exp (FIELD (self, SUM_REF + c)[k]
        / FIELD (self, SUM)[k]);

    sound[c] = power[c] - noise;
    if (!(sound[c] > CLEAR * noise))
      return;
  }
  ratio = log (sound[1] / sound[0]);
  weight = weigh (self, k, loudness, coherence, ratio);
  FIELD (self, WEIGHT)[k] += weight;
  FIELD (self, RATIO)[k] += weight * ratio;
  FIELD (self, SQUARE)[k] += weight * ratio * ratio;
  FIELD (self, LATE_WEIGHT)[k] = LATE * FIELD (self, LATE_WEIGHT)[k] + weight;
  FIELD (self, LATE_RATIO)[k] =
      LATE * FIELD (self, LATE_RATIO)[k] + weight * ratio;
}

/* Of the block: |mean cross spectrum|^2 over the product of the mean powers. */
static gdouble
coherence_of (const BfftMatch * self, guint k)
{
  gdouble re = FIELD (self, BLOCK_RE)[k], im = FIELD (self, BLOCK_IM)[k];
  gdouble power = FIELD (self, BLOCK_REF)[k] * FIELD (self, BLOCK_DEV)[k];

  return power > 0 ? MIN ((re * re + im * im) / power, 1) : 0;
}

static void
end_bin (BfftMatch * self, guint k)
{
  const gdouble power[2] = { FIELD (self, BLOCK_REF)[k] / BLOCK,
    FIELD (self, BLOCK_DEV)[k] / BLOCK
  };
  gdouble coherence = coherence_of (self, k);
  gdouble *level = &FIELD (self, LEVEL)[k];
  gdouble *blocks = &FIELD (self, BLOCKS)[k], loudness;
  guint f;

  if (!(power[0] > 0 && power[1] > 0))
    return;
  *blocks = MIN (*blocks + 1, MEMORY);
  /* Pauses do not count, but for the first. */
  if (*blocks == 1)
    *level = log (power[0]);
  else if (power[0] > CLEAR * FIELD (self, FLOOR_REF)[k])
    *level += (log (power[0]) - *level) / *blocks;
  loudness = MIN (power[0] / exp (*level), LOUD);
  for (f = SUM; f <= SQUARE; f++)
    FIELD (self, f)[k] *= 1 - 1.0 / MEMORY;
  FIELD (self, SUM)[k] += loudness;
  FIELD (self, SUM_REF)[k] += loudness * log (power[0]);
  FIELD (self, SUM_DEV)[k] += loudness * log (power[1]);
  FIELD (self, SUM_COHERENCE)[k] += loudness * coherence;
  learn_ratio (self, k, power, loudness, coherence);
}

/* ---- frames ---- */

static gboolean
is_finite (const gfloat * samples, guint count)
{
  gfloat sum = 0;
  guint i;

  for (i = 0; i < count; i++)
    sum += samples[i] * 0;
  return sum == 0;
}

/* The powers of a frame, and its cross spectrum, which what is left of the delay
 * below a sample is turned out of, are added to the block. */
static void
add_frame (BfftMatch * self, gdouble rest)
{
  const gfloat *r = self->spectra, *d = r + 2 * self->bins;
  guint bins = self->bins, k;
  gdouble angle = 2 * G_PI * rest / self->frame;
  gdouble c = 1, s = 0, turn_c = cos (angle), turn_s = sin (angle);

  for (k = 0; k < bins; k++) {
    gdouble a = r[k], b = r[bins + k], e = d[k], f = d[bins + k], old = c;
    gdouble re = a * e + b * f, im = a * f - b * e;

    self->power[0][k] = a * a + b * b;
    self->power[1][k] = e * e + f * f;
    FIELD (self, BLOCK_REF)[k] += self->power[0][k];
    FIELD (self, BLOCK_DEV)[k] += self->power[1][k];
    FIELD (self, BLOCK_RE)[k] += re * c - im * s;
    FIELD (self, BLOCK_IM)[k] += re * s + im * c;
    c = old * turn_c - s * turn_s;
    s = old * turn_s + s * turn_c;
  }
  track_noise (self, self->power[0], 0);
  track_noise (self, self->power[1], 1);
}

static void
end_block (BfftMatch * self)
{
  gdouble shared = 0;
  guint k;

  for (k = 1; k < self->bins; k++)
    shared += coherence_of (self, k);
  /* Chance alone makes 1 / INDEPENDENT: a pause, or strangers. */
  if (shared > SHARED * (self->bins - 1) / INDEPENDENT) {
    for (k = 1; k < self->bins; k++)
      end_bin (self, k);
    explain_incoherence (self);
  }
  memset (FIELD (self, BLOCK_REF), 0, 4 * self->bins * sizeof (gdouble));
  self->in_block = 0;
}

/* The delay amid the next frame, from that amid the latest stretch. */
static gdouble
delay_at_frame (const BfftMatch * self)
{
  gdouble since = (gdouble) self->next_frame + self->frame / 2
      - (gdouble) self->next_stretch;

  return self->delay->delay + self->delay->drift * 2 * since
      / self->delay->length;
}

/* Returns: FALSE if its samples have not all come. */
static gboolean
take_frame (BfftMatch * self)
{
  gdouble delay = delay_at_frame (self);
  gint64 whole = llround (delay), place = (gint64) self->next_frame + whole;
  const gfloat *ref = self->samples[0] + self->next_frame;
  const gfloat *dev = self->samples[1] + place;

  if (MAX ((gint64) self->next_frame, place) + self->frame >
      (gint64) self->held)
    return FALSE;
  self->next_frame += self->hop;
  if (place < 0 || !is_finite (ref, self->frame)
      || !is_finite (dev, self->frame))
    return TRUE;
  bfft_plan_spectrum (self->plan, ref, self->spectra,
      self->spectra + self->bins);
  bfft_plan_spectrum (self->plan, dev, self->spectra + 2 * self->bins,
      self->spectra + 3 * self->bins);
  add_frame (self, delay - whole);
  if (++self->in_block == BLOCK)
    end_block (self);
  return TRUE;
}

static gboolean
take_stretch (BfftMatch * self)
{
  BfftDelay *d = self->delay;

  if (self->next_stretch + d->length > self->held)
    return FALSE;
  if (self->options.delay == BFFT_MATCH_AUTO) {
    bfft_delay_add (d, self->samples[0] + self->next_stretch,
        self->samples[1] + self->next_stretch);
  }
  self->next_stretch += d->length / 2;
  return TRUE;
}

/* Lets go of what neither the next stretch nor the next frame will read. */
static void
make_room (BfftMatch * self)
{
  gsize lag = self->capacity / 2 - self->delay->length - self->frame;
  gsize keep = MIN (self->next_stretch,
      self->next_frame > lag ? self->next_frame - lag : 0);
  guint i;

  keep = MIN (keep, self->held);
  if (!self->delay->locked)
    keep = MIN (self->next_stretch, self->held);
  for (i = 0; i < 2; i++) {
    memmove (self->samples[i], self->samples[i] + keep,
        (self->held - keep) * sizeof (gfloat));
  }
  self->held -= keep;
  self->next_stretch -= keep;
  self->next_frame -= MIN (keep, self->next_frame);
}

void
bfft_match_feed (BfftMatch * self, const gfloat * reference,
    const gfloat * device, guint count)
{
  while (count > 0) {
    guint chunk;

    if (self->held == self->capacity)
      make_room (self);
    /* As far as the next stretch needs, so that cuts make no difference. */
    chunk = MIN (count, self->next_stretch + self->delay->length - self->held);
    chunk = MIN (chunk, self->capacity - self->held);
    memcpy (self->samples[0] + self->held, reference, chunk * sizeof (gfloat));
    memcpy (self->samples[1] + self->held, device, chunk * sizeof (gfloat));
    self->held += chunk;
    reference += chunk;
    device += chunk;
    count -= chunk;
    if (take_stretch (self)) {
      while (self->delay->locked && take_frame (self));
    }
  }
}

/* ---- results ---- */

/* The gain in dB at a bin of the curve, from the frame's bins around it.
 * Returns: how sure it is. */
static gdouble
measured (const BfftMatch * self, guint k, gdouble * decibels)
{
  guint side = self->stride / 4, j;
  gdouble weight = 0, ratio = 0, square = 0, spread, error;

  for (j = k * self->stride - MIN (side, k * self->stride);
      j <= MIN (k * self->stride + side, self->bins - 1); j++) {
    gdouble part = hearing (self, j);

    weight += part * FIELD (self, WEIGHT)[j];
    ratio += part * FIELD (self, RATIO)[j];
    square += part * FIELD (self, SQUARE)[j];
  }
  if (!(weight > 0))
    return 0;
  ratio /= weight;
  spread = MAX (0, square / weight - ratio * ratio);
  error = (spread + 0.25 * TRUSTED * TRUSTED) / weight;
  *decibels = -10 / G_LN10 * ratio;
  return 1 / (1 + error / (TRUSTED * TRUSTED));
}

/* Means of the measured gains around each bin, falling off with distance:
 * where nothing was measured, they go on smoothly. In place. */
static void
fill_gaps (gdouble * decibels, const gdouble * trust, guint bins)
{
  g_autofree gdouble *sums = g_new0 (gdouble, 2 * bins);
  gdouble sum = 0, weight = 0;
  guint i, k;

  for (i = 0; i < 2 * bins; i++) {
    gdouble stay;

    k = i < bins ? i : 2 * bins - 1 - i;
    if (i == bins)
      sum = weight = 0;
    /* A sixth of an octave, and at least some bins. */
    stay = exp (-1 / (2 + k * 0.06));
    /* Far from any, the last one stays. */
    if (weight * stay > 1e-100) {
      sum *= stay;
      weight *= stay;
    }
    sum += trust[k] * decibels[k];
    weight += trust[k];
    sums[2 * k] += sum;
    sums[2 * k + 1] += weight;
  }
  for (k = 0; k < bins; k++) {
    gdouble mean = sums[2 * k + 1] > 0 ? sums[2 * k] / sums[2 * k + 1] : 0;

    decibels[k] = trust[k] * decibels[k] + (1 - trust[k]) * mean;
  }
}

void
bfft_match_get_gains (const BfftMatch * self, gfloat * gains,
    gfloat * confidence)
{
  guint bins = self->options.n_fft / 2 + 1, k;
  g_autofree gdouble *decibels = g_new0 (gdouble, 2 * bins);
  gdouble *trust = decibels + bins;

  for (k = 0; k < bins; k++)
    trust[k] = measured (self, k, &decibels[k]);
  fill_gaps (decibels, trust, bins);
  for (k = 0; k < bins; k++) {
    gains[k] = pow (10, CLAMP (decibels[k], -200, 200) / 20);
    if (confidence)
      confidence[k] = trust[k];
  }
}

void
bfft_match_get_difference (const BfftMatch * self, gfloat * decibels)
{
  guint bins = self->options.n_fft / 2 + 1, k;

  for (k = 0; k < bins; k++) {
    guint j = k * self->stride;
    gdouble weight = FIELD (self, LATE_WEIGHT)[j];

    decibels[k] = k > 0 && hearing (self, j) >= 1 && weight > 0
        ? -10 / G_LN10 * FIELD (self, LATE_RATIO)[j] / weight : NAN;
  }
}

gboolean
bfft_match_is_refused (const BfftMatch * self)
{
  return self->delay->refused;
}

void
bfft_match_get_report (const BfftMatch * self, BfftMatchReport * report)
{
  guint bins = self->options.n_fft / 2 + 1, k;
  g_autofree gfloat *gains = g_new (gfloat, bins);
  g_autofree gfloat *off = g_new (gfloat, bins);
  gdouble before = 0, after = 0;

  *report = (BfftMatchReport) {
  .delay = self->delay->locked ? delay_at_frame (self) : NAN,.refused =
        self->delay->refused,.before = NAN,.after = NAN};
  bfft_match_get_gains (self, gains, NULL);
  bfft_match_get_difference (self, off);
  for (k = 1; k < bins; k++) {
    if (isnan (off[k]))
      continue;
    before += (gdouble) off[k] * off[k];
    after += pow (off[k] - 20 * log10 (gains[k]), 2);
    report->heard++;
  }
  if (report->heard > 0) {
    report->before = sqrt (before / report->heard);
    report->after = sqrt (after / report->heard);
  }
}

BfftNetwork *
bfft_match_get_network (const BfftMatch * self)
{
  g_autofree gfloat *gains = g_new (gfloat, self->options.n_fft / 2 + 1);

  bfft_match_get_gains (self, gains, NULL);
  return bfft_curve_new (self->options.n_fft, self->options.rate, gains);
}

/* ---- checkpoints ---- */

/* Options, counters, the delay, the fields; then the samples held. */
#define N_HEAD 9

GBytes *
bfft_match_save_state (const BfftMatch * self)
{
  gsize fields = (gsize) N_FIELDS * self->bins;
  gsize delay = bfft_delay_state_size (self->delay);
  gsize numbers = N_HEAD + delay + fields;
  gsize size = numbers * sizeof (gdouble) + 2 * self->held * sizeof (gfloat);
  gdouble *state = g_malloc (size);
  gfloat *samples = (gfloat *) (state + numbers);
  const gdouble head[N_HEAD] = { self->options.n_fft, self->options.rate,
    self->options.delay, self->held, self->next_frame, self->next_stretch,
    self->in_block, self->white[0], self->white[1]
  };

  memcpy (state, head, sizeof (head));
  bfft_delay_save (self->delay, state + N_HEAD);
  memcpy (state + N_HEAD + delay, self->fields, fields * sizeof (gdouble));
  memcpy (samples, self->samples[0], self->held * sizeof (gfloat));
  memcpy (samples + self->held, self->samples[1], self->held * sizeof (gfloat));
  return g_bytes_new_take (state, size);
}

gboolean
bfft_match_restore_state (BfftMatch * self, GBytes * bytes)
{
  gsize fields = (gsize) N_FIELDS * self->bins, size;
  gsize delay = bfft_delay_state_size (self->delay);
  gsize numbers = N_HEAD + delay + fields;
  g_autoptr (GBytes) aligned = NULL;
  const gdouble *state = g_bytes_get_data (bytes, &size);
  const gfloat *samples;

  if (size < numbers * sizeof (gdouble))
    return FALSE;
  aligned = g_bytes_new (state, size);  /* a copy is aligned */
  state = g_bytes_get_data (aligned, NULL);
  if (state[0] != self->options.n_fft || state[1] != self->options.rate
      || state[2] != self->options.delay
      || !(state[3] >= 0 && state[3] <= self->capacity)
      || !(state[4] >= 0 && state[4] <= 2 * self->capacity)
      || !(state[5] >= 0 && state[5] <= state[3])
      || !(state[6] >= 0 && state[6] < BLOCK)
      || size != numbers * sizeof (gdouble)
      + 2 * (gsize) state[3] * sizeof (gfloat))
    return FALSE;
  self->held = state[3];
  self->next_frame = state[4];
  self->next_stretch = state[5];
  self->in_block = state[6];
  self->white[0] = state[7];
  self->white[1] = state[8];
  bfft_delay_restore (self->delay, state + N_HEAD);
  memcpy (self->fields, state + N_HEAD + delay, fields * sizeof (gdouble));
  samples = (const gfloat *) (state + numbers);
  memcpy (self->samples[0], samples, self->held * sizeof (gfloat));
  memcpy (self->samples[1], samples + self->held, self->held * sizeof (gfloat));
  return TRUE;
}
