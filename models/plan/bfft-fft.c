/* bfft: exact complex FFTs on vector extensions.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-fft.h"

#include <math.h>
#include <string.h>

#include "bfft-fft-kernels.h"

#define MAX_PASSES 18

typedef struct
{
  BfftFftPassFunc run;
  BfftFftPass pass;
  gfloat *w;
  guint radix;
} Step;

struct _BfftFft
{
  guint n;
  guint n_steps;
  Step step[MAX_PASSES];
  gfloat *plane[4];             /* re, im that passes write in turn, padded */
  gfloat *re, *im;              /* of the last run */
  const BfftFftKernels *finish; /* turns a real one's points into bins */
  gfloat *turn_re, *turn_im;    /* [n / 2 + 1] and padding */
  gsize bytes;
};

#define DECLARE(TIER, name) \
  extern const BfftFftKernels *const bfft_fft_kernels_##name[];
/* *INDENT-OFF* */
BFFT_TIERS (DECLARE)
/* *INDENT-ON* */

#define ENTRY(TIER, name) [BFFT_TIER_##TIER] = bfft_fft_kernels_##name,
static const BfftFftKernels *const *const tables[BFFT_N_TIERS] = {
  BFFT_TIERS (ENTRY)
};

const BfftFftKernels *
bfft_fft_kernels_get (BfftTier tier, guint width)
{
  const BfftFftKernels *const *k = tables[tier], *best = *k;

  for (; *k && (*k)->width <= width; k++)
    best = *k;
  return best;
}

gboolean
bfft_fft_takes (guint n)
{
  static const guint primes[] = { 2, 3, 5, 7 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (primes); i++) {
    while (n > 1 && n % primes[i] == 0)
      n /= primes[i];
  }
  return n == 1;
}

static gfloat *
table_new (BfftFft * self, gsize length)
{
  self->bytes += length * sizeof (gfloat);
  return g_aligned_alloc0 (length + BFFT_FFT_PADDING, sizeof (gfloat), 64);
}

static void
set_turn (gfloat * re, gfloat * im, guint64 k, guint64 n)
{
  gdouble angle = -2 * G_PI * (k % n) / n;

  *re = cos (angle);
  *im = sin (angle);
}

/* Blocks of @width p, in the order in which the kernel has them in lanes. */
static void
make_first (BfftFft * self, Step * step, gboolean real, guint width)
{
  guint m = step->pass.m, radix = step->radix;
  guint blocks = (m + width - 1) / width, block, j, lane;
  gfloat *w;

  w = step->w = table_new (self, (gsize) blocks * (radix - 1) * 2 * width);
  for (block = 0; block < blocks; block++) {
    guint p = MIN (block * width, m - width);

    for (j = 1; j < radix; j++, w += 2 * width) {
      for (lane = 0; lane < width; lane++) {
        guint at = p + (real ? bfft_fft_real_lane (lane, width) : lane);

        set_turn (w + lane, w + width + lane, (guint64) j * at, self->n);
      }
    }
  }
}

static void
make_next (BfftFft * self, Step * step)
{
  guint m = step->pass.m, radix = step->radix, p, j;
  gfloat *w;

  w = step->w = table_new (self, (gsize) m * (radix - 1) * 2);
  for (p = 0; p < m; p++) {
    for (j = 1; j < radix; j++, w += 2)
      set_turn (w, w + 1, (guint64) j * p, (guint64) m * radix);
  }
}

/* ---- which radices ---- */

/* Fills @radices for @n, which has no other factors than 2, 3, 5 and 7. A last
 * radix of 2 costs as much as one of 4 or 8.
 * Returns: how many. */
static guint
split (guint n, guint * radices)
{
  static const guint order[] = { 8, 16, 4, 7, 5, 3, 2 };
  guint count = 0, i;

  while (n > 1) {
    for (i = 0; n % order[i]; i++);
    if (n == 16 || n == 32 || n % 32 == 16)
      i = n == 32 ? 2 : 1;
    radices[count++] = order[i];
    n /= order[i];
  }
  return count;
}

/* Rows are stored whole where the first radix is the width of vectors, and the
 * last block of wide ones must be full, or one of many. */
