/* bfft: what bfft-extract is asked for.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "extract-options.h"

#include <math.h>
#include <string.h>

#include "bfft-logmel-options.h"

#define MAX_JOBS 1024           /* each is a thread */

#define SUMMARY \
    "Analyses sound files, folders of them, URIs or a live source with one " \
    "element of\nbfft, and writes arrays (npy), JSON lines, tables (csv) or " \
    "pictures (png)."

#define DESCRIPTION \
    "Without -o, JSON lines go to standard output. -o is a file for one " \
    "input, and a\nfolder if it is one, ends in /, or there are more inputs; " \
    "there a.wav gives\na.wav.npy. Channels count from 0.\n\nExamples:\n" \
    "  bfft-extract --preset whisper speech.flac -o speech.npy\n" \
    "  bfft-extract --preset kaldi -j 8 --resume /archive -o features/\n" \
    "  bfft-extract -e bfftwelch -p n-fft=4096 motor.wav | jq .peaks\n" \
    "  bfft-extract -e bfftspectrum --start 60 --duration 5 a.ogg -o a.csv\n" \
    "  bfft-extract --preset whisper --source autoaudiosrc --duration 10 " \
    "-o me.npy\n\nExit status: 0 all is done, 1 something failed, 2 wrong " \
    "arguments, 130 interrupted.\n"

static gboolean
fail (GError ** error, const gchar * format, ...)
{
  va_list args;
  g_autofree gchar *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
  return FALSE;
}

static gboolean
read_arguments (ExtractOptions * o, gchar ** format, gint * argc,
    gchar *** argv, GError ** error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  const GOptionEntry entries[] = {
    {"element", 'e', 0, G_OPTION_ARG_STRING, &o->element,
        "Analyser (default bfftmel)", "ELEMENT"},
    {"property", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &o->properties,
        "One of its properties; may be repeated", "KEY=VALUE"},
    {"preset", 0, 0, G_OPTION_ARG_STRING, &o->preset,
        "Definition that bfftmel follows, at its sample rate", "NAME"},
    {"rate", 0, 0, G_OPTION_ARG_INT, &o->rate,
        "Sample rate, Hz (default: the preset's, or the file's)", "N"},
    {"format", 0, 0, G_OPTION_ARG_STRING, format,
        "npy, jsonl, csv or png (default: as -o is named, or npy)", "NAME"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
        "File, or folder/", "PATH"},
    {"jobs", 'j', 0, G_OPTION_ARG_INT, &o->jobs,
        "Files at a time (default with -o: one for each core)", "N"},
    {"resume", 0, 0, G_OPTION_ARG_NONE, &o->resume,
        "Skip what has been written before", NULL},
    {"source", 0, 0, G_OPTION_ARG_STRING, &o->source,
        "Part of a pipeline that makes sound, instead of files", "DESCRIPTION"},
    {"start", 0, 0, G_OPTION_ARG_DOUBLE, &o->start,
        "Begin so many seconds into each input", "S"},
    {"duration", 0, 0, G_OPTION_ARG_DOUBLE, &o->duration,
        "Read so many seconds", "S"},
    {"channel", 0, 0, G_OPTION_ARG_INT, &o->channel,
        "Analyse this channel alone", "C"},
    {"version", 0, 0, G_OPTION_ARG_NONE, &o->version, "Show the version", NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->inputs, NULL,
        "INPUT..."},
    {NULL, 0, 0, 0, NULL, NULL, NULL}
  };

  g_option_context_set_summary (context, SUMMARY);
  g_option_context_set_description (context, DESCRIPTION);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  return g_option_context_parse (context, argc, argv, error);
}

static gboolean
check_numbers (const ExtractOptions * o, GError ** error)
{
  if (o->rate < 0)
    return fail (error, "--rate is a number of samples per second");
  if (o->jobs < 0 || o->jobs > MAX_JOBS)
    return fail (error, "-j is a number of files, 1 to %d", MAX_JOBS);
  if (o->channel < -1)
    return fail (error, "--channel counts from 0");
  /* GStreamer's times are 64 bits of nanoseconds */
  if (!(o->start >= 0 && o->start < 1e9))
    return fail (error, "--start is a number of seconds from the beginning");
  if (!(o->duration >= 0 && o->duration < 1e9))
    return fail (error, "--duration is a number of seconds");
  return TRUE;
}

