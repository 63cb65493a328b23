/* bfft: which kernel runs over which butterflies.
 *
 * Going backwards from the wanted outputs, each butterfly learns which of its
 * two outputs anybody reads, and with its gate that says which kernels may run
 * over it: a closed one may be skipped, since in place it costs nothing to
 * leave its inputs where they are; one that nobody reads may be skipped, or
 * computed to no harm. Which kernel does run over which run of butterflies is
 * then a shortest path: each kernel costs so much per butterfly, and starting
 * another run costs too. It is found by dynamic programming (Viterbi, IEEE
 * Trans. Inf. Theory 13, 1967), so scattered closed gates end up in a kernel
 * that blends, and runs of them are left out.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-compiled.h"

#include <string.h>

#define ALLOW(kind) (1u << (kind))
#define ALLOW_ALL 0xffu

/* The kinds that are chosen butterfly by butterfly: skip, top, both, gated. */
#define N_CHOICES (BFFT_STEP_GATED + 1)

/* Measured with tests/benchmarks/bench-network on SSE, in ns; only their
 * ratios matter. */
#define CALL_COST 14.0
#define ROW_COST 2.5
#define REAL_COST 0.27          /* per butterfly of real inputs */
#define TRANSPOSE_COST 0.08     /* per real value */
#define SPLIT_COST 0.10         /* per sample, of loading columns split */
#define NEVER 1e30

/* Per butterfly, by BfftStepKind. */
static const gdouble unit_costs[][N_CHOICES] = {
  [BFFT_TABLES_FLOAT] = {0, 0.26, 0.28, 0.38},
  [BFFT_TABLES_Q8] = {0, NEVER, 0.45, 0.55},
  [BFFT_TABLES_UNITARY] = {0, NEVER, 1.5, NEVER},
};

typedef struct
{
  BfftStepKind kind;
  guint entry, n;
  gboolean used;
} Run;

