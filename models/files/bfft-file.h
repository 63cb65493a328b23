/* bfft: files are read and replaced whole.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The contents of a regular file of at most @max bytes. Pipes and devices are
 * refused because they may never end. The error, here and below, is the fault
 * alone (%G_FILE_ERROR); the caller says which file. */
GBytes *bfft_file_load (const gchar * filename, guint64 max, GError ** error);

/* Replaces @filename, or what it is a symbolic link to, atomically and durably
 * (written beside it, synced, renamed). Only regular files are replaced: a
 * rename would put a file in the place of a device such as /dev/null. */
gboolean bfft_file_replace (const gchar * filename, GBytes * bytes,
    GError ** error);

/* Whether the file is one that bfft_file_load() reads, or that
 * bfft_file_replace() could replace or make, as far as can be known now. */
gboolean bfft_file_can_load (const gchar * filename, GError ** error);
gboolean bfft_file_can_replace (const gchar * filename, GError ** error);

G_END_DECLS
