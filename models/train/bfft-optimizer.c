/* bfft: from gradients to steps.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-optimizer.h"

#include <math.h>
#include <string.h>

#define BETA1 0.9
#define BETA2 0.999

BfftOptimizer *
bfft_optimizer_new (BfftOptimizerMethod method, gsize count,
    BfftExecution execution)
{
  BfftOptimizer *self = g_new0 (BfftOptimizer, 1);

  self->method = method;
  self->count = count;
  self->kernels = bfft_kernels_get (execution);
  self->first = g_new0 (gfloat, 3 * count);
  self->second = self->first + count;
  self->largest = self->second + count;
  return self;
}

void
bfft_optimizer_free (BfftOptimizer * optimizer)
{
  if (optimizer == NULL)
    return;
  g_free (optimizer->first);
  g_free (optimizer);
}

void
bfft_optimizer_reset (BfftOptimizer * optimizer)
{
  optimizer->steps = 0;
  memset (optimizer->first, 0, 3 * optimizer->count * sizeof (gfloat));
}

void
bfft_optimizer_step (BfftOptimizer * optimizer, gfloat * gradient,
    gfloat scale, gdouble rate)
{
  const BfftKernels *k = optimizer->kernels;
  gdouble bias1, bias2;

  optimizer->steps++;
  bias1 = 1 / (1 - pow (BETA1, optimizer->steps));
  bias2 = 1 / (1 - pow (BETA2, optimizer->steps));
  switch (optimizer->method) {
    case BFFT_OPTIMIZER_SGD:
      k->train_momentum (gradient, optimizer->first, scale, BETA1, rate,
          optimizer->count);
      break;
    case BFFT_OPTIMIZER_ADAM:
      k->train_adam (gradient, optimizer->first, optimizer->second, scale,
          BETA1, BETA2, rate * bias1, bias2, BFFT_OPTIMIZER_EPSILON,
          optimizer->count);
      break;
    case BFFT_OPTIMIZER_DIAG_PRECOND:
      k->train_precondition (gradient, optimizer->second, optimizer->largest,
          scale, BETA2, rate, bias2, BFFT_OPTIMIZER_EPSILON, optimizer->count);
      break;
  }
}

const gchar *
bfft_optimizer_method_to_string (BfftOptimizerMethod method)
{
  static const gchar *const labels[] = { "sgd", "adam", "diag-precond" };

  return labels[method];
}
