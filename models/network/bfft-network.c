/* bfft: the learned butterfly network as data.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-network.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Half a unit in the last place of 1: what another sine may round to. */
#define EXACT_TOLERANCE 6e-8f

gboolean
bfft_network_length_is_valid (guint n_fft)
{
  return n_fft >= BFFT_MIN_N && n_fft <= BFFT_MAX_N
      && (n_fft & (n_fft - 1)) == 0;
}

/* exp (-2 pi i k / length), computed in double and rounded once. */
static void
exact_twiddle (guint k, guint length, gfloat * re, gfloat * im)
{
  gdouble angle = -2 * G_PI * k / length;

  *re = cos (angle);
  *im = sin (angle);
}

static gfloat *
filled (gsize length, gfloat value)
{
  gfloat *values = g_new (gfloat, length);
  gsize i;

  for (i = 0; i < length; i++)
    values[i] = value;
  return values;
}

static gfloat *
exact_twiddles (guint stages, guint half)
{
  gfloat *twiddles = g_new (gfloat, (gsize) stages * half * 2);
  gfloat *w = twiddles;
  guint s, b;

  for (s = 0; s < stages; s++) {
    for (b = 0; b < half; b++, w += 2)
      exact_twiddle (b % (1u << s), 2u << s, &w[0], &w[1]);
  }
  return twiddles;
}

static gfloat *
exact_unitary (const gfloat * twiddles, gsize count)
{
  gfloat *unitary = g_new (gfloat, count * 8);
  gsize i;

  for (i = 0; i < count; i++) {
    const gfloat *w = &twiddles[2 * i];
    const gfloat m[8] = { 1, 0, w[0], w[1], 1, 0, -w[0], -w[1] };

    memcpy (&unitary[8 * i], m, sizeof (m));
  }
  return unitary;
}

