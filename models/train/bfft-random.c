/* bfft: random numbers that are the same everywhere.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-random.h"

#include <math.h>

guint64
bfft_random_next (guint64 * state)
{
  guint64 z = (*state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

gdouble
bfft_random_uniform (guint64 * state)
{
  return (bfft_random_next (state) >> 11) * (1.0 / (G_GUINT64_CONSTANT (1)
          << 53));
}

gdouble
bfft_random_gaussian (guint64 * state)
{
  /* 1 - u is never 0. */
  gdouble radius = sqrt (-2 * log (1 - bfft_random_uniform (state)));

  return radius * cos (2 * G_PI * bfft_random_uniform (state));
}
