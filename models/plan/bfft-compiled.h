/* bfft: any network, exact or not, compiled.
 *
 * What runs knows of the network what is in its tables, and in its schedule, a
 * list of kernel calls. BfftPlan and BfftTransform are made of it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-execution.h"
#include "bfft-network.h"

G_BEGIN_DECLS

/* ---- bfft-plan-layout.c: where a position lies in memory ---- */

typedef enum
{
  BFFT_ORDER_TIME,              /* columns in time order: free of charge */
  BFFT_ORDER_SPLIT,             /* even columns, then odd ones: loading costs
                                 * more, halves by position stay together */
  BFFT_ORDER_SORTED,            /* out of place, rows sorted by every stage */
} BfftOrder;

/**
 * BfftLayout:
 * @stages: log2 n
 * @row_stages: stages that join whole rows, log2 @rows
 * @rows: of the frame in its natural order
 * @columns: samples per row
 * @order: of columns, and of rows between stages
 *
 * Positions are those of docs/network.md: the index that a value has between
 * two stages of the textbook's in-place flow graph. Up to the transposition
 * position p lies at row bitrev (p mod rows), column bitrev (p div rows), which
 * is the time order of the input, or even columns before odd ones; after it at
 * p itself. Either way stage s joins addresses at one distance, in runs that
 * are as long.
 */
typedef struct
{
  guint stages;
  guint row_stages;
  guint rows, columns;
  BfftOrder order;
} BfftLayout;

void bfft_layout_init (BfftLayout * layout, guint stages, BfftOrder order);

guint bfft_reverse_bits (guint value, guint bits);

/* The column, before the transposition, of the positions whose upper bits are
 * @high = position div rows. */
guint bfft_layout_column (const BfftLayout * layout, guint high);

/* How far apart the inputs of a butterfly lie. */
guint bfft_layout_distance (const BfftLayout * layout, guint stage);

/* Butterflies of a stage are executed by rising address of their first input
 * (sorted: first output); the place of @butterfly in that order, which its
 * parameters take in the tables as well. */
guint bfft_layout_entry (const BfftLayout * layout, guint stage,
    guint butterfly);

/* Address of the first input of the butterfly at @entry. */
static inline guint
bfft_entry_address (guint entry, guint distance)
{
  return entry + (entry & ~(distance - 1));
}

/* ---- bfft-plan-schedule.c: which kernel runs over what ---- */

/* So many butterflies' matrices lie together: no tier has wider vectors. */
#define BFFT_TABLES_GROUP 16

/* What a butterfly's parameters are in memory. */
typedef enum
{
  BFFT_TABLES_FLOAT,
  BFFT_TABLES_Q8,
  BFFT_TABLES_UNITARY,
} BfftTableKind;

BfftTableKind bfft_tables_kind (const BfftNetwork * network);

typedef enum
{
  BFFT_STEP_BOTH,
  BFFT_STEP_GATED,
  BFFT_STEP_REAL,               /* of real inputs */
  BFFT_STEP_REAL_GATED,
  BFFT_STEP_PAIR,               /* all butterflies of this and the next stage */
  BFFT_STEP_PAIR_REAL,          /* likewise, of real inputs */
  BFFT_STEP_TRANSPOSE,
  BFFT_STEP_TRANSPOSE_REAL,     /* only the real plane */
  BFFT_STEP_ZERO_IMAGINARY,
} BfftStepKind;

/* One call of a kernel over @m rows of @n butterflies; pairs: @m blocks with
 * runs of @n, see bfft-network-kernels.h. */
typedef struct
{
  BfftStepKind kind;
  guint stage;
  guint address, entry;         /* of the first butterfly */
  gint address_pitch, entry_pitch;      /* from row to row */
  guint n, m;                   /* transpositions: n columns */
} BfftStep;

typedef struct
{
  GArray *steps;                /* of BfftStep */
  gdouble cost;                 /* estimated, in butterflies */
  guint64 active;               /* butterflies that are open and matter */
  guint stages_run;
} BfftSchedule;

