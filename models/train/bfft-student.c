/* bfft: the network that learns, forward and backward over a batch.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-student.h"

#include <math.h>
#include <string.h>

static guint *
bit_reversal (guint n)
{
  guint *reversed = g_new0 (guint, n);
  guint i;

  for (i = 1; i < n; i++)
    reversed[i] = reversed[i / 2] / 2 + (i % 2) * (n / 2);
  return reversed;
}

BfftStudent *
bfft_student_new (BfftVariant variant, guint n, guint rows,
    BfftExecution execution)
{
  BfftStudent *self = g_new0 (BfftStudent, 1);
  gsize plane = (gsize) rows * n;
  gfloat *next;
  guint stages, s;

  self->kernels = bfft_kernels_get (execution);
  self->rows = rows;
  self->params = bfft_tensors_new (variant, n);
  self->gradient = bfft_tensors_new (variant, n);
  self->reversed = bit_reversal (n);

  stages = self->params->stages;
  self->re = g_new0 (gfloat *, stages + 1);
  self->im = g_new0 (gfloat *, stages + 1);
  self->memory = next = g_new0 (gfloat, plane * 2 * (stages + 4));
  for (s = 0; s <= stages; s++, next += 2 * plane) {
    self->re[s] = next;
    self->im[s] = next + plane;
  }
  self->dout_re = next;
  self->dout_im = next + plane;
  self->back_re = next + 2 * plane;
  self->back_im = next + 3 * plane;
  self->in_re = self->re[0];
  self->in_im = self->im[0];
  /* Without a mask the last stage is the output. */
  self->out_re = self->params->mask ? next + 4 * plane : self->re[stages];
  self->out_im = self->params->mask ? next + 5 * plane : self->im[stages];

  self->effective = g_new0 (gfloat, (gsize) stages * n);
  self->int8 = g_new0 (gfloat, (gsize) stages * n);
  self->rounded_gates = g_new0 (gfloat, (gsize) stages * n / 2);
  self->gain = g_new0 (gfloat, 2 * (gsize) n);
  return self;
}

void
bfft_student_free (BfftStudent * student)
{
  if (student == NULL)
    return;
  bfft_tensors_free (student->params);
  bfft_tensors_free (student->gradient);
  g_free (student->reversed);
  g_free (student->re);
  g_free (student->im);
  g_free (student->effective);
  g_free (student->int8);
  g_free (student->rounded_gates);
  g_free (student->gain);
  g_free (student->memory);
  g_free (student);
}

void
bfft_student_set_row (BfftStudent * student, guint row,
    const gfloat * samples, const gfloat * window)
{
  guint n = student->params->n;
  gfloat *re = student->in_re + (gsize) row * n;
  guint i;

  for (i = 0; i < n; i++) {
    guint from = student->reversed[i];

    re[i] = window ? samples[from] * window[from] : samples[from];
  }
}

/* As bfft_network_quantize() rounds, and back to float. */
static void
round_twiddles (const gfloat * twiddles, gsize count, gfloat * rounded)
{
  gfloat largest = 0;
  gfloat scale;
  gsize i;

  for (i = 0; i < count; i++)
    largest = MAX (largest, hypotf (twiddles[2 * i], twiddles[2 * i + 1]));
  scale = largest > 0 ? largest / 127 : 1;
  for (i = 0; i < 2 * count; i++)
    rounded[i] = (gint8) lrintf (twiddles[i] / scale) * scale;
}

static void
round_gates (const gfloat * gates, gsize count, gfloat * rounded)
{
  gsize i;

  for (i = 0; i < count; i++)
    rounded[i] = gates[i] >= BFFT_DEFAULT_GATE_THRESHOLD ? 1 : 0;
}

