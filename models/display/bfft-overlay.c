/* bfft: lines and words over pictures.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-overlay.h"

#ifdef HAVE_CAIRO
#include <cairo.h>
#endif

#include "bfft-pixel.h"

/* A pixel that something was drawn on. */
typedef struct
{
  guint16 x, y;
  guint32 argb;                 /* colours multiplied by alpha */
} Dot;

struct _BfftOverlay
{
  guint width, height;
  guint32 *image;               /* [height][width], as Dot.argb, till finished */
  Dot *dots;
  guint n_dots;
#ifdef HAVE_CAIRO
  cairo_t *cairo;               /* draws on @image */
#endif
};

BfftOverlay *
bfft_overlay_new (guint width, guint height, gdouble size)
{
  BfftOverlay *self = g_new0 (BfftOverlay, 1);

  self->width = width;
  self->height = height;
  self->image = g_new0 (guint32, (gsize) width * height);
#ifdef HAVE_CAIRO
  {
    cairo_surface_t *surface =
        cairo_image_surface_create_for_data ((guchar *) self->image,
        CAIRO_FORMAT_ARGB32, width, height, 4 * width);

    self->cairo = cairo_create (surface);
    cairo_surface_destroy (surface);
    cairo_select_font_face (self->cairo, "sans-serif",
        CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size (self->cairo, size);
  }
#endif
  return self;
}

void
bfft_overlay_free (BfftOverlay * overlay)
{
  if (overlay == NULL)
    return;
  bfft_overlay_finish (overlay);
  g_free (overlay->dots);
  g_free (overlay);
}

void
bfft_overlay_rectangle (BfftOverlay * overlay, gint x, gint y, gint width,
    gint height, guint32 color)
{
  gint right = MIN (x + width, (gint) overlay->width), i;
  gint bottom = MIN (y + height, (gint) overlay->height);
  guint alpha = color >> 24;
  guint32 argb = alpha << 24 | bfft_pixel_scale (color, alpha);

  for (y = MAX (y, 0); y < bottom; y++)
    for (i = MAX (x, 0); i < right; i++)
      overlay->image[(gsize) y * overlay->width + i] = argb;
#ifdef HAVE_CAIRO
  cairo_surface_mark_dirty (cairo_get_target (overlay->cairo));
#endif
}

#ifdef HAVE_CAIRO
gdouble
bfft_overlay_text_width (BfftOverlay * overlay, const gchar * text)
{
  cairo_text_extents_t extents;

  cairo_text_extents (overlay->cairo, text, &extents);
  return extents.x_advance;
}

void
bfft_overlay_text (BfftOverlay * overlay, const gchar * text, gdouble x,
    gdouble y, gdouble anchor)
{
  cairo_font_extents_t extents;

  cairo_font_extents (overlay->cairo, &extents);
  cairo_set_source_rgb (overlay->cairo, 0.78, 0.80, 0.84);
  cairo_move_to (overlay->cairo, x - anchor *
      bfft_overlay_text_width (overlay, text),
      y + (extents.ascent - extents.descent) / 2);
  cairo_show_text (overlay->cairo, text);
}
#else
gdouble
bfft_overlay_text_width (BfftOverlay * overlay, const gchar * text)
{
  return 0;
}

void
bfft_overlay_text (BfftOverlay * overlay, const gchar * text, gdouble x,
    gdouble y, gdouble anchor)
{
}
#endif

void
bfft_overlay_finish (BfftOverlay * overlay)
{
  gsize n = (gsize) overlay->width * overlay->height, i;
  GArray *dots;

  if (overlay->image == NULL)
    return;
#ifdef HAVE_CAIRO
  g_clear_pointer (&overlay->cairo, cairo_destroy);
#endif
  dots = g_array_new (FALSE, FALSE, sizeof (Dot));
  for (i = 0; i < n; i++) {
    Dot dot = { i % overlay->width, i / overlay->width, overlay->image[i] };

    if (dot.argb)
      g_array_append_val (dots, dot);
  }
  overlay->n_dots = dots->len;
  overlay->dots = (Dot *) (gpointer) g_array_free (dots, FALSE);
  g_clear_pointer (&overlay->image, g_free);
}

void
bfft_overlay_blend (const BfftOverlay * overlay, guint32 * pixels, gsize stride)
{
  guint i;

  for (i = 0; i < overlay->n_dots; i++) {
    const Dot *dot = &overlay->dots[i];
    guint32 *pixel = &pixels[dot->y * stride + dot->x];

    *pixel = (dot->argb & 0xffffff) +
        bfft_pixel_scale (*pixel, 255 - (dot->argb >> 24));
  }
}
