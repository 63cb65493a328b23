/* bfft: what a kind of plan implements.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-plan.h"

G_BEGIN_DECLS
/* A plan is one of several engines behind bfft-plan.h. Power may be NULL: it is
 * then made from the spectrum. */
    typedef struct
{
  void (*spectrum) (BfftPlan * plan, const gfloat * frame, gfloat * re,
      gfloat * im);
  void (*power) (BfftPlan * plan, const gfloat * frame, gfloat * power);
  void (*free) (BfftPlan * plan);
} BfftPlanClass;

/* Engines embed this as their first member. */
struct _BfftPlan
{
  const BfftPlanClass *klass;
  const BfftKernels *kernels;
  BfftPlanSpec spec;            /* window is owned, network referenced */
  gfloat *window;               /* [n_fft], never NULL */
  guint bins;                   /* n_fft / 2 + 1 */
  gfloat *re, *im;              /* [bins], work space of bfft-plan.c */
  gfloat *gain, *power_gain;    /* [bins] of a curve, or NULL */
  gsize parameter_bytes;
  guint64 active_butterflies;
  gchar *description;
};

/* The engines. Each allocates itself and leaves the members above, but for
 * klass, parameter_bytes, active_butterflies and description, to
 * bfft_plan_new(). */
BfftPlan *bfft_plan_reference_new (const BfftPlanSpec * spec);

/* Exact weights, real input, of n_fft without other factors than 2, 3, 5 and 7
 * that are not too short. */
gboolean bfft_plan_exact_takes (guint n_fft);
BfftPlan *bfft_plan_exact_new (const BfftPlanSpec * spec);

/* Exact weights, real input, of 254 samples. */
#define BFFT_PLAN_PRIME 254
BfftPlan *bfft_plan_prime_new (const BfftPlanSpec * spec);

/* The same on ORC's programs; n_fft at least 32 and a multiple of 4. */
gboolean bfft_plan_real_takes (guint n_fft);
BfftPlan *bfft_plan_real_new (const BfftPlanSpec * spec);

/* Exact weights, real input, any n_fft up to the second; made for those below the
 * first and those that would else be a convolution. */
#define BFFT_PLAN_DIRECT_BELOW 32
#define BFFT_PLAN_DIRECT_MOST 128      /* BFFT_FFT_DIRECT */
BfftPlan *bfft_plan_direct_new (const BfftPlanSpec * spec);

/* Exact weights, real input, n_fft from BFFT_PLAN_DIRECT_BELOW on; its
 * convolution runs on a network of the variant if @on_network. */
BfftPlan *bfft_plan_chirpz_new (const BfftPlanSpec * spec,
    gboolean on_network);

/* The network of @spec as it is, or an exact one of @spec's variant when it
 * has none; n_fft must be a power of two. */
BfftPlan *bfft_plan_network_new (const BfftPlanSpec * spec);

G_END_DECLS
