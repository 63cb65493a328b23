/* bfft: any network, exact or not, compiled and run.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-network-kernels.h"
#include "bfft-transpose.h"

#include <string.h>

#define ALIGNMENT 64
/* Floats between planes. Where a store and a load that follows it agree in the
 * lower 12 bits of the address, processors take them for the same. */
#define STAGGER 128
#define BYTES(floats) ((gint) ((floats) * sizeof (gfloat)))

/* ---- execution ---- */

/* The inputs of the butterflies of @step; so far apart are the lower ones. */
static gfloat *
find_inputs (const BfftCompiled * self, const BfftStep * step, gfloat ** im,
    guint * distance)
{
  const BfftPlanes *planes =
      &self->planes[step->stage >= self->layout.row_stages];

  *distance = bfft_layout_distance (&self->layout, step->stage);
  *im = planes->im + step->address;
  return planes->re + step->address;
}

/* One call of a kernel over the butterflies of @step. */
static void
run_butterflies (BfftCompiled * self, const BfftStep * step)
{
  const BfftKernels *k = self->orc;
  const BfftStageTable *t = &self->tables.stage[step->stage];
  guint distance;
  gfloat *ai, *ar = find_inputs (self, step, &ai, &distance);
  gfloat *br = ar + distance, *bi = ai + distance;
  const gfloat *wr = t->re + step->entry, *wi = t->im + step->entry;
  gint d = BYTES (step->address_pitch), w = BYTES (step->entry_pitch);

  switch (step->kind) {
    case BFFT_STEP_BOTH:
      k->stage (ar, d, ai, d, br, d, bi, d, wr, w, wi, w, step->n, step->m);
      break;
    case BFFT_STEP_GATED:
      k->network_gated (ar, d, ai, d, br, d, bi, d, wr, w, wi, w,
          t->closed + step->entry, w, step->n, step->m);
      break;
    case BFFT_STEP_REAL:
      k->network_real (ar, d, ai, d, br, d, bi, d, wr, w, wi, w, step->n,
          step->m);
      break;
    case BFFT_STEP_REAL_GATED:
      k->network_real_gated (ar, d, ai, d, br, d, bi, d, wr, w, wi, w,
          t->closed + step->entry, w, step->n, step->m);
      break;
    default:
      g_assert_not_reached ();
  }
}

static void
run_butterflies_q8 (BfftCompiled * self, const BfftStep * step)
{
  const BfftKernels *k = self->orc;
  const BfftStageTable *t = &self->tables.stage[step->stage];
  guint distance;
  gfloat *ai, *ar = find_inputs (self, step, &ai, &distance);
  gfloat *br = ar + distance, *bi = ai + distance;
  const gint8 *wr = t->q_re + step->entry, *wi = t->q_im + step->entry;
  gint d = BYTES (step->address_pitch), w = step->entry_pitch;

  if (step->kind == BFFT_STEP_GATED) {
    k->network_q8_gated (ar, d, ai, d, br, d, bi, d, wr, w, wi, w,
        t->closed + step->entry, BYTES (w), self->tables.q8_scale, step->n,
        step->m);
  } else {
    k->network_q8 (ar, d, ai, d, br, d, bi, d, wr, w, wi, w,
        self->tables.q8_scale, step->n, step->m);
  }
}

static void
run_butterflies_unitary (BfftCompiled * self, const BfftStep * step)
{
  const BfftStageTable *t = &self->tables.stage[step->stage];
  const BfftPlanes *planes =
      &self->planes[step->stage >= self->layout.row_stages];
  guint distance = bfft_layout_distance (&self->layout, step->stage);
  gfloat *ar = planes->re + step->address, *ai = planes->im + step->address;
  gint d = BYTES (step->address_pitch), w = 2 * BYTES (step->entry_pitch);
  const gfloat *m[4];
  guint i;

  if (self->tier) {
    self->tier->unitary (t, step, planes->re, planes->im, distance);
    return;
  }
  for (i = 0; i < 4; i++)
    m[i] = t->matrix[i] + 2 * (gsize) step->entry;
  self->orc->network_unitary (ar, d, ai, d, ar + distance, d,
      ai + distance, d, m[0], w, m[1], w, m[2], w, m[3], w, step->n, step->m);
}

