/* bfft: JSON: strict reading of files that nobody vouches for, short writing.
 *
 * json-glib builds and writes the trees. It accepts more than JSON (comments,
 * octal and hexadecimal numbers, duplicate keys, "var x =") and recurses as deep
 * as its input nests, so that the grammar of RFC 8259 is checked first. It writes
 * every double with 17 digits; here each has no more than it needs.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define BFFT_JSON_MAX_DEPTH 32

/* Whole numbers of more digits may not fit a gint64, of which json-glib would
 * make another number; they are refused. */
#define BFFT_JSON_MAX_DIGITS 18

/* Returns: (transfer full): the tree, or NULL with what is wrong and at which
 * byte (%G_FILE_ERROR_INVAL). Strings are valid UTF-8; so is the message, which
 * may be shown.
 * @data: @length bytes, need not end in NUL */
JsonNode *bfft_json_parse (const gchar * data, gsize length, GError ** error);

/* @text from a file as it may be shown: control characters replaced, cut. */
gchar *bfft_json_printable (const gchar * text);

/* @value rounded to @digits significant decimal digits, 1..17. */
gdouble bfft_json_round (gdouble value, guint digits);

/* @root as text, the outer levels with a line for each member; numbers with the
 * fewest digits that read back the same. They must be finite, strings valid
 * UTF-8. */
GString *bfft_json_to_text (JsonNode * root);

G_END_DECLS
