/* bfft: the exact transform of real input, for multiples of 4 without other odd
 * factors than 3 and 5.
 *
 * The network at its exact start is a DFT, so its redundancy may go. The frame
 * is seen as R rows of C columns, n = R C, R a power of two, sample j in row
 * j / C:
 *
 * 1. Down the columns, all at once, a real DFT of length R: decimation in
 *    time, in place, and of each pair of conjugate rows only one is kept. At
 *    sub-length L there are a real row k = 0, a real row k = L/2 and L/2 - 1
 *    complex rows, each stored as re then im. A row is split in halves
 *    (quarters), which are the sub-transforms to be joined, and becomes two
 *    (four) rows of half (a quarter) of its length, so rows stay long and
 *    nothing is permuted.
 * 2. One transposition puts index k of step 1 along the lanes.
 * 3. Complex DFTs of length C down the lanes: the remaining stages of the same
 *    FFT, twiddle exp (-2 pi i k / 2L) for k = lane + R row, those of radix 3
 *    and 5 first. Lanes 0..R/2 give bins lane + R row below n/2 as they are,
 *    and the others as conjugates: no separate step turns half-size output
 *    into bins.
 *
 * Step 1 follows the real-factor algorithm of Sorensen, Jones, Heideman and
 * Burrus, "Real-valued fast Fourier transform algorithms", IEEE Trans. ASSP
 * 35 (1987); steps 1-3 as a whole are Bailey's four-step FFT.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-plan-odd.h"
#include "bfft-plan-private.h"
#include "bfft-transpose.h"

#include <math.h>
#include <string.h>

/* Lanes are padded to whole blocks of the transposition. */
#define BLOCK 4

/* From this many lanes on rows are long enough by themselves; below, rows that
 * share their twiddles are taken as one, with the twiddles repeated. */
#define LONG_ROW 96

#define MAX_FOLDS 16
#define MAX_ODD 10              /* 3^11 is more than BFFT_MAX_N */

typedef struct
{
  gfloat *re, *im;
} Twiddles;

/* One call of a stage kernel of step 3: m pairs of rows of n floats. */
typedef struct
{
  gsize top, bottom;            /* first floats of the first pair of rows */
  guint n, m;
  gint stride, w_stride;        /* bytes from row to row */
  const gfloat *w_re, *w_im;
} LaneCall;

typedef struct
{
  BfftPlan plan;
  guint rows, columns;          /* R and C */
  guint lanes;                  /* R / 2 + 1, padded */

  gfloat *column;               /* [n], step 1 in place */
  Twiddles fold[MAX_FOLDS];     /* of each fold: [complex rows][row length] */
  guint n_folds;

  const gfloat **row_re;        /* [lanes], where step 1 leaves index k */
  const gfloat **row_im;
  gfloat *zeros;                /* [C], for what has no imaginary part */

  gfloat *lane_re, *lane_im;    /* [C][lanes], step 3 in place */
  gfloat *lane_power;           /* [C][lanes] */
  BfftOddStage *odd[MAX_ODD];   /* radix 3 and 5 */
  guint n_odd;
  Twiddles *stage;              /* [depth], radix 2 */
  guint depth;
  LaneCall *calls;
  guint n_calls, last_stage;    /* calls[last_stage..] are the last stage */
  guint *result;                /* [C], first float of bins R * i + lane */
} BfftPlanReal;

static gfloat *
work_space (gsize length)
{
  return g_aligned_alloc0 (length, sizeof (gfloat), 64);
}

/* ---- step 1 ---- */

/* Joins pairs of sub-transforms in each of @rows complex rows of 4 * @quarter
 * floats; there are then twice as many, half as long. */
static void
fold (BfftPlanReal * self, const Twiddles * w, gfloat * d, guint rows,
    guint quarter)
{
  gint stride = 4 * quarter * sizeof (gfloat);
  gint w_stride = quarter * sizeof (gfloat);

  self->plan.kernels->stage_fold (d, stride, d + quarter, stride,
      d + 2 * quarter, stride, d + 3 * quarter, stride, w->re, w_stride,
      w->im, w_stride, quarter, rows);
}

/* Steps of four leave a factor of two over when R is an odd power of two. */
static guint
first_sub_length (guint rows)
{
  return g_bit_storage (rows) % 2 ? 1 : 2;
}

