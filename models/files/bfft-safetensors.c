/* bfft: the safetensors container, read strictly.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-safetensors.h"
#include "bfft-file.h"
#include "bfft-json.h"

#include <math.h>
#include <string.h>

#define LENGTH_BYTES 8
#define METADATA "__metadata__"
#define MAX_SHOWN_DIMS 8

G_DEFINE_QUARK (bfft-weights-error-quark, bfft_weights_error);

void
bfft_safetensors_set_error (GError ** error, BfftWeightsError code,
    const gchar * name, const gchar * format, ...)
{
  g_autofree gchar *fault = NULL;
  va_list args;

  va_start (args, format);
  fault = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, BFFT_WEIGHTS_ERROR, code,
      "Cannot use weights file %s: %s", name, fault);
}

static void
tensor_free (BfftTensor * tensor)
{
  g_free (tensor->name);
  g_free (tensor->dtype);
  g_free (tensor->dims);
  g_free (tensor);
}

guint
bfft_tensor_element_size (const gchar * dtype)
{
  static const struct
  {
    const gchar *dtype;
    guint size;
  } types[] = {
    {"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"F8_E4M3", 1},
    {"F8_E5M2", 1}, {"I64", 8}, {"I32", 4}, {"I16", 2}, {"I8", 1},
    {"U64", 8}, {"U32", 4}, {"U16", 2}, {"U8", 1}, {"BOOL", 1},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (types); i++) {
    if (g_str_equal (dtype, types[i].dtype))
      return types[i].size;
  }
  return 0;
}

gchar *
bfft_tensor_shape_to_string (const BfftTensor * tensor)
{
  GString *shape = g_string_new ("[");
  guint i;

  for (i = 0; i < MIN (tensor->n_dims, MAX_SHOWN_DIMS); i++) {
    g_string_append_printf (shape, "%s%" G_GUINT64_FORMAT, i ? ", " : "",
        tensor->dims[i]);
  }
  if (tensor->n_dims > MAX_SHOWN_DIMS)
    g_string_append (shape, ", ...");
  g_string_append_c (shape, ']');
  return g_string_free (shape, FALSE);
}

/* IEEE 754 binary16; every value of it is a float too. */
static gfloat
half_to_float (guint16 half)
{
  gfloat sign = half & 0x8000 ? -1 : 1;
  gint exponent = (half >> 10) & 0x1f;
  gint fraction = half & 0x3ff;

  if (exponent == 0x1f)
    return fraction ? NAN : sign * INFINITY;
  if (exponent == 0)
    return sign * ldexpf (fraction, -24);
  return sign * ldexpf (1024 + fraction, exponent - 25);
}

gboolean
bfft_tensor_get_floats (const BfftTensor * tensor, gfloat * floats)
{
  gsize i;

  if (g_str_equal (tensor->dtype, "F32")) {
    for (i = 0; i < tensor->size / 4; i++) {
      guint32 bits;

      memcpy (&bits, tensor->data + 4 * i, 4);
      bits = GUINT32_FROM_LE (bits);
      memcpy (&floats[i], &bits, 4);
    }
  } else if (g_str_equal (tensor->dtype, "F16")) {
    for (i = 0; i < tensor->size / 2; i++) {
      guint16 bits;

      memcpy (&bits, tensor->data + 2 * i, 2);
      floats[i] = half_to_float (GUINT16_FROM_LE (bits));
    }
  } else if (g_str_equal (tensor->dtype, "I8")) {
    for (i = 0; i < tensor->size; i++)
      floats[i] = (gint8) tensor->data[i];
  } else {
    return FALSE;
  }
  return TRUE;
}

