/* bfft: the butterflies of bfft-network-kernels.c on LANES values at once.
 *
 * Included once for each number of lanes; N (name) is a name of its own.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* *INDENT-OFF* */
typedef gfloat N (Lanes) __attribute__((vector_size (LANES * 4), aligned (4)));
/* *INDENT-ON* */

typedef struct
{
  N (Lanes) re, im;
} N (Value);

typedef struct
{
  N (Value) top, bottom;
} N (Outputs);

INLINE N (Lanes)
N (load) (const gfloat * from)
{
  return *(const N (Lanes) *) from;
}

INLINE void
N (store) (gfloat * re, gfloat * im, N (Value) x)
{
  *(N (Lanes) *) re = x.re;
  *(N (Lanes) *) im = x.im;
}

INLINE N (Value)
N (multiply) (N (Lanes) re, N (Lanes) im, N (Value) x)
{
  return (N (Value)) { re * x.re - im * x.im, re * x.im + im * x.re };
}

INLINE N (Value)
N (add) (N (Value) x, N (Value) y)
{
  return (N (Value)) { x.re + y.re, x.im + y.im };
}

/* m00 a + m01 b, m10 a + m11 b; @e is a multiple of LANES. */
INLINE N (Outputs)
N (join_unitary) (const BfftStageTable * s, gsize e, N (Value) a, N (Value) b)
{
  gsize lane = e % BFFT_TABLES_GROUP;
  const gfloat *m = s->groups + 8 * (e - lane) + lane;
  N (Value) product[4];
  guint i;

  for (i = 0; i < 4; i++, m += 2 * BFFT_TABLES_GROUP)
    product[i] = N (multiply) (N (load) (m), N (load) (m + BFFT_TABLES_GROUP),
        i % 2 ? b : a);
  return (N (Outputs)) {
    N (add) (product[0], product[1]), N (add) (product[2], product[3])
  };
}

/* The butterfly at entry @e: a + t and a - t, t = w b; with a gate g, whose
 * twiddle is g w and h = 1 - g, a + t and a + h (b - a) - t. */
INLINE N (Outputs)
N (join) (BfftTableKind kind, gboolean gated, const BfftStageTable * s,
    gfloat scale, gsize e, N (Value) a, N (Value) b)
{
  N (Lanes) h = { 0 }, factor = h + scale;
  N (Value) t, bottom = a;

  if (kind == BFFT_TABLES_UNITARY)
    return N (join_unitary) (s, e, a, b);
  if (gated)
    h = N (load) (s->closed + e);
  if (kind == BFFT_TABLES_FLOAT) {
    t = N (multiply) (N (load) (s->re + e), N (load) (s->im + e), b);
  } else {
    if (gated)
      factor -= factor * h;
    t = N (multiply) (factor * (N (Lanes)) N (load_int8) (s->q_re + e),
        factor * (N (Lanes)) N (load_int8) (s->q_im + e), b);
  }
  if (gated) {
    bottom.re += (b.re - a.re) * h;
    bottom.im += (b.im - a.im) * h;
  }
  bottom.re -= t.re;
  bottom.im -= t.im;
  return (N (Outputs)) { N (add) (a, t), bottom };
}

/* LANES butterflies of either kind in both stages from @i on. */
INLINE void
N (run_pair) (BfftTableKind kind, gboolean gated, gboolean real,
    const BfftPair * pair, gsize e, gsize i)
{
  const BfftStageTable *s = pair->first, *u = pair->second;
  gsize run = pair->run;
  gfloat scale = pair->q8_scale;
  N (Value) x[4] = { 0 };
  N (Outputs) p, q, v, w;
  guint k;

  for (k = 0; k < 4; k++) {
    x[k].re = N (load) (pair->re[k] + i);
    if (!real)
      x[k].im = N (load) (pair->im[k] + i);
  }
  p = N (join) (kind, gated, s, scale, e, x[0], x[1]);
  q = N (join) (kind, gated, s, scale, e + run, x[2], x[3]);
  v = N (join) (kind, gated, u, scale, e, p.top, q.top);
  w = N (join) (kind, gated, u, scale, e + run, p.bottom, q.bottom);
  N (store) (pair->re[0] + i, pair->im[0] + i, v.top);
  N (store) (pair->re[1] + i, pair->im[1] + i, w.top);
  N (store) (pair->re[2] + i, pair->im[2] + i, v.bottom);
  N (store) (pair->re[3] + i, pair->im[3] + i, w.bottom);
}

INLINE void
N (run_pairs) (BfftTableKind kind, gboolean gated, gboolean real,
    const BfftPair * pair)
{
  const BfftStageTable s = *pair->first, u = *pair->second;
  BfftPair copy = *pair;
  gsize run = pair->run, block, i;

  copy.first = &s;
  copy.second = &u;
  for (block = 0; block < pair->blocks; block++) {
    for (i = 0; i < run; i += LANES)
      N (run_pair) (kind, gated, real, &copy, 2 * block * run + i,
          4 * block * run + i);
  }
}

INLINE gsize
N (run_unitary) (const BfftStageTable * s, gsize e, gfloat * re, gfloat * im,
    gsize distance, gsize i, gsize n)
{
  for (; i + LANES <= n; i += LANES) {
    N (Value) a = { N (load) (re + i), N (load) (im + i) };
    N (Value) b = { N (load) (re + distance + i),
      N (load) (im + distance + i)
    };
    N (Outputs) o = N (join_unitary) (s, e + i, a, b);

    N (store) (re + i, im + i, o.top);
    N (store) (re + distance + i, im + distance + i, o.bottom);
  }
  return i;
}

#undef N
#undef LANES
