/* bfft: numbers as people read them, in programs that print them in the C
 * locale (LC_NUMERIC).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* All return new strings. Not measured (NaN) is an en dash. */

/* 4 significant digits: "0.001234", "1.234e-07" */
gchar *bfft_format_number (gdouble value);

/* With groups of three digits: "1 234 567" */
gchar *bfft_format_count (guint64 value);

/* "640 B", "12.5 KiB" */
gchar *bfft_format_bytes (guint64 value);

/* "640 ns", "12.5 µs" */
gchar *bfft_format_nanoseconds (gdouble value);

G_END_DECLS
