/* bfft: each kernel by name, on arrays of any type. The build makes the list
 * from the .orc files.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-kernels.h"

typedef struct
{
  const gchar *name;
  /* Of each array, destinations first: f(loat), d(ouble), b, h or i for int8,
   * int16 and int32, and how many of them an element has. */
  const gchar *types;
  void (*run) (const BfftKernels * kernels, gpointer * arrays,
      const gint * strides, const gfloat * params, gint n, gint m);
} KernelCall;

extern const KernelCall kernel_calls[];