typedef struct
{
  const BfftNetwork *network;
  const BfftLayout *layout;
  const gdouble *costs;         /* [N_CHOICES] */
  BfftSchedule *schedule;
  guint half;
  guint columns;                /* up to the last one that matters */
  guint8 *allowed;              /* [stages][half], by entry */
  guint8 *choice;               /* [half] */
  guint8 *back;                 /* [half] */
  guint *run_at;                /* [half], index + 1 of the run that starts */
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
allowed_kinds (BfftTableKind kind, gfloat gate, gboolean top, gboolean bottom)
{
  if (!top && !bottom)
    return ALLOW_ALL;
  if (kind == BFFT_TABLES_UNITARY)
    return ALLOW (BFFT_STEP_BOTH) | (gate == 0 ? ALLOW (BFFT_STEP_SKIP) : 0);
  if (gate == 0) {
    return ALLOW (BFFT_STEP_SKIP) | ALLOW (BFFT_STEP_TOP)
        | ALLOW (BFFT_STEP_GATED);
  }
  return ALLOW (BFFT_STEP_GATED)
      | (gate == 1 ? ALLOW (BFFT_STEP_BOTH) : 0)
      | (bottom ? 0 : ALLOW (BFFT_STEP_TOP));
}

/* @live: [n], by position, outputs of @stage that count; becomes its inputs
 * that do. */
static void
allow_stage (Scheduler * self, guint stage, guint8 * live)
{
  BfftTableKind kind = bfft_tables_kind (self->network);
  guint8 *allowed = self->allowed + (gsize) stage * self->half;
  guint low = (1u << stage) - 1;
  guint b;

  for (b = 0; b < self->half; b++) {
    guint8 *top = live + 2 * (b & ~low) + (b & low), *bottom = top + low + 1;
    gfloat gate = bfft_network_gate (self->network, stage * self->half + b);

    allowed[bfft_layout_entry (self->layout, stage, b)] =
        allowed_kinds (kind, gate, *top, *bottom);
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
cheapest (const gdouble * costs)
{
  guint best = 0, k;

  for (k = 1; k < N_CHOICES; k++) {
    if (costs[k] < costs[best])
      best = k;
  }
  return best;
}

/* Fills choice[] with the cheapest kinds when changing them costs @change; at
 * the end of a row, where a new one begins anyhow, it costs nothing. */
static void
choose (Scheduler * self, const guint8 * allowed, guint distance,
    gdouble change)
{
  gdouble costs[N_CHOICES] = { 0, NEVER, NEVER, NEVER };
  gdouble next[N_CHOICES];
  guint e, k, best;

  for (e = 0; e < self->half; e++) {
    gboolean new_row = e % distance == 0;

    best = cheapest (costs);
    self->back[e] = best;
    for (k = 0; k < N_CHOICES; k++) {
      gdouble enter = costs[best] + (new_row ? 0 : change);

      next[k] = MIN (costs[k], enter) + self->costs[k];
      if (new_row && k != BFFT_STEP_SKIP)
        next[k] += ROW_COST;
      if (!(allowed[e] & ALLOW (k)))
        next[k] = NEVER;
      else if (enter < costs[k])
        self->back[e] |= ALLOW (k) << 4;
    }
    memcpy (costs, next, sizeof (costs));
  }

  k = cheapest (costs);
  for (e = self->half; e-- > 0;) {
    self->choice[e] = k;
    if (self->back[e] & (ALLOW (k) << 4))
      k = self->back[e] & 0xf;
  }
}

/* ---- runs become calls ---- */

static GArray *
find_runs (Scheduler * self, guint distance)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (Run));
  guint e = 0, from;

  memset (self->run_at, 0, self->half * sizeof (*self->run_at));
  while (e < self->half) {
    Run run = { self->choice[e], e, 0, FALSE };

    from = e;
    do
      e++;
    while (e < self->half && e % distance && self->choice[e] == run.kind);
    run.n = e - from;
    if (run.kind != BFFT_STEP_SKIP) {
      g_array_append_val (runs, run);
      self->run_at[from] = runs->len;
    }
  }
  return runs;
}

/* The unused run like @run that starts at @entry, if any. */
static Run *
run_like (Scheduler * self, GArray * runs, const Run * run, guint entry)
{
  Run *other;

  if (entry >= self->half || self->run_at[entry] == 0)
    return NULL;
  other = &g_array_index (runs, Run, self->run_at[entry] - 1);
  if (other->used || other->kind != run->kind || other->n != run->n)
    return NULL;
  return other;
}

/* The step that starts with @run and goes on every @pitch entries for as long
 * as there are runs like it at a constant distance in memory. */
static BfftStep
step_along (Scheduler * self, GArray * runs, const Run * run, guint distance,
    guint pitch)
{
  guint address = bfft_entry_address (run->entry, distance);
  BfftStep step = { run->kind, 0, address, run->entry, 0, pitch, run->n, 1 };
  guint entry;

  for (entry = run->entry + pitch; run_like (self, runs, run, entry);
      entry += pitch) {
    guint to = bfft_entry_address (entry, distance);

    if (step.m == 1)
      step.address_pitch = to - address;
    else if ((gint) (to - address) != step.address_pitch)
      break;
    address = to;
    step.m++;
  }
  return step;
}

static void
mark_used (Scheduler * self, GArray * runs, const BfftStep * step)
{
  guint row;

  for (row = 0; row < step->m; row++) {
    guint entry = step->entry + row * step->entry_pitch;

    g_array_index (runs, Run, self->run_at[entry] - 1).used = TRUE;
  }
}

/* Appends the steps for choice[] to @steps. Returns: their cost. */
static gdouble
make_steps (Scheduler * self, guint stage, GArray * steps)
{
  guint distance = bfft_layout_distance (self->layout, stage);
  GArray *runs = find_runs (self, distance);
  gdouble cost = 0;
  guint i;

  for (i = 0; i < runs->len; i++) {
    const Run *run = &g_array_index (runs, Run, i);
    guint next = i + 1 < runs->len ? run[1].entry - run->entry : distance;
    BfftStep step, other;

    if (run->used)
      continue;
    step = step_along (self, runs, run, distance, next);
    other = step_along (self, runs, run, distance, distance);
    if (other.m > step.m)
      step = other;
    mark_used (self, runs, &step);
    step.stage = stage;
    g_array_append_val (steps, step);
    cost += CALL_COST + step.m * (ROW_COST + step.n * self->costs[step.kind]);
  }
  g_array_free (runs, TRUE);
  return cost;
}

/* Where all butterflies are alike there is nothing to choose. */
static gboolean
choose_alike (Scheduler * self, const guint8 * allowed)
{
  guint k, best = BFFT_STEP_GATED;

  if (memcmp (allowed, allowed + 1, self->half - 1) != 0)
    return FALSE;
  for (k = 0; k < N_CHOICES; k++) {
    if ((allowed[0] & ALLOW (k)) && self->costs[k] < self->costs[best])
      best = k;
  }
  memset (self->choice, best, self->half);
  return TRUE;
}

/* Calls that take in many rows make a run cheaper than one by itself, which
 * is known only afterwards; so both are tried. */
static void
schedule_stage (Scheduler * self, guint stage)
{
  static const gdouble changes[] = { ROW_COST, CALL_COST };
  const guint8 *allowed = self->allowed + (gsize) stage * self->half;
  gboolean alike = choose_alike (self, allowed);
  guint distance = bfft_layout_distance (self->layout, stage);
  GArray *best = g_array_new (FALSE, FALSE, sizeof (BfftStep));
  gdouble best_cost = G_MAXDOUBLE;
  guint i;

  for (i = 0; i < (alike ? 1 : G_N_ELEMENTS (changes)); i++) {
    GArray *steps = g_array_new (FALSE, FALSE, sizeof (BfftStep));
    gdouble cost;

    if (!alike)
      choose (self, allowed, distance, changes[i]);
    cost = make_steps (self, stage, steps);
    if (cost < best_cost) {
      GArray *worse = best;

      best = steps;
      steps = worse;
      best_cost = cost;
    }
    g_array_unref (steps);
  }
  self->schedule->cost += best_cost;
  self->schedule->stages_run += best->len > 0;
  g_array_append_vals (self->schedule->steps, best->data, best->len);
  g_array_unref (best);
}

/* ---- the whole ---- */

static guint
common_kinds (const guint8 * allowed, guint half)
{
  guint kinds = ALLOW_ALL;
  guint e;

  for (e = 0; e < half; e++)
    kinds &= allowed[e];
  return kinds;
}

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
  self->schedule->cost += (real ? 1 : 2) * TRANSPOSE_COST
      * self->columns * self->layout->rows;
}