BfftNetwork *
bfft_network_new_exact (BfftVariant variant, guint n_fft)
{
  BfftNetwork *self;
  gsize count;

  g_return_val_if_fail (bfft_network_length_is_valid (n_fft)
      || n_fft == BFFT_MAX_INNER_N, NULL);

  self = g_new0 (BfftNetwork, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->variant = variant;
  self->n_fft = n_fft;
  self->stages = g_bit_storage (n_fft) - 1;
  self->half = n_fft / 2;
  self->gate_threshold = BFFT_DEFAULT_GATE_THRESHOLD;
  self->twiddles = exact_twiddles (self->stages, self->half);
  count = (gsize) self->stages * self->half;

  switch (variant) {
    case BFFT_VARIANT_UNITARY:
      self->unitary = exact_unitary (self->twiddles, count);
      break;
    case BFFT_VARIANT_Q8:
      bfft_network_quantize (self);
      break;
    case BFFT_VARIANT_PRUNED:
      self->gates = filled (count, 1);
      self->hard_gates = TRUE;
      break;
    case BFFT_VARIANT_FUSED_SPECTRAL:
      self->freq_mask = filled (2 * n_fft, 1);
      break;
    case BFFT_VARIANT_LEARNED:
      self->gates = filled (count, 1);
      self->freq_mask = filled (2 * n_fft, 1);
      self->denoiser_scale = filled (2 * n_fft, 1);
      self->denoiser_bias = filled (2 * n_fft, 0);
      break;
    default:
      break;
  }
  return self;
}

static gpointer
copy_array (gconstpointer array, gsize size)
{
  return array ? g_memdup2 (array, size) : NULL;
}

BfftNetwork *
bfft_network_copy (const BfftNetwork * network)
{
  BfftNetwork *self = g_memdup2 (network, sizeof (BfftNetwork));
  gsize count = (gsize) self->stages * self->half;
  gsize bins = 2 * (gsize) self->n_fft * sizeof (gfloat);

  g_atomic_ref_count_init (&self->ref_count);
  self->twiddles = copy_array (network->twiddles, count * 2 * sizeof (gfloat));
  self->gates = copy_array (network->gates, count * sizeof (gfloat));
  self->freq_mask = copy_array (network->freq_mask, bins);
  self->denoiser_scale = copy_array (network->denoiser_scale, bins);
  self->denoiser_bias = copy_array (network->denoiser_bias, bins);
  self->unitary = copy_array (network->unitary, count * 8 * sizeof (gfloat));
  self->q8 = copy_array (network->q8, count * 2);
  return self;
}

BfftNetwork *
bfft_network_ref (BfftNetwork * network)
{
  g_atomic_ref_count_inc (&network->ref_count);
  return network;
}

void
bfft_network_unref (BfftNetwork * network)
{
  if (!g_atomic_ref_count_dec (&network->ref_count))
    return;
  g_free (network->twiddles);
  g_free (network->gates);
  g_free (network->freq_mask);
  g_free (network->denoiser_scale);
  g_free (network->denoiser_bias);
  g_free (network->unitary);
  g_free (network->q8);
  g_free (network);
}

void
bfft_network_quantize (BfftNetwork * network)
{
  gsize count = (gsize) network->stages * network->half;
  gfloat largest = 0;
  gsize i;

  for (i = 0; i < count; i++) {
    largest = MAX (largest,
        hypotf (network->twiddles[2 * i], network->twiddles[2 * i + 1]));
  }
  /* a scale that is denormal would be too coarse to keep within 127 */
  network->q8_scale = largest / 127 >= FLT_MIN ? largest / 127 : 1;
  if (network->q8 == NULL)
    network->q8 = g_new (gint8, 2 * count);
  for (i = 0; i < 2 * count; i++)
    network->q8[i] = lrintf (network->twiddles[i] / network->q8_scale);
}

static void
turn (gfloat * w, gdouble angle)
{
  gdouble re = w[0] * cos (angle) - w[1] * sin (angle);
  gdouble im = w[0] * sin (angle) + w[1] * cos (angle);

  w[0] = re;
  w[1] = im;
}

void
bfft_network_perturb (BfftNetwork * network, gfloat amount, guint32 seed)
{
  gsize count = (gsize) network->stages * network->half;
  GRand *random = g_rand_new_with_seed (seed);
  gsize i;

  for (i = 0; i < count; i++) {
    gdouble angle = (2 * g_rand_double (random) - 1) * amount;

    turn (&network->twiddles[2 * i], angle);
    if (network->unitary) {
      /* m01 = w and m11 = -w at the exact start */
      turn (&network->unitary[8 * i + 2], angle);
      turn (&network->unitary[8 * i + 6], angle);
    }
  }
  g_rand_free (random);
  if (network->q8)
    bfft_network_quantize (network);
}

void
bfft_network_randomize (BfftNetwork * network, guint32 seed)
{
  bfft_network_perturb (network, G_PI, seed);
}

static gboolean
all_equal (const gfloat * values, gsize count, gfloat value)
{
  gsize i;

  for (i = 0; values && i < count; i++) {
    if (values[i] != value)
      return FALSE;
  }
  return TRUE;
}

static gboolean
twiddles_are_exact (const BfftNetwork * network)
{
  guint s, b;

  for (s = 0; s < network->stages; s++) {
    for (b = 0; b < network->half; b++) {
      const gfloat *w = &network->twiddles[2 * (s * network->half + b)];
      gfloat re, im;

      exact_twiddle (b % (1u << s), 2u << s, &re, &im);
      if (fabsf (w[0] - re) > EXACT_TOLERANCE
          || fabsf (w[1] - im) > EXACT_TOLERANCE)
        return FALSE;
    }
  }
  return TRUE;
}

gboolean
bfft_network_is_exact (const BfftNetwork * network)
{
  gsize bins = 2 * (gsize) network->n_fft;

  if (network->q8 || network->unitary)
    return FALSE;
  return bfft_network_active_butterflies (network) ==
      (guint64) network->stages * network->half
      && (network->hard_gates || all_equal (network->gates,
          (gsize) network->stages * network->half, 1))
      && all_equal (network->freq_mask, bins, 1)
      && all_equal (network->denoiser_scale, bins, 1)
      && all_equal (network->denoiser_bias, bins, 0)
      && twiddles_are_exact (network);
}

gfloat
bfft_network_gate (const BfftNetwork * network, guint index)
{
  if (network->gates == NULL)
    return 1;
  if (network->hard_gates)
    return network->gates[index] >= network->gate_threshold ? 1 : 0;
  return network->gates[index];
}

guint64
bfft_network_active_butterflies (const BfftNetwork * network)
{
  guint count = network->stages * network->half;
  guint64 active = 0;
  guint i;

  for (i = 0; i < count; i++)
    active += bfft_network_gate (network, i) != 0;
  return active;
}