static gboolean
get_natural (JsonNode * node, guint64 * value)
{
  gint64 signed_value;

  if (json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  signed_value = json_node_get_int (node);
  *value = signed_value;
  return signed_value >= 0;
}

/* Reads an array of natural numbers.
 * Returns: (transfer full): NULL if it is anything else */
static guint64 *
get_naturals (JsonObject * object, const gchar * member, guint * length)
{
  JsonNode *node = json_object_get_member (object, member);
  g_autofree guint64 *values = NULL;
  JsonArray *array;
  guint i;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;
  array = json_node_get_array (node);
  *length = json_array_get_length (array);
  values = g_new (guint64, *length + 1);
  for (i = 0; i < *length; i++) {
    if (!get_natural (json_array_get_element (array, i), &values[i]))
      return NULL;
  }
  return g_steal_pointer (&values);
}

/* Where the type is known, shape and bytes must agree. */
static gboolean
size_matches_shape (const BfftTensor * tensor)
{
  guint64 size = bfft_tensor_element_size (tensor->dtype);
  guint i;

  if (size == 0)
    return TRUE;
  for (i = 0; i < tensor->n_dims; i++) {
    if (!g_uint64_checked_mul (&size, size, tensor->dims[i]))
      return FALSE;
  }
  return size == tensor->size;
}

/* Reads one entry of the header.
 * Returns: (nullable): what is wrong with it */
static const gchar *
read_tensor (JsonNode * node, const guint8 * data, guint64 data_size,
    BfftTensor * tensor)
{
  g_autofree guint64 *offsets = NULL;
  JsonObject *object;
  JsonNode *dtype;
  guint n_offsets;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return "is no object";
  object = json_node_get_object (node);
  dtype = json_object_get_member (object, "dtype");
  if (dtype == NULL || json_node_get_value_type (dtype) != G_TYPE_STRING)
    return "has no dtype";
  tensor->dtype = json_node_dup_string (dtype);
  tensor->dims = get_naturals (object, "shape", &tensor->n_dims);
  if (tensor->dims == NULL)
    return "has no shape of natural numbers";
  offsets = get_naturals (object, "data_offsets", &n_offsets);
  if (offsets == NULL || n_offsets != 2)
    return "has no data_offsets of two natural numbers";
  if (offsets[0] > offsets[1])
    return "has data_offsets that end before they begin";
  if (offsets[1] > data_size)
    return "has data_offsets past the end of the file";
  tensor->begin = offsets[0];
  tensor->size = offsets[1] - offsets[0];
  tensor->data = data + offsets[0];
  if (!size_matches_shape (tensor))
    return "has another number of bytes than its shape and dtype need";
  return NULL;
}

static gboolean
read_metadata (BfftSafetensors * self, JsonNode * node, GError ** error)
{
  JsonObjectIter iter;
  const gchar *key;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_METADATA,
        self->name, METADATA " is no object");
    return FALSE;
  }
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &key, &value)) {
    if (json_node_get_value_type (value) != G_TYPE_STRING) {
      g_autofree gchar *shown = bfft_json_printable (key);

      bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_METADATA,
          self->name, METADATA " entry \"%s\" is no string", shown);
      return FALSE;
    }
    g_hash_table_insert (self->metadata, g_strdup (key),
        json_node_dup_string (value));
  }
  return TRUE;
}

static gboolean
read_header (BfftSafetensors * self, JsonObject * header,
    const guint8 * data, guint64 data_size, GError ** error)
{
  JsonObjectIter iter;
  const gchar *key;
  JsonNode *node;

  json_object_iter_init (&iter, header);
  while (json_object_iter_next (&iter, &key, &node)) {
    const gchar *fault;
    BfftTensor *tensor;

    if (g_str_equal (key, METADATA)) {
      if (!read_metadata (self, node, error))
        return FALSE;
      continue;
    }
    tensor = g_new0 (BfftTensor, 1);
    tensor->name = g_strdup (key);
    g_ptr_array_add (self->tensors, tensor);
    fault = read_tensor (node, data, data_size, tensor);
    if (fault) {
      g_autofree gchar *shown = bfft_json_printable (key);

      bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_TENSOR,
          self->name, "tensor %s %s", shown, fault);
      return FALSE;
    }
  }
  return TRUE;
}

static gint
compare_place (gconstpointer a, gconstpointer b)
{
  const BfftTensor *first = *(const BfftTensor **) a;
  const BfftTensor *second = *(const BfftTensor **) b;

  if (first->begin != second->begin)
    return first->begin < second->begin ? -1 : 1;
  if (first->size != second->size)
    return first->size < second->size ? -1 : 1;
  return strcmp (first->name, second->name);
}

/* The format wants the tensors to cover the data without gap or overlap, so
 * that a file has no room for anything else. */
