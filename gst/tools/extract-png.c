/* bfft: a picture of all results, with axes.
 *
 * Columns that do not fit are averaged in pairs, so that the memory does not
 * depend on how long the sound is.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "extract-format.h"

#ifdef HAVE_CAIRO

#include <math.h>

#include <cairo.h>

#include "bfft-axis.h"

#define COLUMNS 2048            /* that are kept at most; even */
#define WIDTH 1000              /* of the plot, pixels */
#define HEIGHT 400
#define LEFT 80
#define RIGHT 110
#define TOP 16
#define BOTTOM 52

typedef struct
{
  guint rows;
  guint columns;                /* that are begun */
  guint64 per_column;           /* frames in each but the last */
  guint64 in_last;
  gdouble *sums;                /* [COLUMNS][rows] */
} Picture;

static void
png_begin (ExtractWriter * writer)
{
  Picture *picture = g_new0 (Picture, 1);
  gsize n = extract_writer_size (writer);

  /* frames of a result follow one another */
  picture->rows = g_str_equal (writer->axes[0], "frame") ?
      n / writer->dims[0] : n;
  picture->per_column = 1;
  picture->sums = g_new0 (gdouble, (gsize) COLUMNS * picture->rows);
  writer->state = picture;
}

static void
halve (Picture * picture)
{
  gsize rows = picture->rows, i, j;

  for (i = 0; i < COLUMNS / 2; i++)
    for (j = 0; j < rows; j++)
      picture->sums[i * rows + j] = picture->sums[2 * i * rows + j]
          + picture->sums[(2 * i + 1) * rows + j];
  for (i = COLUMNS / 2 * rows; i < COLUMNS * rows; i++)
    picture->sums[i] = 0;
  picture->columns = COLUMNS / 2;
  picture->per_column *= 2;
}

static void
png_result (ExtractWriter * writer, const ExtractResult * result)
{
  Picture *picture = writer->state;
  gdouble *column;
  gsize i, j;

  for (i = 0; i + picture->rows <= result->n; i += picture->rows) {
    if (picture->columns == 0 || picture->in_last == picture->per_column) {
      if (picture->columns == COLUMNS)
        halve (picture);
      picture->columns++;
      picture->in_last = 0;
    }
    picture->in_last++;
    column = picture->sums + (gsize) (picture->columns - 1) * picture->rows;
    for (j = 0; j < picture->rows; j++)
      column[j] += result->values[i + j];
  }
}

static gboolean
is (const ExtractWriter * writer, const gchar * element)
{
  return g_str_equal (element, GST_OBJECT_NAME (gst_element_get_factory
          (writer->element)));
}

/* Sums to means; densities are powers, of which only dB can be seen. */
static void
scale (ExtractWriter * writer, Picture * picture, gdouble * low, gdouble * high)
{
  gsize i, n = (gsize) picture->columns * picture->rows;
  gsize last = n - (n ? picture->rows : 0);

  *low = INFINITY;
  *high = -INFINITY;
  for (i = 0; i < n; i++) {
    gdouble value = picture->sums[i] / (i < last ? picture->per_column :
        picture->in_last);

    if (is (writer, "bfftwelch"))
      value = 10 * log10 (MAX (value, 1e-20));
    picture->sums[i] = value;
    if (isfinite (value)) {
      *low = MIN (*low, value);
      *high = MAX (*high, value);
    }
  }
  if (!(*low < *high)) {
    *low = isfinite (*low) ? *low - 1 : 0;
    *high = *low + 1;
  }
}

/* From black over violet and orange to light yellow; @part 0 to 1. */
static guint32
color (gdouble part)
{
  static const guint8 stops[][3] = { {0, 0, 4}, {87, 16, 110}, {188, 55, 84},
  {249, 142, 9}, {252, 255, 164}
  };
  gdouble at = isfinite (part) ? CLAMP (part, 0, 1) * 4 : 0;
  guint i = MIN ((guint) at, 3), c;
  guint32 pixel = 0;

  for (c = 0; c < 3; c++)
    pixel = pixel << 8 | (guint) (stops[i][c] + (at - i) * (stops[i + 1][c] -
            stops[i][c]) + 0.5);
  return pixel;
}

/* The plot, and beside it a bar of what colours mean. */
static void
draw_pixels (const Picture * picture, cairo_surface_t * surface, gdouble low,
    gdouble high)
{
  guchar *data = cairo_image_surface_get_data (surface);
  gint stride = cairo_image_surface_get_stride (surface);
  guint x, y;

  for (y = 0; y < HEIGHT; y++) {
    guint32 *row = (guint32 *) (data + (gsize) (TOP + y) * stride) + LEFT;
    guint band = (gsize) (HEIGHT - 1 - y) * picture->rows / HEIGHT;

    for (x = 0; x < WIDTH && picture->columns; x++) {
      gsize column = (gsize) x * picture->columns / WIDTH;

      row[x] = color ((picture->sums[column * picture->rows + band] - low)
          / (high - low));
    }
    for (x = 0; x < 16; x++)
      row[WIDTH + 16 + x] = color (1 - (gdouble) y / (HEIGHT - 1));
  }
}

