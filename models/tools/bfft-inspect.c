/* bfft: bfft-inspect prints what is in weights files.
 *
 * The facts are gathered as JSON once; --json prints them as they are,
 * otherwise they are laid out as text.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-calibration.h"
#include "bfft-curve.h"
#include "bfft-format.h"
#include "bfft-json.h"
#include "bfft-sidecar.h"
#include "bfft-weights.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>

enum
{
  EXIT_OK,
  EXIT_BAD_FILE,
  EXIT_USAGE,
};

static JsonNode *
number (gdouble value)
{
  return json_node_init_double (json_node_alloc (), value);
}

/* Smallest, largest and mean value of a tensor, if it has numbers that can be
 * read here. Tensors that the reader ignores may hold NaN, which JSON cannot. */
static void
add_range (JsonObject * facts, const BfftTensor * tensor)
{
  guint element = bfft_tensor_element_size (tensor->dtype);
  gsize count = element ? tensor->size / element : 0;
  g_autofree gfloat *values = g_new (gfloat, count);
  gdouble min = INFINITY, max = -INFINITY, sum = 0;
  gsize i;

  if (count == 0 || !bfft_tensor_get_floats (tensor, values))
    return;
  for (i = 0; i < count; i++) {
    min = MIN (min, values[i]);
    max = MAX (max, values[i]);
    sum += values[i];
  }
  if (!isfinite (sum))
    return;
  json_object_set_member (facts, "min", number (min));
  json_object_set_member (facts, "max", number (max));
  json_object_set_member (facts, "mean", number (sum / count));
}

static JsonArray *
tensors_facts (const BfftSafetensors * file)
{
  JsonArray *tensors = json_array_new ();
  guint i, d;

  for (i = 0; i < file->tensors->len; i++) {
    const BfftTensor *tensor = g_ptr_array_index (file->tensors, i);
    JsonObject *facts = json_object_new ();
    JsonArray *shape = json_array_new ();

    for (d = 0; d < tensor->n_dims; d++)
      json_array_add_int_element (shape, tensor->dims[d]);
    json_object_set_string_member (facts, "name", tensor->name);
    json_object_set_string_member (facts, "dtype", tensor->dtype);
    json_object_set_array_member (facts, "shape", shape);
    json_object_set_int_member (facts, "bytes", tensor->size);
    add_range (facts, tensor);
    json_array_add_object_element (tensors, facts);
  }
  return tensors;
}

static JsonObject *
metadata_facts (const BfftSafetensors * file)
{
  JsonObject *metadata = json_object_new ();
  GList *keys = g_hash_table_get_keys (file->metadata);
  GList *key;

  keys = g_list_sort (keys, (GCompareFunc) g_strcmp0);
  for (key = keys; key; key = key->next) {
    json_object_set_string_member (metadata, key->data,
        g_hash_table_lookup (file->metadata, key->data));
  }
  g_list_free (keys);
  return metadata;
}

/* How far the twiddles have left the unit circle: | |w| - 1 |. */
static JsonObject *
drift_facts (const BfftNetwork * network)
{
  JsonObject *facts = json_object_new ();
  gsize count = (gsize) network->stages * network->half;
  gdouble max = 0, sum = 0;
  gsize i;

  for (i = 0; i < count; i++) {
    const gfloat *w = &network->twiddles[2 * i];
    gdouble drift = fabs (hypot (w[0], w[1]) - 1);

    max = MAX (max, drift);
    sum += drift;
  }
  json_object_set_member (facts, "max", number (max));
  json_object_set_member (facts, "mean", number (sum / count));
  return facts;
}

static JsonObject *
gates_facts (const BfftNetwork * network)
{
  JsonObject *facts = json_object_new ();

  json_object_set_int_member (facts, "active",
      bfft_network_active_butterflies (network));
  json_object_set_int_member (facts, "total",
      (gint64) network->stages * network->half);
  json_object_set_boolean_member (facts, "hard", network->hard_gates);
  if (network->hard_gates) {
    json_object_set_member (facts, "threshold",
        number (network->gate_threshold));
  }
  return facts;
}

/* Returns: (transfer full): all that is printed about a file. */
static JsonObject *
file_facts (const gchar * filename, GError ** error)
{
  g_autoptr (BfftSafetensors) file = bfft_safetensors_load (filename, error);
  g_autoptr (BfftNetwork) network = NULL;
  BfftParams params;
  g_autofree gchar *shown = g_filename_display_name (filename);
  JsonObject *facts;

  if (file)
    network = bfft_weights_from_safetensors (file, error);
  if (network == NULL)
    return NULL;

  facts = json_object_new ();
  json_object_set_string_member (facts, "file", shown);
  json_object_set_string_member (facts, "variant",
      bfft_variant_to_string (network->variant));
  json_object_set_int_member (facts, "n_fft", network->n_fft);
  json_object_set_int_member (facts, "stages", network->stages);
  json_object_set_int_member (facts, "butterflies", network->half);
  json_object_set_object_member (facts, "gates", gates_facts (network));
  json_object_set_object_member (facts, "twiddle_drift", drift_facts (network));
  json_object_set_array_member (facts, "tensors", tensors_facts (file));
  bfft_params_count (network->variant, network->n_fft, network->n_mels,
      &params);
  json_object_set_member (facts, "params",
      bfft_record_write (&bfft_params_record, &params));
  bfft_params_count_original (network->variant, network->n_fft,
      network->n_mels, &params);
  json_object_set_member (facts, "params_original",
      bfft_record_write (&bfft_params_record, &params));
  json_object_set_object_member (facts, "metadata", metadata_facts (file));
  return facts;
}

