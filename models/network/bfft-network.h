/* bfft: the learned butterfly network as data.
 *
 * A BfftNetwork is only parameters: what they compute is in bfft-plan.h (fast)
 * and tests/kernels (plain C). Every array is owned by the network.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-variant.h"

G_BEGIN_DECLS

#define BFFT_MIN_N 2
#define BFFT_MAX_N 131072

/* Of the exact networks that convolutions run on. */
#define BFFT_MAX_INNER_N (2 * BFFT_MAX_N)

#define BFFT_DEFAULT_GATE_THRESHOLD 0.5f

/**
 * BfftNetwork:
 * @variant: what the parameters are for
 * @n_fft: transform length, a power of two in 2..131072
 * @stages: log2 (n_fft)
 * @half: n_fft / 2, butterflies per stage
 * @twiddles: [stages][half][2], (re, im)
 * @gates: [stages][half] in [0, 1], or %NULL for all open
 * @freq_mask: [n_fft][2], scales re and im of each bin, or %NULL for 1
 * @denoiser_scale: [n_fft][2], or %NULL for 1
 * @denoiser_bias: [n_fft][2], or %NULL for 0
 * @unitary: [stages][half][8], m00 m01 m10 m11 as (re, im), or %NULL; where
 *     it is there it replaces the butterflies
 * @q8: [stages][half][2], int8 twiddles, or %NULL; where they are there they
 *     replace @twiddles in what is executed
 * @q8_scale: what a unit of @q8 is worth
 * @hard_gates: gates are rounded: at or above @gate_threshold to 1, else to 0
 * @gate_threshold: see @hard_gates
 * @sample_rate: Hz it was fitted at, 0 if none
 * @n_mels: mel bands it was fitted with, 0 if none
 * @train_steps: steps it was fitted for
 *
 * The parameters of a butterfly FFT network. Reference counted; a network that
 * is shared between threads must no longer be written to.
 */
typedef struct
{
  BfftVariant variant;
  guint n_fft;
  guint stages;
  guint half;

  gfloat *twiddles;
  gfloat *gates;
  gfloat *freq_mask;
  gfloat *denoiser_scale;
  gfloat *denoiser_bias;
  gfloat *unitary;
  gint8 *q8;
  gfloat q8_scale;

  gboolean hard_gates;
  gfloat gate_threshold;
  guint sample_rate;
  guint n_mels;
  guint64 train_steps;

  /*< private >*/
  gatomicrefcount ref_count;
} BfftNetwork;

/* Number of parameters of each kind, every number counted once. */
typedef struct
{
  guint64 twiddles, gates, freq_mask, denoiser, unitary, mel_filters, q8_packed;
  guint64 total_params, memory_bytes;
} BfftParams;

gboolean bfft_network_length_is_valid (guint n_fft);

/* The network of @variant that computes the exact DFT: it has the parameters
 * that its variant is trained with, each at its exact start.
 * @n_fft must be a power of two in 2..131072. */
BfftNetwork *bfft_network_new_exact (BfftVariant variant, guint n_fft);

/* A deep copy that may be written to. */
BfftNetwork *bfft_network_copy (const BfftNetwork * network);
BfftNetwork *bfft_network_ref (BfftNetwork * network);
void bfft_network_unref (BfftNetwork * network);

/* Makes q8 and q8_scale anew from twiddles: scale = max|w| / 127, rounded to
 * nearest. */
void bfft_network_quantize (BfftNetwork * network);

/* Turns each twiddle by an angle of its own, uniform in -amount..amount
 * radians, and what is made from the twiddles (q8, unitary) with it. The same
 * @seed gives the same network. */
void bfft_network_perturb (BfftNetwork * network, gfloat amount, guint32 seed);

/* The same with any angle: what is left of the exact start is |w| = 1. */
void bfft_network_randomize (BfftNetwork * network, guint32 seed);

/* TRUE when every parameter that is executed stands at its exact start (the
 * twiddles to float's own rounding), so that any exact FFT may stand in. */
gboolean bfft_network_is_exact (const BfftNetwork * network);

/* The gate of butterfly @index = stage * half + butterfly as it is executed:
 * 1 without gates, rounded with hard gates. */
gfloat bfft_network_gate (const BfftNetwork * network, guint index);

/* Butterflies whose executed gate is not 0, of stages * half. */
guint64 bfft_network_active_butterflies (const BfftNetwork * network);

/* Bytes that the executed parameters take in memory. */
guint64 bfft_network_resident_bytes (const BfftNetwork * network);

/* Parameter counts of @variant at @n_fft and @n_mels (mel filters only count
 * for learned), honest and as the format's original writer counts, which puts
 * the twiddles into unitary again for all but reference and unitary. */
void bfft_params_count (BfftVariant variant, guint n_fft, guint n_mels,
    BfftParams * params);
void bfft_params_count_original (BfftVariant variant, guint n_fft,
    guint n_mels, BfftParams * params);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftNetwork, bfft_network_unref)

G_END_DECLS
