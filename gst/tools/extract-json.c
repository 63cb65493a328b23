/* bfft: messages as JSON lines.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "extract-format.h"

#include <math.h>

static void append_value (GString * text, const GValue * value);

/* Strings of GStreamer are UTF-8; names of files may be anything. */
static void
append_string (GString * text, const gchar * string)
{
  g_autofree gchar *valid = g_utf8_make_valid (string, -1);
  const gchar *p;

  g_string_append_c (text, '"');
  for (p = valid; *p; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_c (text, '\\');
    if ((guchar) * p < 0x20)
      g_string_append_printf (text, "\\u%04x", *p);
    else
      g_string_append_c (text, *p);
  }
  g_string_append_c (text, '"');
}

/* What is not a number in JSON is null. */
static void
append_number (GString * text, gdouble value, gboolean is_float)
{
  gchar number[EXTRACT_NUMBER_SIZE];

  if (!isfinite (value))
    g_string_append (text, "null");
  else
    g_string_append_len (text, number, is_float ?
        extract_print_float (number, value) :
        extract_print_double (number, value));
}

static void
append_items (GString * text, const GValue * all, guint n,
    const GValue * (*get) (const GValue *, guint))
{
  guint i;

  g_string_append_c (text, '[');
  for (i = 0; i < n; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    append_value (text, get (all, i));
  }
  g_string_append_c (text, ']');
}

static void
append_fields (GString * text, const GstStructure * fields)
{
  gint n = gst_structure_n_fields (fields), i;

  for (i = 0; i < n; i++) {
    const gchar *name = gst_structure_nth_field_name (fields, i);

    if (text->str[text->len - 1] != '{')
      g_string_append_c (text, ',');
    append_string (text, name);
    g_string_append_c (text, ':');
    append_value (text, gst_structure_get_value (fields, name));
  }
  g_string_append_c (text, '}');
}

/* Times that are not known are null. */
static void
append_unsigned (GString * text, guint64 value)
{
  if (value == GST_CLOCK_TIME_NONE)
    g_string_append (text, "null");
  else
    g_string_append_printf (text, "%" G_GUINT64_FORMAT, value);
}

static void
append_other (GString * text, const GValue * value)
{
  g_autofree gchar *serialized = G_VALUE_HOLDS_STRING (value) ?
      g_value_dup_string (value) : gst_value_serialize (value);

  if (serialized)
    append_string (text, serialized);
  else
    g_string_append (text, "null");
}

static void
append_value (GString * text, const GValue * value)
{
  GType type = G_VALUE_TYPE (value);

  if (type == G_TYPE_FLOAT)
    append_number (text, g_value_get_float (value), TRUE);
  else if (type == G_TYPE_DOUBLE)
    append_number (text, g_value_get_double (value), FALSE);
  else if (type == GST_TYPE_LIST)
    append_items (text, value, gst_value_list_get_size (value),
        gst_value_list_get_value);
  else if (type == GST_TYPE_ARRAY)
    append_items (text, value, gst_value_array_get_size (value),
        gst_value_array_get_value);
  else if (type == GST_TYPE_STRUCTURE)
    append_fields (g_string_append_c (text, '{'),
        gst_value_get_structure (value));
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (text, g_value_get_boolean (value) ? "true" : "false");
  else if (type == G_TYPE_INT)
    g_string_append_printf (text, "%d", g_value_get_int (value));
  else if (type == G_TYPE_UINT)
    g_string_append_printf (text, "%u", g_value_get_uint (value));
  else if (type == G_TYPE_INT64)
    g_string_append_printf (text, "%" G_GINT64_FORMAT,
        g_value_get_int64 (value));
  else if (type == G_TYPE_UINT64)
    append_unsigned (text, g_value_get_uint64 (value));
  else
    append_other (text, value);
}

static void
jsonl_begin (ExtractWriter * writer)
{
}

/* A line is written at once: others may write to the same stream. */
static void
jsonl_result (ExtractWriter * writer, const ExtractResult * result)
{
  g_autoptr (GString) line = g_string_new ("{");

  if (writer->input) {
    g_string_append (line, "\"input\":");
    append_string (line, writer->input);
  }
  append_fields (line, result->fields);
  g_string_append_c (line, '\n');
  extract_file_write (writer->file, line->str, line->len);
}

const ExtractFormat extract_format_jsonl = {
  .name = "jsonl",.mixes = TRUE,
  .begin = jsonl_begin,.result = jsonl_result
};
