/* bfft: C structures as JSON, by one table for the reader and the writer.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-record.h"

#include "bfft-json.h"

#include <math.h>
#include <stdarg.h>

#define MAX_TEXT 200

/* Numbers nearer to 0 are 0: a chart's ticks would underflow. A power of ten,
 * so that no number is rounded across it. */
#define MIN_NUMBER 1e-37

/* The largest integer that a double, and so any JSON reader, can hold. */
#define MAX_COUNT (G_GUINT64_CONSTANT (1) << 53)

#define AT(type, structure, field) \
  (*(type *) ((guint8 *) (structure) + (field)->offset))

struct _BfftRecordReader
{
  const gchar *where;
  gchar *fault;
};

gboolean
bfft_record_fault (BfftRecordReader * reader, const gchar * key,
    const gchar * format, ...)
{
  g_autofree gchar *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_free (reader->fault);
  reader->fault = g_strdup_printf ("\"%s\" of %s %s", key, reader->where, what);
  return FALSE;
}

gchar *
bfft_record_text (const gchar * text, guint64 max)
{
  g_autofree gchar *valid = g_utf8_make_valid (text, -1);
  GString *plain = g_string_new (NULL);
  const gchar *p = valid;
  guint64 i;

  for (i = 0; *p && i < (max ? max : MAX_TEXT); i++, p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    /* U+FFFE and U+FFFF are no characters of XML */
    g_string_append_unichar (plain, g_unichar_iscntrl (c)
        || (c | 1) == 0xffff ? '?' : c);
  }
  return g_string_free (plain, FALSE);
}

/* ---- reading: the first fault ends it ---- */

static gboolean
read_text (BfftRecordReader * self, const BfftField * field, JsonNode * node,
    gchar ** text)
{
  g_autofree gchar *plain = NULL;

  if (json_node_get_value_type (node) == G_TYPE_STRING)
    plain = bfft_record_text (json_node_get_string (node),
        field->kind == BFFT_FIELD_TEXT ? field->max : 0);
  if (plain == NULL || !g_str_equal (plain, json_node_get_string (node)))
    return bfft_record_fault (self, field->key, "is not a short text");
  g_free (*text);
  *text = g_steal_pointer (&plain);
  return TRUE;
}

/* Numbers beyond float's range would overflow when they are drawn. */
static gboolean
read_number (BfftRecordReader * self, const BfftField * field, JsonNode * node,
    gdouble * value)
{
  GType type = json_node_get_value_type (node);
  gboolean null = JSON_NODE_HOLDS_NULL (node)
      && (field->flags & BFFT_FIELD_NULLABLE);

  *value = NAN;
  if (type == G_TYPE_INT64)
    *value = json_node_get_int (node);
  else if (type == G_TYPE_DOUBLE)
    *value = json_node_get_double (node);
  if (fabs (*value) < MIN_NUMBER)
    *value = 0;
  return null || fabs (*value) <= G_MAXFLOAT
      || bfft_record_fault (self, field->key,
      "holds what is not a number in float's range");
}

static gboolean
read_count (BfftRecordReader * self, const BfftField * field, JsonNode * node,
    guint64 * value)
{
  guint64 max = field->max ? field->max : MAX_COUNT;
  gint64 count = -1;

  if (json_node_get_value_type (node) == G_TYPE_INT64)
    count = json_node_get_int (node);
  *value = count;
  return (count >= 0 && *value <= max) || bfft_record_fault (self, field->key,
      "is not a whole number from 0 to %" G_GUINT64_FORMAT, max);
}

static gboolean read_fields (BfftRecordReader * self,
    const BfftRecord * record, JsonNode * node, const gchar * key,
    gpointer structure);
static gboolean read_row (BfftRecordReader * self, const BfftField * field,
    JsonNode * node, gpointer structure);

/* Appends one element of an array. */
static gboolean
read_element (BfftRecordReader * self, const BfftField * field,
    JsonNode * node, gpointer structure)
{
  GArray *array = AT (GArray *, structure, field);
  GPtrArray *pointers = AT (GPtrArray *, structure, field);
  gdouble number = 0;
  gfloat single;
  guint64 count = 0;
  guint small;
  gchar *text = NULL;

  switch (field->kind) {
    case BFFT_FIELD_UINTS:
      if (!read_count (self, field, node, &count))
        return FALSE;
      small = count;
      g_array_append_val (array, small);
      return TRUE;
    case BFFT_FIELD_FLOATS:
      if (!read_number (self, field, node, &number))
        return FALSE;
      single = number;
      g_array_append_val (array, single);
      return TRUE;
    case BFFT_FIELD_DOUBLES:
      if (!read_number (self, field, node, &number))
        return FALSE;
      g_array_append_val (array, number);
      return TRUE;
    case BFFT_FIELD_TEXTS:
      if (!read_text (self, field, node, &text))
        return FALSE;
      g_ptr_array_add (pointers, text);
      return TRUE;
    case BFFT_FIELD_ROWS:
      return read_row (self, field, node, structure);
    default:
      break;
  }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return bfft_record_fault (self, field->key, "holds what is not an object");
  if (field->kind == BFFT_FIELD_ARRAY) {
    g_array_set_size (array, array->len + 1);
    return read_fields (self, field->record, node, field->key,
        array->data + (array->len - 1) * field->record->size);
  }
  g_ptr_array_add (pointers, field->record->create ());
  return read_fields (self, field->record, node, field->key,
      g_ptr_array_index (pointers, pointers->len - 1));
}