/* @real: the input has no imaginary part. @wanted: [n], outputs that count. */
void bfft_schedule_init (BfftSchedule * schedule, const BfftNetwork * network,
    const BfftLayout * layout, gboolean real, const guint8 * wanted);
void bfft_schedule_clear (BfftSchedule * schedule);

/* ---- bfft-plan-tables.c: parameters in execution order ---- */

/* One stage, [half] each; arrays that the schedule does not read are NULL. */
typedef struct
{
  gfloat *re, *im;              /* gate * twiddle */
  gint8 *q_re, *q_im;           /* twiddle */
  gfloat *matrix[4];            /* gate m + (1 - gate) identity, interleaved */
  gfloat *groups;               /* or [half / 16][8][16], all parts of them */
  gfloat *closed;               /* 1 - gate */
} BfftStageTable;

typedef struct
{
  BfftTableKind kind;
  gboolean grouped;             /* matrices */
  gfloat q8_scale;
  guint stages;
  BfftStageTable *stage;        /* [stages] */
  gfloat *scale;                /* [n] re, [n] im: mask and denoiser, or NULL */
  gfloat *bias;                 /* [n] re, [n] im, or NULL */
  gsize bytes;
} BfftTables;

/* @grouped: matrices are, as what ORC cannot say wants them. */
void bfft_tables_init (BfftTables * tables, const BfftNetwork * network,
    const BfftLayout * layout, const BfftSchedule * schedule,
    gboolean grouped);
void bfft_tables_clear (BfftTables * tables);

/* ---- bfft-plan-stockham.c ---- */

/* The planes of n complex values. */
typedef struct
{
  gfloat *re, *im;
} BfftPlanes;

/* Whether the self-sorting schedule has kernels for what is in @network. */
gboolean bfft_stockham_fits (const BfftNetwork * network);

/* Runs all stages over @planes[0], with @planes[1] as work space.
 * Returns: the one that the result is in. */
const BfftPlanes *bfft_stockham_run (const BfftKernels * kernels,
    const BfftLayout * layout, const BfftTables * tables,
    const BfftPlanes * planes);

/* ---- bfft-compiled.c: all of it ---- */

typedef struct _BfftNetworkKernels BfftNetworkKernels;

/**
 * BfftCompiled:
 * @real: for real frames; otherwise for complex ones
 * @sorted: in Stockham's order where that has kernels
 * @first_bin: lowest bin wanted
 * @n_bins: number of bins wanted from there; for complex frames all
 *
 * The user sets these four and leaves the others to bfft_compiled_init().
 */
typedef struct
{
  gboolean real, sorted;
  guint first_bin, n_bins;

  guint n;                      /* samples of a frame */
  const BfftKernels *orc;
  const BfftNetworkKernels *tier;       /* NULL: all is ORC's */
  BfftLayout layout;
  BfftTables tables;
  BfftSchedule schedule;        /* but for sorted layouts */
  gfloat *memory;               /* of the planes */
  BfftPlanes planes[2];         /* before and after the transposition */
  const gfloat **rows_re, **rows_im;    /* of planes[0], transposed from */
  gfloat **columns_re, **columns_im;    /* of planes[1], to */
} BfftCompiled;

void bfft_compiled_init (BfftCompiled * compiled, const BfftNetwork * network,
    BfftExecution execution);
void bfft_compiled_clear (BfftCompiled * compiled);

/* A frame in time order, complex or by a window, [n]. */
void bfft_compiled_load (BfftCompiled * compiled, const gfloat * re,
    const gfloat * im);
void bfft_compiled_load_real (BfftCompiled * compiled, const gfloat * frame,
    const gfloat * window);

/* Takes the frame through all stages. Returns: where the bins are. */
const BfftPlanes *bfft_compiled_run (BfftCompiled * compiled);

/* Mask and denoiser over the wanted bins. */
void bfft_compiled_finish (BfftCompiled * compiled, const BfftPlanes * bins);

/* One line that says what was compiled, to be freed. */
gchar *bfft_compiled_describe (const BfftCompiled * compiled);

G_END_DECLS
