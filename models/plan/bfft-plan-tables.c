/* bfft: a network's parameters in the order in which they are executed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-compiled.h"

/* A cache line. */
#define ALIGNMENT 64

static gpointer
table_new (BfftTables * tables, gsize count, gsize size)
{
  tables->bytes += count * size;
  return g_aligned_alloc0 (count, size, ALIGNMENT);
}

/* Where part @part of 8 of the matrix at @entry is. */
static gfloat *
matrix_part (BfftStageTable * table, guint entry, guint part)
{
  guint lane = entry % BFFT_TABLES_GROUP;

  if (table->groups)
    return &table->groups[8 * (entry - lane) + part * BFFT_TABLES_GROUP + lane];
  return &table->matrix[part / 2][2 * entry + part % 2];
}

static void
set_matrix (BfftStageTable * table, guint entry, const gfloat * m, gfloat gate)
{
  guint part;

  for (part = 0; part < 8; part++)
    *matrix_part (table, entry, part) = gate * m[part];
  *matrix_part (table, entry, 0) += 1 - gate;
  *matrix_part (table, entry, 6) += 1 - gate;
}

static void
set_entry (BfftStageTable * table, guint entry, const BfftNetwork * network,
    guint index)
{
  gfloat gate = bfft_network_gate (network, index);

  if (table->closed)
    table->closed[entry] = 1 - gate;
  if (network->unitary) {
    set_matrix (table, entry, &network->unitary[8 * (gsize) index], gate);
  } else if (table->q_re) {
    table->q_re[entry] = network->q8[2 * (gsize) index];
    table->q_im[entry] = network->q8[2 * (gsize) index + 1];
  } else {
    table->re[entry] = gate * network->twiddles[2 * (gsize) index];
    table->im[entry] = gate * network->twiddles[2 * (gsize) index + 1];
  }
}

/* Without a schedule all stages run, and without gates. */
static gboolean
stage_runs (const BfftSchedule * schedule, guint stage, gboolean gated)
{
  guint i;

  for (i = 0; schedule->steps && i < schedule->steps->len; i++) {
    const BfftStep *step = &g_array_index (schedule->steps, BfftStep, i);

    if (step->stage == stage && step->kind <= BFFT_STEP_REAL_GATED
        && (!gated || step->kind == BFFT_STEP_GATED
            || step->kind == BFFT_STEP_REAL_GATED))
      return TRUE;
  }
  return schedule->steps == NULL && !gated;
}

static void
stage_init (BfftTables * tables, const BfftNetwork * network,
    const BfftLayout * layout, const BfftSchedule * schedule, guint stage)
{
  BfftStageTable *table = &tables->stage[stage];
  guint half = network->half, first = stage * half;
  guint b, i;

  if (!stage_runs (schedule, stage, FALSE))
    return;
  if (tables->kind == BFFT_TABLES_UNITARY && tables->grouped) {
    table->groups = table_new (tables, 8 * MAX (half, BFFT_TABLES_GROUP),
        sizeof (gfloat));
  } else if (tables->kind == BFFT_TABLES_UNITARY) {
    for (i = 0; i < 4; i++)
      table->matrix[i] = table_new (tables, 2 * half, sizeof (gfloat));
  } else if (tables->kind == BFFT_TABLES_Q8) {
    table->q_re = table_new (tables, half, 1);
    table->q_im = table_new (tables, half, 1);
  } else {
    table->re = table_new (tables, half, sizeof (gfloat));
    table->im = table_new (tables, half, sizeof (gfloat));
  }
  if (stage_runs (schedule, stage, TRUE))
    table->closed = table_new (tables, half, sizeof (gfloat));
  for (b = 0; b < half; b++)
    set_entry (table, bfft_layout_entry (layout, stage, b), network, first + b);
}

/* Mask and denoiser are one scale and one bias: s (m z) + b. */
static void
outputs_init (BfftTables * tables, const BfftNetwork * network)
{
  gsize n = network->n_fft, i;
  gboolean scaled = FALSE, biased = FALSE;
  gfloat *scale = g_aligned_alloc (2 * n, sizeof (gfloat), ALIGNMENT);
  gfloat *bias = g_aligned_alloc (2 * n, sizeof (gfloat), ALIGNMENT);

  for (i = 0; i < 2 * n; i++) {
    gsize to = i / 2 + (i % 2 ? n : 0);

    scale[to] = (network->freq_mask ? network->freq_mask[i] : 1)
        * (network->denoiser_scale ? network->denoiser_scale[i] : 1);
    bias[to] = network->denoiser_bias ? network->denoiser_bias[i] : 0;
    scaled |= scale[to] != 1;
    biased |= bias[to] != 0;
  }
  if (scaled || biased)
    tables->scale = g_steal_pointer (&scale);
  if (biased)
    tables->bias = g_steal_pointer (&bias);
  tables->bytes += 2 * n * sizeof (gfloat)
      * ((tables->scale != NULL) + (tables->bias != NULL));
  g_aligned_free (scale);
  g_aligned_free (bias);
}

void
bfft_tables_init (BfftTables * tables, const BfftNetwork * network,
    const BfftLayout * layout, const BfftSchedule * schedule, gboolean grouped)
{
  guint s;

  tables->kind = bfft_tables_kind (network);
  tables->grouped = grouped;
  tables->q8_scale = network->q8_scale;
  tables->stages = network->stages;
  tables->stage = g_new0 (BfftStageTable, network->stages);
  tables->bytes = tables->kind == BFFT_TABLES_Q8 ? sizeof (gfloat) : 0;
  for (s = 0; s < network->stages; s++)
    stage_init (tables, network, layout, schedule, s);
  outputs_init (tables, network);
}

void
bfft_tables_clear (BfftTables * tables)
{
  guint s, i;

  for (s = 0; s < tables->stages; s++) {
    BfftStageTable *table = &tables->stage[s];

    g_aligned_free (table->re);
    g_aligned_free (table->im);
    g_aligned_free (table->q_re);
    g_aligned_free (table->q_im);
    g_aligned_free (table->closed);
    g_aligned_free (table->groups);
    for (i = 0; i < 4; i++)
      g_aligned_free (table->matrix[i]);
  }
  g_free (tables->stage);
  g_aligned_free (tables->scale);
  g_aligned_free (tables->bias);
}