/* The first stage that is not all closed makes complex values of real ones. */
static void
schedule_real_stage (Scheduler * self, guint stage, guint common)
{
  guint distance = bfft_layout_distance (self->layout, stage);
  gboolean open = (common & ALLOW (BFFT_STEP_BOTH)) != 0;
  BfftStep step = { open ? BFFT_STEP_REAL : BFFT_STEP_REAL_GATED, stage, 0, 0,
    2 * distance, distance, distance, self->half / distance
  };

  self->schedule->cost += CALL_COST + step.m * ROW_COST
      + self->half * REAL_COST;
  self->schedule->stages_run++;
  g_array_append_val (self->schedule->steps, step);
}

static void
schedule_stages (Scheduler * self, gboolean real)
{
  gboolean is_float = bfft_tables_kind (self->network) == BFFT_TABLES_FLOAT;
  guint s;

  for (s = 0; s < self->layout->stages; s++) {
    guint common = common_kinds (self->allowed + (gsize) s * self->half,
        self->half);

    if (s == self->layout->row_stages)
      schedule_transposition (self, real);
    if (common & ALLOW (BFFT_STEP_SKIP))
      continue;
    if (real && is_float) {
      schedule_real_stage (self, s, common);
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
  Scheduler self;
  guint8 *live = g_memdup2 (wanted, network->n_fft);
  guint s;

  self.network = network;
  self.layout = layout;
  self.costs = unit_costs[bfft_tables_kind (network)];
  self.schedule = schedule;
  self.half = network->half;
  schedule->steps = g_array_new (FALSE, FALSE, sizeof (BfftStep));
  schedule->cost = layout->order == BFFT_ORDER_SPLIT
      ? SPLIT_COST * network->n_fft : 0;
  schedule->active = 0;
  schedule->stages_run = 0;
  self.allowed = g_malloc ((gsize) network->stages * network->half);
  self.choice = g_malloc (network->half);
  self.back = g_malloc (network->half);
  self.run_at = g_new (guint, network->half);

  for (s = network->stages; s > 0; s--) {
    if (s == layout->row_stages)
      self.columns = live_columns (layout, live);
    allow_stage (&self, s - 1, live);
  }
  schedule_stages (&self, real);

  g_free (self.allowed);
  g_free (self.choice);
  g_free (self.back);
  g_free (self.run_at);
  g_free (live);
}

void
bfft_schedule_clear (BfftSchedule * schedule)
{
  g_clear_pointer (&schedule->steps, g_array_unref);
}
