/* bfft: the delay between two recordings of the same sound.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-delay.h"

#include <math.h>
#include <string.h>

/* A peak over the rms of all lags. Of sounds that have nothing to do with each
 * other, the highest of 20,000 lags stands at 4 to 6; shared ones reach 20 and
 * more. */
#define SCORE 9
#define HIGH 40
#define EVIDENCE 8

/* What stays of the phases from stretch to stretch. */
#define MEMORY 0.7

/* A stretch so much below the loudest is a pause: -40 dB. */
#define PAUSE 1e-4

/* What the loudest falls by per stretch. */
#define FORGET 0.99

/* Stretches of sound without a delay, then it is refused. */
#define PATIENCE 10

/* Samples: peaks nearer than that are followed, others are jumps. */
#define NEAR 24

/* Of the loop. */
#define DELAY_GAIN 0.3
#define DRIFT_GAIN 0.04
#define MAX_DRIFT 200e-6

BfftDelay *
bfft_delay_new (guint rate, BfftExecution execution)
{
  BfftDelay *self = g_new0 (BfftDelay, 1);
  g_autoptr (BfftNetwork) network = NULL;
  guint n, i;

  self->max_lag = ceil (BFFT_DELAY_MAX * rate);
  n = 1u << g_bit_storage (3 * self->max_lag - 1);
  n = CLAMP (n, 1024, BFFT_MAX_N);
  self->max_lag = MIN (self->max_lag, n / 3);
  self->length = n;
  network = bfft_network_new_exact (BFFT_VARIANT_STOCKHAM, n);
  self->transform = bfft_transform_new (network, execution);
  self->window = g_new (gfloat, n);
  for (i = 0; i < n; i++)
    self->window[i] = 0.5 - 0.5 * cos (2 * G_PI * i / n);
  self->re = g_new (gfloat, 2 * n);
  self->im = self->re + n;
  self->phases = g_new0 (gdouble, n + 2);
  return self;
}

void
bfft_delay_free (BfftDelay * self)
{
  if (self == NULL)
    return;
  bfft_transform_free (self->transform);
  g_free (self->window);
  g_free (self->re);
  g_free (self->phases);
  g_free (self);
}

void
bfft_delay_interrupt (BfftDelay * self)
{
  memset (self->phases, 0, (self->length + 2) * sizeof (gdouble));
  self->seen = self->jumps = 0;
}

static gboolean
is_pause (BfftDelay * self, const gfloat * samples, guint which)
{
  gdouble sum = 0;
  guint i;

  for (i = 0; i < self->length; i++)
    sum += (gdouble) samples[i] * samples[i];
  self->loudest[which] = MAX (FORGET * self->loudest[which], sum);
  return !(sum > PAUSE * self->loudest[which]) || !isfinite (sum);
}

/* Adds the phases of the stretch in re + i im, seen from the delay that is
 * expected. Both signals are one complex one: their spectra are its even and
 * its odd part. */
static void
add_phases (BfftDelay * self)
{
  guint n = self->length, k;
  gdouble angle = 2 * G_PI * self->delay / n;
  gdouble c = 1, s = 0, turn_c = cos (angle), turn_s = sin (angle);

  for (k = 1; k < n / 2; k++) {
    gdouble a = self->re[k] + self->re[n - k], b =
        self->im[k] - self->im[n - k];
    gdouble d = self->im[k] + self->im[n - k], e =
        self->re[n - k] - self->re[k];
    gdouble re = d * a + e * b, im = e * a - d * b;
    gdouble size = hypot (re, im), old = c;

    c = old * turn_c - s * turn_s;
    s = old * turn_s + s * turn_c;
    self->phases[2 * k] *= MEMORY;
    self->phases[2 * k + 1] *= MEMORY;
    if (size > 0) {
      self->phases[2 * k] += (re * c - im * s) / size;
      self->phases[2 * k + 1] += (re * s + im * c) / size;
    }
  }
}

/* What was summed up moves along when the expected delay grows by @amount. */
static void
turn_phases (BfftDelay * self, gdouble amount)
{
  guint n = self->length, k;
  gdouble angle = 2 * G_PI * amount / n;
  gdouble c = 1, s = 0, turn_c = cos (angle), turn_s = sin (angle);

  for (k = 1; k < n / 2; k++) {
    gdouble re = self->phases[2 * k], im = self->phases[2 * k + 1], old = c;

    c = old * turn_c - s * turn_s;
    s = old * turn_s + s * turn_c;
    self->phases[2 * k] = re * c - im * s;
    self->phases[2 * k + 1] = re * s + im * c;
  }
}

