/* bfft: a training as a file.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-checkpoint.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "bfft-weights.h"

#define STATE_NAME "trainer.state"

/* Where a weights file's header ends and its data begin. */
static gsize
data_start (const guint8 * file)
{
  guint64 length;

  memcpy (&length, file, sizeof (length));
  return sizeof (length) + GUINT64_FROM_LE (length);
}

static JsonNode *
describe_state (gsize begin, gsize size)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "dtype");
  json_builder_add_string_value (builder, "U8");
  json_builder_set_member_name (builder, "shape");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, size);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "data_offsets");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, begin);
  json_builder_add_int_value (builder, begin + size);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* The header of a weights file with the state's entry added. */
static GString *
make_header (const guint8 * file, gsize data_size, gsize state_size)
{
  gsize length = data_start (file) - sizeof (guint64);
  g_autofree gchar *old =
      g_strndup ((const gchar *) file + sizeof (guint64), length);
  g_autoptr (JsonNode) root = json_from_string (old, NULL);
  g_autofree gchar *text = NULL;
  GString *header;

  json_object_set_member (json_node_get_object (root), STATE_NAME,
      describe_state (data_size, state_size));
  text = json_to_string (root, FALSE);
  header = g_string_new (text);
  while (header->len % sizeof (guint64) != 0)
    g_string_append_c (header, ' ');
  return header;
}

static GBytes *
to_bytes (const BfftNetwork * network, GBytes * state)
{
  g_autoptr (GBytes) weights = bfft_weights_to_bytes (network);
  gsize size, state_size;
  const guint8 *file = g_bytes_get_data (weights, &size);
  gconstpointer state_data = g_bytes_get_data (state, &state_size);
  gsize start = data_start (file);
  GString *header = make_header (file, size - start, state_size);
  guint64 length = GUINT64_TO_LE ((guint64) header->len);
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) &length, sizeof (length));
  g_byte_array_append (bytes, (const guint8 *) header->str, header->len);
  g_byte_array_append (bytes, file + start, size - start);
  g_byte_array_append (bytes, state_data, state_size);
  g_string_free (header, TRUE);
  return g_byte_array_free_to_bytes (bytes);
}

gboolean
bfft_checkpoint_write (const BfftNetwork * network, GBytes * state,
    const gchar * filename, GError ** error)
{
  g_autoptr (GBytes) bytes = to_bytes (network, state);

  return bfft_weights_save_bytes (bytes, filename, error);
}

BfftNetwork *
bfft_checkpoint_read (const gchar * filename, GBytes ** state, GError ** error)
{
  g_autoptr (BfftSafetensors) file = bfft_safetensors_load (filename, error);
  BfftNetwork *network;
  const BfftTensor *tensor;

  *state = NULL;
  if (file == NULL)
    return NULL;
  network = bfft_weights_from_safetensors (file, error);
  tensor = bfft_safetensors_lookup (file, STATE_NAME);
  if (network && tensor)
    *state = g_bytes_new (tensor->data, tensor->size);
  return network;
}

gboolean
bfft_checkpoint_save (BfftTrainer * trainer, const gchar * filename,
    GError ** error)
{
  g_autoptr (BfftNetwork) network = bfft_trainer_get_network (trainer, TRUE);
  g_autoptr (GBytes) state = bfft_trainer_save_state (trainer);

  return bfft_checkpoint_write (network, state, filename, error);
}

gboolean
bfft_checkpoint_resume (BfftTrainer * trainer, const gchar * filename,
    GError ** error)
{
  g_autoptr (GBytes) state = NULL;
  g_autoptr (BfftNetwork) network =
      bfft_checkpoint_read (filename, &state, error);
  gboolean ok;

  if (network == NULL)
    return FALSE;
  if (state)
    ok = bfft_trainer_restore_state (trainer, state, error);
  else
    ok = bfft_trainer_set_network (trainer, network, error);
  if (!ok)
    g_prefix_error (error, "Cannot go on from %s: ", filename);
  return ok;
}
