/* bfft: the loss around one twiddle.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-landscape.h"

#include <math.h>

BfftLandscape *
bfft_landscape_new_empty (gchar * x_label, gchar * y_label)
{
  BfftLandscape *self = g_new0 (BfftLandscape, 1);

  self->x_label = x_label;
  self->y_label = y_label;
  self->x = g_array_new (FALSE, FALSE, sizeof (gdouble));
  self->y = g_array_new (FALSE, FALSE, sizeof (gdouble));
  self->z = g_array_new (FALSE, FALSE, sizeof (gdouble));
  return self;
}

void
bfft_landscape_free (BfftLandscape * landscape)
{
  g_free (landscape->x_label);
  g_free (landscape->y_label);
  g_array_unref (landscape->x);
  g_array_unref (landscape->y);
  g_array_unref (landscape->z);
  g_free (landscape);
}

/* Puts the twiddle of @network at that of @centre plus (@re, @im). */
static void
move_twiddle (BfftNetwork * network, const BfftNetwork * centre,
    guint twiddle, gdouble re, gdouble im)
{
  network->twiddles[2 * twiddle] = centre->twiddles[2 * twiddle] + re;
  network->twiddles[2 * twiddle + 1] = centre->twiddles[2 * twiddle + 1] + im;
  if (network->unitary) {
    gfloat *moved = &network->unitary[8 * twiddle];
    const gfloat *fixed = &centre->unitary[8 * twiddle];

    moved[2] = fixed[2] + re;
    moved[3] = fixed[3] + im;
    moved[6] = fixed[6] - re;
    moved[7] = fixed[7] - im;
  }
  if (network->q8)
    bfft_network_quantize (network);
}

static gchar *
twiddle_label (const BfftNetwork * network, const gchar * part, guint twiddle)
{
  return g_strdup_printf ("change of %s(w), stage %u, butterfly %u", part,
      twiddle / network->half, twiddle % network->half);
}

BfftLandscape *
bfft_landscape_new (const BfftNetwork * network, guint twiddle,
    BfftLandscapeLoss loss, gpointer user_data)
{
  g_autoptr (BfftNetwork) moved = NULL;
  g_autoptr (BfftLandscape) self = NULL;
  guint row, column, i;

  g_return_val_if_fail (twiddle < network->stages * network->half, NULL);

  self = bfft_landscape_new_empty (twiddle_label (network, "re", twiddle),
      twiddle_label (network, "im", twiddle));
  for (i = 0; i < BFFT_LANDSCAPE_POINTS; i++) {
    gdouble offset = BFFT_LANDSCAPE_REACH
        * (2.0 * i / (BFFT_LANDSCAPE_POINTS - 1) - 1);

    g_array_append_val (self->x, offset);
    g_array_append_val (self->y, offset);
  }

  moved = bfft_network_copy (network);
  for (row = 0; row < self->y->len; row++) {
    for (column = 0; column < self->x->len; column++) {
      gdouble z;

      move_twiddle (moved, network, twiddle,
          g_array_index (self->x, gdouble, column),
          g_array_index (self->y, gdouble, row));
      z = loss (moved, user_data);
      if (!(fabs (z) <= G_MAXFLOAT))
        return NULL;
      g_array_append_val (self->z, z);
    }
  }
  return g_steal_pointer (&self);
}
