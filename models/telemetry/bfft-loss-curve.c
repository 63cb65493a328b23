/* bfft: a training's loss curve in bounded memory.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-loss-curve.h"

#include <math.h>

/* Two places are for the last and the smallest entry. */
#define GRID_MAX (BFFT_LOSS_CURVE_MAX - 2)

struct _BfftLossCurve
{
  BfftLossEntry grid[GRID_MAX]; /* every k-th entry */
  guint n_grid;
  guint64 every;
  guint64 n_finite;
  guint64 n_not_finite;
  BfftLossEntry last;
  BfftLossEntry smallest;
};

BfftLossCurve *
bfft_loss_curve_new (void)
{
  BfftLossCurve *self = g_new0 (BfftLossCurve, 1);

  self->every = 1;
  return self;
}

void
bfft_loss_curve_free (BfftLossCurve * curve)
{
  g_free (curve);
}

/* Readers take numbers in float's range. */
static gboolean
is_finite (const BfftLossEntry * entry)
{
  return fabs (entry->total_loss) <= G_MAXFLOAT
      && fabs (entry->mel_err) <= G_MAXFLOAT
      && fabs (entry->spec_err) <= G_MAXFLOAT
      && fabs (entry->welch_err) <= G_MAXFLOAT
      && fabs (entry->mean_gate) <= G_MAXFLOAT;
}

/* Keeps every other entry of the grid. */
static void
halve_grid (BfftLossCurve * self)
{
  guint i;

  for (i = 0; 2 * i < self->n_grid; i++)
    self->grid[i] = self->grid[2 * i];
  self->n_grid = i;
  self->every *= 2;
}

void
bfft_loss_curve_add (BfftLossCurve * curve, const BfftLossEntry * entry)
{
  g_return_if_fail (curve->n_finite == 0 || entry->step > curve->last.step);

  if (!is_finite (entry)) {
    curve->n_not_finite++;
    return;
  }
  if (curve->n_finite == 0 || entry->total_loss < curve->smallest.total_loss)
    curve->smallest = *entry;
  curve->last = *entry;

  if (curve->n_finite % curve->every == 0 && curve->n_grid == GRID_MAX)
    halve_grid (curve);
  if (curve->n_finite % curve->every == 0)
    curve->grid[curve->n_grid++] = *entry;
  curve->n_finite++;
}

static gint
compare_steps (gconstpointer a, gconstpointer b)
{
  const BfftLossEntry *first = a, *second = b;

  return (first->step > second->step) - (first->step < second->step);
}

GArray *
bfft_loss_curve_get (const BfftLossCurve * curve)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (BfftLossEntry));
  guint kept = 0, i;

  if (curve->n_finite == 0)
    return entries;
  g_array_append_vals (entries, curve->grid, curve->n_grid);
  g_array_append_val (entries, curve->smallest);
  g_array_append_val (entries, curve->last);
  g_array_sort (entries, compare_steps);

  for (i = 1; i < entries->len; i++) {
    BfftLossEntry *all = (BfftLossEntry *) entries->data;

    if (all[i].step != all[kept].step)
      all[++kept] = all[i];
  }
  g_array_set_size (entries, kept + 1);
  return entries;
}

guint64
bfft_loss_curve_get_recorded (const BfftLossCurve * curve)
{
  return curve->n_finite + curve->n_not_finite;
}

guint64
bfft_loss_curve_get_not_finite (const BfftLossCurve * curve)
{
  return curve->n_not_finite;
}

guint64
bfft_loss_curve_get_every (const BfftLossCurve * curve)
{
  return curve->every;
}
