/* bfft: a network compiled for frames of real samples; complex ones have
 * bfft-transform.h.
 *
 * A plan is made once for a length, a window and a network: tables permuted
 * into execution order, kernels chosen, dead work removed. Executing one
 * allocates nothing and takes no lock. A plan has its own work space, so one
 * plan serves one thread at a time.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-execution.h"
#include "bfft-network.h"

G_BEGIN_DECLS

#define BFFT_PLAN_ERROR (bfft_plan_error_quark ())
GQuark bfft_plan_error_quark (void);

typedef enum
{
  BFFT_PLAN_ERROR_LENGTH,       /* no transform of this length */
  BFFT_PLAN_ERROR_NETWORK,      /* the network does not fit length or variant */
} BfftPlanError;

/**
 * BfftPlanSpec:
 * @n_fft: samples per frame, 2..131072, any integer
 * @variant: which network
 * @execution: which kernels
 * @network: its parameters, or %NULL for the exact ones; its n_fft must be
 *     @n_fft, and must be a power of two (other lengths run exact weights,
 *     of q8 and unitary on the network that convolves). A curve
 *     (bfft-curve.h) that has a sample rate may be of any length.
 * @window: [n_fft], copied, or %NULL for rectangular
 * @first_bin: lowest bin wanted
 * @n_bins: number of bins wanted from there, 0 for all up to n_fft / 2
 * @rate: of the frames in Hz, for curves; 0 for that of the network
 *
 * Zero-initialise it and set what differs. Bins that are not wanted are
 * undefined in every output.
 */
typedef struct
{
  guint n_fft;
  BfftVariant variant;
  BfftExecution execution;
  BfftNetwork *network;
  const gfloat *window;
  guint first_bin;
  guint n_bins;
  guint rate;
} BfftPlanSpec;

typedef struct _BfftPlan BfftPlan;

BfftPlan *bfft_plan_new (const BfftPlanSpec * spec, GError ** error);
void bfft_plan_free (BfftPlan * plan);

/* Real input, n_fft samples at any alignment (never written to); the window
 * is applied. n_fft / 2 + 1 bins come out, in order. */

/* power[k] = |X[k]|^2 */
void bfft_plan_power (BfftPlan * plan, const gfloat * frame, gfloat * power);

/* re[k] + i im[k] = X[k] */
void bfft_plan_spectrum (BfftPlan * plan, const gfloat * frame,
    gfloat * re, gfloat * im);

/* sum[k] += |A[k]|^2 + |B[k]|^2, for averages. @b may be %NULL. (Two frames as
 * one complex one would need no more than one transform, but the exact one of
 * real input costs less than half of that.) */
void bfft_plan_accumulate_power (BfftPlan * plan, const gfloat * a,
    const gfloat * b, gfloat * sum);

BfftVariant bfft_plan_get_variant (const BfftPlan * plan);

/* Bytes of the tables that execution reads (windows and work space apart). */
gsize bfft_plan_get_parameter_bytes (const BfftPlan * plan);

/* Butterflies executed per frame. */
guint64 bfft_plan_get_active_butterflies (const BfftPlan * plan);

/* One line that says what was compiled and why; owned by the plan. */
const gchar *bfft_plan_describe (const BfftPlan * plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftPlan, bfft_plan_free)

G_END_DECLS