static void
transform_columns (BfftPlanReal * self, const gfloat * frame)
{
  const BfftKernels *k = self->plan.kernels;
  const gfloat *window = self->plan.window;
  const Twiddles *w = self->fold;
  gfloat *d = self->column, *h;
  guint sub = first_sub_length (self->rows);
  guint length = self->plan.spec.n_fft / sub, quarter;

  if (sub == 1) {
    k->window (d, frame, window, length);
  } else {
    k->window2 (d, d + length, frame, frame + length, window, window + length,
        length);
  }

  /* Each turn joins four sub-transforms of length sub. */
  for (; sub < self->rows; sub *= 4, length = quarter) {
    quarter = length / 4;
    if (sub > 2) {
      fold (self, w++, d + 2 * length, sub / 2 - 1, length / 2);
      fold (self, w++, d + 2 * length, sub - 2, quarter);
    }
    if (sub > 1) {
      h = d + length;
      k->half4 (h, h + quarter, h + 2 * quarter, h + 3 * quarter,
          (gfloat) (G_SQRT2 / 2), quarter);
    }
    k->real4 (d, d + quarter, d + 2 * quarter, d + 3 * quarter, quarter);
  }
}

/* ---- step 2 ---- */

static void
transpose (BfftPlanReal * self)
{
  bfft_transpose (self->row_re, self->lanes, self->columns, self->lane_re,
      self->lanes);
  bfft_transpose (self->row_im, self->lanes, self->columns, self->lane_im,
      self->lanes);
}

/* ---- step 3 ---- */

static void
transform_lanes (BfftPlanReal * self, guint n_calls)
{
  gfloat *re = self->lane_re, *im = self->lane_im;
  guint i;

  for (i = 0; i < self->n_odd; i++)
    bfft_odd_stage_run (self->odd[i], self->plan.kernels, re);
  for (i = 0; i < n_calls; i++) {
    const LaneCall *c = &self->calls[i];

    self->plan.kernels->stage (re + c->top, c->stride, im + c->top, c->stride,
        re + c->bottom, c->stride, im + c->bottom, c->stride,
        c->w_re, c->w_stride, c->w_im, c->w_stride, c->n, c->m);
  }
}

static void
finish_power (BfftPlanReal * self)
{
  const gfloat *re = self->lane_re, *im = self->lane_im;
  gfloat *power = self->lane_power;
  guint i;

  if (self->depth == 0)
    self->plan.kernels->network_power (power, re, im,
        self->columns * self->lanes);
  for (i = self->last_stage; i < self->n_calls; i++) {
    const LaneCall *c = &self->calls[i];

    self->plan.kernels->stage_power (power + c->top, c->stride,
        power + c->bottom, c->stride, re + c->top, c->stride,
        im + c->top, c->stride, re + c->bottom, c->stride,
        im + c->bottom, c->stride, c->w_re, c->w_stride,
        c->w_im, c->w_stride, c->n, c->m);
  }
}

/* Puts [C][lanes] into the order of bins: a run of R/2 + 1 as it is, then one
 * of R/2 - 1 that is the mirror image of lanes from the other end of the
 * spectrum; @mirror_sign is -1 for what changes sign there. */
static void
collect (BfftPlanReal * self, const gfloat * lane, gfloat mirror_sign,
    gfloat * bins)
{
  guint middle = self->rows / 2;
  guint i, j;

  for (i = 0; i < self->columns / 2; i++, bins += self->rows) {
    const gfloat *direct = lane + self->result[i];
    const gfloat *mirror = lane + self->result[self->columns - 1 - i];
    gfloat *last = bins + self->rows;

    memcpy (bins, direct, (middle + 1) * sizeof (gfloat));
    for (j = 1; j < middle; j++)
      last[-(gint) j] = mirror_sign * mirror[j];
  }
  /* Up to the bin at half the rate, which is in the middle of a run if C is odd. */
  memcpy (bins, lane + self->result[i],
      (self->columns % 2 ? middle + 1 : 1) * sizeof (gfloat));
}

static void
bfft_plan_real_power (BfftPlan * plan, const gfloat * frame, gfloat * power)
{
  BfftPlanReal *self = (BfftPlanReal *) plan;

  transform_columns (self, frame);
  transpose (self);
  transform_lanes (self, self->last_stage);
  finish_power (self);
  collect (self, self->lane_power, 1, power);
}

static void
bfft_plan_real_spectrum (BfftPlan * plan, const gfloat * frame, gfloat * re,
    gfloat * im)
{
  BfftPlanReal *self = (BfftPlanReal *) plan;

  transform_columns (self, frame);
  transpose (self);
  transform_lanes (self, self->n_calls);
  collect (self, self->lane_re, 1, re);
  collect (self, self->lane_im, -1, im);
}

/* ---- making a plan ---- */

static Twiddles
twiddles_new (BfftPlanReal * self, gsize length)
{
  Twiddles w = { work_space (length), work_space (length) };

  self->plan.parameter_bytes += 2 * length * sizeof (gfloat);
  return w;
}