static void
run_pair (BfftCompiled * self, const BfftStep * step)
{
  const BfftTables *tables = &self->tables;
  const BfftStageTable *first = &tables->stage[step->stage];
  gboolean late = step->stage >= self->layout.row_stages;
  const BfftPlanes *planes = &self->planes[late];
  BfftPair pair = {.first = first,.second = first + 1,
    .q8_scale = tables->q8_scale,.run = step->n,.blocks = step->m
  };
  guint i;

  /* The first stage joins what lies closer if late, else what lies wider. */
  for (i = 0; i < 4; i++) {
    guint place = late ? i : i / 2 + i % 2 * 2;

    pair.re[i] = planes->re + place * step->n;
    pair.im[i] = planes->im + place * step->n;
  }
  self->tier->pairs[tables->kind][first->closed != NULL]
      [step->kind == BFFT_STEP_PAIR_REAL] (&pair);
}

static void
run_step (BfftCompiled * self, const BfftStep * step)
{
  const BfftLayout *layout = &self->layout;
  void (*transpose) (const gfloat * const *, guint, guint, gfloat * const *) =
      self->tier ? self->tier->transpose : bfft_transpose_to;

  switch (step->kind) {
    case BFFT_STEP_TRANSPOSE:
      transpose (self->rows_im, layout->rows, step->n, self->columns_im);
      /* fall through */
    case BFFT_STEP_TRANSPOSE_REAL:
      transpose (self->rows_re, layout->rows, step->n, self->columns_re);
      break;
    case BFFT_STEP_ZERO_IMAGINARY:
      memset (self->planes[step->stage >= layout->row_stages].im, 0,
          self->n * sizeof (gfloat));
      break;
    case BFFT_STEP_PAIR:
    case BFFT_STEP_PAIR_REAL:
      run_pair (self, step);
      break;
    default:
      if (self->tables.kind == BFFT_TABLES_Q8)
        run_butterflies_q8 (self, step);
      else if (self->tables.kind == BFFT_TABLES_UNITARY)
        run_butterflies_unitary (self, step);
      else
        run_butterflies (self, step);
  }
}

const BfftPlanes *
bfft_compiled_run (BfftCompiled * self)
{
  const GArray *steps = self->schedule.steps;
  guint i;

  if (self->layout.order == BFFT_ORDER_SORTED) {
    return bfft_stockham_run (self->orc, &self->layout,
        &self->tables, self->planes);
  }
  for (i = 0; i < steps->len; i++)
    run_step (self, &g_array_index (steps, BfftStep, i));
  return &self->planes[1];
}

void
bfft_compiled_finish (BfftCompiled * self, const BfftPlanes * planes)
{
  const BfftKernels *k = self->orc;
  const gfloat *scale = self->tables.scale, *bias = self->tables.bias;
  guint re = self->first_bin, im = self->n + re;
  guint count = self->n_bins;

  if (bias) {
    k->network_affine (planes->re + re, scale + re, bias + re, count);
    k->network_affine (planes->im + re, scale + im, bias + im, count);
  } else if (scale) {
    k->network_scale (planes->re + re, scale + re, count);
    k->network_scale (planes->im + re, scale + im, count);
  }
}

/* Puts time order from planes[1], which is free before the transposition, into
 * the layout's order in planes[0]. */
static void
split (BfftCompiled * self, const gfloat * from, gfloat * to)
{
  guint columns = self->layout.columns, half = columns / 2;
  gint stride = BYTES (columns);

  self->orc->network_split (to, stride, to + half, stride,
      from, stride, half, self->layout.rows);
}

void
bfft_compiled_load (BfftCompiled * self, const gfloat * re, const gfloat * im)
{
  gboolean in_order = self->layout.order != BFFT_ORDER_SPLIT;
  gsize size = self->n * sizeof (gfloat);

  memmove (self->planes[!in_order].re, re, size);
  memmove (self->planes[!in_order].im, im, size);
  if (!in_order) {
    split (self, self->planes[1].re, self->planes[0].re);
    split (self, self->planes[1].im, self->planes[0].im);
  }
}

void
bfft_compiled_load_real (BfftCompiled * self, const gfloat * frame,
    const gfloat * window)
{
  gboolean in_order = self->layout.order != BFFT_ORDER_SPLIT;

  self->orc->window (self->planes[!in_order].re, frame, window, self->n);
  if (!in_order)
    split (self, self->planes[1].re, self->planes[0].re);
  if (self->layout.order == BFFT_ORDER_SORTED)
    memset (self->planes[0].im, 0, self->n * sizeof (gfloat));
}

/* ---- compilation ---- */

/* A bin that the mask or the denoiser sets to zero comes out the same whatever
 * the network says. */
