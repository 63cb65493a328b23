/* bfft: from gradients to steps.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-execution.h"

G_BEGIN_DECLS

/**
 * BfftOptimizerMethod:
 * @BFFT_OPTIMIZER_SGD: gradient descent with momentum 0.9
 * @BFFT_OPTIMIZER_ADAM: Adam, beta 0.9 and 0.999 (Kingma, Ba 2015)
 * @BFFT_OPTIMIZER_DIAG_PRECOND: a diagonal preconditioner, 1 over the largest
 *     running root mean square that a coordinate's gradient has had (the
 *     denominator of AMSGrad: Reddi, Kale, Kumar 2018). Steps shrink with the
 *     gradient, so that it settles without a schedule.
 */
typedef enum
{
  BFFT_OPTIMIZER_SGD,
  BFFT_OPTIMIZER_ADAM,
  BFFT_OPTIMIZER_DIAG_PRECOND,
} BfftOptimizerMethod;

/* What is added to a root mean square before it divides. Gradients come scaled
 * so that a parameter that matters has one of order 1; those far below, the
 * residues of an exact network among them, make steps far below the learning
 * rate. */
#define BFFT_OPTIMIZER_EPSILON 1e-3

/**
 * BfftOptimizer:
 * @method: see there
 * @count: coordinates
 * @steps: steps taken
 * @first: [count], running mean of the gradient (sgd: momentum)
 * @second: [count], running mean of its square
 * @largest: [count], the largest that @second was
 */
typedef struct
{
  BfftOptimizerMethod method;
  gsize count;
  guint64 steps;
  gfloat *first;
  gfloat *second;
  gfloat *largest;

  /*< private >*/
  const BfftKernels *kernels;
} BfftOptimizer;

BfftOptimizer *bfft_optimizer_new (BfftOptimizerMethod method, gsize count,
    BfftExecution execution);
void bfft_optimizer_free (BfftOptimizer * optimizer);

/* Forgets all gradients. */
void bfft_optimizer_reset (BfftOptimizer * optimizer);

/* Makes of the gradient, times @scale, the step to be subtracted. */
void bfft_optimizer_step (BfftOptimizer * optimizer, gfloat * gradient,
    gfloat scale, gdouble rate);

/* The label used in properties: "diag-precond". */
const gchar *bfft_optimizer_method_to_string (BfftOptimizerMethod method);

G_END_DECLS
