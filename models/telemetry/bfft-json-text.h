/* bfft: JSON text with short numbers.
 *
 * json-glib writes every double with 17 digits; a file of measured numbers is
 * a third of the size, and readable, when each is written with the digits that
 * it was rounded to.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* @value rounded to @digits significant decimal digits, 1..17. */
gdouble bfft_json_round (gdouble value, guint digits);

/* @root as text: objects and arrays of plain values on one line, others with a
 * line for each member; numbers with the fewest digits that read back the
 * same. Numbers must be finite, strings valid UTF-8. */
GString *bfft_json_to_text (JsonNode * root);

G_END_DECLS