static guint
choose (guint n, BfftTier tier, guint * radices, const BfftFftKernels ** first)
{
  guint width, radix, m, count;

  for (width = BFFT_FFT_MAX_RADIX; width >= 4; width /= 2) {
    *first = bfft_fft_kernels_get (tier, width);
    for (radix = width; radix >= 4 && width <= 2 * radix; radix /= 2) {
      m = n / radix;
      if ((*first)->width < width || n % radix || m < width)
        continue;
      if (width == 16 && (radix < width || (m % width && m < 4 * width)))
        continue;
      radices[0] = radix;
      return 1 + split (m, radices + 1);
    }
  }
  count = split (n, radices);
  /* The first pass reads whole vectors: 21 is 3 x 7, not 7 x 3. */
  if (count > 1 && n / radices[0] < 4) {
    radix = radices[0];
    radices[0] = radices[count - 1];
    radices[count - 1] = radix;
  }
  return count;
}

BfftFft *
bfft_fft_new (guint n, gboolean real, BfftTier tier)
{
  BfftFft *self = g_new0 (BfftFft, 1);
  guint radices[MAX_PASSES], s = 1, i, k;
  const BfftFftKernels *first;

  self->n = n;
  self->n_steps = choose (n, tier, radices, &first);
  for (i = 0; i < self->n_steps; i++) {
    Step *step = &self->step[i];
    const BfftFftKernels *kernels;

    step->radix = radices[i];
    step->pass.s = s;
    step->pass.m = n / s / step->radix;
    if (i == 0) {
      make_first (self, step, real, first->width);
      step->run = real ? first->first_real[step->radix]
          : first->first[step->radix];
    } else {
      kernels = bfft_fft_kernels_get (tier, s);
      make_next (self, step);
      step->run = kernels->next[step->radix];
    }
    step->pass.w = step->w;
    s *= step->radix;
  }
  for (i = 0; i < 4; i++)
    self->plane[i] = g_aligned_alloc0 (n + BFFT_FFT_PADDING, sizeof (gfloat),
        64);
  if (real) {
    self->finish = bfft_fft_kernels_get (tier, n / 2);
    self->turn_re = table_new (self, n / 2 + 1);
    self->turn_im = table_new (self, n / 2 + 1);
    for (k = 0; k <= n / 2; k++) {
      gdouble angle = -G_PI * k / n;

      self->turn_re[k] = sin (angle);
      self->turn_im[k] = -cos (angle);
    }
  }
  return self;
}

void
bfft_fft_free (BfftFft * fft)
{
  guint i;

  for (i = 0; i < fft->n_steps; i++)
    g_aligned_free (fft->step[i].w);
  for (i = 0; i < 4; i++)
    g_aligned_free (fft->plane[i]);
  g_aligned_free (fft->turn_re);
  g_aligned_free (fft->turn_im);
  g_free (fft);
}

void
bfft_fft_run (BfftFft * fft, const gfloat * a, const gfloat * b, gfloat ** re,
    gfloat ** im)
{
  guint turn = a == fft->plane[0], i;

  for (i = 0; i < fft->n_steps; i++, turn = !turn) {
    fft->re = fft->plane[turn];
    fft->im = fft->plane[2 + turn];
    fft->step[i].run (&fft->step[i].pass, a, b, fft->re, fft->im);
    a = fft->re;
    b = fft->im;
  }
  *re = fft->re;
  *im = fft->im;
}

void
bfft_fft_power (BfftFft * fft, gfloat * power)
{
  fft->finish->power (fft->n, fft->re, fft->im, fft->turn_re, fft->turn_im,
      power);
}

void
bfft_fft_spectrum (BfftFft * fft, gfloat * re, gfloat * im)
{
  fft->finish->spectrum (fft->n, fft->re, fft->im, fft->turn_re, fft->turn_im,
      re, im);
}

gsize
bfft_fft_get_bytes (const BfftFft * fft)
{
  return fft->bytes;
}

/* As many as radix-2 stages would have. */
guint64
bfft_fft_get_butterflies (const BfftFft * fft)
{
  return (guint64) fft->n / 2 * (g_bit_storage (fft->n) - 1);
}

gchar *
bfft_fft_describe (const BfftFft * fft)
{
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < fft->n_steps; i++)
    g_string_append_printf (text, "%s%u", i ? " x " : "", fft->step[i].radix);
  return g_string_free (text, FALSE);
}
