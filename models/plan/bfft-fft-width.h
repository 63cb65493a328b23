/* bfft: the kernels of bfft-fft-kernels.h for vectors of WIDTH floats.
 *
 * Included by bfft-fft-kernels.c once per width; W () makes names of their own.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define Vector W (Vector)
#define Complex W (Complex)

/* At any alignment, and whatever else is in that memory. */
typedef gfloat Vector
__attribute__ ((vector_size (4 * WIDTH), aligned (4), may_alias));

typedef struct
{
  Vector re, im;
} Complex;

#include "bfft-fft-radix.h"

static inline ALWAYS Vector
W (load) (const gfloat * from)
{
  return *(const Vector *) from;
}

static inline ALWAYS void
W (store) (gfloat * to, Vector v)
{
  *(Vector *) to = v;
}

/* Shuffles of two vectors within their 128-bit lanes, and of whole lanes; all of
 * them one instruction on every tier. */
#if WIDTH == 4
#define LANES(a, b, c, d) a, b, c, d
#define REVERSED 3, 2, 1, 0
#define SORTED 0, 1, 2, 3
#elif WIDTH == 8
#define LANES(a, b, c, d) a, b, c, d, a + 4, b + 4, c + 4, d + 4
#define REVERSED 7, 6, 5, 4, 3, 2, 1, 0
#define SORTED 0, 1, 4, 5, 2, 3, 6, 7
#else
#define LANES(a, b, c, d) a, b, c, d, a + 4, b + 4, c + 4, d + 4, \
    a + 8, b + 8, c + 8, d + 8, a + 12, b + 12, c + 12, d + 12
#define REVERSED 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0
#define SORTED 0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15
#endif
#define EVEN(a, b) SHUFFLE (a, b, LANES (0, 2, WIDTH, WIDTH + 2))
#define ODD(a, b) SHUFFLE (a, b, LANES (1, 3, WIDTH + 1, WIDTH + 3))
#define LOW1(a, b) SHUFFLE (a, b, LANES (0, WIDTH, 1, WIDTH + 1))
#define HIGH1(a, b) SHUFFLE (a, b, LANES (2, WIDTH + 2, 3, WIDTH + 3))
#define LOW2(a, b) SHUFFLE (a, b, LANES (0, 1, WIDTH, WIDTH + 1))
#define HIGH2(a, b) SHUFFLE (a, b, LANES (2, 3, WIDTH + 2, WIDTH + 3))
#define REVERSE(a) SHUFFLE (a, a, REVERSED)
#define SORT(a) SHUFFLE (a, a, SORTED)

/* Points from p on, in the order of bfft_fft_real_lane(). */
static inline ALWAYS void
W (load_real) (Complex * x, const gfloat * frame, const gfloat * window,
    guint p)
{
  Vector a = W (load) (frame + 2 * p) * W (load) (window + 2 * p);
  Vector b = W (load) (frame + 2 * p + WIDTH) *
      W (load) (window + 2 * p + WIDTH);

  x->re = EVEN (a, b);
  x->im = ODD (a, b);
}

/* Four columns x[0..3] become rows: 128-bit lane h of x[i] is row 4 h + i. */
static inline ALWAYS void
W (turn4) (Vector * x)
{
  Vector a = LOW1 (x[0], x[1]), b = HIGH1 (x[0], x[1]);
  Vector c = LOW1 (x[2], x[3]), d = HIGH1 (x[2], x[3]);

  x[0] = LOW2 (a, c);
  x[1] = HIGH2 (a, c);
  x[2] = LOW2 (b, d);
  x[3] = HIGH2 (b, d);
}

/* Writes row 4 h + i, of @radix floats, whose parts of four are lane h of
 * x[i], x[i + 4] ... */
#if WIDTH == 4
static inline ALWAYS void
W (store_rows) (const Vector * x, gfloat * out, guint radix,
    const guint8 * order, guint i)
{
  W (store) (out + radix * order[i], x[i]);
}
#else
static inline ALWAYS void
W (store_rows) (const Vector * x, gfloat * out, guint radix,
    const guint8 * order, guint i)
{
#if WIDTH == 8
#define PAIR(a, b, u) SHUFFLE (a, b, u, u + 1, u + 2, u + 3, u + 8, u + 9, \
    u + 10, u + 11)
  if (radix == 8) {
    W (store) (out + 8 * order[i], PAIR (x[i], x[i + 4], 0));
    W (store) (out + 8 * order[i + 4], PAIR (x[i], x[i + 4], 4));
    return;
  }
