/* bfft: exact transforms of any length, as convolutions with a chirp.
 *
 * With j k = (j^2 + k^2 - (k - j)^2) / 2 a DFT of length N is
 *   Z[k] = c[k] sum_j (z[j] c[j]) conj (c[k - j]),  c[j] = exp (-pi i j^2 / N)
 * (Bluestein, "A linear filtering approach to the computation of discrete
 * Fourier transform", IEEE Trans. AU 18, 1970). The convolution runs on the
 * next network whose length holds it.
 *
 * Even n: the even and odd samples are one complex sequence of N = n / 2, and
 * the bins come from Z and its mirror image. Odd n: N = n, of which only the
 * first half is wanted.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-plan-private.h"

#include <math.h>
#include <string.h>

typedef struct
{
  gfloat *re, *im;
} Complex;

typedef struct
{
  BfftPlan plan;
  guint length;                 /* N */
  guint wanted;                 /* how many of Z */
  guint size;                   /* of the network */
  BfftPlan *network;
  Complex chirp;                /* [N] c */
  Complex filter;               /* [size] spectrum of conj (c), by 1 / size */
  Complex turn;                 /* [N / 2 + 1] exp (-2 pi i k / n), even n */
  Complex z;                    /* [size] */
} BfftPlanChirpz;

static Complex
complex_new (gsize length)
{
  Complex c;

  c.re = g_aligned_alloc0 (length, sizeof (gfloat), 64);
  c.im = g_aligned_alloc0 (length, sizeof (gfloat), 64);
  return c;
}

static void
complex_clear (Complex * c)
{
  g_aligned_free (c->re);
  g_aligned_free (c->im);
}

/* z[0..wanted) = the DFT of z[0..length) */
static void
convolve (BfftPlanChirpz * self)
{
  const BfftKernels *k = self->plan.kernels;
  guint n = self->length, size = self->size;
  Complex *z = &self->z;

  k->multiply (z->re, z->im, self->chirp.re, self->chirp.im, n);
  memset (z->re + n, 0, (size - n) * sizeof (gfloat));
  memset (z->im + n, 0, (size - n) * sizeof (gfloat));
  bfft_plan_forward (self->network, z->re, z->im, z->re, z->im);
  /* An inverse transform is a forward one between conjugations. */
  k->multiply_conjugate (z->re, z->im, self->filter.re, self->filter.im, size);
  bfft_plan_forward (self->network, z->re, z->im, z->re, z->im);
  k->conjugate_multiply (z->re, z->im, self->chirp.re, self->chirp.im,
      self->wanted);
}

static void
spectrum_even (BfftPlanChirpz * self, const gfloat * frame, gfloat * re,
    gfloat * im)
{
  const gfloat *window = self->plan.window;
  const Complex *z = &self->z, *w = &self->turn;
  guint n = self->length;
  guint k;

  for (k = 0; k < n; k++) {
    z->re[k] = frame[2 * k] * window[2 * k];
    z->im[k] = frame[2 * k + 1] * window[2 * k + 1];
  }
  convolve (self);

  re[0] = z->re[0] + z->im[0];
  re[n] = z->re[0] - z->im[0];
  im[0] = im[n] = 0;
  /* Z[k] = E + i O and conj (Z[N - k]) = E - i O, E and O being the spectra
   * of the even and the odd samples; X[k] = E + w O and X[N - k] =
   * conj (E - w O). */
  for (k = 1; k <= n / 2; k++) {
    gfloat even_re = (z->re[k] + z->re[n - k]) / 2;
    gfloat even_im = (z->im[k] - z->im[n - k]) / 2;
    gfloat odd_re = (z->im[k] + z->im[n - k]) / 2;
    gfloat odd_im = (z->re[n - k] - z->re[k]) / 2;
    gfloat t_re = w->re[k] * odd_re - w->im[k] * odd_im;
    gfloat t_im = w->re[k] * odd_im + w->im[k] * odd_re;

    re[k] = even_re + t_re;
    im[k] = even_im + t_im;
    re[n - k] = even_re - t_re;
    im[n - k] = t_im - even_im;
  }
}

