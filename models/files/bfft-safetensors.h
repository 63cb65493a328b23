/* bfft: the safetensors container, read strictly.
 *
 * Format: https://github.com/huggingface/safetensors#format
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BFFT_WEIGHTS_ERROR (bfft_weights_error_quark ())
GQuark bfft_weights_error_quark (void);

typedef enum
{
  BFFT_WEIGHTS_ERROR_FILE,      /* cannot be read */
  BFFT_WEIGHTS_ERROR_WRITE,     /* cannot be written */
  BFFT_WEIGHTS_ERROR_FORMAT,    /* not a whole safetensors file */
  BFFT_WEIGHTS_ERROR_TENSOR,    /* a tensor's type, shape, place or value */
  BFFT_WEIGHTS_ERROR_METADATA,  /* __metadata__ is missing or contradicts */
} BfftWeightsError;

/* More than the networks can need, little enough to read without asking. */
#define BFFT_SAFETENSORS_MAX_HEADER (G_GUINT64_CONSTANT (1) << 20)
#define BFFT_SAFETENSORS_MAX_FILE (G_GUINT64_CONSTANT (1) << 29)

/**
 * BfftTensor:
 * @name: unique in its file, valid UTF-8
 * @dtype: "F32", "F16", "I8" ... or a type that is not known here
 * @n_dims: length of @dims
 * @dims: shape
 * @begin: first byte, counted from the start of the data
 * @size: bytes; equals shape x type where the type is known
 * @data: the bytes, little-endian, at any alignment; belongs to the file
 */
typedef struct
{
  gchar *name;
  gchar *dtype;
  guint n_dims;
  guint64 *dims;
  guint64 begin;
  guint64 size;
  const guint8 *data;
} BfftTensor;

/**
 * BfftSafetensors:
 * @name: what messages call the file
 * @tensors: (element-type BfftTensor): in the order of their data, which they
 *     cover without gap or overlap
 * @metadata: (element-type utf8 utf8): __metadata__, empty without
 */
typedef struct
{
  gchar *name;
  GPtrArray *tensors;
  GHashTable *metadata;

  /*< private >*/
  GBytes *bytes;
} BfftSafetensors;

/* Returns: the file's contents, or NULL with a sentence that names @filename
 * and the fault. Only regular files are read. */
BfftSafetensors *bfft_safetensors_load (const gchar * filename,
    GError ** error);

/* The same from memory (@bytes is referenced); @name is for messages. */
BfftSafetensors *bfft_safetensors_parse (GBytes * bytes, const gchar * name,
    GError ** error);

void bfft_safetensors_free (BfftSafetensors * file);

/* Returns: (nullable): the tensor called @name. */
const BfftTensor *bfft_safetensors_lookup (const BfftSafetensors * file,
    const gchar * name);

/* Bytes of an element of @dtype, 0 for types that are not known. */
guint bfft_tensor_element_size (const gchar * dtype);

/* Fills floats[0..elements) from an F32, F16 or I8 tensor.
 * Returns: FALSE for other types. */
gboolean bfft_tensor_get_floats (const BfftTensor * tensor, gfloat * floats);

/* "[8, 128, 2]", cut after eight. */
gchar *bfft_tensor_shape_to_string (const BfftTensor * tensor);

/* Sets "Cannot use weights file NAME: FAULT". */
void bfft_safetensors_set_error (GError ** error, BfftWeightsError code,
    const gchar * name, const gchar * format, ...) G_GNUC_PRINTF (4, 5);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftSafetensors, bfft_safetensors_free)

G_END_DECLS
