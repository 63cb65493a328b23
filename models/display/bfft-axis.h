/* bfft: an axis of frequencies on a screen.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BfftAxisScale:
 * @BFFT_AXIS_LOG: octaves are equally long
 * @BFFT_AXIS_LINEAR: Hz are
 * @BFFT_AXIS_MEL: mels are (HTK's: 2595 log10 (1 + f / 700))
 */
typedef enum
{
  BFFT_AXIS_LOG,
  BFFT_AXIS_LINEAR,
  BFFT_AXIS_MEL,
} BfftAxisScale;

/**
 * BfftAxis:
 * @scale: what is equally long
 * @min: Hz at its start, above 0 on a logarithmic one
 * @max: Hz at its end, above @min
 * @length: in pixels
 */
typedef struct
{
  BfftAxisScale scale;
  gdouble min, max;
  gdouble length;
} BfftAxis;

/* Pixels from the start to @frequency, which may lie beyond the ends, and the
 * frequency that lies there. */
gdouble bfft_axis_position (const BfftAxis * axis, gdouble frequency);
gdouble bfft_axis_frequency (const BfftAxis * axis, gdouble position);

#define BFFT_AXIS_MAX_TICKS 64

/* Round frequencies on @axis, at least @gap pixels apart, up to
 * BFFT_AXIS_MAX_TICKS. Returns: how many. */
guint bfft_axis_ticks (const BfftAxis * axis, gdouble gap, gdouble * ticks);

/* The least of ... 0.5 1 2 5 10 20 ... that is not below @least. */
gdouble bfft_axis_step (gdouble least);

G_END_DECLS
