/* bfft: weights files are read and checked.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-json.h"
#include "bfft-weights-private.h"

#include <math.h>
#include <string.h>

/* What __metadata__ says; the fields of BfftNetwork of the same names. */
typedef struct
{
  BfftVariant variant;
  guint n_fft;
  gboolean hard_gates;
  gfloat gate_threshold;
  guint sample_rate;
  guint n_mels;
  guint64 train_steps;
} Metadata;

static gboolean
refuse (const BfftSafetensors * file, GError ** error, const gchar * key,
    const gchar * wanted)
{
  const gchar *value = g_hash_table_lookup (file->metadata, key);
  g_autofree gchar *shown = bfft_json_printable (value ? value : "");

  if (value == NULL) {
    bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_METADATA,
        file->name, "its metadata has no %s", key);
  } else {
    bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_METADATA,
        file->name, "%s is \"%s\" in its metadata, not %s", key, shown, wanted);
  }
  return FALSE;
}

static gboolean
check_text (const BfftSafetensors * file, const gchar * key,
    const gchar * wanted, GError ** error)
{
  if (g_strcmp0 (g_hash_table_lookup (file->metadata, key), wanted) == 0)
    return TRUE;
  return refuse (file, error, key, wanted);
}

/* Decimal digits and nothing else. @value is left alone without the key. */
static gboolean
get_number (const BfftSafetensors * file, const gchar * key, guint64 max,
    guint64 * value, GError ** error)
{
  const gchar *text = g_hash_table_lookup (file->metadata, key);

  if (text == NULL)
    return TRUE;
  if (g_ascii_isdigit (text[0])
      && g_ascii_string_to_unsigned (text, 10, 0, max, value, NULL))
    return TRUE;
  return refuse (file, error, key, "a whole number in range");
}

static gboolean
get_threshold (const BfftSafetensors * file, Metadata * metadata,
    GError ** error)
{
  static const gchar key[] = "hard_gate_threshold";
  const gchar *text = g_hash_table_lookup (file->metadata, key);
  gdouble value;
  gchar *end;

  metadata->hard_gates = text || metadata->variant == BFFT_VARIANT_PRUNED;
  metadata->gate_threshold = BFFT_DEFAULT_GATE_THRESHOLD;
  if (text == NULL)
    return TRUE;
  value = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || !(value >= 0 && value <= 1))
    return refuse (file, error, key, "a number from 0 to 1");
  metadata->gate_threshold = value;
  return TRUE;
}

static gboolean
read_metadata (const BfftSafetensors * file, Metadata * metadata,
    GError ** error)
{
  const gchar *label = g_hash_table_lookup (file->metadata, "variant");
  guint64 n_fft = 0, sample_rate = 0, n_mels = 0;

  if (!check_text (file, "format", BFFT_WEIGHTS_FORMAT, error)
      || !check_text (file, "version", BFFT_WEIGHTS_VERSION, error))
    return FALSE;
  if (label == NULL || !bfft_variant_from_string (label, &metadata->variant))
    return refuse (file, error, "variant", "a variant that is known");
  if (!get_number (file, "n_fft", G_MAXUINT, &n_fft, error))
    return FALSE;
  if (!bfft_network_length_is_valid (n_fft))
    return refuse (file, error, "n_fft", "a power of two from 2 to 131072");
  if (!get_number (file, "sample_rate", G_MAXINT, &sample_rate, error)
      || !get_number (file, "n_mels", G_MAXINT, &n_mels, error)
      || !get_number (file, "train_steps", G_MAXUINT64,
          &metadata->train_steps, error))
    return FALSE;
  metadata->n_fft = n_fft;
  metadata->sample_rate = sample_rate;
  metadata->n_mels = n_mels;
  return get_threshold (file, metadata, error);
}

static gboolean
has_shape (const BfftTensor * tensor, BfftTensorId id, guint n_fft)
{
  guint64 dims[BFFT_WEIGHTS_MAX_DIMS];
  guint n_dims = bfft_weights_tensor_shape (id, n_fft, dims);

  return tensor->n_dims == n_dims
      && memcmp (tensor->dims, dims, n_dims * sizeof (guint64)) == 0;
}

