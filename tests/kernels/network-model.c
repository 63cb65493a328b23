/* bfft: the table in docs/network.md word by word, in double.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "network-model.h"

#include <complex.h>

static double complex
pair (const gfloat * values, gsize index)
{
  return values[2 * index] + I * values[2 * index + 1];
}

static gdouble
gate_of (const BfftNetwork * network, gsize index)
{
  gdouble gate = network->gates ? network->gates[index] : 1;

  if (network->hard_gates)
    gate = gate >= network->gate_threshold ? 1 : 0;
  return gate;
}

static void
butterfly (const BfftNetwork * network, gsize index, double complex *a,
    double complex *b)
{
  double complex top, bottom, t;
  gdouble g = gate_of (network, index);

  if (network->unitary) {
    const gfloat *m = &network->unitary[8 * index];

    top = pair (m, 0) * *a + pair (m, 1) * *b;
    bottom = pair (m, 2) * *a + pair (m, 3) * *b;
  } else {
    if (network->q8) {
      t = network->q8_scale * (network->q8[2 * index]
          + I * network->q8[2 * index + 1]) * *b;
    } else {
      t = pair (network->twiddles, index) * *b;
    }
    top = *a + t;
    bottom = *a - t;
  }
  *a = g * top + (1 - g) * *a;
  *b = g * bottom + (1 - g) * *b;
}

static void
finish (const BfftNetwork * network, double complex *x)
{
  guint k;

  for (k = 0; k < network->n_fft; k++) {
    gdouble re = creal (x[k]), im = cimag (x[k]);

    if (network->freq_mask) {
      re *= network->freq_mask[2 * k];
      im *= network->freq_mask[2 * k + 1];
    }
    if (network->denoiser_scale) {
      re *= network->denoiser_scale[2 * k];
      im *= network->denoiser_scale[2 * k + 1];
    }
    if (network->denoiser_bias) {
      re += network->denoiser_bias[2 * k];
      im += network->denoiser_bias[2 * k + 1];
    }
    x[k] = re + I * im;
  }
}

void
network_model_forward (const BfftNetwork * network, gboolean outputs,
    const gdouble * in_re, const gdouble * in_im, gdouble * out_re,
    gdouble * out_im)
{
  guint n = network->n_fft, half = network->half;
  double complex *x = g_new (double complex, n);
  guint k, s, b, i;

  for (k = 0; k < n; k++) {
    guint reversed = 0;

    for (i = 0; i < network->stages; i++)
      reversed |= ((k >> i) & 1) << (network->stages - 1 - i);
    x[reversed] = in_re[k] + I * in_im[k];
  }
  for (s = 0; s < network->stages; s++) {
    for (b = 0; b < half; b++) {
      guint i0 = 2 * (1u << s) * (b / (1u << s)) + b % (1u << s);

      butterfly (network, (gsize) s * half + b, &x[i0], &x[i0 + (1u << s)]);
    }
  }
  if (outputs)
    finish (network, x);
  for (k = 0; k < n; k++) {
    out_re[k] = creal (x[k]);
    out_im[k] = cimag (x[k]);
  }
  g_free (x);
}

static void
conjugate (const gdouble * in, gdouble * out, guint n)
{
  guint k;

  for (k = 0; k < n; k++)
    out[k] = -in[k];
}

void
network_model_inverse (const BfftNetwork * network, gboolean outputs,
    const gdouble * in_re, const gdouble * in_im, gdouble * out_re,
    gdouble * out_im)
{
  gdouble *im = g_new (gdouble, network->n_fft);

  conjugate (in_im, im, network->n_fft);
  network_model_forward (network, outputs, in_re, im, out_re, out_im);
  conjugate (out_im, out_im, network->n_fft);
  g_free (im);
}
