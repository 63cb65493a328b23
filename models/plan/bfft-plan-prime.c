/* bfft: exact transforms of 254 samples, the default of 128 bands.
 *
 * 127 is prime, but 126 = 2 x 7 x 9: see bfft-fft-prime.h.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-fft-kernels.h"
#include "bfft-plan-private.h"

#include <math.h>

#define P BFFT_FFT_PRIME
#define A BFFT_FFT_PRIME_A
#define B BFFT_FFT_PRIME_B
#define ROW BFFT_FFT_PRIME_ROW
#define H (P / 2)
#define ROOT 3                  /* primitive */
#define AT BFFT_FFT_PRIME_AT

typedef struct
{
  BfftPlan plan;
  const BfftFftKernels *run;
  BfftFftPrime *prime;
} BfftPlanPrime;

static void
bfft_plan_prime_spectrum (BfftPlan * plan, const gfloat * frame, gfloat * re,
    gfloat * im)
{
  BfftPlanPrime *self = (BfftPlanPrime *) plan;

  self->run->prime_spectrum (self->prime, frame, re, im);
}

static void
bfft_plan_prime_power (BfftPlan * plan, const gfloat * frame, gfloat * power)
{
  BfftPlanPrime *self = (BfftPlanPrime *) plan;

  self->run->prime_power (self->prime, frame, power);
}

static void
bfft_plan_prime_free (BfftPlan * plan)
{
  BfftPlanPrime *self = (BfftPlanPrime *) plan;

  g_aligned_free (self->prime);
}

static const BfftPlanClass bfft_plan_prime_class = {
  .spectrum = bfft_plan_prime_spectrum,
  .power = bfft_plan_prime_power,
  .free = bfft_plan_prime_free,
};

static void
make_window (BfftFftPrime * t, const gfloat * window, guint width)
{
  gfloat *w = t->window;
  guint block, part, lane;

  for (block = 1; block <= H; block += width) {
    guint n = MIN (block, H - width + 1), mirror = P - n - width + 1;
    const guint from[] = { n, P + n, mirror, P + mirror };

    for (part = 0; part < 4; part++) {
      for (lane = 0; lane < width; lane++)
        *w++ = window ? window[from[part] + lane] : 1;
    }
  }
  w[0] = window ? window[0] : 1;
  w[1] = window ? window[P] : 1;
}

/* Where the fold of prime_fold() puts the four of @n. */
static guint
get_slot (guint n, guint width)
{
  guint block = (n - 1) / width, lane = n - 1 - block * width;

  if ((block + 1) * width > H)
    lane = n - (H - width + 1);
  return 4 * (block * width + lane % 4 * (width / 4) + lane / 4);
}

/* Orders and signs of n = +-g^-q and of k = +-g^q. */
static void
make_orders (BfftFftPrime * t, guint width)
{
  guint power[P - 1], q, group = width / 4;

  for (power[0] = q = 1; q < P - 1; q++)
    power[q] = power[q - 1] * ROOT % P;
  for (q = 0; q < H; q++) {
    guint n = power[(P - 1 - q) % (P - 1)], k = power[q];
    guint column = q % A, row = q % B;
    gint sign_n = n > H ? -1 : 1, sign_k = k > H ? -1 : 1;

    n = MIN (n, P - n);
    k = MIN (k, P - k);
    if (q % 2) {
      sign_n = -sign_n;
      sign_k = -sign_k;
    }
    t->in[(column / group * B + row) * group + column % group] =
        get_slot (n, width);
    t->out[k] = row * ROW + 4 * column;
    t->sign[0][AT + n] = n % 2 ? -1 : 1;
    t->sign[1][AT + n] = sign_n;
    t->sign[2][AT + n] = t->sign[0][AT + n] * sign_n;
    t->sign[3][AT + k] = sign_k;
  }
}

/* One bin of the spectrum, A by B, of what convolves: cos (2 pi g^q / P) or
 * (-1)^q times the sine. Bins that are conjugates of others are left out. */
static void
set_filter (gfloat * re, gfloat * im, gboolean sine, guint column, guint row)
{
  gdouble sum_re = 0, sum_im = 0, scale = (column || row ? 2.0 : 1.0) / H;
  guint power = 1, q;

  for (q = 0; q < H; q++, power = power * ROOT % P) {
    gdouble angle = 2 * G_PI * power / P;
    gdouble value = sine ? (q % 2 ? -sin (angle) : sin (angle)) : cos (angle);
    gdouble turn = -2 * G_PI * (q * column * B + q * row * A) / H;

    sum_re += value * cos (turn);
    sum_im += value * sin (turn);
  }
  *re = sum_re * scale;
  *im = sum_im * scale;
}

static void
make_filter (BfftFftPrime * t, guint width)
{
  gfloat *to = t->filter;
  guint row, column, lane;

  for (column = 0; column <= A / 2; column++) {
    for (lane = 0; lane < 4; lane++) {
      set_filter (t->first + 8 * column + lane,
          t->first + 8 * column + 4 + lane, lane > 1, column, 0);
    }
  }
  for (row = 1; row <= B / 2; row += width / 4) {
    for (column = 0; column < A; column++, to += 2 * width) {
      for (lane = 0; lane < width; lane++) {
        set_filter (to + lane, to + width + lane, lane % 4 > 1, column,
            row + lane / 4);
      }
    }
  }
}

BfftPlan *
bfft_plan_prime_new (const BfftPlanSpec * spec)
{
  BfftPlanPrime *self = g_new0 (BfftPlanPrime, 1);
  BfftFftPrime *t = g_aligned_alloc0 (1, sizeof (*t), 64);

  self->plan.klass = &bfft_plan_prime_class;
  self->prime = t;
  self->run = bfft_fft_kernels_get (bfft_execution_get_tier (spec->execution),
      8);
  make_window (t, spec->window, self->run->width);
  make_orders (t, self->run->width);
  make_filter (t, self->run->width);
  self->plan.parameter_bytes = sizeof (t->sign) + sizeof (t->first)
      + sizeof (t->filter) + sizeof (t->in) + sizeof (t->out);
  /* as many as radix-2 stages would have */
  self->plan.active_butterflies = P / 2 * 6;
  self->plan.description = g_strdup_printf ("exact weights, real input: %u "
      "= 2 x %u, by convolutions of %u x %u points, %s", 2 * P, P, A, B,
      bfft_execution_get_name (spec->execution));
  return &self->plan;
}