static void
twiddles_clear (Twiddles * w)
{
  g_aligned_free (w->re);
  g_aligned_free (w->im);
}

/* Writes exp (-2 pi i k / length) at @index, @repeat times, @step apart. */
static void
set_twiddle (Twiddles * w, gsize index, guint k, guint length, guint repeat,
    guint step)
{
  gdouble angle = -2 * G_PI * k / length;

  for (; repeat > 0; repeat--, index += step) {
    w->re[index] = cos (angle);
    w->im[index] = sin (angle);
  }
}

/* The tables of a fold of the @count rows whose indices are in @order, and the
 * order that it leaves. */
static void
make_fold (BfftPlanReal * self, guint * order, guint count, guint sub,
    guint length)
{
  Twiddles *w = &self->fold[self->n_folds++];
  guint i;

  *w = twiddles_new (self, (gsize) count * length);
  for (i = count; i-- > 0;) {
    guint k = order[i];

    set_twiddle (w, (gsize) i * length, k, 2 * sub, length, 1);
    order[2 * i] = k;
    order[2 * i + 1] = sub - k;
  }
}

/* Follows transform_columns() and fills @order with the index of each complex
 * row at its end. */
static void
make_columns (BfftPlanReal * self, guint * order)
{
  guint sub = first_sub_length (self->rows);
  guint length = self->plan.spec.n_fft / sub;
  guint first, count;

  for (; sub < self->rows; sub *= 4, length /= 4) {
    first = sub > 1 ? 3 : 1;
    count = sub > 2 ? sub / 2 - 1 : 0;
    memmove (order + first, order, count * sizeof (*order));
    if (sub > 2) {
      make_fold (self, order + first, count, sub, length / 2);
      make_fold (self, order + first, 2 * count, 2 * sub, length / 4);
    }
    order[0] = sub;
    if (sub > 1) {
      order[1] = sub / 2;
      order[2] = 3 * sub / 2;
    }
  }
}

static void
make_rows (BfftPlanReal * self, const guint * order)
{
  guint columns = self->columns, middle = self->rows / 2;
  guint i;

  self->zeros = work_space (columns);
  self->row_re = g_new (const gfloat *, self->lanes);
  self->row_im = g_new (const gfloat *, self->lanes);
  for (i = 0; i < self->lanes; i++)
    self->row_re[i] = self->row_im[i] = self->zeros;
  self->row_re[0] = self->column;
  self->row_re[middle] = self->column + columns;
  for (i = 0; i < middle - 1; i++) {
    self->row_re[order[i]] = self->column + (2 + 2 * i) * columns;
    self->row_im[order[i]] = self->column + (3 + 2 * i) * columns;
  }
}

/* A stage turns each of @blocks, which @order has the indices of, by rows, into
 * @radix blocks. Returns: how many there are then. */
static guint
split_blocks (guint * order, guint blocks, guint radix)
{
  guint b, j;

  for (b = blocks; b-- > 0;) {
    guint k = order[b];

    for (j = 0; j < radix; j++)
      order[b * radix + j] = k + j * blocks;
  }
  return blocks * radix;
}

static guint
make_odd_stages (BfftPlanReal * self, guint * order)
{
  guint blocks = 1, left = self->columns, radix;

  while ((radix = bfft_odd_radix (left)) > 1) {
    BfftOddStage *stage;

    left /= radix;
    stage = bfft_odd_stage_new (radix, blocks, left, self->lanes, self->rows,
        order);
    self->plan.parameter_bytes += bfft_odd_stage_get_bytes (stage);
    self->plan.active_butterflies += self->plan.spec.n_fft / radix;
    self->odd[self->n_odd++] = stage;
    blocks = split_blocks (order, blocks, radix);
  }
  return blocks;
}

/* Each of the blocks joins its upper and its lower half. */
static void
make_stage (BfftPlanReal * self, guint t, guint blocks, const guint * order)
{
  guint shared = self->columns / (2 * blocks);
  guint lanes = self->lanes, sub = self->rows * blocks;
  gboolean long_rows = lanes >= LONG_ROW;
  guint repeat = long_rows ? 1 : shared;
  Twiddles *w = &self->stage[t];
  LaneCall call = { 0, };
  gsize half = shared * (gsize) lanes;
  guint b, lane;

  *w = twiddles_new (self, (gsize) blocks * repeat * lanes);
  for (b = 0; b < blocks; b++) {
    for (lane = 0; lane <= self->rows / 2; lane++) {
      set_twiddle (w, (gsize) b * repeat * lanes + lane,
          lane + self->rows * order[b], 2 * sub, repeat, lanes);
    }
  }

  call.n = repeat * lanes;
  call.m = long_rows ? shared : blocks;
  call.stride = (long_rows ? 1 : 2 * shared) * lanes * sizeof (gfloat);
  call.w_stride = long_rows ? 0 : call.n * sizeof (gfloat);
  for (b = 0; b < (long_rows ? blocks : 1); b++) {
    call.top = 2 * half * b;
    call.bottom = call.top + half;
    call.w_re = w->re + b * lanes;
    call.w_im = w->im + b * lanes;
    self->calls[self->n_calls++] = call;
  }
}