static void
spectrum_odd (BfftPlanChirpz * self, const gfloat * frame, gfloat * re,
    gfloat * im)
{
  Complex *z = &self->z;

  self->plan.kernels->window (z->re, frame, self->plan.window, self->length);
  memset (z->im, 0, self->length * sizeof (gfloat));
  convolve (self);
  memcpy (re, z->re, self->wanted * sizeof (gfloat));
  memcpy (im, z->im, self->wanted * sizeof (gfloat));
}

static void
bfft_plan_chirpz_spectrum (BfftPlan * plan, const gfloat * frame, gfloat * re,
    gfloat * im)
{
  if (plan->spec.n_fft % 2)
    spectrum_odd ((BfftPlanChirpz *) plan, frame, re, im);
  else
    spectrum_even ((BfftPlanChirpz *) plan, frame, re, im);
}

static void
bfft_plan_chirpz_free (BfftPlan * plan)
{
  BfftPlanChirpz *self = (BfftPlanChirpz *) plan;

  bfft_plan_free (self->network);
  complex_clear (&self->chirp);
  complex_clear (&self->filter);
  complex_clear (&self->turn);
  complex_clear (&self->z);
}

static const BfftPlanClass bfft_plan_chirpz_class = {
  .spectrum = bfft_plan_chirpz_spectrum,
  .free = bfft_plan_chirpz_free,
};

/* The filter is transformed by the network in float like everything else; its
 * error is that of one more transform. */
static void
make_tables (BfftPlanChirpz * self)
{
  guint n = self->length, size = self->size;
  Complex *filter = &self->filter;
  guint j;

  for (j = 0; j < n; j++) {
    /* j^2 modulo 2N, so that the angle keeps its precision */
    gdouble angle = -G_PI * ((guint64) j * j % (2 * (guint64) n)) / n;

    self->chirp.re[j] = cos (angle);
    self->chirp.im[j] = sin (angle);
    /* conj (c[k - j]) for k - j from -(length - 1) to wanted - 1 */
    if (j < self->wanted) {
      filter->re[j] = cos (angle) / size;
      filter->im[j] = -sin (angle) / size;
    }
    if (j > 0) {
      filter->re[size - j] = cos (angle) / size;
      filter->im[size - j] = -sin (angle) / size;
    }
  }
  bfft_plan_forward (self->network, filter->re, filter->im, filter->re,
      filter->im);
  for (j = 0; j <= n / 2; j++) {
    self->turn.re[j] = cos (-G_PI * j / n);
    self->turn.im[j] = sin (-G_PI * j / n);
  }
}

BfftPlan *
bfft_plan_chirpz_new (const BfftPlanSpec * spec)
{
  BfftPlanChirpz *self = g_new0 (BfftPlanChirpz, 1);
  BfftPlanSpec inner = { 0, };
  gboolean even = spec->n_fft % 2 == 0;

  self->plan.klass = &bfft_plan_chirpz_class;
  self->length = even ? spec->n_fft / 2 : spec->n_fft;
  self->wanted = even ? self->length : spec->n_fft / 2 + 1;
  /* Outputs k and inputs j are at most this far apart on either side. */
  self->size = 1u << g_bit_storage (self->length + self->wanted - 2);
  inner.n_fft = self->size;
  inner.variant = spec->variant;
  inner.execution = spec->execution;
  inner.complex_frames = TRUE;
  self->network = bfft_plan_new (&inner, NULL);
  self->chirp = complex_new (self->length);
  self->filter = complex_new (self->size);
  self->turn = complex_new (self->length / 2 + 1);
  self->z = complex_new (self->size);
  make_tables (self);
  self->plan.parameter_bytes = bfft_plan_get_parameter_bytes (self->network)
      + 2 * sizeof (gfloat) * ((gsize) self->length + self->size
      + self->length / 2 + 1);
  self->plan.active_butterflies =
      2 * bfft_plan_get_active_butterflies (self->network);
  self->plan.description = g_strdup_printf ("chirp-z: %u on %s",
      self->length, bfft_plan_describe (self->network));
  return &self->plan;
}
