/* bfft: transforms of a few points in registers, for bfft-fft-width.h.
 *
 * Included once per width, with Vector and Complex defined.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

static inline ALWAYS Complex
W (add) (Complex a, Complex b)
{
  return (Complex) { a.re + b.re, a.im + b.im };
}

static inline ALWAYS Complex
W (sub) (Complex a, Complex b)
{
  return (Complex) { a.re - b.re, a.im - b.im };
}

static inline ALWAYS Complex
W (mul) (Complex a, Vector re, Vector im)
{
  return (Complex) { a.re * re - a.im * im, a.re * im + a.im * re };
}

/* a - i b and a + i b */
static inline ALWAYS Complex
W (sub_i) (Complex a, Complex b)
{
  return (Complex) { a.re + b.im, a.im - b.re };
}

static inline ALWAYS Complex
W (add_i) (Complex a, Complex b)
{
  return (Complex) { a.re - b.im, a.im + b.re };
}

static inline ALWAYS void
W (dft2) (Complex * a, Complex * b)
{
  Complex t = *b;

  *b = W (sub) (*a, t);
  *a = W (add) (*a, t);
}

/* Of points @d apart, in place and in order. */
static inline ALWAYS void
W (dft4) (Complex * x, guint d)
{
  Complex a = W (add) (x[0], x[2 * d]), b = W (sub) (x[0], x[2 * d]);
  Complex c = W (add) (x[d], x[3 * d]), e = W (sub) (x[d], x[3 * d]);

  x[0] = W (add) (a, c);
  x[d] = W (sub_i) (b, e);
  x[2 * d] = W (sub) (a, c);
  x[3 * d] = W (add_i) (b, e);
}

static inline ALWAYS void
W (dft8) (Complex * x)
{
  const gfloat h = (gfloat) (G_SQRT2 / 2);
  Complex y[8], t;
  guint i;

  W (dft4) (x, 2);
  W (dft4) (x + 1, 2);
  /* exp (-2 pi i k / 8) times the odd ones */
  t.re = x[3].re + x[3].im;
  t.im = x[3].im - x[3].re;
  y[1] = (Complex) { x[2].re + h * t.re, x[2].im + h * t.im };
  y[5] = (Complex) { x[2].re - h * t.re, x[2].im - h * t.im };
  t.re = x[7].im - x[7].re;
  t.im = x[7].re + x[7].im;
  y[3] = (Complex) { x[6].re + h * t.re, x[6].im - h * t.im };
  y[7] = (Complex) { x[6].re - h * t.re, x[6].im + h * t.im };
  y[0] = W (add) (x[0], x[1]);
  y[4] = W (sub) (x[0], x[1]);
  y[2] = W (sub_i) (x[4], x[5]);
  y[6] = W (add_i) (x[4], x[5]);
  for (i = 0; i < 8; i++)
    x[i] = y[i];
}

static inline ALWAYS Complex
W (turn) (Complex a, gfloat re, gfloat im)
{
  return (Complex) { a.re * re - a.im * im, a.re * im + a.im * re };
}

static inline ALWAYS void
W (dft16) (Complex * x)
{
  const gfloat c = 0.92387953251128675613f, s = 0.38268343236508977173f;
  const gfloat h = (gfloat) (G_SQRT2 / 2);
  Complex t;
  guint i;

  W (dft4) (x, 4);
  W (dft4) (x + 1, 4);
  W (dft4) (x + 2, 4);
  W (dft4) (x + 3, 4);
  x[5] = W (turn) (x[5], c, -s);
  x[9] = W (turn) (x[9], h, -h);
  x[13] = W (turn) (x[13], s, -c);
  x[6] = W (turn) (x[6], h, -h);
  x[10] = (Complex) { x[10].im, -x[10].re };
  x[14] = W (turn) (x[14], -h, -h);
  x[7] = W (turn) (x[7], s, -c);
  x[11] = W (turn) (x[11], -h, -h);
  x[15] = W (turn) (x[15], -c, s);
  for (i = 0; i < 16; i += 4)
    W (dft4) (x + i, 1);
  /* digits the other way round */
#define SWAP(a, b) (t = x[a], x[a] = x[b], x[b] = t)
  SWAP (1, 4);
  SWAP (2, 8);
  SWAP (3, 12);
  SWAP (6, 9);
  SWAP (7, 13);
  SWAP (11, 14);
#undef SWAP
}