static void
make_lanes (BfftPlanReal * self)
{
  guint columns = self->columns;
  gsize size = columns * (gsize) self->lanes;
  guint *order = g_new0 (guint, columns);
  guint blocks, i;

  /* Stages of radix 3 and 5 take both at once. */
  self->lane_re = work_space (2 * size);
  self->lane_im = self->lane_re + size;
  self->lane_power = work_space (size);
  self->stage = g_new (Twiddles, g_bit_storage (columns));
  self->calls = g_new (LaneCall, columns);
  blocks = make_odd_stages (self, order);
  while (blocks < columns) {
    self->last_stage = self->n_calls;
    make_stage (self, self->depth++, blocks, order);
    blocks = split_blocks (order, blocks, 2);
  }
  self->result = g_new (guint, columns);
  for (i = 0; i < columns; i++)
    self->result[order[i]] = i * self->lanes;
  g_free (order);
}

static void
bfft_plan_real_free (BfftPlan * plan)
{
  BfftPlanReal *self = (BfftPlanReal *) plan;
  guint i;

  for (i = 0; i < self->n_folds; i++)
    twiddles_clear (&self->fold[i]);
  for (i = 0; i < self->n_odd; i++)
    bfft_odd_stage_free (self->odd[i]);
  for (i = 0; i < self->depth; i++)
    twiddles_clear (&self->stage[i]);
  g_aligned_free (self->column);
  g_aligned_free (self->zeros);
  g_aligned_free (self->lane_re);
  g_aligned_free (self->lane_power);
  g_free (self->row_re);
  g_free (self->row_im);
  g_free (self->stage);
  g_free (self->calls);
  g_free (self->result);
}

static const BfftPlanClass bfft_plan_real_class = {
  .spectrum = bfft_plan_real_spectrum,
  .power = bfft_plan_real_power,
  .free = bfft_plan_real_free,
};

/* C is about a power of two of which this is the logarithm. Step 1 has a dearer
 * call per stage, step 3 a dearer row per stage; measured with
 * tests/benchmarks/bench-transform. */
static guint
choose_depth (guint stages)
{
  if (stages < 9)
    return 3;
  return CLAMP (stages - 7, 4, 7);
}

/* The power of two in C, of that in n. */
static guint
choose_radix2_stages (guint n_fft, guint odd)
{
  gint wanted = choose_depth (g_bit_storage (n_fft) - 1);
  gint most = g_bit_storage (n_fft / odd) - 2;

  return CLAMP (wanted - (gint) g_bit_storage (odd) + 1, 0, most);
}

static guint
odd_part (guint n)
{
  guint radix, odd = 1;

  while ((radix = bfft_odd_radix (n)) > 1) {
    n /= radix;
    odd *= radix;
  }
  return odd;
}

/* With two rows lanes would be half empty: a convolution is as fast. */
gboolean
bfft_plan_real_takes (guint n_fft)
{
  guint two = n_fft / odd_part (n_fft);

  return two >= 4 && (two & (two - 1)) == 0;
}

BfftPlan *
bfft_plan_real_new (const BfftPlanSpec * spec)
{
  BfftPlanReal *self = g_new0 (BfftPlanReal, 1);
  guint odd = odd_part (spec->n_fft);
  guint *order;

  self->plan.klass = &bfft_plan_real_class;
  self->plan.spec = *spec;
  self->columns = odd << choose_radix2_stages (spec->n_fft, odd);
  self->rows = spec->n_fft / self->columns;
  self->lanes = (self->rows / 2 + BLOCK) / BLOCK * BLOCK;
  self->column = work_space (spec->n_fft);
  order = g_new (guint, self->rows);
  make_columns (self, order);
  make_rows (self, order);
  g_free (order);
  make_lanes (self);
  self->plan.active_butterflies += (spec->n_fft / 2) *
      (guint64) (g_bit_storage (spec->n_fft / odd) - 1);
  self->plan.description = g_strdup_printf ("exact weights, real input: %u "
      "columns of %u, then %u lanes of %u", self->columns, self->rows,
      self->rows / 2 + 1, self->columns);
  return &self->plan;
}
