/* bfft: files are read and replaced whole.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-file.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
fail (GError ** error, const gchar * fault)
{
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, fault);
  return FALSE;
}

static gboolean
check_regular (const struct stat *info, GError ** error)
{
  if (S_ISREG (info->st_mode))
    return TRUE;
  return fail (error, S_ISDIR (info->st_mode) ?
      "it is a directory, not a regular file" : "it is not a regular file");
}

GBytes *
bfft_file_load (const gchar * filename, guint64 max, GError ** error)
{
  struct stat info;
  gchar *contents;
  gsize size;

  if (stat (filename, &info) != 0) {
    fail (error, g_strerror (errno));
    return NULL;
  }
  if (!check_regular (&info, error))
    return NULL;
  if ((guint64) info.st_size > max) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
        "its %" G_GUINT64_FORMAT " bytes are too many", (guint64) info.st_size);
    return NULL;
  }
  if (!g_file_get_contents (filename, &contents, &size, error))
    return NULL;
  return g_bytes_new_take (contents, size);
}

gboolean
bfft_file_replace (const gchar * filename, GBytes * bytes, GError ** error)
{
  char *target = NULL;
  struct stat info;
  gboolean ok;

  if (stat (filename, &info) == 0) {
    if (!check_regular (&info, error))
      return FALSE;
    /* a rename onto a link, such as /dev/stdout, would take its place */
    target = realpath (filename, NULL);
    if (target == NULL)
      return fail (error, g_strerror (errno));
  }
  ok = g_file_set_contents_full (target ? target : filename,
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666,
      error);
  free (target);
  return ok;
}

gboolean
bfft_file_can_load (const gchar * filename, GError ** error)
{
  struct stat info;

  if (stat (filename, &info) != 0 || access (filename, R_OK) != 0)
    return fail (error, g_strerror (errno));
  return check_regular (&info, error);
}

/* It is written beside and renamed: the folder is what counts. */
gboolean
bfft_file_can_replace (const gchar * filename, GError ** error)
{
  char *target = realpath (filename, NULL);
  g_autofree gchar *folder = g_path_get_dirname (target ? target : filename);
  struct stat info;
  gboolean there = target && stat (target, &info) == 0;

  free (target);
  if (*filename == '\0')
    return fail (error, "it has no name");
  if (there && !check_regular (&info, error))
    return FALSE;
  if (stat (folder, &info) != 0)
    return fail (error, g_strerror (errno));
  if (!S_ISDIR (info.st_mode))
    return fail (error, g_strerror (ENOTDIR));
  if (access (folder, W_OK | X_OK) != 0)
    return fail (error, g_strerror (errno));
  return TRUE;
}
