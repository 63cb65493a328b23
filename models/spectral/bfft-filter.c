/* bfft: an equaliser of overlapping frames.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-filter.h"

#include <math.h>
#include <string.h>

#include "bfft-curve.h"

struct _BfftFilter
{
  BfftFilterSpec spec;          /* network is referenced */
  guint hop, bins;
  const BfftKernels *kernels;
  BfftTransform *transform;     /* exact for curves, else of the network */
  gfloat *window, *back;        /* [n_fft]; the second one with all factors */
  gfloat *curve;                /* [bins], or NULL */
  gfloat *gain;                 /* [n_fft], as it is applied */
  gdouble mix, max_gain;
  gfloat *samples;              /* [channels][2][n_fft]: input, output */
  gfloat *re, *im;              /* [n_fft] */
  guint filled;                 /* of the hop */
  guint64 frames;
};

static gfloat *
work_space (gsize length)
{
  return g_aligned_alloc0 (length, sizeof (gfloat), 64);
}

static guint
hop_of (const BfftFilterSpec * spec)
{
  guint hop = spec->n_fft * (1 - spec->overlap) + 0.5;

  hop = 1u << (g_bit_storage (MAX (hop, 1)) - 1);
  return CLAMP (hop, MAX (spec->n_fft / 64, 1), spec->n_fft / 2);
}

static gboolean
is_flat (const BfftNetwork * network)
{
  return network == NULL || bfft_network_is_exact (network);
}

static BfftTransform *
make_transform (const BfftFilterSpec * spec, gboolean curve)
{
  g_autoptr (BfftNetwork) exact = NULL;

  if (curve)
    exact = bfft_network_new_exact (BFFT_VARIANT_STOCKHAM, spec->n_fft);
  return bfft_transform_new (curve ? exact : spec->network, spec->execution);
}

static void
make_windows (BfftFilter * self)
{
  guint n = self->spec.n_fft, i;
  gdouble scale = 2.0 * self->hop / n;

  self->window = work_space (n);
  self->back = work_space (n);
  if (self->curve)
    scale /= n;
  for (i = 0; i < n; i++) {
    self->window[i] = sin (G_PI * i / n);
    self->back[i] = scale * sin (G_PI * i / n);
  }
}

BfftFilter *
bfft_filter_new (const BfftFilterSpec * spec, GError ** error)
{
  gboolean curve = is_flat (spec->network)
      || bfft_network_is_curve (spec->network);
  BfftFilter *self;
  guint k;

  if (!curve && spec->network->n_fft != spec->n_fft) {
    g_set_error (error, BFFT_PLAN_ERROR, BFFT_PLAN_ERROR_NETWORK,
        "The network is for n-fft %u, not for %u", spec->network->n_fft,
        spec->n_fft);
    return NULL;
  }
  self = g_new0 (BfftFilter, 1);
  self->spec = *spec;
  if (spec->network)
    bfft_network_ref (spec->network);
  self->transform = make_transform (spec, curve);
  self->kernels = bfft_kernels_get (spec->execution);
  self->hop = hop_of (spec);
  self->bins = spec->n_fft / 2 + 1;
  if (curve) {
    self->curve = work_space (self->bins);
    for (k = 0; k < self->bins; k++)
      self->curve[k] = 1;
    if (!is_flat (spec->network)) {
      bfft_curve_sample (spec->network, spec->n_fft, spec->rate, self->curve);
      bfft_curve_smooth (self->curve, self->bins, spec->smoothing);
    }
  }
  self->gain = work_space (spec->n_fft);
  make_windows (self);
  self->samples = work_space ((gsize) spec->channels * 2 * spec->n_fft);
  self->re = work_space (spec->n_fft);
  self->im = work_space (spec->n_fft);
  self->mix = -1;
  bfft_filter_set (self, 1, 24);
  return self;
}

void
bfft_filter_free (BfftFilter * self)
{
  if (self == NULL)
    return;
  bfft_transform_free (self->transform);
  g_clear_pointer (&self->spec.network, bfft_network_unref);
  g_aligned_free (self->window);
  g_aligned_free (self->back);
  g_aligned_free (self->curve);
  g_aligned_free (self->gain);
  g_aligned_free (self->samples);
  g_aligned_free (self->re);
  g_aligned_free (self->im);
  g_free (self);
}

void
bfft_filter_set (BfftFilter * self, gdouble mix, gdouble max_gain)
{
  gfloat most = pow (10, max_gain / 20), least = 1 / most;
  guint n = self->spec.n_fft, k;

  if (mix == self->mix && max_gain == self->max_gain)
    return;
  self->mix = mix;
  self->max_gain = max_gain;
  for (k = 0; self->curve && k < self->bins; k++) {
    gfloat gain = 1 - mix + mix * CLAMP (self->curve[k], least, most);

    self->gain[k] = self->gain[(n - k) % n] = gain;
  }
}

/* ---- frames ---- */

static gfloat *
input_of (const BfftFilter * self, guint channel)
{
  return self->samples + (gsize) channel *2 * self->spec.n_fft;
}

/* Adds a frame to the output, from which the hop that was read is dropped. */
static void
add_output (BfftFilter * self, guint channel, const gfloat * frame)
{
  guint n = self->spec.n_fft, kept = n - self->hop, i;
  gfloat *out = input_of (self, channel) + n;
  const gfloat *back = self->back;

  memmove (out, out + self->hop, kept * sizeof (gfloat));
  memset (out + kept, 0, self->hop * sizeof (gfloat));
  for (i = 0; i < n; i++)
    out[i] += frame[i] * back[i];
}