static inline ALWAYS void
W (dft3) (Complex * x)
{
  const gfloat s = 0.86602540378443864676f;
  Complex sum = W (add) (x[1], x[2]), d = W (sub) (x[1], x[2]);
  Complex a = { x[0].re - 0.5f * sum.re, x[0].im - 0.5f * sum.im };

  x[0] = W (add) (x[0], sum);
  x[1] = (Complex) { a.re + s * d.im, a.im - s * d.re };
  x[2] = (Complex) { a.re - s * d.im, a.im + s * d.re };
}

static inline ALWAYS void
W (dft5) (Complex * x)
{
  const gfloat c1 = 0.30901699437494742410f, c2 = -0.80901699437494742410f;
  const gfloat s1 = 0.95105651629515357212f, s2 = 0.58778525229247312917f;
  Complex t1 = W (add) (x[1], x[4]), t2 = W (add) (x[2], x[3]);
  Complex d1 = W (sub) (x[1], x[4]), d2 = W (sub) (x[2], x[3]);
  Complex a1 = { x[0].re + c1 * t1.re + c2 * t2.re,
    x[0].im + c1 * t1.im + c2 * t2.im
  };
  Complex a2 = { x[0].re + c2 * t1.re + c1 * t2.re,
    x[0].im + c2 * t1.im + c1 * t2.im
  };
  Complex b1 = { s1 * d1.re + s2 * d2.re, s1 * d1.im + s2 * d2.im };
  Complex b2 = { s2 * d1.re - s1 * d2.re, s2 * d1.im - s1 * d2.im };

  x[0] = W (add) (x[0], W (add) (t1, t2));
  x[1] = W (sub_i) (a1, b1);
  x[4] = W (add_i) (a1, b1);
  x[2] = W (sub_i) (a2, b2);
  x[3] = W (add_i) (a2, b2);
}

static inline ALWAYS void
W (dft7) (Complex * x)
{
  const gfloat c[] = { 0.62348980185873353053f, -0.22252093395631440429f,
    -0.90096886790241912624f
  };
  const gfloat s[] = { 0.78183148246802980871f, 0.97492791218182360702f,
    0.43388373911755812048f
  };
  Complex t1 = W (add) (x[1], x[6]), d1 = W (sub) (x[1], x[6]);
  Complex t2 = W (add) (x[2], x[5]), d2 = W (sub) (x[2], x[5]);
  Complex t3 = W (add) (x[3], x[4]), d3 = W (sub) (x[3], x[4]);
  Complex x0 = x[0], a, b;

  x[0] = W (add) (x0, W (add) (t1, W (add) (t2, t3)));
#define PAIR(k, c1, c2, c3, s1, s2, s3) \
  a.re = x0.re + c1 * t1.re + c2 * t2.re + c3 * t3.re; \
  a.im = x0.im + c1 * t1.im + c2 * t2.im + c3 * t3.im; \
  b.re = s1 * d1.re + s2 * d2.re + s3 * d3.re; \
  b.im = s1 * d1.im + s2 * d2.im + s3 * d3.im; \
  x[k] = W (sub_i) (a, b); \
  x[7 - k] = W (add_i) (a, b)
  PAIR (1, c[0], c[1], c[2], s[0], s[1], s[2]);
  PAIR (2, c[1], c[2], c[0], s[1], -s[2], -s[0]);
  PAIR (3, c[2], c[0], c[1], s[2], -s[0], s[1]);
#undef PAIR
}

/* @radix is a constant wherever this is inlined. */
static inline ALWAYS void
W (dft) (Complex * x, guint radix)
{
  if (radix == 2)
    W (dft2) (x, x + 1);
  else if (radix == 3)
    W (dft3) (x);
  else if (radix == 4)
    W (dft4) (x, 1);
  else if (radix == 5)
    W (dft5) (x);
  else if (radix == 7)
    W (dft7) (x);
  else if (radix == 8)
    W (dft8) (x);
  else
    W (dft16) (x);
}
