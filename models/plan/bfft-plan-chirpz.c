/* bfft: exact transforms of any length, as convolutions with a chirp.
 *
 * With j k = (j^2 + k^2 - (k - j)^2) / 2 a DFT of length N is
 *   Z[k] = c[k] sum_j (z[j] c[j]) conj (c[k - j]),  c[j] = exp (-pi i j^2 / N)
 * (Bluestein, "A linear filtering approach to the computation of discrete
 * Fourier transform", IEEE Trans. AU 18, 1970). The convolution runs on exact
 * FFTs, or for ORC and for variants that are not exact on the next network whose
 * length holds it.
 *
 * Even n: neighbouring samples are one of N = n / 2 points, and the bins come
 * from Z and its mirror image. Odd n: N = n, of which only the
 * first half is wanted.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-fft.h"
#include "bfft-fft-kernels.h"
#include "bfft-plan-private.h"
#include "bfft-transform.h"

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
  guint size;                   /* of the convolution */
  BfftTransform *network;       /* what transforms, or NULL */
  BfftFft *fft;                 /* otherwise */
  Complex chirp;                /* [N] c */
  Complex filter;               /* [size] spectrum of conj (c), scaled */
  const BfftFftKernels *finish; /* even n: between samples, points and bins */
  Complex turn;                 /* even n: [N / 2 + 1], see BfftFftKernels */
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

/* Returns: the transform of @z, in @z or where the next one may take it. */
static Complex
transform (BfftPlanChirpz * self, Complex z)
{
  if (self->network)
    bfft_transform_forward (self->network, z.re, z.im, z.re, z.im);
  else
    bfft_fft_run (self->fft, z.re, z.im, &z.re, &z.im);
  return z;
}

/* Returns: the DFT of z[0..length), [wanted] */
static Complex
convolve (BfftPlanChirpz * self)
{
  const BfftKernels *k = self->plan.kernels;
  guint n = self->length, size = self->size;
  Complex z = self->z;

  k->multiply (z.re, z.im, self->chirp.re, self->chirp.im, n);
  memset (z.re + n, 0, (size - n) * sizeof (gfloat));
  memset (z.im + n, 0, (size - n) * sizeof (gfloat));
  z = transform (self, z);
  /* An inverse transform is a forward one between conjugations. */
  k->multiply_conjugate (z.re, z.im, self->filter.re, self->filter.im, size);
  z = transform (self, z);
  k->conjugate_multiply (z.re, z.im, self->chirp.re, self->chirp.im,
      self->wanted);
  return z;
}

/* Returns: the DFT of length N of a frame */
static Complex
run (BfftPlanChirpz * self, const gfloat * frame)
{
  const gfloat *window = self->plan.window;
  Complex z = self->z;
  guint n = self->length;

  if (self->finish) {
    self->finish->pairs (n, frame, window, z.re, z.im);
  } else {
    self->plan.kernels->window (z.re, frame, window, n);
    memset (z.im, 0, n * sizeof (gfloat));
  }
  return convolve (self);
}

static void
bfft_plan_chirpz_spectrum (BfftPlan * plan, const gfloat * frame, gfloat * re,
    gfloat * im)
{
  BfftPlanChirpz *self = (BfftPlanChirpz *) plan;
  Complex z = run (self, frame);

  if (self->finish) {
    self->finish->spectrum (self->length, z.re, z.im, self->turn.re,
        self->turn.im, re, im);
    return;
  }
  memcpy (re, z.re, self->wanted * sizeof (gfloat));
  memcpy (im, z.im, self->wanted * sizeof (gfloat));
}

static void
bfft_plan_chirpz_power (BfftPlan * plan, const gfloat * frame, gfloat * power)
{
  BfftPlanChirpz *self = (BfftPlanChirpz *) plan;
  Complex z = run (self, frame);

  if (self->finish)
    self->finish->power (self->length, z.re, z.im, self->turn.re,
        self->turn.im, power);
  else
    plan->kernels->network_power (power, z.re, z.im, self->wanted);
}

static void
bfft_plan_chirpz_free (BfftPlan * plan)
{
  BfftPlanChirpz *self = (BfftPlanChirpz *) plan;

  bfft_transform_free (self->network);
  if (self->fft)
    bfft_fft_free (self->fft);
  complex_clear (&self->chirp);
  complex_clear (&self->filter);
  complex_clear (&self->turn);
  complex_clear (&self->z);
}