#else
#define PAIR(a, b, u, v) SHUFFLE (a, b, u, u + 1, u + 2, u + 3, v, v + 1, \
    v + 2, v + 3, u + 16, u + 17, u + 18, u + 19, v + 16, v + 17, v + 18, v + 19)
  if (radix == 16) {
    Vector a = PAIR (x[i], x[i + 4], 0, 4), b = PAIR (x[i], x[i + 4], 8, 12);
    Vector c = PAIR (x[i + 8], x[i + 12], 0, 4);
    Vector d = PAIR (x[i + 8], x[i + 12], 8, 12);

    W (store) (out + 16 * order[i], PAIR (a, c, 0, 8));
    W (store) (out + 16 * order[i + 4], PAIR (a, c, 4, 12));
    W (store) (out + 16 * order[i + 8], PAIR (b, d, 0, 8));
    W (store) (out + 16 * order[i + 12], PAIR (b, d, 4, 12));
    return;
  }
#endif
#undef PAIR
  for (; i < radix; i += 4, out += 4) {
    *(Quarter *) (out + radix * order[i % 4]) = QUARTER (x[i], 0);
    *(Quarter *) (out + radix * order[i % 4 + 4]) = QUARTER (x[i], 4);
#if WIDTH == 16
    *(Quarter *) (out + radix * order[i % 4 + 8]) = QUARTER (x[i], 8);
    *(Quarter *) (out + radix * order[i % 4 + 12]) = QUARTER (x[i], 12);
#endif
  }
}
#endif

/* out[radix * order[lane] + j] = x[j][lane] */
static inline ALWAYS void
W (store_turned) (Vector * x, gfloat * out, guint radix, const guint8 * order)
{
  guint i, j;

  if (radix % 4 == 0 && radix <= WIDTH) {
    for (j = 0; j < radix; j += 4)
      W (turn4) (x + j);
    for (i = 0; i < 4; i++)
      W (store_rows) (x, out, radix, order, i);
    return;
  }
  for (i = 0; i < WIDTH; i++) {
    for (j = 0; j < radix; j++)
      out[radix * order[i] + j] = x[j][i];
  }
}

/* See bfft_fft_real_lane(). */
static const guint8 W (real_order)[] = {
#if WIDTH == 4
  0, 1, 2, 3
#elif WIDTH == 8
  0, 1, 4, 5, 2, 3, 6, 7
#else
  0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15
#endif
};

static const guint8 W (order)[] = {
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
};

static inline ALWAYS void
W (first) (const BfftFftPass * pass, guint radix, gboolean real,
    const gfloat * a, const gfloat * b, gfloat * re, gfloat * im)
{
  const guint8 *order = real ? W (real_order) : W (order);
  const gfloat *w = pass->w;
  guint m = pass->m, block, p, j;

  for (block = 0; block < m; block += WIDTH) {
    Complex x[BFFT_FFT_MAX_RADIX];
    Vector part[BFFT_FFT_MAX_RADIX];

    p = MIN (block, m - WIDTH);
    for (j = 0; j < radix; j++) {
      if (real)
        W (load_real) (x + j, a, b, p + j * m);
      else
        x[j] = (Complex) { W (load) (a + p + j * m), W (load) (b + p + j * m) };
    }
    W (dft) (x, radix);
    for (j = 1; j < radix; j++, w += 2 * WIDTH)
      x[j] = W (mul) (x[j], W (load) (w), W (load) (w + WIDTH));
    for (j = 0; j < radix; j++)
      part[j] = x[j].re;
    W (store_turned) (part, re + radix * p, radix, order);
    for (j = 0; j < radix; j++)
      part[j] = x[j].im;
    W (store_turned) (part, im + radix * p, radix, order);
  }
}

/* One vector of q; without @w the twiddles are 1. */
static inline ALWAYS void
W (butterfly) (guint radix, const gfloat * w, const gfloat * in_re,
    const gfloat * in_im, gsize in_step, gfloat * re, gfloat * im, gsize step)
{
  Complex x[BFFT_FFT_MAX_RADIX];
  guint j;

  for (j = 0; j < radix; j++) {
    x[j].re = W (load) (in_re + j * in_step);
    x[j].im = W (load) (in_im + j * in_step);
  }
  W (dft) (x, radix);
  for (j = 1; w && j < radix; j++)
    x[j] = W (turn) (x[j], w[2 * j - 2], w[2 * j - 1]);
  for (j = 0; j < radix; j++) {
    W (store) (re + j * step, x[j].re);
    W (store) (im + j * step, x[j].im);
  }
}