/* With a plain space: a terminal may know no other, and printf pads bytes. */
static gchar *
size_text (guint64 value)
{
  g_autofree gchar *text = bfft_format_bytes (value);
  g_auto (GStrv) parts = g_strsplit (text, "\302\240", 2);

  return g_strjoinv (" ", parts);
}

static void
print_tensor (JsonArray * tensors, guint i, JsonNode * node, gpointer unused)
{
  JsonObject *tensor = json_node_get_object (node);
  g_autofree gchar *name =
      bfft_json_printable (json_object_get_string_member (tensor,
          "name"));
  g_autofree gchar *dtype =
      bfft_json_printable (json_object_get_string_member (tensor,
          "dtype"));
  g_autofree gchar *shape =
      json_to_string (json_object_get_member (tensor, "shape"), FALSE);

  g_autofree gchar *size =
      size_text (json_object_get_int_member (tensor, "bytes"));

  g_print ("  %-18s %-5s %-14s %9s", name, dtype, shape, size);
  if (json_object_has_member (tensor, "mean")) {
    g_print (" %12.6g %12.6g %12.6g",
        json_object_get_double_member (tensor, "min"),
        json_object_get_double_member (tensor, "max"),
        json_object_get_double_member (tensor, "mean"));
  }
  g_print ("\n");
}

static gchar *
plain (guint64 value)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, value);
}

static void
print_params (JsonObject * facts)
{
  JsonObject *original =
      json_object_get_object_member (facts, "params_original");
  JsonObjectIter iter;
  const gchar *key;
  JsonNode *value;

  g_print ("\n  %-18s %12s %12s\n", "parameters", "counted once", "original");
  json_object_iter_init_ordered (&iter,
      json_object_get_object_member (facts, "params"));
  while (json_object_iter_next_ordered (&iter, &key, &value)) {
    gboolean bytes = g_str_equal (key, "memory_bytes");
    gchar *(*format) (guint64) = bytes ? size_text : plain;
    g_autofree gchar *once = format (json_node_get_int (value));
    g_autofree gchar *twice =
        format (json_object_get_int_member (original, key));

    g_print ("  %-18s %12s %12s\n", bytes ? "as float32" : key, once, twice);
  }
}

static void
print_metadata (JsonObject * metadata)
{
  JsonObjectIter iter;
  const gchar *key;
  JsonNode *value;

  g_print ("\n  metadata\n");
  json_object_iter_init_ordered (&iter, metadata);
  while (json_object_iter_next_ordered (&iter, &key, &value)) {
    g_autofree gchar *name = bfft_json_printable (key);
    g_autofree gchar *text = bfft_json_printable (json_node_get_string (value));

    g_print ("  %-18s %s\n", name, text);
  }
}

static void
print_text (JsonObject * facts)
{
  JsonObject *gates = json_object_get_object_member (facts, "gates");
  JsonObject *drift = json_object_get_object_member (facts, "twiddle_drift");

  g_print ("%s\n", json_object_get_string_member (facts, "file"));
  g_print ("  %-18s %s\n", "variant",
      json_object_get_string_member (facts, "variant"));
  g_print ("  %-18s %" G_GINT64_FORMAT " (%" G_GINT64_FORMAT " stages of %"
      G_GINT64_FORMAT " butterflies)\n", "n-fft",
      json_object_get_int_member (facts, "n_fft"),
      json_object_get_int_member (facts, "stages"),
      json_object_get_int_member (facts, "butterflies"));
  g_print ("  %-18s %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " butterflies",
      "active gates", json_object_get_int_member (gates, "active"),
      json_object_get_int_member (gates, "total"));
  if (json_object_get_boolean_member (gates, "hard")) {
    g_print (", hard at %g",
        json_object_get_double_member (gates, "threshold"));
  }
  g_print ("\n  %-18s max %.3g, mean %.3g from the unit circle\n",
      "twiddle drift", json_object_get_double_member (drift, "max"),
      json_object_get_double_member (drift, "mean"));

  g_print ("\n  %-18s %-5s %-14s %9s %12s %12s %12s\n", "tensor", "type",
      "shape", "size", "min", "max", "mean");
  json_array_foreach_element (json_object_get_array_member (facts,
          "tensors"), print_tensor, NULL);
  print_params (facts);
  print_metadata (json_object_get_object_member (facts, "metadata"));
}