/* Numbers from @min to @max along a line from (@x, @y), up or to the right. */
static void
draw_axis (cairo_t * cairo, gdouble x, gdouble y, gdouble length,
    gboolean upright, gdouble min, gdouble max, const gchar * title)
{
  gdouble step = bfft_axis_step ((max - min) * (upright ? 30 : 80) / length);
  gdouble value, at;
  cairo_text_extents_t box;
  gchar text[32];

  for (value = ceil (min / step) * step; value <= max; value += step) {
    at = (value - min) / (max - min) * length;
    g_snprintf (text, sizeof (text), "%.6g", fabs (value) < step / 2 ? 0 :
        value);
    cairo_text_extents (cairo, text, &box);
    if (!upright)
      cairo_move_to (cairo, x + at - box.x_advance / 2, y + 18);
    else if (x < LEFT + WIDTH)
      cairo_move_to (cairo, x - 8 - box.x_advance, y - at + 4);
    else
      cairo_move_to (cairo, x + 8, y - at + 4);
    cairo_show_text (cairo, text);
    cairo_rectangle (cairo, upright ? x - (x < LEFT + WIDTH ? 4 : 0) : x + at,
        upright ? y - at : y, upright ? 4 : 1, upright ? 1 : 4);
    cairo_fill (cairo);
  }
  cairo_text_extents (cairo, title, &box);
  cairo_save (cairo);
  if (upright) {
    cairo_move_to (cairo, x < LEFT + WIDTH ? 18 : LEFT + WIDTH + RIGHT - 8,
        y - length / 2 + box.x_advance / 2);
    cairo_rotate (cairo, -G_PI / 2);
  } else {
    cairo_move_to (cairo, x + length / 2 - box.x_advance / 2, y + 40);
  }
  cairo_show_text (cairo, title);
  cairo_restore (cairo);
}

/* Bins are a frequency apart; bands of a mel scale, and channels one above the
 * other, are numbered. */
static void
draw_axes (ExtractWriter * writer, const Picture * picture, cairo_t * cairo,
    gdouble low, gdouble high)
{
  gboolean bins = picture->rows > 1 && writer->n_dims == 1
      && (is (writer, "bfftspectrum") || is (writer, "bfftwelch"));
  gdouble start = 1e-9 * writer->start, end = 1e-9 * writer->end;

  cairo_select_font_face (cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
      CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cairo, 12);
  cairo_set_source_rgb (cairo, 0, 0, 0);
  if (end > start)
    draw_axis (cairo, LEFT, TOP + HEIGHT, WIDTH, FALSE, start, end, "Time (s)");
  draw_axis (cairo, LEFT, TOP + HEIGHT, HEIGHT, TRUE, 0,
      bins ? writer->rate / 2.0 : picture->rows,
      bins ? "Frequency (Hz)" : "Band");
  draw_axis (cairo, LEFT + WIDTH + 32, TOP + HEIGHT, HEIGHT, TRUE, low, high,
      is (writer, "bfftspectrum") ? "Magnitude (dB re full scale)" :
      is (writer, "bfftwelch") ? "10 log10 of the power" : "Value");
}

static cairo_status_t
write_part (void *data, const unsigned char *bytes, unsigned int n)
{
  return extract_file_write (data, bytes, n) ? CAIRO_STATUS_SUCCESS :
      CAIRO_STATUS_WRITE_ERROR;
}

static void
png_end (ExtractWriter * writer)
{
  Picture *picture = writer->state;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24,
      LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM);
  cairo_t *cairo = cairo_create (surface);
  gdouble low, high;

  scale (writer, picture, &low, &high);
  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_paint (cairo);
  draw_axes (writer, picture, cairo, low, high);
  cairo_surface_flush (surface);
  draw_pixels (picture, surface, low, high);
  cairo_surface_mark_dirty (surface);
  cairo_destroy (cairo);
  cairo_surface_write_to_png_stream (surface, write_part, writer->file);
  cairo_surface_destroy (surface);
}

static void
png_clear (ExtractWriter * writer)
{
  Picture *picture = writer->state;

  if (picture)
    g_free (picture->sums);
  g_free (picture);
}

#define PNG .begin = png_begin, .result = png_result, .end = png_end, \
    .clear = png_clear
#else
#define PNG .begin = NULL
#endif

const ExtractFormat extract_format_png = {
  .name = "png",.tensors = TRUE,.seeks = TRUE, PNG
};
