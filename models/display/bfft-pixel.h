/* bfft: arithmetic with pixels, 0x00RRGGBB.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @pixel by @part / 255, 0 to 255; within 1 of the exact result, and exact at
 * both ends. */
static inline guint32
bfft_pixel_scale (guint32 pixel, guint part)
{
  guint32 by = part + (part >> 7);

  return ((pixel & 0xff00ff) * by >> 8 & 0xff00ff) |
      ((pixel & 0x00ff00) * by >> 8 & 0x00ff00);
}

/* @part / 255 of @over, the rest of @pixel, rounded likewise. */
static inline guint32
bfft_pixel_mix (guint32 pixel, guint32 over, guint part)
{
  guint32 by = part + (part >> 7), rest = 256 - by;

  return (((pixel & 0xff00ff) * rest + (over & 0xff00ff) * by + 0x800080) >> 8
      & 0xff00ff) | (((pixel & 0x00ff00) * rest + (over & 0x00ff00) * by +
          0x8000) >> 8 & 0x00ff00);
}

G_END_DECLS
