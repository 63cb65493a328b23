/* bfft: numbers as people read them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-format.h"

#include <math.h>
#include <string.h>

#define NOT_MEASURED "\342\200\223"     /* en dash */
#define NARROW_SPACE "\342\200\257"     /* does not break */
#define SPACE "\302\240"        /* does not break */

gchar *
bfft_format_number (gdouble value)
{
  return isfinite (value) ? g_strdup_printf ("%.4g", value)
      : g_strdup (NOT_MEASURED);
}

gchar *
bfft_format_count (guint64 value)
{
  g_autofree gchar *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, value);
  gsize length = strlen (digits), i;
  GString *text = g_string_new (NULL);

  for (i = 0; i < length; i++) {
    if (i > 0 && (length - i) % 3 == 0)
      g_string_append (text, NARROW_SPACE);
    g_string_append_c (text, digits[i]);
  }
  return g_string_free (text, FALSE);
}

/* @value in the largest of @units, each @factor of the one before. */
static gchar *
format_unit (gdouble value, gdouble factor, const gchar * const *units)
{
  while (value >= factor && units[1]) {
    value /= factor;
    units++;
  }
  return value < 100 ? g_strdup_printf ("%.3g" SPACE "%s", value, units[0])
      : g_strdup_printf ("%.0f" SPACE "%s", value, units[0]);
}

gchar *
bfft_format_bytes (guint64 value)
{
  static const gchar *const units[] = { "B", "KiB", "MiB", "GiB", NULL };

  return format_unit (value, 1024, units);
}

gchar *
bfft_format_nanoseconds (gdouble value)
{
  static const gchar *const units[] = { "ns", "\302\265s", "ms", "s", NULL };

  return value > 0 ? format_unit (value, 1000, units)
      : g_strdup (NOT_MEASURED);
}