/* The twiddles that the stages run with; sets the gates likewise. */
static const gfloat *
effective_twiddles (BfftStudent * self)
{
  const BfftTensors *p = self->params;
  gsize count = (gsize) p->stages * p->half;

  self->rounded = p->twiddles;
  if (p->twiddles && self->quantized) {
    self->rounded = self->int8;
    round_twiddles (p->twiddles, count, self->rounded);
  }
  if (p->gates == NULL)
    return self->rounded;
  self->gates = p->gates;
  if (self->hard) {
    self->gates = self->rounded_gates;
    round_gates (p->gates, count, self->gates);
  }
  self->kernels->train_gate_twiddles (self->effective,
      self->rounded, self->gates, count);
  return self->effective;
}

static void
forward_stage (BfftStudent * self, guint s, const gfloat * twiddles)
{
  const BfftKernels *k = self->kernels;
  const BfftTensors *p = self->params;
  guint half = p->half, rows = self->rows;
  gint row = p->n * sizeof (gfloat);
  const gfloat *xr = self->re[s], *xi = self->im[s];
  gfloat *tr = self->re[s + 1], *ti = self->im[s + 1];
  gfloat *ur = tr + half, *ui = ti + half;
  gsize base = (gsize) s * half;

  if (p->unitary) {
    const gfloat *m = p->unitary + 8 * base;

    k->train_matrix_row (tr, row, ti, row, xr, row, xi, row, m, 0, m + 2 * half,
        0, half, rows);
    k->train_matrix_row (ur, row, ui, row, xr, row, xi, row, m + 4 * half, 0,
        m + 6 * half, 0, half, rows);
  } else if (p->gates) {
    k->train_gated (tr, row, ti, row, ur, row, ui, row, xr, row, xi, row,
        twiddles + 2 * base, 0, self->gates + base, 0, half, rows);
  } else {
    k->train_butterfly (tr, row, ti, row, ur, row, ui, row, xr, row, xi, row,
        twiddles + 2 * base, 0, half, rows);
  }
}

static void
forward_output (BfftStudent * self)
{
  const BfftKernels *k = self->kernels;
  const BfftTensors *p = self->params;
  guint n = p->n;
  gint row = n * sizeof (gfloat);

  k->train_multiply (self->gain, p->mask, p->scale, 2 * n);
  k->train_output (self->out_re, row, self->re[p->stages], row, self->gain, 0,
      p->bias, 0, n, self->rows);
  k->train_output (self->out_im, row, self->im[p->stages], row,
      self->gain + n, 0, p->bias + n, 0, n, self->rows);
}

static gboolean
is_cancelled (const BfftStudent * self)
{
  return self->cancel && *self->cancel;
}

gboolean
bfft_student_forward (BfftStudent * student)
{
  const gfloat *twiddles = effective_twiddles (student);
  guint s;

  for (s = 0; s < student->params->stages; s++) {
    if (is_cancelled (student))
      return FALSE;
    forward_stage (student, s, twiddles);
  }
  if (student->params->mask)
    forward_output (student);
  return TRUE;
}

/* With gain = mask scale: dmask = scale dgain, dscale = mask dgain. */
static void
backward_output (BfftStudent * self)
{
  const BfftKernels *k = self->kernels;
  const BfftTensors *p = self->params, *d = self->gradient;
  guint n = p->n;
  gint row = n * sizeof (gfloat);

  k->train_output_back (self->dout_re, row, d->scale, 0, d->bias, 0,
      self->re[p->stages], row, self->gain, 0, n, self->rows);
  k->train_output_back (self->dout_im, row, d->scale + n, 0, d->bias + n, 0,
      self->im[p->stages], row, self->gain + n, 0, n, self->rows);
  k->train_multiply (d->mask, d->scale, p->scale, 2 * n);
  k->train_multiply_by (d->scale, p->mask, 2 * n);
}

