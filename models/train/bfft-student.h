/* bfft: the network that learns, forward and backward over a batch.
 *
 * Every row is one transform. The values of every stage are kept, so that
 * bfft_student_backward() gives the true gradient of any function of the
 * output. The geometry is explained in bfft-tensors.h.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-execution.h"
#include "bfft-tensors.h"

G_BEGIN_DECLS

/* Set by any thread to end what goes on. */
typedef _Atomic gboolean BfftCancel;

/**
 * BfftStudent:
 * @params: the parameters, to be set by the owner
 * @gradient: their gradient after bfft_student_backward()
 * @rows: transforms per batch; may be set lower, only those are then run
 * @quantized: the forward pass rounds the twiddles to int8 as
 *     bfft_network_quantize() does; backward goes straight through
 * @hard: the forward pass rounds the gates to 0 or 1 as hard gates are; their
 *     gradient is then of no use
 * @cancel: looked at before each stage, or %NULL
 * @in_re: [rows][n], input; bfft_student_set_row() writes it
 * @in_im: [rows][n]
 * @out_re: [rows][n], output in the order of bins
 * @out_im: [rows][n]
 * @dout_re: [rows][n], the gradient of the loss by the output, to be set by
 *     the owner; overwritten by bfft_student_backward()
 * @dout_im: [rows][n]
 */
typedef struct
{
  BfftTensors *params;
  BfftTensors *gradient;
  guint rows;
  gboolean quantized;
  gboolean hard;
  const BfftCancel *cancel;

  gfloat *in_re, *in_im;
  gfloat *out_re, *out_im;
  gfloat *dout_re, *dout_im;

  /*< private >*/
  const BfftKernels *kernels;
  guint *reversed;
  gfloat **re, **im;            /* [stages + 1], [rows][n] each */
  gfloat *back_re, *back_im;    /* [rows][n] */
  gfloat *effective;            /* [stages][half][2], gates times rounded */
  gfloat *rounded;              /* the twiddles, or int8 */
  gfloat *int8;                 /* [stages][half][2], rounded to int8 */
  gfloat *gates;                /* the gates, or rounded_gates */
  gfloat *rounded_gates;        /* [stages][half] */
  gfloat *gain;                 /* [2][n], mask scale */
  gfloat *memory;
} BfftStudent;

BfftStudent *bfft_student_new (BfftVariant variant, guint n, guint rows,
    BfftExecution execution);
void bfft_student_free (BfftStudent * student);

/* Puts n real samples, times @window unless it is NULL, into a row. */
void bfft_student_set_row (BfftStudent * student, guint row,
    const gfloat * samples, const gfloat * window);

/* Input to output, with the parameters as they are now. Returns: FALSE when it
 * was cancelled; there is no output then. */
gboolean bfft_student_forward (BfftStudent * student);

/* dout to gradient; dout is used up. Belongs after bfft_student_forward().
 * Returns: FALSE when it was cancelled. */
gboolean bfft_student_backward (BfftStudent * student);

/* The energy of the first and the second input of each butterfly of a stage,
 * summed over the rows of the last forward pass; [half] each, added to. */
void bfft_student_energy (BfftStudent * student, guint stage,
    gfloat * first, gfloat * second);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftStudent, bfft_student_free)

G_END_DECLS
