/* bfft: lines and words over pictures.
 *
 * They are drawn once and laid over many pictures, which costs no more than the
 * pixels that they cover. Words need cairo; in a build without it there are
 * none, and they are 0 wide.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BfftOverlay BfftOverlay;

/* For pictures of that size; words are @size pixels high. */
BfftOverlay *bfft_overlay_new (guint width, guint height, gdouble size);
void bfft_overlay_free (BfftOverlay * overlay);

/* The pixels from (@x, @y) on, where they lie in the picture; @color is
 * 0xAARRGGBB, not multiplied by alpha. */
void bfft_overlay_rectangle (BfftOverlay * overlay, gint x, gint y,
    gint width, gint height, guint32 color);

/* Words whose box has the part @anchor of its width left of @x, and its middle
 * at @y. */
void bfft_overlay_text (BfftOverlay * overlay, const gchar * text, gdouble x,
    gdouble y, gdouble anchor);
gdouble bfft_overlay_text_width (BfftOverlay * overlay, const gchar * text);

/* Nothing more is drawn: it can be laid over pictures. */
void bfft_overlay_finish (BfftOverlay * overlay);

/* @pixels: 0x00RRGGBB each, rows are @stride of them apart. */
void bfft_overlay_blend (const BfftOverlay * overlay, guint32 * pixels,
    gsize stride);

G_END_DECLS