static gboolean
bin_counts (const BfftNetwork * network, guint bin)
{
  const gfloat *mask = network->freq_mask, *scale = network->denoiser_scale;
  guint part;

  for (part = 2 * bin; part < 2 * bin + 2; part++) {
    if ((mask == NULL || mask[part] != 0)
        && (scale == NULL || scale[part] != 0))
      return TRUE;
  }
  return FALSE;
}

/* Which outputs anybody reads: [n], to be freed. The way back of a round trip
 * has no mask, so for complex frames it is all. */
static guint8 *
wanted_outputs (BfftCompiled * self, const BfftNetwork * network)
{
  guint8 *wanted = g_malloc0 (network->n_fft);
  guint k;

  for (k = self->first_bin; k < self->first_bin + self->n_bins; k++)
    wanted[k] = !self->real || bin_counts (network, k);
  return wanted;
}

/* Takes the order of columns that is cheaper; they differ only where some
 * butterflies need not run. */
static void
choose_layout (BfftCompiled * self, const BfftNetwork * network)
{
  guint64 all = (guint64) network->stages * network->half;
  gboolean real = self->real;
  guint8 *wanted = wanted_outputs (self, network);
  BfftLayout split;
  BfftSchedule other;

  bfft_layout_init (&self->layout, network->stages, BFFT_ORDER_TIME);
  bfft_schedule_init (&self->schedule, network, &self->layout, real, wanted);
  bfft_layout_init (&split, network->stages, BFFT_ORDER_SPLIT);
  if (split.columns > 1 && self->schedule.active < all) {
    bfft_schedule_init (&other, network, &split, real, wanted);
    if (other.cost < self->schedule.cost) {
      self->layout = split;
      bfft_schedule_clear (&self->schedule);
      self->schedule = other;
    } else {
      bfft_schedule_clear (&other);
    }
  }
  g_free (wanted);
}

/* The planes, and where rows and columns of the transposition are in them. */
static void
make_planes (BfftCompiled * self, guint n)
{
  const BfftLayout *layout = &self->layout;
  guint i, from, to;

  self->memory = g_aligned_alloc0 (4, (n + STAGGER) * sizeof (gfloat),
      ALIGNMENT);
  for (i = 0; i < 2; i++) {
    self->planes[i].re = self->memory + 2 * i * (n + STAGGER);
    self->planes[i].im = self->planes[i].re + n + STAGGER;
  }
  self->rows_re = g_new (const gfloat *, layout->rows);
  self->rows_im = g_new (const gfloat *, layout->rows);
  for (i = 0; i < layout->rows; i++) {
    from = bfft_reverse_bits (i, layout->row_stages) * layout->columns;
    self->rows_re[i] = self->planes[0].re + from;
    self->rows_im[i] = self->planes[0].im + from;
  }
  self->columns_re = g_new (gfloat *, layout->columns);
  self->columns_im = g_new (gfloat *, layout->columns);
  for (i = 0; i < layout->columns; i++) {
    to = bfft_layout_column (layout, i);
    self->columns_re[to] = self->planes[1].re + i * layout->rows;
    self->columns_im[to] = self->planes[1].im + i * layout->rows;
  }
}

gchar *
bfft_compiled_describe (const BfftCompiled * self)
{
  static const gchar *const kinds[] = { "float twiddles", "int8 twiddles",
    "2x2 matrices"
  };
  const gchar *kind = kinds[self->tables.kind];
  guint64 all = (guint64) self->layout.stages * (self->n / 2);

  if (self->layout.order == BFFT_ORDER_SORTED) {
    return g_strdup_printf ("%s, self-sorting: all of %u stages, all bins",
        kind, self->layout.stages);
  }
  return g_strdup_printf ("%s: %u of %u stages, %" G_GUINT64_FORMAT " of %"
      G_GUINT64_FORMAT " butterflies in %u calls for %u bins from %u (%s)",
      kind, self->schedule.stages_run, self->layout.stages,
      self->schedule.active, all, self->schedule.steps->len, self->n_bins,
      self->first_bin,
      self->layout.order ==
      BFFT_ORDER_SPLIT ? "even columns first, so that dead work lies together" :
      "columns in time order");
}

/* Whether @step is all of a stage, and of the kind that pairs have. */
static gboolean
is_whole (const BfftCompiled * self, const BfftStep * step)
{
  static const guint kinds = 1 << BFFT_STEP_BOTH | 1 << BFFT_STEP_GATED
      | 1 << BFFT_STEP_REAL | 1 << BFFT_STEP_REAL_GATED;

  return (kinds & 1 << step->kind)
      && step->n * step->m == self->n / 2;
}