static gboolean
read_array (BfftRecordReader * self, const BfftField * field, JsonNode * node,
    gpointer structure)
{
  gboolean counts = field->kind == BFFT_FIELD_UINTS
      || field->kind == BFFT_FIELD_ROWS;
  JsonArray *array;
  guint length, i;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return bfft_record_fault (self, field->key, "is not an array");
  array = json_node_get_array (node);
  length = json_array_get_length (array);
  if (!counts && field->max > 0 && length > field->max)
    return bfft_record_fault (self, field->key,
        "holds more than %" G_GUINT64_FORMAT, field->max);
  for (i = 0; i < length; i++)
    if (!read_element (self, field, json_array_get_element (array, i),
            structure))
      return FALSE;
  return TRUE;
}

static gboolean
read_row (BfftRecordReader * self, const BfftField * field, JsonNode * node,
    gpointer structure)
{
  const BfftField numbers = { field->key, BFFT_FIELD_DOUBLES, field->offset,
    0, 0, field->digits, NULL, NULL
  };
  const GArray *columns = G_STRUCT_MEMBER (GArray *, structure, field->max);
  const GArray *cells = AT (GArray *, structure, field);
  guint before = cells->len;

  if (!JSON_NODE_HOLDS_ARRAY (node)
      || json_array_get_length (json_node_get_array (node)) != columns->len)
    return bfft_record_fault (self, field->key,
        "has not one column for each x");
  return read_array (self, &numbers, node, structure)
      && cells->len == before + columns->len;
}

static gboolean
read_pairs (BfftRecordReader * self, const BfftField * field, JsonNode * node,
    gpointer structure)
{
  GPtrArray **names = &AT (GPtrArray *, structure, field);
  JsonObjectIter iter;
  const gchar *name;
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return bfft_record_fault (self, field->key, "is not an object");
  object = json_node_get_object (node);
  if (json_object_get_size (object) > field->max)
    return bfft_record_fault (self, field->key,
        "holds more than %" G_GUINT64_FORMAT, field->max);
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    g_autofree gchar *plain = bfft_record_text (name, 0);
    gchar *value = NULL;

    if (!g_str_equal (name, plain))
      return bfft_record_fault (self, field->key,
          "holds a name that is no short text");
    if (!read_text (self, field, node, &value))
      return FALSE;
    g_ptr_array_add (names[0], g_strdup (name));
    g_ptr_array_add (names[1], value);
  }
  return TRUE;
}

static gboolean
read_value (BfftRecordReader * self, const BfftField * field, JsonNode * node,
    gpointer structure)
{
  guint64 count;

  switch (field->kind) {
    case BFFT_FIELD_COUNT:
      return read_count (self, field, node, &AT (guint64, structure, field));
    case BFFT_FIELD_UINT:
      if (!read_count (self, field, node, &count))
        return FALSE;
      AT (guint, structure, field) = count;
      return TRUE;
    case BFFT_FIELD_NUMBER:
      return read_number (self, field, node, &AT (gdouble, structure, field));
    case BFFT_FIELD_TEXT:
      return read_text (self, field, node, &AT (gchar *, structure, field));
    case BFFT_FIELD_PAIRS:
      return read_pairs (self, field, node, structure);
    case BFFT_FIELD_INSIDE:
      return read_fields (self, field->record, node, field->key,
          &AT (guint8, structure, field));
    case BFFT_FIELD_POINTER:
      if (JSON_NODE_HOLDS_NULL (node) && (field->flags & BFFT_FIELD_NULLABLE))
        return TRUE;
      AT (gpointer, structure, field) = field->record->create ();
      return read_fields (self, field->record, node, field->key,
          AT (gpointer, structure, field));
    default:
      return read_array (self, field, node, structure);
  }
}

static gboolean
read_fields (BfftRecordReader * self, const BfftRecord * record,
    JsonNode * node, const gchar * key, gpointer structure)
{
  const BfftField *field;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return bfft_record_fault (self, key, "is not an object");
  for (field = record->fields; field->key; field++) {
    JsonNode *member = json_object_get_member (json_node_get_object (node),
        field->key);

    if (member == NULL && (field->flags & BFFT_FIELD_OPTIONAL))
      continue;
    if (member == NULL)
      return bfft_record_fault (self, field->key, "is missing");
    if (!read_value (self, field, member, structure)
        || (field->check && !field->check (self, field, structure)))
      return FALSE;
  }
  return TRUE;
}

gboolean
bfft_record_read (const BfftRecord * record, JsonNode * node,
    const gchar * where, gpointer structure, GError ** error)
{
  BfftRecordReader reader = { where, NULL };

  if (!JSON_NODE_HOLDS_OBJECT (node))
    reader.fault = g_strdup_printf ("%s is not an object", where);
  else
    read_fields (&reader, record, node, where, structure);
  if (reader.fault == NULL)
    return TRUE;
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, reader.fault);
  g_free (reader.fault);
  return FALSE;
}