/* All q of one p. A last vector that is not full begins where it is, or with
 * less than one goes on into what is written later. */
static inline ALWAYS void
W (row) (guint radix, const gfloat * w, guint s, const gfloat * in_re,
    const gfloat * in_im, gsize in_step, gfloat * re, gfloat * im)
{
  guint q;

  for (q = 0; q + WIDTH <= s; q += WIDTH)
    W (butterfly) (radix, w, in_re + q, in_im + q, in_step, re + q, im + q, s);
  if (q < s) {
    q = s < WIDTH ? 0 : s - WIDTH;
    W (butterfly) (radix, w, in_re + q, in_im + q, in_step, re + q, im + q, s);
  }
}

static inline ALWAYS void
W (next) (const BfftFftPass * pass, guint radix, const gfloat * in_re,
    const gfloat * in_im, gfloat * re, gfloat * im)
{
  guint m = pass->m, s = pass->s, p;
  gsize in_step = (gsize) s * m, step = (gsize) s * radix;
  const gfloat *w = pass->w;

  W (row) (radix, NULL, s, in_re, in_im, in_step, re, im);
  for (p = 1; p < m; p++) {
    w += 2 * (radix - 1);
    W (row) (radix, w, s, in_re + p * (gsize) s, in_im + p * (gsize) s,
        in_step, re + p * step, im + p * step);
  }
}

/* X[k..] and X[n - k..], the latter in reverse and conjugated. */
static inline ALWAYS void
W (unpack) (guint n, guint k, const gfloat * re, const gfloat * im,
    const gfloat * turn_re, const gfloat * turn_im, Complex * low,
    Complex * high)
{
  guint mirror = n - k - WIDTH + 1;
  Vector z_re = W (load) (re + k), z_im = W (load) (im + k);
  Vector y_re = REVERSE (W (load) (re + mirror));
  Vector y_im = REVERSE (W (load) (im + mirror));
  Complex even = { z_re + y_re, z_im - y_im };
  Complex odd = { z_re - y_re, z_im + y_im };
  Vector t_re = W (load) (turn_re + k), t_im = W (load) (turn_im + k);

  low->re = even.re + odd.re * t_re - odd.im * t_im;
  low->im = even.im + odd.re * t_im + odd.im * t_re;
  high->re = even.re - odd.re * t_re + odd.im * t_im;
  high->im = even.im - odd.re * t_im - odd.im * t_re;
}

static void
W (power) (guint n, const gfloat * re, const gfloat * im,
    const gfloat * turn_re, const gfloat * turn_im, gfloat * power)
{
  gfloat sum = 2 * (re[0] + im[0]), difference = 2 * (re[0] - im[0]);
  guint half = n / 2, block, k;

  power[0] = sum * sum;
  power[n] = difference * difference;
  for (block = 1; block <= half; block += WIDTH) {
    Complex low, high;

    k = MIN (block, half - WIDTH + 1);
    W (unpack) (n, k, re, im, turn_re, turn_im, &low, &high);
    W (store) (power + k, low.re * low.re + low.im * low.im);
    W (store) (power + n - k - WIDTH + 1,
        REVERSE (high.re * high.re + high.im * high.im));
  }
}

static void
W (spectrum) (guint n, const gfloat * re, const gfloat * im,
    const gfloat * turn_re, const gfloat * turn_im, gfloat * out_re,
    gfloat * out_im)
{
  guint half = n / 2, block, k;

  out_re[0] = 2 * (re[0] + im[0]);
  out_re[n] = 2 * (re[0] - im[0]);
  out_im[0] = out_im[n] = 0;
  for (block = 1; block <= half; block += WIDTH) {
    Complex low, high;

    k = MIN (block, half - WIDTH + 1);
    W (unpack) (n, k, re, im, turn_re, turn_im, &low, &high);
    W (store) (out_re + n - k - WIDTH + 1, REVERSE (high.re));
    W (store) (out_im + n - k - WIDTH + 1, -REVERSE (high.im));
    W (store) (out_re + k, low.re);
    W (store) (out_im + k, low.im);
  }
}

