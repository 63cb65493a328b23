/* bfft: weights files are written.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-file.h"
#include "bfft-weights-private.h"

#include <string.h>
#include <json-glib/json-glib.h>

/* The data start at a multiple of this, so that a mapped file's floats are
 * aligned; safetensors has headers padded with spaces for it. */
#define DATA_ALIGNMENT 8

static gboolean
is_written (const BfftNetwork * network, BfftTensorId id)
{
  return (bfft_weights_tensors[id].variants & (1u << network->variant))
      && bfft_weights_tensor_values (network, id);
}

static void
add_text (JsonBuilder * builder, const gchar * key, const gchar * value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, value);
}

static void
add_number (JsonBuilder * builder, const gchar * key, guint64 value)
{
  g_autofree gchar *text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  add_text (builder, key, text);
}

static void
add_metadata (JsonBuilder * builder, const BfftNetwork * network)
{
  gchar threshold[G_ASCII_DTOSTR_BUF_SIZE];

  json_builder_set_member_name (builder, "__metadata__");
  json_builder_begin_object (builder);
  add_text (builder, "format", BFFT_WEIGHTS_FORMAT);
  add_text (builder, "version", BFFT_WEIGHTS_VERSION);
  add_number (builder, "n_fft", network->n_fft);
  add_text (builder, "variant", bfft_variant_to_string (network->variant));
  if (network->sample_rate)
    add_number (builder, "sample_rate", network->sample_rate);
  if (network->n_mels)
    add_number (builder, "n_mels", network->n_mels);
  if (network->hard_gates) {
    /* nine digits tell every float from its neighbours */
    g_ascii_formatd (threshold, sizeof (threshold), "%.9g",
        network->gate_threshold);
    add_text (builder, "hard_gate_threshold", threshold);
  }
  add_number (builder, "train_steps", network->train_steps);
  json_builder_end_object (builder);
}

static gsize
tensor_bytes (const BfftNetwork * network, BfftTensorId id)
{
  return bfft_weights_tensor_length (id, network->n_fft)
      * bfft_tensor_element_size (bfft_weights_tensors[id].dtype);
}

static void
add_tensor (JsonBuilder * builder, const BfftNetwork * network,
    BfftTensorId id, gsize begin)
{
  guint64 dims[BFFT_WEIGHTS_MAX_DIMS];
  guint n_dims = bfft_weights_tensor_shape (id, network->n_fft, dims);
  guint i;

  json_builder_set_member_name (builder, bfft_weights_tensors[id].name);
  json_builder_begin_object (builder);
  add_text (builder, "dtype", bfft_weights_tensors[id].dtype);
  json_builder_set_member_name (builder, "shape");
  json_builder_begin_array (builder);
  for (i = 0; i < n_dims; i++)
    json_builder_add_int_value (builder, dims[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "data_offsets");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, begin);
  json_builder_add_int_value (builder, begin + tensor_bytes (network, id));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* The JSON header, padded with spaces. */
static GString *
make_header (const BfftNetwork * network)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree gchar *text = NULL;
  GString *header;
  gsize place = 0;
  guint id;

  json_builder_begin_object (builder);
  add_metadata (builder, network);
  for (id = 0; id < BFFT_N_TENSORS; id++) {
    if (is_written (network, id)) {
      add_tensor (builder, network, id, place);
      place += tensor_bytes (network, id);
    }
  }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  header = g_string_new (text);
  while (header->len % DATA_ALIGNMENT != 0)
    g_string_append_c (header, ' ');
  return header;
}

static void
append_tensor (GByteArray * bytes, const BfftNetwork * network, BfftTensorId id)
{
  gsize size = tensor_bytes (network, id);
  gsize start = bytes->len;
  gsize i;

  g_byte_array_append (bytes, bfft_weights_tensor_values (network, id), size);
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN || id == BFFT_TENSOR_Q8)
    return;
  for (i = start; i < start + size; i += 4) {
    guint32 bits;

    memcpy (&bits, bytes->data + i, 4);
    bits = GUINT32_TO_LE (bits);
    memcpy (bytes->data + i, &bits, 4);
  }
}

GBytes *
bfft_weights_to_bytes (const BfftNetwork * network)
{
  GByteArray *bytes = g_byte_array_new ();
  GString *header = make_header (network);
  guint64 length = GUINT64_TO_LE ((guint64) header->len);
  guint id;

  g_byte_array_append (bytes, (const guint8 *) &length, sizeof (length));
  g_byte_array_append (bytes, (const guint8 *) header->str, header->len);
  g_string_free (header, TRUE);
  for (id = 0; id < BFFT_N_TENSORS; id++) {
    if (is_written (network, id))
      append_tensor (bytes, network, id);
  }
  return g_byte_array_free_to_bytes (bytes);
}

gboolean
bfft_weights_save_bytes (GBytes * bytes, const gchar * filename,
    GError ** error)
{
  g_autoptr (BfftNetwork) copy = bfft_weights_load_bytes (bytes, filename,
      error);
  g_autoptr (GError) fault = NULL;

  if (copy == NULL)
    return FALSE;
  if (!bfft_file_replace (filename, bytes, &fault)) {
    g_set_error (error, BFFT_WEIGHTS_ERROR, BFFT_WEIGHTS_ERROR_WRITE,
        "Cannot write weights file %s: %s", filename, fault->message);
    return FALSE;
  }
  return TRUE;
}

gboolean
bfft_weights_save (const BfftNetwork * network, const gchar * filename,
    GError ** error)
{
  g_autoptr (GBytes) bytes = bfft_weights_to_bytes (network);

  return bfft_weights_save_bytes (bytes, filename, error);
}