/* ---- writing ---- */

static JsonNode *
write_number (gdouble value, guint digits)
{
  gdouble rounded = bfft_json_round (value, digits);

  return fabs (rounded) <= G_MAXFLOAT
      ? json_node_init_double (json_node_alloc (), rounded)
      : json_node_init_null (json_node_alloc ());
}

static JsonNode *
write_text (const gchar * text, guint64 max)
{
  g_autofree gchar *plain = bfft_record_text (text, max);

  return json_node_init_string (json_node_alloc (), plain);
}

static JsonNode *
write_element (const BfftField * field, const GArray * array, guint i)
{
  gconstpointer pointer;

  switch (field->kind) {
    case BFFT_FIELD_UINTS:
      return json_node_init_int (json_node_alloc (),
          g_array_index (array, guint, i));
    case BFFT_FIELD_FLOATS:
      return write_number (g_array_index (array, gfloat, i), field->digits);
    case BFFT_FIELD_DOUBLES:
      return write_number (g_array_index (array, gdouble, i), field->digits);
    case BFFT_FIELD_ARRAY:
      return bfft_record_write (field->record,
          array->data + i * field->record->size);
    default:
      pointer = g_ptr_array_index ((const GPtrArray *) array, i);
      return field->kind == BFFT_FIELD_TEXTS ? write_text (pointer, 0)
          : bfft_record_write (field->record, pointer);
  }
}

/* GArray and GPtrArray have their length at the same place. */
G_STATIC_ASSERT (G_STRUCT_OFFSET (GArray, len) == G_STRUCT_OFFSET (GPtrArray,
        len));

static JsonNode *
write_array (const BfftField * field, gconstpointer structure)
{
  const GArray *from = AT (GArray *, structure, field);
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_init_array (json_node_alloc (), array);
  const GArray *columns = NULL;
  JsonArray *row = array;
  guint i;

  if (field->kind == BFFT_FIELD_ROWS)
    columns = G_STRUCT_MEMBER (GArray *, structure, field->max);
  for (i = 0; i < from->len; i++) {
    if (columns && i % MAX (columns->len, 1) == 0)
      json_array_add_array_element (array, row = json_array_new ());
    json_array_add_element (row, columns
        ? write_number (g_array_index (from, gdouble, i), field->digits)
        : write_element (field, from, i));
  }
  json_array_unref (array);
  return node;
}

static JsonNode *
write_pairs (const BfftField * field, gconstpointer structure)
{
  GPtrArray *const *names = &AT (GPtrArray *, structure, field);
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_init_object (json_node_alloc (), object);
  guint i;

  for (i = 0; i < names[0]->len; i++) {
    g_autofree gchar *name =
        bfft_record_text (g_ptr_array_index (names[0], i), 0);

    json_object_set_member (object, name,
        write_text (g_ptr_array_index (names[1], i), 0));
  }
  json_object_unref (object);
  return node;
}

static JsonNode *
write_value (const BfftField * field, gconstpointer structure)
{
  gconstpointer pointer;

  switch (field->kind) {
    case BFFT_FIELD_COUNT:
      return json_node_init_int (json_node_alloc (),
          AT (guint64, structure, field));
    case BFFT_FIELD_UINT:
      return json_node_init_int (json_node_alloc (),
          AT (guint, structure, field));
    case BFFT_FIELD_NUMBER:
      return write_number (AT (gdouble, structure, field), field->digits);
    case BFFT_FIELD_TEXT:
      return write_text (AT (gchar *, structure, field), field->max);
    case BFFT_FIELD_PAIRS:
      return write_pairs (field, structure);
    case BFFT_FIELD_INSIDE:
      return bfft_record_write (field->record,
          &AT (const guint8, structure, field));
    case BFFT_FIELD_POINTER:
      pointer = AT (gpointer, structure, field);
      return pointer ? bfft_record_write (field->record, pointer)
          : json_node_init_null (json_node_alloc ());
    default:
      return write_array (field, structure);
  }
}

static gboolean
is_empty (const BfftField * field, gconstpointer structure)
{
  if (field->kind == BFFT_FIELD_NUMBER)
    return isnan (AT (gdouble, structure, field));
  if (field->kind == BFFT_FIELD_COUNT)
    return AT (guint64, structure, field) == 0;
  if (field->kind == BFFT_FIELD_TEXT || field->kind == BFFT_FIELD_POINTER)
    return AT (gpointer, structure, field) == NULL;
  return AT (GArray *, structure, field)->len == 0;
}

JsonNode *
bfft_record_write (const BfftRecord * record, gconstpointer structure)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_init_object (json_node_alloc (), object);
  const BfftField *field;

  for (field = record->fields; field->key; field++) {
    if (!(field->flags & BFFT_FIELD_OPTIONAL) || !is_empty (field, structure))
      json_object_set_member (object, field->key,
          write_value (field, structure));
  }
  json_object_unref (object);
  return node;
}