static void
print_json (JsonArray * files)
{
  g_autoptr (JsonNode) root = json_node_init_array (json_node_alloc (), files);
  GString *text = bfft_json_to_text (root);

  /* g_print() would make of it what the terminal can show */
  fwrite (text->str, 1, text->len, stdout);
  g_string_free (text, TRUE);
}

static gint
inspect (gchar ** filenames, gboolean as_json)
{
  g_autoptr (JsonArray) files = json_array_new ();
  gint status = EXIT_OK;
  guint i;

  for (i = 0; filenames[i]; i++) {
    g_autoptr (GError) error = NULL;
    JsonObject *facts = file_facts (filenames[i], &error);

    if (facts == NULL) {
      g_printerr ("bfft-inspect: %s\n", error->message);
      status = EXIT_BAD_FILE;
      continue;
    }
    if (!as_json) {
      g_print ("%s", json_array_get_length (files) ? "\n" : "");
      print_text (facts);
    }
    json_array_add_object_element (files, facts);
  }
  if (as_json)
    print_json (files);
  if (fflush (stdout) != 0 || ferror (stdout)) {
    g_printerr ("bfft-inspect: cannot write the output\n");
    status = EXIT_BAD_FILE;
  }
  return status;
}

/* ---- calibration files ---- */

static gboolean
from_calibration (const gchar * text, const gchar * weights, gint n_fft,
    gint rate, GError ** error)
{
  g_autofree gchar *content = NULL;
  g_autoptr (BfftNetwork) curve = NULL;

  if (!g_file_get_contents (text, &content, NULL, error))
    return FALSE;
  curve = bfft_calibration_parse (content, text, n_fft, rate, error);
  return curve && bfft_weights_save (curve, weights, error);
}

static gboolean
to_calibration (const gchar * weights, GError ** error)
{
  g_autoptr (BfftNetwork) network = bfft_weights_load (weights, error);
  g_autofree gchar *text = NULL;

  if (network == NULL)
    return FALSE;
  if (network->sample_rate == 0 || !bfft_network_is_curve (network)) {
    bfft_safetensors_set_error (error, BFFT_WEIGHTS_ERROR_TENSOR, weights,
        "it is no curve: its mask is not one real gain per bin of an exact "
        "network with a sample rate");
    return FALSE;
  }
  text = bfft_calibration_format (network);
  fputs (text, stdout);
  return fflush (stdout) == 0;
}

/* One FILE each: text into --output, or weights onto the standard output. */
static gint
calibrate (gchar ** filenames, const gchar * output, gint n_fft, gint rate)
{
  g_autoptr (GError) error = NULL;
  gboolean ok;

  if (filenames[1] || rate < 1 || !bfft_network_length_is_valid (n_fft)) {
    g_printerr ("bfft-inspect: give one file, a --rate in Hz and an --n-fft "
        "that is a power of two\n");
    return EXIT_USAGE;
  }
  ok = output ? from_calibration (filenames[0], output, n_fft, rate, &error)
      : to_calibration (filenames[0], &error);
  if (!ok)
    g_printerr ("bfft-inspect: %s\n", error ? error->message :
        "cannot write the output");
  return ok ? EXIT_OK : EXIT_BAD_FILE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) filenames = NULL;
  g_autofree gchar *output = NULL;
  gboolean as_json = FALSE, version = FALSE, calibration = FALSE;
  gint n_fft = 4096, rate = 48000;
  const GOptionEntry options[] = {
    {"json", 0, 0, G_OPTION_ARG_NONE, &as_json,
        "Print a JSON array with an object for each file", NULL},
    {"calibration", 0, 0, G_OPTION_ARG_NONE, &calibration,
        "Print a curve as a microphone's calibration file: Hz, dB", NULL},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
        "Make weights that take out what a calibration file says", "WEIGHTS"},
    {"n-fft", 0, 0, G_OPTION_ARG_INT, &n_fft,
        "Transform length of these weights, 4096 if not given", "N"},
    {"rate", 0, 0, G_OPTION_ARG_INT, &rate,
        "Their sample rate in Hz, 48000 if not given", "HZ"},
    {"version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &filenames, NULL,
        "FILE..."},
    G_OPTION_ENTRY_NULL
  };

  setlocale (LC_CTYPE, "");
  g_option_context_set_summary (context, "Print what is in weights files: "
      "variant, tensors and their ranges, parameter\ncounts, twiddle drift, "
      "active gates and metadata.");
  g_option_context_set_description (context, "Exit status: 0 if all files "
      "are good and printed, 1 if not, 2 for wrong usage.\n");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("bfft-inspect: %s\n", error->message);
    return EXIT_USAGE;
  }
  if (version) {
    g_print ("bfft-inspect %s\n", VERSION);
    return EXIT_OK;
  }
  if (filenames == NULL) {
    g_printerr ("bfft-inspect: no file was given; see --help\n");
    return EXIT_USAGE;
  }
  if (calibration || output)
    return calibrate (filenames, output, n_fft, rate);
  return inspect (filenames, as_json);
}
