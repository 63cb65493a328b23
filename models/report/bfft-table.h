/* bfft: the tables of a report.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-report-model.h"

G_BEGIN_DECLS

/**
 * BfftCell:
 * @text: what is shown
 * @value: what it is worth, NaN for none
 */
typedef struct
{
  gchar *text;
  gdouble value;
} BfftCell;

/**
 * BfftColumn:
 * @title: its head, with the unit
 * @numeric: aligned right
 * @low_is_good: its smallest value is marked
 * @cells: GArray of BfftCell, one a model
 */
typedef struct
{
  gchar *title;
  gboolean numeric;
  gboolean low_is_good;
  GArray *cells;
} BfftColumn;

/**
 * BfftTable:
 * @name: for links
 * @title: its heading
 * @caption: how to read it
 * @folded: to be opened by who wants to see it
 * @columns: GPtrArray of BfftColumn; the first names the models
 */
typedef struct
{
  const gchar *name;
  const gchar *title;
  const gchar *caption;
  gboolean folded;
  GPtrArray *columns;
} BfftTable;

/* Returns: (transfer full): GPtrArray of BfftTable, in the order of a report,
 * those with nothing in them left out. */
GPtrArray *bfft_tables_new (const BfftReport * report);

void bfft_table_to_html (const BfftTable * table, GString * html);
void bfft_table_to_text (const BfftTable * table, GString * text);

G_END_DECLS
