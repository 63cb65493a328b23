/* bfft: the tool bfft-report: sidecars as a page, a chart or text.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-report-page.h"

#include "bfft-file.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define EXIT_USAGE 2

static gchar **opt_files;
static gchar *opt_output;
static gchar *opt_svg;
static gboolean opt_text;
static gboolean opt_version;

static const GOptionEntry entries[] = {
  {"output", 'o', 0, G_OPTION_ARG_FILENAME, &opt_output,
        "Write to FILE; a page without it is written beside the first sidecar",
      "FILE"},
  {"svg", 0, 0, G_OPTION_ARG_STRING, &opt_svg,
      "One chart as SVG instead of the page, to the terminal", "NAME"},
  {"text", 0, 0, G_OPTION_ARG_NONE, &opt_text,
      "Text instead of the page, to the terminal", NULL},
  {"version", 0, 0, G_OPTION_ARG_NONE, &opt_version,
      "Show the version", NULL},
  {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &opt_files, NULL,
      "SIDECAR..."},
  {NULL, 0, 0, 0, NULL, NULL, NULL}
};

static gboolean
parse_options (gint * argc, gchar *** argv, GError ** error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GString) names = g_string_new ("Charts:");
  const BfftChart *chart;

  for (chart = bfft_charts; chart->name; chart++)
    g_string_append_printf (names, " %s", chart->name);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context,
      "Draws what bfft's elements measured. Several sidecars are compared "
      "side by side.");
  g_option_context_set_description (context, names->str);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (opt_version || opt_files)
    return TRUE;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
      "No sidecar given; see --help");
  return FALSE;
}

static GString *
draw_svg (const BfftReport * report, GError ** error)
{
  const BfftChart *chart = bfft_chart_find (opt_svg);

  if (chart && bfft_chart_has_data (chart, report))
    return bfft_report_to_svg (report, chart);
  if (chart)
    g_set_error (error, BFFT_SIDECAR_ERROR, BFFT_SIDECAR_ERROR_FORMAT,
        "The sidecars have no data for chart \"%s\"", opt_svg);
  else
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "There is no chart \"%s\"; see --help", opt_svg);
  return NULL;
}

static gboolean
write_stream (const GString * text, FILE * stream, GError ** error)
{
  if (stream && fwrite (text->str, 1, text->len, stream) == text->len
      && fflush (stream) == 0)
    return TRUE;
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
      g_strerror (errno));
  return FALSE;
}

/* A file is replaced whole; pipes, devices and links, such as /dev/stdout, are
 * written to. */
static gboolean
write_file (const GString * text, GError ** error)
{
  g_autoptr (GBytes) bytes = NULL;
  gboolean ok;
  struct stat info;
  FILE *stream;

  if (lstat (opt_output, &info) == 0 && !S_ISREG (info.st_mode)) {
    stream = fopen (opt_output, "w");
    ok = write_stream (text, stream, error);
    g_clear_pointer (&stream, fclose);
    return ok;
  }
  bytes = g_bytes_new_static (text->str, text->len);
  return bfft_file_replace (opt_output, bytes, error);
}

/* A page without -o: "a/b.html" beside "a/b.json". A file of that name which is
 * no page of ours stays. */
static gboolean
choose_output (GError ** error)
{
  const gchar *first = opt_files[0];
  g_autofree gchar *old = NULL;
  gsize length = strlen (first) - (g_str_has_suffix (first, ".json") ? 5 : 0);

  opt_output = g_strdup_printf ("%.*s.html", (gint) length, first);
  if (!g_file_get_contents (opt_output, &old, NULL, NULL)
      || strstr (old, BFFT_REPORT_MARK))
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
      "%s is there already and is no report; say where to write with -o",
      opt_output);
  return FALSE;
}

static gboolean
write_output (const GString * text, GError ** error)
{
  g_autoptr (GError) fault = NULL;

  if (opt_output ? write_file (text, &fault)
      : write_stream (text, stdout, &fault))
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
      "Cannot write the report%s%s: %s", opt_output ? " to " : "",
      opt_output ? opt_output : "", fault->message);
  return FALSE;
}

static gboolean
run (GError ** error)
{
  g_autoptr (BfftReport) report = bfft_report_new ();
  g_autoptr (GString) text = NULL;
  gboolean beside;
  guint i;

  for (i = 0; opt_files[i]; i++) {
    if (!bfft_report_add_file (report, opt_files[i], error))
      return FALSE;
  }
  if (report->models->len == 0) {
    g_set_error_literal (error, BFFT_SIDECAR_ERROR, BFFT_SIDECAR_ERROR_FORMAT,
        "The sidecars hold no models");
    return FALSE;
  }
  if (opt_svg)
    text = draw_svg (report, error);
  else if (opt_text)
    text = bfft_report_to_text (report);
  else
    text = bfft_report_to_html (report);
  beside = opt_output == NULL && !opt_svg && !opt_text;
  if (text == NULL || (beside && !choose_output (error))
      || !write_output (text, error))
    return FALSE;
  if (beside)
    printf ("%s\n", opt_output);
  return TRUE;
}

gint
main (gint argc, gchar ** argv)
{
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  if (parse_options (&argc, &argv, &error)) {
    if (opt_version)
      printf ("bfft-report %s\n", VERSION);
    else
      run (&error);
  }
  if (error == NULL)
    return EXIT_SUCCESS;
  fprintf (stderr, "bfft-report: %s\n", error->message);
  return error->domain == G_OPTION_ERROR ? EXIT_USAGE : EXIT_FAILURE;
}
