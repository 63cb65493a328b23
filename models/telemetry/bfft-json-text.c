/* bfft: JSON text with short numbers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-json-text.h"

static void append_node (GString * text, JsonNode * node, guint indent);

gdouble
bfft_json_round (gdouble value, guint digits)
{
  gchar format[8], number[G_ASCII_DTOSTR_BUF_SIZE];

  g_snprintf (format, sizeof (format), "%%.%ug", digits);
  g_ascii_formatd (number, sizeof (number), format, value);
  return g_ascii_strtod (number, NULL);
}

static void
append_double (GString * text, gdouble value)
{
  gchar format[8], number[G_ASCII_DTOSTR_BUF_SIZE];
  guint digits = 0;

  do {
    g_snprintf (format, sizeof (format), "%%.%ug", ++digits);
    g_ascii_formatd (number, sizeof (number), format, value);
  } while (digits < 17 && g_ascii_strtod (number, NULL) != value);
  g_string_append (text, number);
}

/* json-glib leaves U+001F as it is. */
static void
append_string (GString * text, const gchar * value)
{
  const gchar *p;

  g_string_append_c (text, '"');
  for (p = value; *p; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_printf (text, "\\%c", *p);
    else if (*p == '\n')
      g_string_append (text, "\\n");
    else if (g_ascii_iscntrl (*p))
      g_string_append_printf (text, "\\u%04x", *p);
    else
      g_string_append_c (text, *p);
  }
  g_string_append_c (text, '"');
}

/* A new line inside @indent brackets, or nothing where all is on one line. */
static void
append_line (GString * text, gboolean flat, guint indent)
{
  if (!flat)
    g_string_append_printf (text, "\n%*s", 2 * indent, "");
}

static gboolean
is_flat_object (JsonObject * object)
{
  JsonObjectIter iter;
  JsonNode *member;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, NULL, &member)) {
    if (!JSON_NODE_HOLDS_VALUE (member))
      return FALSE;
  }
  return TRUE;
}

static void
append_object (GString * text, JsonObject * object, guint indent)
{
  gboolean flat = is_flat_object (object);
  const gchar *separator = "";
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *member;

  g_string_append_c (text, '{');
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &member)) {
    g_string_append (text, separator);
    append_line (text, flat, indent + 1);
    append_string (text, name);
    g_string_append (text, ": ");
    append_node (text, member, indent + 1);
    separator = flat ? ", " : ",";
  }
  append_line (text, flat, indent);
  g_string_append_c (text, '}');
}

static void
append_array (GString * text, JsonArray * array, guint indent)
{
  guint length = json_array_get_length (array);
  gboolean flat = length == 0
      || JSON_NODE_HOLDS_VALUE (json_array_get_element (array, 0));
  guint i;

  g_string_append_c (text, '[');
  for (i = 0; i < length; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    append_line (text, flat, indent + 1);
    append_node (text, json_array_get_element (array, i), indent + 1);
  }
  append_line (text, flat, indent);
  g_string_append_c (text, ']');
}

static void
append_value (GString * text, JsonNode * node)
{
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    g_string_append_printf (text, "%" G_GINT64_FORMAT,
        json_node_get_int (node));
  else if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    append_double (text, json_node_get_double (node));
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    g_string_append (text, json_node_get_boolean (node) ? "true" : "false");
  else
    append_string (text, json_node_get_string (node));
}

static void
append_node (GString * text, JsonNode * node, guint indent)
{
  switch (json_node_get_node_type (node)) {
    case JSON_NODE_OBJECT:
      append_object (text, json_node_get_object (node), indent);
      break;
    case JSON_NODE_ARRAY:
      append_array (text, json_node_get_array (node), indent);
      break;
    case JSON_NODE_NULL:
      g_string_append (text, "null");
      break;
    case JSON_NODE_VALUE:
      append_value (text, node);
      break;
  }
}

GString *
bfft_json_to_text (JsonNode * root)
{
  GString *text = g_string_new (NULL);

  append_node (text, root, 0);
  g_string_append_c (text, '\n');
  return text;
}
