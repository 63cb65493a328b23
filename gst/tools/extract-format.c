/* bfft: arrays and tables.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "extract-format.h"

#include <stdlib.h>
#include <string.h>

gsize
extract_writer_size (const ExtractWriter * writer)
{
  gsize n = 1;
  guint i;

  for (i = 0; i < writer->n_dims; i++)
    n *= writer->dims[i];
  return n;
}

gint
extract_print_float (gchar * text, gfloat value)
{
  gint digits = 6, length;

  do
    length = g_snprintf (text, EXTRACT_NUMBER_SIZE, "%.*g", digits, value);
  while (digits++ < 9 && strtof (text, NULL) != value);
  return length;
}

gint
extract_print_double (gchar * text, gdouble value)
{
  gint digits = 15, length;

  do
    length = g_snprintf (text, EXTRACT_NUMBER_SIZE, "%.*g", digits, value);
  while (digits++ < 17 && strtod (text, NULL) != value);
  return length;
}

/* npy: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * version 1.0; the header's length does not depend on the shape, so that the
 * number of results can be put in when it is known. */

#define NPY_HEADER 128

static void
npy_begin (ExtractWriter * writer)
{
  gchar header[NPY_HEADER + 1] = "\x93NUMPY\x01";
  g_autoptr (GString) dict = g_string_new (NULL);
  guint i;

  g_string_printf (dict, "{'descr': '%cf4', 'fortran_order': False, "
      "'shape': (%" G_GUINT64_FORMAT, G_BYTE_ORDER == G_LITTLE_ENDIAN ? '<' :
      '>', writer->results);
  for (i = 0; i < writer->n_dims; i++)
    g_string_append_printf (dict, ", %u", writer->dims[i]);
  g_string_append (dict, "), }");
  header[8] = NPY_HEADER - 10;
  g_snprintf (header + 10, NPY_HEADER - 9, "%-*s\n", NPY_HEADER - 11,
      dict->str);
  extract_file_write (writer->file, header, NPY_HEADER);
}

static void
npy_result (ExtractWriter * writer, const ExtractResult * result)
{
  extract_file_write (writer->file, result->values,
      result->n * sizeof (gfloat));
}

static void
npy_end (ExtractWriter * writer)
{
  if (extract_file_rewind (writer->file))
    npy_begin (writer);
}

const ExtractFormat extract_format_npy = {
  .name = "npy",.tensors = TRUE,.seeks = TRUE,
  .begin = npy_begin,.result = npy_result,.end = npy_end
};

/* csv: seconds, then the numbers of the result, the last axis the fastest. */

static void
csv_begin (ExtractWriter * writer)
{
  g_autoptr (GString) line = g_string_new ("time,duration");
  gsize n = extract_writer_size (writer), i;
  guint axis;

  for (i = 0; i < n; i++) {
    gsize rest = i, step = n;

    for (axis = 0; axis < writer->n_dims; axis++) {
      step /= writer->dims[axis];
      g_string_append_printf (line, "%c%s_%u", axis ? '_' : ',',
          writer->axes[axis], (guint) (rest / step));
      rest %= step;
    }
  }
  g_string_append_c (line, '\n');
  extract_file_write (writer->file, line->str, line->len);
}

static void
csv_result (ExtractWriter * writer, const ExtractResult * result)
{
  g_autoptr (GString) line = g_string_new (NULL);
  gchar number[EXTRACT_NUMBER_SIZE];
  gsize i;

  g_string_printf (line, "%" G_GUINT64_FORMAT ".%09u,%" G_GUINT64_FORMAT
      ".%09u", result->timestamp / GST_SECOND,
      (guint) (result->timestamp % GST_SECOND), result->duration / GST_SECOND,
      (guint) (result->duration % GST_SECOND));
  for (i = 0; i < result->n; i++) {
    g_string_append_c (line, ',');
    g_string_append_len (line, number, extract_print_float (number,
            result->values[i]));
  }
  g_string_append_c (line, '\n');
  extract_file_write (writer->file, line->str, line->len);
}

const ExtractFormat extract_format_csv = {
  .name = "csv",.tensors = TRUE,
  .begin = csv_begin,.result = csv_result
};

const ExtractFormat *
extract_format_find (const gchar * name)
{
  static const ExtractFormat *const formats[] = { &extract_format_npy,
    &extract_format_jsonl, &extract_format_csv, &extract_format_png
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_ascii_strcasecmp (formats[i]->name, name) == 0)
      return formats[i];
  return NULL;
}