static void
W (pairs) (guint n, const gfloat * frame, const gfloat * window, gfloat * re,
    gfloat * im)
{
  guint block, p;

  for (block = 0; block < n; block += WIDTH) {
    Complex x;

    p = MIN (block, n - WIDTH);
    W (load_real) (&x, frame, window, p);
    W (store) (re + p, SORT (x.re));
    W (store) (im + p, SORT (x.im));
  }
}

#if WIDTH <= 8
#include "bfft-fft-prime.h"
#endif

/* @count vectors of bins from @k on, of a DFT by its definition: see
 * BfftFftKernels. */
static inline ALWAYS void
W (direct_bins) (guint n, guint count, guint k, const gfloat * even,
    const gfloat * odd, const gfloat * table, gfloat * re, gfloat * im)
{
  guint bins = (n / 2 + BFFT_FFT_MAX_RADIX) / BFFT_FFT_MAX_RADIX
      * BFFT_FFT_MAX_RADIX;
  Vector x[4] = { {0,} }, y[4] = { {0,} };
  guint j, i;

  for (j = 0, table += k; j <= n / 2; j++, table += 2 * bins) {
    for (i = 0; i < count; i++) {
      x[i] += even[j] * W (load) (table + i * WIDTH);
      y[i] += odd[j] * W (load) (table + bins + i * WIDTH);
    }
  }
  for (i = 0; i < count; i++) {
    if (im)
      W (store) (im + k + i * WIDTH, y[i]);
    else
      x[i] = x[i] * x[i] + y[i] * y[i];
    W (store) (re + k + i * WIDTH, x[i]);
  }
}

static void
W (direct) (guint n, const gfloat * frame, const gfloat * window,
    const gfloat * table, gfloat * re, gfloat * im)
{
  gfloat x[BFFT_FFT_DIRECT + 1];
  gfloat even[BFFT_FFT_DIRECT / 2 + 1], odd[BFFT_FFT_DIRECT / 2 + 1];
  guint j, k;

  for (j = 0; j < n; j++)
    x[j] = frame[j] * window[j];
  x[n] = 0;
  for (j = 0; j <= n / 2; j++) {
    even[j] = x[j] + x[n - j];
    odd[j] = x[n - j] - x[j];
  }
  for (k = 0; k + 3 * WIDTH <= n / 2; k += 4 * WIDTH)
    W (direct_bins) (n, 4, k, even, odd, table, re, im);
  for (; k + WIDTH <= n / 2; k += 2 * WIDTH)
    W (direct_bins) (n, 2, k, even, odd, table, re, im);
  for (; k <= n / 2; k += WIDTH)
    W (direct_bins) (n, 1, k, even, odd, table, re, im);
}

#define PASSES(radix) \
static void \
W (first_real_##radix) (const BfftFftPass * pass, const gfloat * a, \
    const gfloat * b, gfloat * re, gfloat * im) \
{ \
  W (first) (pass, radix, TRUE, a, b, re, im); \
} \
static void \
W (first_##radix) (const BfftFftPass * pass, const gfloat * a, \
    const gfloat * b, gfloat * re, gfloat * im) \
{ \
  W (first) (pass, radix, FALSE, a, b, re, im); \
} \
static void \
W (next_##radix) (const BfftFftPass * pass, const gfloat * a, \
    const gfloat * b, gfloat * re, gfloat * im) \
{ \
  W (next) (pass, radix, a, b, re, im); \
}

PASSES (2)
PASSES (3)
PASSES (4)
PASSES (5)
PASSES (7)
PASSES (8)
PASSES (16)

#define EACH(name) { [2] = W (name##_2), [3] = W (name##_3), \
    [4] = W (name##_4), [5] = W (name##_5), [7] = W (name##_7), \
    [8] = W (name##_8), [16] = W (name##_16) }
static const BfftFftKernels W (kernels) = {
  .width = WIDTH,
  .first_real = EACH (first_real),
  .first = EACH (first),
  .next = EACH (next),
  .power = W (power),
  .spectrum = W (spectrum),
  .pairs = W (pairs),
  .direct = W (direct),
#if WIDTH <= 8
  .prime_power = W (prime_power),
  .prime_spectrum = W (prime_spectrum),
#endif
};

#undef Vector
#undef Complex
#undef LANES
#undef REVERSED
#undef SORTED
#undef PASSES
#undef EACH