/* Whether the steps at @i and @j are two stages that can run as one. */
static gboolean
is_pair (const BfftCompiled * self, guint i, guint j)
{
  const GArray *steps = self->schedule.steps;
  const BfftStageTable *tables = self->tables.stage;
  const BfftStep *a = &g_array_index (steps, BfftStep, i), *b;

  if (j >= steps->len)
    return FALSE;
  b = &g_array_index (steps, BfftStep, j);
  return is_whole (self, a) && is_whole (self, b) && b->stage == a->stage + 1
      && b->stage != self->layout.row_stages
      && !tables[a->stage].closed == !tables[b->stage].closed;
}

/* Two stages each become one step; a real first stage needs no zeros then. */
static void
join_stages (BfftCompiled * self)
{
  GArray *steps = self->schedule.steps;
  guint i;

  for (i = 0; i < steps->len; i++) {
    BfftStep *step = &g_array_index (steps, BfftStep, i);
    gboolean zeros = step->kind == BFFT_STEP_ZERO_IMAGINARY;
    gboolean real = zeros || step->kind == BFFT_STEP_REAL
        || step->kind == BFFT_STEP_REAL_GATED;
    guint near;

    if (!is_pair (self, i + zeros, i + zeros + 1))
      continue;
    step->stage = step[zeros].stage;
    near = MIN (bfft_layout_distance (&self->layout, step->stage),
        bfft_layout_distance (&self->layout, step->stage + 1));
    step->kind = real ? BFFT_STEP_PAIR_REAL : BFFT_STEP_PAIR;
    step->n = near;
    step->m = self->n / 4 / near;
    g_array_remove_range (steps, i + 1, 1 + zeros);
  }
}

#define ENTRY(TIER, name) \
  [BFFT_TIER_##TIER] = &bfft_network_kernels_##name,
#define DECLARE(TIER, name) \
  extern const BfftNetworkKernels bfft_network_kernels_##name;
/* *INDENT-OFF* */
BFFT_TIERS (DECLARE)
/* *INDENT-ON* */

const BfftNetworkKernels *
bfft_network_kernels_get (BfftTier tier)
{
  static const BfftNetworkKernels *const kernels[BFFT_N_TIERS] = {
    BFFT_TIERS (ENTRY)
  };

  return kernels[tier];
}

/* Gated stages of floats wait for their tables, which are more than the first
 * cache holds: there half as wide vectors are a tenth faster on Zen 4. */
static BfftTier
choose_tier (const BfftCompiled * self, BfftExecution execution)
{
  BfftTier tier = bfft_execution_get_tier (execution);
  gboolean gated = FALSE;
  guint i;

  for (i = 0; i < self->layout.stages; i++)
    gated |= self->tables.stage[i].closed != NULL;
  if (tier == BFFT_TIER_AVX512 && gated
      && self->tables.kind == BFFT_TABLES_FLOAT)
    return BFFT_TIER_AVX2;
  return tier;
}

void
bfft_compiled_init (BfftCompiled * self, const BfftNetwork * network,
    BfftExecution execution)
{
  gboolean orc = execution == BFFT_EXECUTION_ORC && bfft_execution_has_orc ();
  BfftTier tier;

  self->n = network->n_fft;
  self->orc = bfft_kernels_get (execution);
  if (self->sorted && bfft_stockham_fits (network)) {
    bfft_layout_init (&self->layout, network->stages, BFFT_ORDER_SORTED);
    self->schedule.active = bfft_network_active_butterflies (network);
  } else {
    choose_layout (self, network);
  }
  make_planes (self, self->n);
  bfft_tables_init (&self->tables, network, &self->layout, &self->schedule,
      !orc);
  if (orc)
    return;
  tier = choose_tier (self, execution);
  self->orc = bfft_kernels_get_tier (tier);
  self->tier = bfft_network_kernels_get (tier);
  if (self->schedule.steps)
    join_stages (self);
}

void
bfft_compiled_clear (BfftCompiled * self)
{
  bfft_tables_clear (&self->tables);
  bfft_schedule_clear (&self->schedule);
  g_aligned_free (self->memory);
  g_free (self->rows_re);
  g_free (self->rows_im);
  g_free (self->columns_re);
  g_free (self->columns_im);
}
