/* bfft: what bfft-extract is asked for.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "extract-format.h"

G_BEGIN_DECLS

/* What has begun runs to its end; a line on standard error says what failed. */
enum
{
  EXTRACT_EXIT_FAILED = 1,
  EXTRACT_EXIT_USAGE = 2,
};

/**
 * ExtractOptions:
 * @inputs: (nullable): files, folders, URIs; NULL with @source
 * @source: (nullable): the part of a pipeline that makes sound
 * @output: (nullable): file or folder; NULL is standard output
 * @into_folder: whether @output is a folder
 * @rate: Hz, 0 = each file's own
 * @channel: from 0, -1 = all
 * @start: seconds
 * @duration: seconds, 0 = to the end
 * @jobs: files at a time
 */
typedef struct
{
  gchar **inputs;
  gchar *source;
  gchar *element;
  gchar **properties;
  gchar *preset;
  gchar *output;
  const ExtractFormat *format;
  gboolean into_folder;
  gboolean resume;
  gboolean version;
  gint rate;
  gint channel;
  gint jobs;
  gdouble start;
  gdouble duration;
} ExtractOptions;

/* Everything that can be known to be wrong before the first file is an error.
 * --help ends the program. */
gboolean extract_options_parse (ExtractOptions * options, gint * argc,
    gchar *** argv, GError ** error);
void extract_options_clear (ExtractOptions * options);

/* Returns: (transfer floating): the analyser with all properties set. */
GstElement *extract_options_make_analyser (const ExtractOptions * options,
    GError ** error);

G_END_DECLS
