/* bfft: a measurement microphone's calibration file.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-calibration.h"

#include <math.h>
#include <string.h>

#include "bfft-curve.h"
#include "bfft-safetensors.h"

typedef struct
{
  gdouble frequency, decibels;
} Point;

static gint
compare (gconstpointer a, gconstpointer b)
{
  gdouble x = ((const Point *) a)->frequency;
  gdouble y = ((const Point *) b)->frequency;

  return (x > y) - (x < y);
}

/* "20,5; -0,3" and "20,5 -0,3" have decimal commas, "20.5,-0.3" has not. */
static void
normalize (gchar * line)
{
  gboolean decimal = strchr (line, '.') == NULL
      && (strchr (line, ';') || strpbrk (line, " \t"));
  gchar *c;

  for (c = line; *c; c++) {
    if (*c == ',' && decimal && c > line && g_ascii_isdigit (c[-1])
        && g_ascii_isdigit (c[1]))
      *c = '.';
    else if (*c == ',' || *c == ';')
      *c = ' ';
  }
}

/* FALSE for a comment. */
static gboolean
parse_line (gchar * line, Point * point)
{
  gchar *rest, *end;

  g_strstrip (line);
  if (!g_ascii_isdigit (line[0]) && line[0] != '.')
    return FALSE;
  normalize (line);
  point->frequency = g_ascii_strtod (line, &rest);
  if (!g_ascii_isspace (*rest))
    return FALSE;
  point->decibels = g_ascii_strtod (rest, &end);
  return end != rest && isfinite (point->frequency)
      && fabs (point->decibels) <= 200;
}

static GArray *
parse_points (const gchar * text)
{
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", -1);
  GArray *points = g_array_new (FALSE, FALSE, sizeof (Point));
  guint i, kept = 0;

  for (i = 0; lines[i]; i++) {
    Point point;

    if (parse_line (lines[i], &point))
      g_array_append_val (points, point);
  }
  g_array_sort (points, compare);
  /* The first of those at one frequency. */
  for (i = 0; i < points->len; i++) {
    Point *all = (Point *) points->data;

    if (i == 0 || all[i].frequency > all[kept - 1].frequency)
      all[kept++] = all[i];
  }
  g_array_set_size (points, kept);
  return points;
}

BfftNetwork *
bfft_calibration_parse (const gchar * text, const gchar * name, guint n_fft,
    guint rate, GError ** error)
{
  g_autoptr (GArray) points = parse_points (text);
  g_autofree gdouble *f = g_new (gdouble, 2 * points->len + 1);
  gdouble *db = f + points->len;
  g_autofree gfloat *gains = g_new (gfloat, n_fft / 2 + 1);
  guint i;

  if (points->len == 0) {
    bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_FORMAT, name,
        "no line of it begins with a frequency in Hz and a level in dB");
    return NULL;
  }
  for (i = 0; i < points->len; i++) {
    f[i] = g_array_index (points, Point, i).frequency;
    db[i] = -g_array_index (points, Point, i).decibels;
  }
  bfft_curve_interpolate (f, db, points->len, TRUE, n_fft, rate, gains);
  return bfft_curve_new (n_fft, rate, gains);
}

gchar *
bfft_calibration_format (const BfftNetwork * curve)
{
  GString *text = g_string_new ("* frequency (Hz), level (dB)\n");
  guint n = curve->n_fft, k;
  g_autofree gfloat *gains = g_new (gfloat, n / 2 + 1);
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];

  bfft_curve_sample (curve, n, curve->sample_rate, gains);
  for (k = 1; k <= n / 2; k++) {
    g_string_append (text, g_ascii_formatd (number, sizeof (number), "%.9g",
            (gdouble) k * curve->sample_rate / n));
    g_string_append_printf (text, "\t%s\n", g_ascii_formatd (number,
            sizeof (number), "%.6f", -20 * log10 (MAX (gains[k], 1e-10))));
  }
  return g_string_free (text, FALSE);
}