static gboolean
has_dtype (const BfftTensor * tensor, BfftTensorId id)
{
  const gchar *wanted = bfft_weights_tensors[id].dtype;

  return g_str_equal (tensor->dtype, wanted)
      || (g_str_equal (wanted, "F32") && g_str_equal (tensor->dtype, "F16"));
}

/* Checks all of a tensor but its values. */
static gboolean
check_tensor (const BfftSafetensors * file, const BfftTensor * tensor,
    BfftTensorId id, const Metadata * metadata, GError ** error)
{
  const BfftWeightsTensor *known = &bfft_weights_tensors[id];
  g_autofree gchar *fault = NULL;
  g_autofree gchar *shape = bfft_tensor_shape_to_string (tensor);

  if (!(known->variants & (1u << metadata->variant))) {
    fault = g_strdup_printf ("does not belong to variant %s",
        bfft_variant_to_string (metadata->variant));
  } else if (!has_dtype (tensor, id)) {
    g_autofree gchar *shown = bfft_json_printable (tensor->dtype);

    fault = g_strdup_printf ("is of type %s, not %s", shown, known->dtype);
  } else if (!has_shape (tensor, id, metadata->n_fft)) {
    fault = g_strdup_printf ("has shape %s, which does not fit n_fft %u",
        shape, metadata->n_fft);
  } else if (tensor->begin % bfft_tensor_element_size (tensor->dtype) != 0) {
    fault = g_strdup_printf ("starts at byte %" G_GUINT64_FORMAT " of the "
        "data, which is not aligned for %s", tensor->begin, tensor->dtype);
  }
  if (fault) {
    bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_TENSOR, file->name,
        "tensor %s %s", known->name, fault);
  }
  return fault == NULL;
}

static gboolean
check_tensors (const BfftSafetensors * file, const Metadata * metadata,
    const BfftTensor * tensors[BFFT_N_TENSORS], GError ** error)
{
  const gchar *missing = NULL;
  guint id;

  for (id = 0; id < BFFT_N_TENSORS; id++) {
    tensors[id] = bfft_safetensors_lookup (file, bfft_weights_tensors[id].name);
    if (tensors[id] && !check_tensor (file, tensors[id], id, metadata, error))
      return FALSE;
  }
  if (!tensors[BFFT_TENSOR_TWIDDLES] && !tensors[BFFT_TENSOR_Q8])
    missing = bfft_weights_tensors[BFFT_TENSOR_TWIDDLES].name;
  else if (!tensors[BFFT_TENSOR_Q8] && tensors[BFFT_TENSOR_Q8_SCALE])
    missing = bfft_weights_tensors[BFFT_TENSOR_Q8].name;
  else if (tensors[BFFT_TENSOR_Q8] && !tensors[BFFT_TENSOR_Q8_SCALE])
    missing = bfft_weights_tensors[BFFT_TENSOR_Q8_SCALE].name;
  if (missing) {
    bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_TENSOR, file->name,
        "tensor %s is missing", missing);
  }
  return missing == NULL;
}

static gboolean
check_values (const BfftSafetensors * file, BfftTensorId id,
    const gfloat * values, gsize length, GError ** error)
{
  const BfftWeightsTensor *known = &bfft_weights_tensors[id];
  gsize i;

  for (i = 0; i < length; i++) {
    if (!isfinite (values[i])) {
      bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_TENSOR,
          file->name, "tensor %s holds NaN or Inf at place %" G_GSIZE_FORMAT,
          known->name, i);
      return FALSE;
    }
    if (values[i] < known->min || values[i] > known->max) {
      bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_TENSOR,
          file->name, "tensor %s holds %g at place %" G_GSIZE_FORMAT
          ", which is not from %g to %g", known->name, values[i], i,
          known->min, known->max);
      return FALSE;
    }
  }
  return TRUE;
}