/* A real even gain leaves the two signals of a complex one apart. */
static void
filter_pair (BfftFilter * self, guint channel)
{
  const BfftKernels *k = self->kernels;
  guint n = self->spec.n_fft;
  gboolean second = channel + 1 < self->spec.channels;

  k->window (self->re, input_of (self, channel), self->window, n);
  if (second)
    k->window (self->im, input_of (self, channel + 1), self->window, n);
  else
    memset (self->im, 0, n * sizeof (gfloat));
  bfft_transform_forward (self->transform, self->re, self->im, self->re,
      self->im);
  k->network_scale (self->re, self->gain, n);
  k->network_scale (self->im, self->gain, n);
  bfft_transform_inverse (self->transform, self->re, self->im, self->re,
      self->im);
  add_output (self, channel, self->re);
  if (second)
    add_output (self, channel + 1, self->im);
}

static void
filter_one (BfftFilter * self, guint channel)
{
  guint n = self->spec.n_fft, i;
  gfloat mix = self->mix;

  self->kernels->window (self->re, input_of (self, channel), self->window, n);
  bfft_transform_round_trip (self->transform, self->re, self->im);
  for (i = 0; i < n; i++)
    self->re[i] += mix * (self->im[i] - self->re[i]);
  add_output (self, channel, self->re);
}

static void
run_frame (BfftFilter * self)
{
  guint n = self->spec.n_fft, c;

  for (c = 0; c < self->spec.channels; c += self->curve ? 2 : 1) {
    if (self->curve)
      filter_pair (self, c);
    else
      filter_one (self, c);
  }
  for (c = 0; c < self->spec.channels; c++) {
    gfloat *in = input_of (self, c);

    memmove (in, in + self->hop, (n - self->hop) * sizeof (gfloat));
  }
  self->filled = 0;
  self->frames++;
}

/* ---- samples ---- */

#define FINITE(x) ((x) - (x) == 0 ? (x) : 0)

/* Turns @n samples at @data, @step samples apart, into floats of full scale 1
 * and puts those of @out in their place. */
static void
exchange_s24 (guint8 * data, gsize step, gfloat * in, const gfloat * out,
    guint n)
{
  const guint low = G_BYTE_ORDER == G_LITTLE_ENDIAN ? 0 : 2, high = 2 - low;
  guint i;

  for (i = 0; i < n; i++, data += 3 * step) {
    gint32 value = (gint32) ((guint32) data[high] << 24 | data[1] << 16
        | data[low] << 8) >> 8;

    in[i] = value * (1.0f / 8388608);
    value = lrintf (CLAMP (out[i] * 8388608, -8388608, 8388607));
    data[low] = value;
    data[1] = value >> 8;
    data[high] = value >> 16;
  }
}

static void
exchange (BfftPcm format, gpointer data, gsize step, gfloat * in,
    const gfloat * out, guint n)
{
  gint16 *s16 = data;
  gint32 *s32 = data;
  gfloat *f32 = data;
  gdouble *f64 = data;
  guint i;

  switch (format) {
    case BFFT_PCM_S16:
      for (i = 0; i < n; i++, s16 += step) {
        in[i] = *s16 * (1.0f / 32768);
        *s16 = lrintf (CLAMP (out[i] * 32768, -32768, 32767));
      }
      break;
    case BFFT_PCM_S24:
      exchange_s24 (data, step, in, out, n);
      break;
    case BFFT_PCM_S32:
      for (i = 0; i < n; i++, s32 += step) {
        in[i] = *s32 * (1.0f / 2147483648.0f);
        *s32 = lrint (CLAMP (out[i] * 2147483648.0, -2147483648.0,
                2147483647.0));
      }
      break;
    case BFFT_PCM_F32:
      for (i = 0; i < n; i++, f32 += step) {
        in[i] = FINITE (*f32);
        *f32 = out[i];
      }
      break;
    case BFFT_PCM_F64:
      for (i = 0; i < n; i++, f64 += step) {
        gfloat value = *f64;

        in[i] = FINITE (value);
        *f64 = out[i];
      }
      break;
  }
}

void
bfft_filter_run (BfftFilter * self, BfftPcm format, gpointer * planes,
    gboolean interleaved, gsize offset, gsize n)
{
  static const guint sizes[] = { 2, 3, 4, 4, 8 };
  guint channels = self->spec.channels, length = self->spec.n_fft, c;
  gsize step = interleaved ? channels : 1;

  while (n > 0) {
    guint chunk = MIN (n, self->hop - self->filled);

    for (c = 0; c < channels; c++) {
      guint8 *data = planes[interleaved ? 0 : c];
      gfloat *in = input_of (self, c);

      data += (offset * step + (interleaved ? c : 0)) * sizes[format];
      exchange (format, data, step, in + length - self->hop + self->filled,
          in + length + self->filled, chunk);
    }
    self->filled += chunk;
    offset += chunk;
    n -= chunk;
    if (self->filled == self->hop)
      run_frame (self);
  }
}

gboolean
bfft_filter_carry_on (BfftFilter * self, BfftFilter * old)
{
  gfloat *samples = self->samples;

  if (self->spec.n_fft != old->spec.n_fft || self->hop != old->hop
      || self->spec.channels != old->spec.channels)
    return FALSE;
  self->samples = old->samples;
  old->samples = samples;
  self->filled = old->filled;
  self->frames = old->frames;
  return TRUE;
}

void
bfft_filter_reset (BfftFilter * self)
{
  memset (self->samples, 0, (gsize) self->spec.channels * 2
      * self->spec.n_fft * sizeof (gfloat));
  self->filled = 0;
}

guint64
bfft_filter_get_frames (const BfftFilter * self)
{
  return self->frames;
}