static gboolean
check_inputs (const ExtractOptions * o, GError ** error)
{
  if (o->source && o->inputs)
    return fail (error, "--source takes the place of inputs");
  if (o->source == NULL && o->inputs == NULL)
    return fail (error, "No input given; see --help");
  if (o->resume && (o->output == NULL || o->source))
    return fail (error, "--resume needs files and -o: a file that is there "
        "is not written again");
  return TRUE;
}

/* One file, as far as is known: URIs and what does not exist are files. */
static gboolean
is_one_file (const ExtractOptions * o)
{
  return o->source || (o->inputs[1] == NULL
      && !g_file_test (o->inputs[0], G_FILE_TEST_IS_DIR));
}

static gboolean
choose_output (ExtractOptions * o, GError ** error)
{
  if (o->output && g_str_equal (o->output, "-"))
    g_clear_pointer (&o->output, g_free);
  if (o->output == NULL)
    return TRUE;
  if (*o->output == '\0')
    return fail (error, "-o is empty");
  o->into_folder = !is_one_file (o) || g_str_has_suffix (o->output, "/")
      || g_file_test (o->output, G_FILE_TEST_IS_DIR);
  if (o->into_folder && o->source)
    return fail (error, "With --source, -o is a file, not a folder");
  if (o->into_folder && g_file_test (o->output, G_FILE_TEST_IS_REGULAR))
    return fail (error, "-o %s is a file; several inputs need a folder",
        o->output);
  if (!o->into_folder && o->inputs) {
    g_autofree gchar *in = g_canonicalize_filename (o->inputs[0], NULL);
    g_autofree gchar *out = g_canonicalize_filename (o->output, NULL);

    if (g_str_equal (in, out))
      return fail (error, "-o is the input itself");
  }
  return TRUE;
}

static gboolean
choose_format (ExtractOptions * o, const gchar * name, GError ** error)
{
  const gchar *dot = o->output && !o->into_folder ?
      strrchr (o->output, '.') : NULL;

  if (name == NULL && dot && extract_format_find (dot + 1))
    name = dot + 1;
  if (name == NULL)
    name = o->output ? "npy" : "jsonl";
  o->format = extract_format_find (name);
  if (o->format == NULL)
    return fail (error, "--format is npy, jsonl, csv or png, not \"%s\"", name);
  if (o->format->begin == NULL)
    return fail (error, "This bfft-extract was built without cairo, which "
        "draws png");
  if (o->format->seeks && o->output == NULL)
    return fail (error, "--format %s needs a file or a folder: -o", name);
  if (!o->format->mixes && o->output == NULL && !is_one_file (o))
    return fail (error, "--format %s of several inputs needs a folder: -o",
        name);
  return TRUE;
}

static gboolean
set_property (GstElement * element, const gchar * key, const gchar * text,
    GError ** error)
{
  const gchar *name = GST_OBJECT_NAME (gst_element_get_factory (element));
  GParamSpec *spec =
      g_object_class_find_property (G_OBJECT_GET_CLASS (element), key);
  g_auto (GValue) value = G_VALUE_INIT;

  if (spec == NULL || !(spec->flags & G_PARAM_WRITABLE)
      || spec->flags & G_PARAM_CONSTRUCT_ONLY)
    return fail (error, "%s has no property \"%s\"; gst-inspect-1.0 %s lists "
        "them", name, key, name);
  g_value_init (&value, spec->value_type);
  if (spec->value_type == G_TYPE_STRING)
    g_value_set_string (&value, text);
  else if (!gst_value_deserialize_with_pspec (&value, text, spec)
      || g_param_value_validate (spec, &value))
    return fail (error, "\"%s\" is not a value of %s's property \"%s\"; "
        "gst-inspect-1.0 %s describes it", text, name, key, name);
  g_object_set_property (G_OBJECT (element), key, &value);
  return TRUE;
}

