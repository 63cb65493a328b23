/* bfft: 2 p real samples, p prime, (p - 1) / 2 = A B, for vectors of WIDTH floats.
 *
 * Included by bfft-fft-width.h. Sums and differences of samples p apart are two
 * frames of p samples, u for the even bins and v for the odd ones. In a frame of p
 * the sums E and differences O of samples n and p - n give
 *   re X[k] = x[0] + sum_n E[n] cos (2 pi n k / p)
 *   im X[k] = -sum_n O[n] sin (2 pi n k / p),  n, k = 1..h, h = (p - 1) / 2
 * With n = +-g^-q and k = +-g^r of a primitive root g these are two cyclic
 * convolutions of h points (Rader, "Discrete Fourier transforms when the number
 * of data samples is prime", Proc. IEEE 56, 1968), where h is odd. Of coprime
 * factors A B they are done in two dimensions, without twiddles (Good, "The
 * interaction algorithm and practical Fourier analysis", J. R. Statist. Soc. B
 * 20, 1958). Numbers lie in fours, E of u and v, O of u and v, so that all
 * orders are a matter of where four floats are loaded from.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Four floats from @a and, in wider vectors, four from @b. */
static inline ALWAYS Vector
W (load_fours) (const gfloat * a, const gfloat * b)
{
#if WIDTH == 4
  (void) b;
  return W (load) (a);
#else
  return SHUFFLE (*(const Quarter *) a, *(const Quarter *) b, 0, 1, 2, 3, 4, 5,
      6, 7);
#endif
}

/* Samples from @n on, and those p later, as sum and difference. */
static inline ALWAYS Complex
W (prime_load) (const gfloat * frame, const gfloat * window, guint n)
{
  Vector a = W (load) (frame + n) * W (load) (window);
  Vector b = W (load) (frame + P + n) * W (load) (window + WIDTH);

  return (Complex) { a + b, a - b };
}

/* Fours of n = 1..h, in the order that turn4 gives, and x[0] of u and v. */
static inline ALWAYS void
W (prime_fold) (BfftFftPrime * t, const gfloat * frame)
{
  const gfloat *w = t->window;
  gfloat *fours = t->fours, a, b;
  guint block, n, i;

  for (block = 1; block <= H; block += WIDTH, w += 4 * WIDTH) {
    Complex x, y;
    Vector four[4];

    n = MIN (block, H - WIDTH + 1);
    x = W (prime_load) (frame, w, n);
    y = W (prime_load) (frame, w + 2 * WIDTH, P - n - WIDTH + 1);
    y = (Complex) { REVERSE (y.re), REVERSE (y.im) };
    /* v is times (-1)^n, so that its sums are of differences */
    four[0] = x.re + y.re;
    four[1] = (x.im - y.im) * W (load) (t->sign[0] + AT + n);
    four[2] = (x.re - y.re) * W (load) (t->sign[1] + AT + n);
    four[3] = (x.im + y.im) * W (load) (t->sign[2] + AT + n);
    W (turn4) (four);
    for (i = 0; i < 4; i++, fours += WIDTH)
      W (store) (fours, four[i]);
  }
  a = frame[0] * w[0];
  b = frame[P] * w[1];
  t->zero[0] = a + b;
  t->zero[1] = a - b;
}

/* out[k] = first + sum_i x[i] table[i k mod n], i, k = 1..n / 2; with @sign -1
 * the table is one of sines. */
static inline ALWAYS void
W (odd_sums) (Vector first, const Vector * x, guint n, const gfloat * table,
    gfloat sign, Vector * out)
{
  guint i, k;

#pragma GCC unroll 8
  for (k = 1; k <= n / 2; k++) {
    out[k] = first;
#pragma GCC unroll 8
    for (i = 1; i <= n / 2; i++) {
      guint at = i * k % n;

      out[k] += x[i] * (at <= n / 2 ? table[at] : sign * table[n - at]);
    }
  }
}