static gboolean
check_places (BfftSafetensors * self, guint64 data_size, GError ** error)
{
  guint64 end = 0;
  guint i;

  g_ptr_array_sort (self->tensors, compare_place);
  for (i = 0; i < self->tensors->len; i++) {
    const BfftTensor *tensor = g_ptr_array_index (self->tensors, i);

    if (tensor->begin != end) {
      g_autofree gchar *shown = bfft_json_printable (tensor->name);

      bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_TENSOR,
          self->name, "tensor %s %s", shown, tensor->begin < end ?
          "overlaps the one before" : "has a gap before it");
      return FALSE;
    }
    end += tensor->size;
  }
  if (end != data_size) {
    bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_FORMAT, self->name,
        "%" G_GUINT64_FORMAT " bytes at its end belong to no tensor",
        data_size - end);
    return FALSE;
  }
  return TRUE;
}

/* Finds the header in the file.
 * Returns: its length, 0 with an error */
static guint64
header_length (const guint8 * data, guint64 size, const gchar * name,
    GError ** error)
{
  guint64 length;

  if (size < LENGTH_BYTES + 2) {
    bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_FORMAT, name,
        "its %" G_GUINT64_FORMAT " bytes are too few for a safetensors file",
        size);
    return 0;
  }
  memcpy (&length, data, LENGTH_BYTES);
  length = GUINT64_FROM_LE (length);
  if (length > size - LENGTH_BYTES && data[0] == '{') {
    bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_FORMAT, name,
        "it is JSON, as a sidecar is, which bfft-report draws");
    return 0;
  }
  if (length > size - LENGTH_BYTES) {
    bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_FORMAT, name,
        "its header of %" G_GUINT64_FORMAT " bytes goes past its end (it is "
        "truncated or no safetensors file)", length);
    return 0;
  }
  if (length > BFFT_SAFETENSORS_MAX_HEADER) {
    bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_FORMAT, name,
        "its header of %" G_GUINT64_FORMAT " bytes is too large", length);
    return 0;
  }
  if (length < 2 || data[LENGTH_BYTES] != '{') {
    bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_FORMAT, name,
        "its header is no JSON object");
    return 0;
  }
  return length;
}

BfftSafetensors *
bfft_safetensors_parse (GBytes * bytes, const gchar * name, GError ** error)
{
  g_autoptr (BfftSafetensors) self = NULL;
  g_autoptr (JsonNode) header = NULL;
  g_autoptr (GError) fault = NULL;
  const guint8 *data, *rest;
  guint64 length, rest_size;
  gsize size;

  data = g_bytes_get_data (bytes, &size);
  length = header_length (data, size, name, error);
  if (length == 0)
    return NULL;
  rest = data + LENGTH_BYTES + length;
  rest_size = size - LENGTH_BYTES - length;

  header = bfft_json_parse ((const gchar *) data + LENGTH_BYTES, length,
      &fault);
  if (header == NULL) {
    bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_FORMAT, name,
        "its header is not valid JSON: %s", fault->message);
    return NULL;
  }

  self = g_new0 (BfftSafetensors, 1);
  self->name = g_strdup (name);
  self->bytes = g_bytes_ref (bytes);
  self->tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) tensor_free);
  self->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      g_free);
  if (!read_header (self, json_node_get_object (header), rest, rest_size,
          error) || !check_places (self, rest_size, error))
    return NULL;
  return g_steal_pointer (&self);
}

BfftSafetensors *
bfft_safetensors_load (const gchar * filename, GError ** error)
{
  g_autoptr (GError) fault = NULL;
  g_autoptr (GBytes) bytes = bfft_file_load (filename,
      BFFT_SAFETENSORS_MAX_FILE, &fault);

  if (bytes)
    return bfft_safetensors_parse (bytes, filename, error);
  bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_FILE, filename, "%s",
      fault->message);
  return NULL;
}

void
bfft_safetensors_free (BfftSafetensors * file)
{
  if (file == NULL)
    return;
  g_ptr_array_unref (file->tensors);
  g_hash_table_unref (file->metadata);
  g_bytes_unref (file->bytes);
  g_free (file->name);
  g_free (file);
}

const BfftTensor *
bfft_safetensors_lookup (const BfftSafetensors * file, const gchar * name)
{
  guint i;

  for (i = 0; i < file->tensors->len; i++) {
    const BfftTensor *tensor = g_ptr_array_index (file->tensors, i);

    if (g_str_equal (tensor->name, name))
      return tensor;
  }
  return NULL;
}
