/* bfft: a network's parameters as training wants them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-tensors.h"

#include <string.h>

gboolean
bfft_tensors_variant_is_trained (BfftVariant variant)
{
  return variant == BFFT_VARIANT_DOMAIN || variant == BFFT_VARIANT_PRUNED
      || variant == BFFT_VARIANT_LEARNED || variant == BFFT_VARIANT_UNITARY;
}

static gfloat *
take (BfftTensors * self, gboolean wanted, gsize count)
{
  gfloat *values = self->values ? self->values + self->count : NULL;

  if (!wanted)
    return NULL;
  self->count += count;
  return values;
}

/* Run twice: without values it only counts. */
static void
lay_out (BfftTensors * self)
{
  gsize butterflies = (gsize) self->stages * self->half;
  gboolean learned = self->variant == BFFT_VARIANT_LEARNED;
  gboolean unitary = self->variant == BFFT_VARIANT_UNITARY;

  self->count = 0;
  self->twiddles = take (self, !unitary, 2 * butterflies);
  self->gates = take (self, learned || self->variant == BFFT_VARIANT_PRUNED,
      butterflies);
  self->mask = take (self, learned, 2 * self->n);
  self->scale = take (self, learned, 2 * self->n);
  self->bias = take (self, learned, 2 * self->n);
  self->unitary = take (self, unitary, 8 * butterflies);
}

BfftTensors *
bfft_tensors_new (BfftVariant variant, guint n)
{
  BfftTensors *self;

  g_return_val_if_fail (bfft_tensors_variant_is_trained (variant), NULL);
  g_return_val_if_fail (bfft_network_length_is_valid (n), NULL);

  self = g_new0 (BfftTensors, 1);
  self->variant = variant;
  self->n = n;
  self->stages = g_bit_storage (n) - 1;
  self->half = n / 2;
  lay_out (self);
  self->values = g_new0 (gfloat, self->count);
  lay_out (self);
  return self;
}

void
bfft_tensors_free (BfftTensors * tensors)
{
  if (tensors == NULL)
    return;
  g_free (tensors->values);
  g_free (tensors);
}

/* Rotates the log2 (half) bits of the butterfly's index right by stage. */
guint
bfft_tensors_place (const BfftTensors * tensors, guint stage, guint butterfly)
{
  guint low = butterfly & ((1u << stage) - 1);

  return low << (tensors->stages - 1 - stage) | butterfly >> stage;
}

/* Copies records of @size numbers between the orders, @ordered being the
 * network's. */
static void
reorder (const BfftTensors * self, gfloat * executed, gfloat * ordered,
    guint size, gboolean load)
{
  guint s, b;

  for (s = 0; executed && s < self->stages; s++) {
    for (b = 0; b < self->half; b++) {
      gsize base = (gsize) s * self->half;
      gfloat *e = executed + (base + bfft_tensors_place (self, s, b)) * size;
      gfloat *o = ordered + (base + b) * size;

      memcpy (load ? e : o, load ? o : e, size * sizeof (gfloat));
    }
  }
}

/* Planar here, interleaved there. */
static void
reorder_bins (const BfftTensors * self, gfloat * planar, gfloat * bins,
    gboolean load)
{
  guint i;

  for (i = 0; planar && i < 2 * self->n; i++) {
    gfloat *p = &planar[(i % 2) * self->n + i / 2];

    if (load)
      *p = bins[i];
    else
      bins[i] = *p;
  }
}

/* Four planes here, one record of four there. */
static void
reorder_unitary (const BfftTensors * self, gfloat * unitary, gboolean load)
{
  guint s, b, i;

  for (s = 0; self->unitary && s < self->stages; s++) {
    gfloat *planes = self->unitary + (gsize) s * 8 * self->half;

    for (b = 0; b < self->half; b++) {
      guint place = bfft_tensors_place (self, s, b);
      gfloat *record = unitary + ((gsize) s * self->half + b) * 8;

      for (i = 0; i < 8; i++) {
        gfloat *p = &planes[((i / 2) * self->half + place) * 2 + i % 2];

        if (load)
          *p = record[i];
        else
          record[i] = *p;
      }
    }
  }
}

static void
exchange (const BfftTensors * self, const BfftNetwork * network, gboolean load)
{
  reorder (self, self->twiddles, network->twiddles, 2, load);
  reorder (self, self->gates, network->gates, 1, load);
  reorder_bins (self, self->mask, network->freq_mask, load);
  reorder_bins (self, self->scale, network->denoiser_scale, load);
  reorder_bins (self, self->bias, network->denoiser_bias, load);
  reorder_unitary (self, network->unitary, load);
}

void
bfft_tensors_load (BfftTensors * tensors, const BfftNetwork * network)
{
  exchange (tensors, network, TRUE);
}

void
bfft_tensors_store (const BfftTensors * tensors, BfftNetwork * network)
{
  exchange (tensors, network, FALSE);
}