/* A DFT of an odd number @n of real points, to bins 0..n / 2. */
static inline ALWAYS void
W (odd_dft) (Vector * x, guint n, const gfloat * cosine, const gfloat * sine,
    Vector * re, Vector * im)
{
  Vector even[5] = { { 0, } }, odd[5] = { { 0, } }, zero = { 0, };
  guint i;

  re[0] = x[0];
#pragma GCC unroll 8
  for (i = 1; i <= n / 2; i++) {
    even[i] = x[i] + x[n - i];
    odd[i] = x[n - i] - x[i];
    re[0] += even[i];
  }
  W (odd_sums) (x[0], even, n, cosine, 1, re);
  W (odd_sums) (zero, odd, n, sine, -1, im);
}

/* Back, of bins from 1 on that are doubled. */
static inline ALWAYS void
W (odd_inverse) (const Vector * re, const Vector * im, guint n,
    const gfloat * cosine, const gfloat * sine, Vector * x)
{
  Vector even[5], odd[5], zero = { 0, };
  guint k;

  x[0] = re[0];
  W (odd_sums) (re[0], re, n, cosine, 1, even);
  W (odd_sums) (zero, im, n, sine, -1, odd);
#pragma GCC unroll 8
  for (k = 1; k <= n / 2; k++) {
    x[0] += re[k];
    x[k] = even[k] - odd[k];
    x[n - k] = even[k] + odd[k];
  }
}

/* Real DFTs down columns of B. */
static inline ALWAYS void
W (prime_columns) (BfftFftPrime * t)
{
  const guint16 *in = t->in;
  guint column, i;

  for (column = 0; column < A; column += WIDTH / 4) {
    Vector x[9], re[5], im[5];

#pragma GCC unroll 16
    for (i = 0; i < B; i++, in += WIDTH / 4)
      x[i] = W (load_fours) (t->fours + in[0], t->fours + in[WIDTH / 4 - 1]);
    W (odd_dft) (x, B, cosine9, sine9, re, im);
    W (store) (t->re + 4 * column, re[0]);
#pragma GCC unroll 8
    for (i = 1; i <= B / 2; i++) {
      W (store) (t->re + i * ROW + 4 * column, re[i]);
      W (store) (t->im + i * ROW + 4 * column, im[i]);
    }
  }
}

#if WIDTH == 4
/* Along the first row, of real numbers. */
static inline ALWAYS void
prime_first_row (BfftFftPrime * t)
{
  const gfloat *h = t->first;
  Vector x[7], re[4], im[4];
  guint j;

#pragma GCC unroll 8
  for (j = 0; j < A; j++)
    x[j] = W (load) (t->re + 4 * j);
  W (odd_dft) (x, A, cosine7, sine7, re, im);
  W (store) (t->sum, re[0]);
  re[0] = re[0] * W (load) (h) + W (load) (t->zero);
#pragma GCC unroll 8
  for (j = 1; j <= A / 2; j++) {
    Complex y = W (mul) ((Complex) { re[j], im[j] }, W (load) (h + 8 * j),
        W (load) (h + 8 * j + 4));

    re[j] = y.re;
    im[j] = y.im;
  }
  W (odd_inverse) (re, im, A, cosine7, sine7, x);
#pragma GCC unroll 8
  for (j = 0; j < A; j++)
    W (store) (t->back_re + j * ROW, x[j]);
}
#endif

/* Along the others: DFTs, times those of the cosines and sines, and back. */
static inline ALWAYS void
W (prime_rows) (BfftFftPrime * t)
{
  const gfloat *h = t->filter;
  guint row, j;

  for (row = 1; row <= B / 2; row += WIDTH / 4) {
    const gfloat *re = t->re + row * ROW, *im = t->im + row * ROW;
    Complex x[7], y;

#pragma GCC unroll 8
    for (j = 0; j < A; j++, re += 4, im += 4) {
      x[j].re = W (load_fours) (re, re + ROW);
      x[j].im = W (load_fours) (im, im + ROW);
    }
    W (dft) (x, A);
#pragma GCC unroll 8
    for (j = 0; j < A; j++, h += 2 * WIDTH) {
      y = W (mul) (x[j], W (load) (h), W (load) (h + WIDTH));
      x[j] = (Complex) { y.im, y.re };
    }
    W (dft) (x, A);
#pragma GCC unroll 8
    for (j = 0; j < A; j++) {
      W (store) (t->back_re + j * ROW + 4 * row, x[j].im);
      W (store) (t->back_im + j * ROW + 4 * row, x[j].re);
    }
  }
}