static gboolean
set_properties (GstElement * element, const ExtractOptions * o, GError ** error)
{
  gchar **p;

  if (o->format->tensors && g_object_class_find_property
      (G_OBJECT_GET_CLASS (element), "post-messages"))
    g_object_set (element, "post-messages", FALSE, NULL);
  if (o->preset && !set_property (element, "preset", o->preset, error))
    return FALSE;
  for (p = o->properties; p && *p; p++) {
    const gchar *equals = strchr (*p, '=');
    g_autofree gchar *key = equals ? g_strndup (*p, equals - *p) : NULL;

    if (equals == NULL)
      return fail (error, "-p takes KEY=VALUE, not \"%s\"", *p);
    if (!set_property (element, key, equals + 1, error))
      return FALSE;
  }
  return TRUE;
}

GstElement *
extract_options_make_analyser (const ExtractOptions * o, GError ** error)
{
  GstElement *element = gst_element_factory_make (o->element, NULL);

  if (element == NULL) {
    fail (error, "GStreamer has no element \"%s\"; for bfft's it must find the "
        "plugin (GST_PLUGIN_PATH)", o->element);
    return NULL;
  }
  if (set_properties (element, o, error))
    return element;
  gst_object_unref (gst_object_ref_sink (element));
  return NULL;
}

static gboolean
makes_tensors (GstElement * element)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");
  g_autoptr (GstCaps) wanted = gst_caps_new_empty_simple ("other/tensors");
  g_autoptr (GstCaps) caps = pad ? gst_pad_get_pad_template_caps (pad) : NULL;

  return caps && gst_caps_can_intersect (caps, wanted);
}

/* A preset knows the rate that it was defined at. */
static gint
preset_rate (GstElement * element)
{
  GParamSpec *spec = g_object_class_find_property
      (G_OBJECT_GET_CLASS (element), "preset");
  gint preset;

  if (spec == NULL
      || !g_str_equal (g_type_name (spec->value_type), "GstBfftMelPreset"))
    return 0;
  g_object_get (element, "preset", &preset, NULL);
  return bfft_logmel_preset (preset)->rate;
}

static gboolean
check_analyser (ExtractOptions * o, GError ** error)
{
  g_autoptr (GstElement) element = extract_options_make_analyser (o, error);
  g_autoptr (GstPad) sink = NULL;

  if (element == NULL)
    return FALSE;
  gst_object_ref_sink (element);
  sink = gst_element_get_static_pad (element, "sink");
  if (sink == NULL)
    return fail (error, "%s does not take sound", o->element);
  if (o->format->tensors && !makes_tensors (element))
    return fail (error, "%s has no arrays for --format %s; its messages are "
        "--format jsonl", o->element, o->format->name);
  if (o->rate == 0)
    o->rate = preset_rate (element);
  return TRUE;
}

gboolean
extract_options_parse (ExtractOptions * o, gint * argc, gchar *** argv,
    GError ** error)
{
  g_autofree gchar *format = NULL;

  *o = (ExtractOptions) {
  .channel = -1};
  if (!read_arguments (o, &format, argc, argv, error))
    return FALSE;
  if (o->version)
    return TRUE;
  if (o->element == NULL)
    o->element = g_strdup ("bfftmel");
  if (!check_numbers (o, error) || !check_inputs (o, error)
      || !choose_output (o, error) || !choose_format (o, format, error)
      || !check_analyser (o, error))
    return FALSE;
  /* one after the other where their lines would mix */
  if (o->jobs == 0)
    o->jobs = o->output ? g_get_num_processors () : 1;
  if (!o->into_folder && is_one_file (o))
    o->jobs = 1;
  return TRUE;
}

void
extract_options_clear (ExtractOptions * o)
{
  g_strfreev (o->inputs);
  g_strfreev (o->properties);
  g_free (o->source);
  g_free (o->element);
  g_free (o->preset);
  g_free (o->output);
}