static const BfftPlanClass bfft_plan_chirpz_class = {
  .spectrum = bfft_plan_chirpz_spectrum,
  .power = bfft_plan_chirpz_power,
  .free = bfft_plan_chirpz_free,
};

/* The filter is transformed by the network in float like everything else; its
 * error is that of one more transform. */
static void
make_tables (BfftPlanChirpz * self)
{
  guint n = self->length, size = self->size, j;
  gdouble scale = self->finish ? 2.0 * size : size;
  Complex *filter = &self->filter, result;

  for (j = 0; j < n; j++) {
    /* j^2 modulo 2N, so that the angle keeps its precision */
    gdouble angle = -G_PI * ((guint64) j * j % (2 * (guint64) n)) / n;

    self->chirp.re[j] = cos (angle);
    self->chirp.im[j] = sin (angle);
    /* conj (c[k - j]) for k - j from -(length - 1) to wanted - 1 */
    if (j < self->wanted) {
      filter->re[j] = cos (angle) / scale;
      filter->im[j] = -sin (angle) / scale;
    }
    if (j > 0) {
      filter->re[size - j] = cos (angle) / scale;
      filter->im[size - j] = -sin (angle) / scale;
    }
  }
  result = transform (self, *filter);
  memmove (filter->re, result.re, size * sizeof (gfloat));
  memmove (filter->im, result.im, size * sizeof (gfloat));
  for (j = 0; j <= n / 2; j++) {
    self->turn.re[j] = sin (-G_PI * j / n);
    self->turn.im[j] = -cos (-G_PI * j / n);
  }
}

/* Returns: the least length from @least on that transforms are fast at. */
static guint
choose_size (guint least)
{
  static const guint odd[] = { 3, 5, 9, 15 };
  guint size = 1u << g_bit_storage (least - 1), i, of;

  for (i = 0; i < G_N_ELEMENTS (odd); i++) {
    for (of = 16 * odd[i]; of < least; of *= 2);
    size = MIN (size, of);
  }
  return size;
}

static void
make_transform (BfftPlanChirpz * self, const BfftPlanSpec * spec, guint least,
    gboolean on_network)
{
  if (on_network) {
    g_autoptr (BfftNetwork) exact = NULL;

    self->size = 1u << g_bit_storage (least - 1);
    exact = bfft_network_new_exact (spec->variant, self->size);
    self->network = bfft_transform_new (exact, spec->execution);
    self->plan.parameter_bytes =
        bfft_transform_get_parameter_bytes (self->network);
    self->plan.active_butterflies =
        2 * bfft_transform_get_active_butterflies (self->network);
    self->plan.description = g_strdup_printf ("chirp-z: %u on %s",
        self->length, bfft_transform_describe (self->network));
  } else {
    g_autofree gchar *radices = NULL;

    self->size = choose_size (least);
    self->fft = bfft_fft_new (self->size, FALSE,
        bfft_execution_get_tier (spec->execution));
    self->plan.parameter_bytes = bfft_fft_get_bytes (self->fft);
    self->plan.active_butterflies = 2 * bfft_fft_get_butterflies (self->fft);
    radices = bfft_fft_describe (self->fft);
    self->plan.description = g_strdup_printf ("chirp-z: %u on %u complex "
        "points, radices %s, %s", self->length, self->size, radices,
        bfft_execution_get_name (spec->execution));
  }
}

BfftPlan *
bfft_plan_chirpz_new (const BfftPlanSpec * spec, gboolean on_network)
{
  BfftPlanChirpz *self = g_new0 (BfftPlanChirpz, 1);
  gboolean even = spec->n_fft % 2 == 0;

  self->plan.klass = &bfft_plan_chirpz_class;
  self->length = even ? spec->n_fft / 2 : spec->n_fft;
  self->wanted = even ? self->length : spec->n_fft / 2 + 1;
  /* Outputs k and inputs j are at most this far apart on either side. */
  make_transform (self, spec, self->length + self->wanted - 1, on_network);
  self->chirp = complex_new (self->length);
  self->filter = complex_new (self->size);
  self->turn = complex_new (self->length / 2 + 1 + BFFT_FFT_PADDING);
  if (even)
    self->finish = bfft_fft_kernels_get (bfft_execution_get_tier
        (spec->execution), self->length / 2);
  self->z = complex_new (self->size);
  make_tables (self);
  self->plan.parameter_bytes += 2 * sizeof (gfloat) * ((gsize) self->length
      + self->size + self->length / 2 + 1);
  return &self->plan;
}
