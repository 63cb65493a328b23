/* bfft: strict JSON for files that nobody vouches for.
 *
 * json-glib accepts more than JSON (comments, octal and hexadecimal numbers,
 * duplicate keys, "var x =") and recurses as deep as its input nests. This
 * checks the grammar of RFC 8259 first and has json-glib build the tree.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define BFFT_JSON_MAX_DEPTH 32

/* Returns: (transfer full): the tree, or NULL with what is wrong and at which
 * byte (%G_FILE_ERROR_INVAL). Integers outside gint64 come out negative or as
 * json-glib clamps them: check their range.
 * @data: @length bytes, need not end in NUL */
JsonNode *bfft_json_parse (const gchar * data, gsize length, GError ** error);

G_END_DECLS
