/* bfft: where a position of the network lies in memory.
 *
 * Textbook layouts join neighbours at one end of the flow graph, and rows of
 * one or two butterflies are slow (docs/performance.md). Here the frame is
 * taken as rows x columns. While stages join whole rows values lie in time
 * order; then one transposition, which reverses the bits as well, puts each
 * value at its position, and the remaining stages join runs of at least rows
 * values. Input and output are in natural order.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-compiled.h"

void
bfft_layout_init (BfftLayout * layout, guint stages, BfftOrder order)
{
  layout->stages = stages;
  layout->row_stages = (stages + 1) / 2;
  layout->rows = 1u << layout->row_stages;
  layout->columns = 1u << (stages - layout->row_stages);
  layout->order = order;
}

guint
bfft_reverse_bits (guint value, guint bits)
{
  guint32 v = value;

  if (bits == 0)
    return 0;
  v = (v >> 1 & 0x55555555u) | (v & 0x55555555u) << 1;
  v = (v >> 2 & 0x33333333u) | (v & 0x33333333u) << 2;
  v = (v >> 4 & 0x0f0f0f0fu) | (v & 0x0f0f0f0fu) << 4;
  return GUINT32_SWAP_LE_BE (v) >> (32 - bits);
}

guint
bfft_layout_column (const BfftLayout * layout, guint high)
{
  guint column = bfft_reverse_bits (high, layout->stages - layout->row_stages);

  if (layout->order == BFFT_ORDER_SPLIT)
    column = column / 2 + (column % 2 ? layout->columns / 2 : 0);
  return column;
}

/* Address of @position before @stage and after it; not for sorted. */
static guint
get_address (const BfftLayout * layout, guint stage, guint position)
{
  guint row = bfft_reverse_bits (position, layout->row_stages);

  if (stage >= layout->row_stages)
    return position;
  return row * layout->columns
      + bfft_layout_column (layout, position >> layout->row_stages);
}

guint
bfft_layout_distance (const BfftLayout * layout, guint stage)
{
  if (stage >= layout->row_stages)
    return 1u << stage;
  return 1u << (layout->stages - 1 - stage);
}

/* A butterfly at stage s is the s bits of output index that are there already
 * and the bits of time that are still left. */
static guint
sorted_entry (const BfftLayout * layout, guint stage, guint butterfly)
{
  guint left = layout->stages - 1 - stage;
  guint index = butterfly & ((1u << stage) - 1);
  guint time = bfft_reverse_bits (butterfly >> stage, left);

  if (stage >= layout->row_stages)
    return (time << stage) + index;
  return (index << left) + time;
}

guint
bfft_layout_entry (const BfftLayout * layout, guint stage, guint butterfly)
{
  guint low = (1u << stage) - 1;
  guint distance = bfft_layout_distance (layout, stage);
  guint address;

  if (layout->order == BFFT_ORDER_SORTED)
    return sorted_entry (layout, stage, butterfly);
  address = get_address (layout, stage,
      2 * (butterfly & ~low) + (butterfly & low));
  return (address & (distance - 1)) + (address & ~(2 * distance - 1)) / 2;
}
