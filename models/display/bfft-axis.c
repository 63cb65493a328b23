/* bfft: an axis of frequencies on a screen.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-axis.h"

#include <math.h>

/* What is equally long, as a function of Hz, and back; constant factors do not
 * matter. */
static gdouble
bend (BfftAxisScale scale, gdouble frequency)
{
  if (scale == BFFT_AXIS_LOG)
    return log (frequency);
  return scale == BFFT_AXIS_MEL ? log1p (frequency / 700) : frequency;
}

static gdouble
unbend (BfftAxisScale scale, gdouble value)
{
  if (scale == BFFT_AXIS_LOG)
    return exp (value);
  return scale == BFFT_AXIS_MEL ? 700 * expm1 (value) : value;
}

gdouble
bfft_axis_position (const BfftAxis * axis, gdouble frequency)
{
  gdouble start = bend (axis->scale, axis->min);

  return (bend (axis->scale, frequency) - start) * axis->length /
      (bend (axis->scale, axis->max) - start);
}

gdouble
bfft_axis_frequency (const BfftAxis * axis, gdouble position)
{
  gdouble start = bend (axis->scale, axis->min);
  gdouble end = bend (axis->scale, axis->max);

  return unbend (axis->scale, start + (end - start) * position / axis->length);
}

gdouble
bfft_axis_step (gdouble least)
{
  static const gdouble digits[] = { 1, 2, 5, 10 };
  gdouble decade = pow (10, floor (log10 (least)));
  guint i = 0;

  while (i < 3 && digits[i] * decade < least * (1 - 1e-9))
    i++;
  return digits[i] * decade;
}

/* Returns: the number of ticks with @frequency, if there is room for it. */
static guint
add_tick (const BfftAxis * axis, gdouble gap, gdouble * ticks, guint n,
    gdouble frequency)
{
  gdouble position = bfft_axis_position (axis, frequency);
  guint i;

  if (n == BFFT_AXIS_MAX_TICKS || frequency < axis->min * (1 - 1e-9)
      || frequency > axis->max * (1 + 1e-9))
    return n;
  for (i = 0; i < n; i++)
    if (fabs (bfft_axis_position (axis, ticks[i]) - position) < gap)
      return n;
  ticks[n] = frequency;
  return n + 1;
}

guint
bfft_axis_ticks (const BfftAxis * axis, gdouble gap, gdouble * ticks)
{
  static const gint digits[] = { 1, 5, 2, 3, 4, 7, 6, 8, 9 };
  gdouble step = bfft_axis_step ((axis->max - axis->min) *
      MAX (gap / axis->length, 1.0 / BFFT_AXIS_MAX_TICKS));
  gint top = floor (log10 (axis->max)), decade;
  guint n = 0, i;

  if (axis->scale == BFFT_AXIS_LINEAR) {
    gdouble first = ceil (axis->min / step - 1e-9);

    for (i = 0; (first + i) * step <= axis->max; i++)
      n = add_tick (axis, 0, ticks, n, (first + i) * step);
    return n;
  }
  /* whole decades before their halves, and so on */
  for (i = 0; i < G_N_ELEMENTS (digits); i++)
    for (decade = top; decade > top - 9; decade--)
      n = add_tick (axis, gap, ticks, n, digits[i] * pow (10, decade));
  return n;
}
