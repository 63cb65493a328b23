/* bfft: what training minimises, and its gradient by the student's output.
 *
 * total = spectrum + mel + welch + peak, each its weight times a mean square
 * error over the batch; docs/training.md has the formulas. Spectrum, Welch and
 * peak errors are relative to the mean square of the teacher's values, to
 * which the power of the student's noise is added when there is any, so that
 * a pause in the sound does not divide by almost nothing.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-mel.h"
#include "bfft-student.h"
#include "bfft-teacher.h"

G_BEGIN_DECLS

/**
 * BfftLossSpec:
 * @spectrum_weight: of the error of the complex spectra of the frames
 * @mel_weight: of the error of the log-mel spectra of the frames
 * @welch_weight: of the error of the Welch estimates
 * @peak_weight: of the error around the strongest bins of these
 * @peak_k: how many bins of an estimate are peaks, at most n / 2 + 1
 * @n_mels: mel bands wanted; as many as have a bin each are used
 * @rate: Hz, for the mel bands
 *
 * Terms whose weight is 0 are not computed, and their errors are 0; Welch and
 * peaks count as one in this.
 */
typedef struct
{
  gdouble spectrum_weight;
  gdouble mel_weight;
  gdouble welch_weight;
  gdouble peak_weight;
  guint peak_k;
  guint n_mels;
  guint rate;
} BfftLossSpec;

/**
 * BfftLossValues:
 * @total: sum of the weighted terms
 * @mel: log-mel mean square error, without its weight
 * @mel_err: largest |log-mel error|
 * @spec_err: largest |complex spectrum error|
 * @spec_relative: root mean square of the spectrum error relative to the
 *     teacher's
 * @welch_err: largest |error| of the estimate, one-sided and not normalised
 * @peak_err: largest |error| of the power around a peak
 */
typedef struct
{
  gdouble total;
  gdouble mel;
  gdouble mel_err;
  gdouble spec_err;
  gdouble spec_relative;
  gdouble welch_err;
  gdouble peak_err;
} BfftLossValues;

/**
 * BfftLoss:
 * @spec: weights
 * @shape: of the batches; segments as the weights need them
 * @mel: filters, or %NULL when not even one band would have a bin
 * @n_mels: bands used
 * @window: [n], periodic Hann
 * @power_stride: floats from one row of powers to the next
 */
typedef struct
{
  BfftLossSpec spec;
  BfftBatchShape shape;
  BfftMel *mel;
  guint n_mels;
  gfloat *window;
  guint power_stride;

  /*< private >*/
  const BfftKernels *kernels;
  guint bins;                   /* n / 2 + 1 */
  gdouble window_energy;        /* sum of the window's squares */
  gfloat *power;                /* [segments][power_stride], the student's */
  gfloat *dpower;               /* [segments][power_stride] */
  gfloat *sum, *largest;        /* [n] */
  gfloat *sided;                /* [bins], 1 or 2, by the segments averaged */
  gfloat *psd, *target;         /* [frames][bins], student's and teacher's */
  gfloat *dpsd;                 /* [bins] */
  guint *peaks;                 /* [frames][peak_k] */
  gfloat *energies;             /* [n_mels], as is what follows */
  gfloat *logs, *target_logs;
  gfloat *mel_error;
} BfftLoss;

/* @n and @frames: samples per frame, frames per step. */
BfftLoss *bfft_loss_new (const BfftLossSpec * spec, guint n, guint frames,
    BfftExecution execution);
void bfft_loss_free (BfftLoss * loss);

/* Compares the student's output (rows: the frames, then the segments) with the
 * teacher's and sets the student's dout. */
void bfft_loss_run (BfftLoss * loss, BfftStudent * student,
    const BfftTeacher * teacher, gdouble noise_variance,
    BfftLossValues * values);

/*< private >*/

/* The terms: each adds to @values, and to dout (spectrum) or dpower. */
void bfft_loss_add_mel (BfftLoss * loss, const BfftTeacher * teacher,
    BfftLossValues * values);
void bfft_loss_add_welch (BfftLoss * loss, const BfftTeacher * teacher,
    gdouble noise_variance, BfftLossValues * values);

G_END_DECLS