/* The gradient of a stage's parameters from that of its outputs. */
static void
stage_gradient (BfftStudent * self, guint s, const gfloat * pr,
    const gfloat * pi)
{
  const BfftKernels *k = self->kernels;
  const BfftTensors *d = self->gradient;
  guint half = d->half, rows = self->rows;
  gint row = d->n * sizeof (gfloat);
  const gfloat *qr = pr + half, *qi = pi + half;
  const gfloat *xr = self->re[s], *xi = self->im[s];
  gsize base = (gsize) s * half;

  if (d->unitary) {
    gfloat *m = d->unitary + 8 * base;

    k->train_matrix_row_gradient (m, 0, m + 2 * half, 0, pr, row, pi, row, xr,
        row, xi, row, half, rows);
    k->train_matrix_row_gradient (m + 4 * half, 0, m + 6 * half, 0, qr, row,
        qi, row, xr, row, xi, row, half, rows);
    return;
  }
  k->train_twiddle_gradient (d->twiddles + 2 * base, 0, pr, row, pi,
      row, qr, row, qi, row, xr, row, xi, row, half, rows);
  if (d->gates) {
    k->train_gate_gradient (d->gates + base, 0, qr, row, qi, row, xr, row, xi,
        row, half, rows);
  }
}

/* The gradient of a stage's inputs from that of its outputs. */
static void
stage_back (BfftStudent * self, guint s, const gfloat * twiddles,
    const gfloat * pr, const gfloat * pi, gfloat * dxr, gfloat * dxi)
{
  const BfftKernels *k = self->kernels;
  const BfftTensors *p = self->params;
  guint half = p->half, rows = self->rows;
  gint row = p->n * sizeof (gfloat);
  const gfloat *qr = pr + half, *qi = pi + half;
  gsize base = (gsize) s * half;

  if (p->unitary) {
    const gfloat *m = p->unitary + 8 * base;

    memset (dxr, 0, (gsize) rows * row);
    memset (dxi, 0, (gsize) rows * row);
    k->train_matrix_row_back (dxr, row, dxi, row, pr,
        row, pi, row, m, 0, m + 2 * half, 0, half, rows);
    k->train_matrix_row_back (dxr, row, dxi, row, qr,
        row, qi, row, m + 4 * half, 0, m + 6 * half, 0, half, rows);
  } else if (p->gates) {
    k->train_gated_back (dxr, row, dxi, row, pr, row,
        pi, row, qr, row, qi, row, twiddles + 2 * base, 0,
        self->gates + base, 0, half, rows);
  } else {
    k->train_butterfly_back (dxr, row, dxi, row, pr,
        row, pi, row, qr, row, qi, row, twiddles + 2 * base, 0, half, rows);
  }
}

gboolean
bfft_student_backward (BfftStudent * student)
{
  const BfftTensors *p = student->params, *d = student->gradient;
  /* What effective_twiddles() gave the forward pass. */
  const gfloat *twiddles = p->gates ? student->effective : student->rounded;
  gfloat *re = student->dout_re, *im = student->dout_im;
  gfloat *next_re = student->back_re, *next_im = student->back_im;
  guint s;

  memset (d->values, 0, d->count * sizeof (gfloat));
  if (p->mask)
    backward_output (student);
  for (s = p->stages; s-- > 0;) {
    gfloat *swap;

    if (is_cancelled (student))
      return FALSE;
    stage_gradient (student, s, re, im);
    if (s == 0)
      break;
    stage_back (student, s, twiddles, re, im, next_re, next_im);
    swap = re, re = next_re, next_re = swap;
    swap = im, im = next_im, next_im = swap;
  }
  if (p->gates) {
    student->kernels->train_gate_twiddles_back (d->twiddles,
        d->gates, student->rounded, student->gates,
        (gsize) p->stages * p->half);
  }
  return TRUE;
}

void
bfft_student_energy (BfftStudent * student, guint stage, gfloat * first,
    gfloat * second)
{
  gint row = student->params->n * sizeof (gfloat);

  student->kernels->train_energy (first, 0, second, 0,
      student->re[stage], row, student->im[stage],
      row, student->params->half, student->rows);
}