/* The correlation into re[]: lag l at index l mod length. */
static void
correlate (BfftDelay * self)
{
  guint n = self->length, k;

  self->re[0] = self->im[0] = self->re[n / 2] = self->im[n / 2] = 0;
  for (k = 1; k < n / 2; k++) {
    self->re[k] = self->re[n - k] = self->phases[2 * k];
    self->im[k] = self->phases[2 * k + 1];
    self->im[n - k] = -self->im[k];
  }
  bfft_transform_inverse (self->transform, self->re, self->im, self->re,
      self->im);
}

static gfloat
at (const BfftDelay * self, gint lag)
{
  return self->re[lag & (self->length - 1)];
}

/* The place of the highest peak between two lags, by a parabola; its height
 * over the rms into @score. */
static gdouble
find_peak (const BfftDelay * self, gint low, gint high, gdouble * score)
{
  gint lag, peak = low;
  gdouble sum = 0, a, b, c, curve;

  for (lag = low; lag <= high; lag++) {
    gdouble value = at (self, lag);

    sum += value * value;
    if (value > at (self, peak))
      peak = lag;
  }
  a = at (self, peak - 1);
  b = at (self, peak);
  c = at (self, peak + 1);
  curve = a - 2 * b + c;
  *score = sum > 0 ? b / sqrt (sum / (high - low + 1)) : 0;
  return peak + (curve < 0 ? CLAMP (0.5 * (a - c) / curve, -0.5, 0.5) : 0);
}

static void
lock (BfftDelay * self, gdouble lag)
{
  self->delay += lag;
  self->drift = 0;
  self->locked = TRUE;
  self->refused = FALSE;
  self->seen = self->jumps = 0;
  turn_phases (self, lag);
}

/* Peaks in a row at about the same place are a delay: two that are high, or
 * many. What strangers do at once by chance, as to stop, makes up to five. */
static void
search (BfftDelay * self, gdouble lag, gdouble score)
{
  if (score >= SCORE) {
    if (fabs (lag - self->candidate) > 4)
      self->seen = 0;
    self->seen += score >= HIGH ? EVIDENCE / 2 : 1;
    self->candidate = lag;
    if (self->seen >= EVIDENCE)
      lock (self, lag);
  } else {
    self->seen = 0;
    self->refused |= ++self->misses >= PATIENCE;
  }
}

static void
follow (BfftDelay * self, gdouble lag)
{
  gdouble most = MAX_DRIFT * self->length / 2, before = self->delay;

  if (fabs (lag) > NEAR) {
    if (++self->jumps >= 4)
      lock (self, lag);
    return;
  }
  self->jumps = 0;
  self->delay += DELAY_GAIN * lag;
  self->drift = CLAMP (self->drift + DRIFT_GAIN * lag, -most, most);
  turn_phases (self, self->delay - before);
}

void
bfft_delay_add (BfftDelay * self, const gfloat * reference,
    const gfloat * device)
{
  gboolean silent = is_pause (self, reference, 0);
  gdouble lag, score;
  guint i;

  if (self->locked)
    self->delay += self->drift;
  if (is_pause (self, device, 1) || silent)
    return;
  for (i = 0; i < self->length; i++) {
    self->re[i] = self->window[i] * reference[i];
    self->im[i] = self->window[i] * device[i];
  }
  bfft_transform_forward (self->transform, self->re, self->im, self->re,
      self->im);
  add_phases (self);
  correlate (self);
  lag = find_peak (self, -(gint) self->max_lag - (gint) floor (self->delay),
      (gint) self->max_lag - (gint) floor (self->delay), &score);
  if (!self->locked)
    search (self, lag, score);
  else if (score >= SCORE)
    follow (self, lag);
}

/* delay .. misses as numbers, then the phases. */
#define N_NUMBERS 10

gsize
bfft_delay_state_size (const BfftDelay * self)
{
  return N_NUMBERS + self->length + 2;
}

void
bfft_delay_save (const BfftDelay * self, gdouble * state)
{
  const gdouble numbers[N_NUMBERS] = { self->locked, self->refused,
    self->delay, self->drift, self->loudest[0], self->loudest[1],
    self->candidate, self->seen, self->misses, self->jumps
  };

  memcpy (state, numbers, sizeof (numbers));
  memcpy (state + N_NUMBERS, self->phases,
      (self->length + 2) * sizeof (gdouble));
}

void
bfft_delay_restore (BfftDelay * self, const gdouble * state)
{
  self->locked = state[0] != 0;
  self->refused = state[1] != 0;
  self->delay = CLAMP (state[2], -(gdouble) self->max_lag, self->max_lag);
  self->drift = CLAMP (state[3], -(gdouble) self->length, self->length);
  self->loudest[0] = state[4];
  self->loudest[1] = state[5];
  self->candidate = state[6];
  self->seen = CLAMP (state[7], 0, 1000);
  self->misses = CLAMP (state[8], 0, 1000);
  self->jumps = CLAMP (state[9], 0, 1000);
  memcpy (self->phases, state + N_NUMBERS,
      (self->length + 2) * sizeof (gdouble));
}
