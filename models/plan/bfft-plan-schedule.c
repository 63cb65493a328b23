/* bfft: which kernel runs over which butterflies.
 *
 * Going backwards from the wanted outputs, each butterfly learns whether
 * anybody reads what it makes. One that nobody reads may be skipped, or
 * computed to no harm; so may a closed one by a kernel that blends, since in
 * place it costs nothing to leave its inputs where they are. Units of
 * neighbours are skipped together, or the stage runs whole where that is
 * cheaper.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-compiled.h"

/* Of a butterfly: it must run; if it does, it needs the kernel that blends. */
#define NEEDED 1
#define GATED 2

/* Butterflies that are skipped together, at most. */
#define UNIT 16

/* Of calls, rows of them and split order per sample, in butterflies; measured
 * with tests/benchmarks/bench-network. */
#define CALL_COST 50
#define ROW_COST 8
#define SPLIT_COST 0.35

typedef struct
{
  const BfftNetwork *network;
  const BfftLayout *layout;
  BfftSchedule *schedule;
  guint half;
  guint columns;                /* up to the last one that matters */
  guint8 *needs;                /* [stages][half], by entry */
} Scheduler;

/* ---- what may run over a butterfly ---- */

BfftTableKind
bfft_tables_kind (const BfftNetwork * network)
{
  if (network->unitary)
    return BFFT_TABLES_UNITARY;
  return network->q8 ? BFFT_TABLES_Q8 : BFFT_TABLES_FLOAT;
}

static guint
needs_of (BfftTableKind kind, gfloat gate)
{
  return (gate != 0 ? NEEDED : 0)
      | (gate != 1 && kind != BFFT_TABLES_UNITARY ? GATED : 0);
}

/* @live: [n], by position, outputs of @stage that count; becomes its inputs
 * that do. */
static void
mark_stage (Scheduler * self, guint stage, guint8 * live)
{
  BfftTableKind kind = bfft_tables_kind (self->network);
  guint8 *needs = self->needs + (gsize) stage * self->half;
  guint low = (1u << stage) - 1;
  guint b;

  for (b = 0; b < self->half; b++) {
    guint8 *top = live + 2 * (b & ~low) + (b & low), *bottom = top + low + 1;
    gfloat gate = bfft_network_gate (self->network, stage * self->half + b);

    needs[bfft_layout_entry (self->layout, stage, b)] =
        *top || *bottom ? needs_of (kind, gate) : 0;
    if (gate != 0 && (*top || *bottom)) {
      *top = *bottom = TRUE;
      self->schedule->active++;
    }
  }
}

/* Columns from the first to the last that has anything live, in whole blocks
 * of the transposition. */
static guint
live_columns (const BfftLayout * layout, const guint8 * live)
{
  guint high, low, column, columns = 0;

  for (high = 0; high < layout->columns; high++) {
    column = bfft_layout_column (layout, high);
    for (low = 0; low < layout->rows && column >= columns; low++) {
      if (live[high * layout->rows + low])
        columns = column + 1;
    }
  }
  return MIN ((columns + 3) / 4 * 4, layout->columns);
}

/* ---- which kernel does ---- */

static guint
needs_in (const guint8 * needs, guint n)
{
  guint all = 0, e;

  for (e = 0; e < n; e++)
    all |= needs[e];
  return all;
}

/* Makes @row part of a step of this stage, from @first on, that goes on there at
 * a pitch of multiples of @pitch entries; otherwise appends it. */
static void
add_row (GArray * steps, const BfftStep * row, guint first, guint pitch)
{
  guint i;

  for (i = steps->len; i-- > first;) {
    BfftStep *step = &g_array_index (steps, BfftStep, i);
    gint address = row->address - step->address;
    gint entry = row->entry - step->entry, m = step->m;

    if (step->n != row->n || entry % pitch)
      continue;
    if (m == 1 || (address == m * step->address_pitch
            && entry == m * step->entry_pitch)) {
      step->address_pitch = address / m;
      step->entry_pitch = entry / m;
      step->m++;
      return;
    }
  }
  g_array_append_val (steps, *row);
}

/* The kernel that blends where anything of @stage that runs needs it, in units
 * of @unit. */
static BfftStepKind
kind_of (Scheduler * self, guint stage, guint unit)
{
  const guint8 *needs = self->needs + (gsize) stage * self->half;
  guint e, all;

  for (e = 0; e < self->half; e += unit) {
    all = needs_in (needs + e, unit);
    if (all == (NEEDED | GATED))
      return BFFT_STEP_GATED;
  }
  return BFFT_STEP_BOTH;
}

/* Appends the steps for what is needed of @stage, or for all of it; runs end
 * where rows do. Returns: their cost. */