/* Copies a tensor's values into the network, checked. */
static gboolean
read_values (const BfftSafetensors * file, const BfftTensor * tensor,
    BfftTensorId id, BfftNetwork * network, GError ** error)
{
  gsize length = bfft_weights_tensor_length (id, network->n_fft);
  gpointer values = bfft_weights_tensor_values (network, id);
  g_autofree gfloat *floats = g_new (gfloat, length);

  bfft_tensor_get_floats (tensor, floats);
  if (!check_values (file, id, floats, length, error))
    return FALSE;
  if (id == BFFT_TENSOR_Q8)
    memcpy (values, tensor->data, length);
  else
    memcpy (values, floats, length * sizeof (gfloat));
  return TRUE;
}

static void
dequantize (BfftNetwork * network)
{
  gsize length = bfft_weights_tensor_length (BFFT_TENSOR_Q8, network->n_fft);
  gsize i;

  for (i = 0; i < length; i++)
    network->twiddles[i] = network->q8[i] * network->q8_scale;
}

/* [1, w; 1, -w] with the file's own twiddles. */
static void
unitary_from_twiddles (BfftNetwork * network)
{
  gsize count = (gsize) network->stages * network->half;
  gsize i;

  for (i = 0; i < count; i++) {
    const gfloat *w = &network->twiddles[2 * i];
    gfloat *m = &network->unitary[8 * i];

    m[2] = w[0];
    m[3] = w[1];
    m[6] = -w[0];
    m[7] = -w[1];
  }
}

/* Gives the parameters that the file left out, but that follow from what it
 * has, their values. */
static gboolean
derive_values (const BfftSafetensors * file,
    const BfftTensor * tensors[BFFT_N_TENSORS], BfftNetwork * network,
    GError ** error)
{
  if (!tensors[BFFT_TENSOR_TWIDDLES])
    dequantize (network);
  if (network->unitary && !tensors[BFFT_TENSOR_UNITARY])
    unitary_from_twiddles (network);
  if (network->q8 && !tensors[BFFT_TENSOR_Q8]) {
    bfft_network_quantize (network);
    if (!isfinite (network->q8_scale)) {
      bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_TENSOR,
          file->name, "tensor twiddle.packed is too large to be quantized");
      return FALSE;
    }
  }
  return TRUE;
}

BfftNetwork *
bfft_weights_from_safetensors (const BfftSafetensors * file, GError ** error)
{
  const BfftTensor *tensors[BFFT_N_TENSORS];
  g_autoptr (BfftNetwork) network = NULL;
  Metadata metadata = { 0 };
  guint id;

  if (!read_metadata (file, &metadata, error)
      || !check_tensors (file, &metadata, tensors, error))
    return NULL;

  network = bfft_network_new_exact (metadata.variant, metadata.n_fft);
  network->hard_gates = metadata.hard_gates;
  network->gate_threshold = metadata.gate_threshold;
  network->sample_rate = metadata.sample_rate;
  network->n_mels = metadata.n_mels;
  network->train_steps = metadata.train_steps;
  if (tensors[BFFT_TENSOR_Q8] && network->q8 == NULL)
    bfft_network_quantize (network);    /* makes room for them */

  for (id = 0; id < BFFT_N_TENSORS; id++) {
    if (tensors[id] && !read_values (file, tensors[id], id, network, error))
      return NULL;
  }
  if (!derive_values (file, tensors, network, error))
    return NULL;
  return g_steal_pointer (&network);
}

BfftNetwork *
bfft_weights_load_bytes (GBytes * bytes, const gchar * name, GError ** error)
{
  g_autoptr (BfftSafetensors) file = bfft_safetensors_parse (bytes, name,
      error);

  return file ? bfft_weights_from_safetensors (file, error) : NULL;
}

BfftNetwork *
bfft_weights_load (const gchar * filename, GError ** error)
{
  g_autoptr (BfftSafetensors) file = bfft_safetensors_load (filename, error);

  return file ? bfft_weights_from_safetensors (file, error) : NULL;
}