/* Back up the columns. */
static inline ALWAYS void
W (prime_results) (BfftFftPrime * t)
{
  guint column, k;

  for (column = 0; column < A; column += WIDTH / 4) {
    const gfloat *re = t->back_re + column * ROW;
    const gfloat *im = t->back_im + column * ROW;
    Vector x[9], y[5], z[5];

#pragma GCC unroll 8
    for (k = 0; k <= B / 2; k++, re += 4, im += 4) {
      y[k] = W (load_fours) (re, re + ROW);
      z[k] = W (load_fours) (im, im + ROW);
    }
    W (odd_inverse) (y, z, B, cosine9, sine9, x);
#pragma GCC unroll 16
    for (k = 0; k < B; k++)
      W (store) (t->fours + k * ROW + 4 * column, x[k]);
  }
}

/* Fours from @k on in order, by what they are: re of u and v, then -im but for
 * the signs. */
static inline ALWAYS void
W (prime_pick) (const BfftFftPrime * t, guint k, Vector * x)
{
  const guint16 *out = t->out + k;
  guint i;

  for (i = 0; i < 4; i++)
    x[i] = W (load_fours) (t->fours + out[i], t->fours + out[WIDTH - 4 + i]);
  W (turn4) (x);
}

/* v[last], u[0], v[last - 1], u[1] ... */
static inline ALWAYS void
W (prime_weave) (Vector u, Vector v, gfloat * out)
{
#if WIDTH == 4
  W (store) (out, SHUFFLE (v, u, 3, 4, 2, 5));
  W (store) (out + 4, SHUFFLE (v, u, 1, 6, 0, 7));
#else
  v = REVERSE (v);
  W (store) (out, SHUFFLE (v, u, 0, 8, 1, 9, 2, 10, 3, 11));
  W (store) (out + 8, SHUFFLE (v, u, 4, 12, 5, 13, 6, 14, 7, 15));
#endif
}

/* Bins 2 k are u's and bins p - 2 k v's: two blocks at a time have all that lies
 * side by side. Without @im, @re is the power. */
static inline ALWAYS void
W (prime_bins) (const BfftFftPrime * t, gfloat * re, gfloat * im)
{
  gfloat u = t->zero[0] + t->sum[0], v = t->zero[1] + t->sum[1];
  guint k, mirror;

  re[0] = im ? u : u * u;
  re[P] = im ? v : v * v;
  if (im)
    im[0] = im[P] = 0;
  for (k = 1; k <= H / 2 + 1; k += WIDTH) {
    Vector x[4], y[4];

    mirror = H - k - WIDTH + 2;
    W (prime_pick) (t, k, x);
    W (prime_pick) (t, mirror, y);
    if (im) {
      Vector x_sign = W (load) (t->sign[3] + AT + k);
      Vector y_sign = W (load) (t->sign[3] + AT + mirror);

      W (prime_weave) (-x_sign * x[2], y_sign * y[3], im + 2 * k - 1);
      W (prime_weave) (-y_sign * y[2], x_sign * x[3], im + 2 * mirror - 1);
    } else {
      x[0] = x[0] * x[0] + x[2] * x[2];
      x[1] = x[1] * x[1] + x[3] * x[3];
      y[0] = y[0] * y[0] + y[2] * y[2];
      y[1] = y[1] * y[1] + y[3] * y[3];
    }
    W (prime_weave) (x[0], y[1], re + 2 * k - 1);
    W (prime_weave) (y[0], x[1], re + 2 * mirror - 1);
  }
}

static inline ALWAYS void
W (prime) (BfftFftPrime * t, const gfloat * frame)
{
  W (prime_fold) (t, frame);
  W (prime_columns) (t);
  prime_first_row (t);
  W (prime_rows) (t);
  W (prime_results) (t);
}

static void
W (prime_power) (BfftFftPrime * t, const gfloat * frame, gfloat * power)
{
  W (prime) (t, frame);
  W (prime_bins) (t, power, NULL);
}

static void
W (prime_spectrum) (BfftFftPrime * t, const gfloat * frame, gfloat * re,
    gfloat * im)
{
  W (prime) (t, frame);
  W (prime_bins) (t, re, im);
}