static gdouble
add_stage (Scheduler * self, guint stage, gboolean whole)
{
  GArray *steps = self->schedule->steps;
  const guint8 *needs = self->needs + (gsize) stage * self->half;
  guint distance = bfft_layout_distance (self->layout, stage);
  guint unit = MIN (UNIT, MIN (distance, MAX (self->layout->columns / 2, 1)));
  BfftStepKind kind = kind_of (self, stage, whole ? self->half : unit);
  /* Whichever makes fewer calls: along a stage's rows or across them. */
  guint pitch = self->half / distance > distance / self->layout->columns
      ? distance : 1;
  guint first = steps->len, rows = 0, butterflies = 0, e = 0;

  while (e < self->half) {
    BfftStep row = { kind, stage, bfft_entry_address (e, distance), e, 0, 0,
      0, 1
    };

    do {
      if (whole || (needs_in (needs + e, unit) & NEEDED))
        row.n += unit;
      else if (row.n > 0)
        break;
      else
        row.entry = e + unit;
      e += unit;
    } while (e % distance);
    if (row.n > 0) {
      row.address = bfft_entry_address (row.entry, distance);
      add_row (steps, &row, first, pitch);
      rows++;
      butterflies += row.n;
    }
  }
  return (gdouble) CALL_COST *(steps->len - first) + ROW_COST * rows
      + butterflies;
}

static void
schedule_stage (Scheduler * self, guint stage)
{
  guint distance = bfft_layout_distance (self->layout, stage);
  guint first = self->schedule->steps->len;
  gdouble cost = add_stage (self, stage, FALSE);
  gdouble whole = CALL_COST + ROW_COST * (self->half / distance) + self->half;

  if (cost >= whole) {
    g_array_set_size (self->schedule->steps, first);
    cost = add_stage (self, stage, TRUE);
  }
  self->schedule->cost += cost;
  self->schedule->stages_run++;
}

/* ---- the whole ---- */

static void
add_step (Scheduler * self, BfftStepKind kind, guint stage, guint n)
{
  BfftStep step = { kind, stage, 0, 0, 0, 0, n, 1 };

  g_array_append_val (self->schedule->steps, step);
}

static void
schedule_transposition (Scheduler * self, gboolean real)
{
  add_step (self, real ? BFFT_STEP_TRANSPOSE_REAL : BFFT_STEP_TRANSPOSE,
      self->layout->row_stages, self->columns);
}

/* The first stage that is not all closed makes complex values of real ones. */
static void
schedule_real_stage (Scheduler * self, guint stage)
{
  guint distance = bfft_layout_distance (self->layout, stage);
  gboolean open = kind_of (self, stage, self->half) == BFFT_STEP_BOTH;
  BfftStep step = { open ? BFFT_STEP_REAL : BFFT_STEP_REAL_GATED, stage, 0, 0,
    2 * distance, distance, distance, self->half / distance
  };

  self->schedule->stages_run++;
  g_array_append_val (self->schedule->steps, step);
}

static void
schedule_stages (Scheduler * self, gboolean real)
{
  gboolean is_float = bfft_tables_kind (self->network) == BFFT_TABLES_FLOAT;
  guint s;

  for (s = 0; s < self->layout->stages; s++) {
    const guint8 *needs = self->needs + (gsize) s * self->half;

    if (s == self->layout->row_stages)
      schedule_transposition (self, real);
    if (!(needs_in (needs, self->half) & NEEDED))
      continue;
    if (real && is_float) {
      schedule_real_stage (self, s);
    } else {
      if (real)
        add_step (self, BFFT_STEP_ZERO_IMAGINARY, s, 0);
      schedule_stage (self, s);
    }
    real = FALSE;
  }
  if (self->layout->stages == self->layout->row_stages)
    schedule_transposition (self, real);
  if (real)
    add_step (self, BFFT_STEP_ZERO_IMAGINARY, s, 0);
}

void
bfft_schedule_init (BfftSchedule * schedule, const BfftNetwork * network,
    const BfftLayout * layout, gboolean real, const guint8 * wanted)
{
  Scheduler self = { 0, };
  guint8 *live = g_memdup2 (wanted, network->n_fft);
  guint s;

  self.network = network;
  self.layout = layout;
  self.schedule = schedule;
  self.half = network->half;
  schedule->steps = g_array_new (FALSE, FALSE, sizeof (BfftStep));
  schedule->cost = layout->order == BFFT_ORDER_SPLIT
      ? SPLIT_COST * network->n_fft : 0;
  schedule->active = 0;
  schedule->stages_run = 0;
  self.needs = g_malloc ((gsize) network->stages * network->half);

  for (s = network->stages; s > 0; s--) {
    if (s == layout->row_stages)
      self.columns = live_columns (layout, live);
    mark_stage (&self, s - 1, live);
  }
  schedule_stages (&self, real);

  g_free (self.needs);
  g_free (live);
}

void
bfft_schedule_clear (BfftSchedule * schedule)
{
  g_clear_pointer (&schedule->steps, g_array_unref);
}
