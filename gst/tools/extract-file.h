/* bfft: a result's file, which gets its name when it is complete.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <stdio.h>

#include <glib.h>

G_BEGIN_DECLS

/**
 * ExtractFile:
 * @stream: what is written to
 * @fault: errno of the first write that failed, or 0
 */
typedef struct
{
  FILE *stream;
  gint fault;

  /*< private >*/
  gchar *target;                /* NULL is standard output */
  gchar *temporary;             /* a hidden file beside it, .part */
} ExtractFile;

/* Folders on the way to @target are made. NULL is standard output. */
ExtractFile *extract_file_open (const gchar * target, GError ** error);

/* Returns: FALSE if @data, or what was written before, did not go through. */
gboolean extract_file_write (ExtractFile * file, gconstpointer data,
    gsize size);

/* To the first byte; a stream that cannot do that is a fault. */
gboolean extract_file_rewind (ExtractFile * file);

/* Frees @file. With @keep it is synced and renamed, if all went through. */
gboolean extract_file_close (ExtractFile * file, gboolean keep,
    GError ** error);

/* Makes @path a folder that files can be written in. */
gboolean extract_file_make_folder (const gchar * path, GError ** error);

G_END_DECLS
