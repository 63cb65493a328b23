/* bfft: a result's file, which gets its name when it is complete.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "extract-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "bfft-file.h"

#define BUFFER_SIZE (1 << 17)

static gboolean
fail (GError ** error, const gchar * path, const gchar * fault)
{
  g_autofree gchar *name = g_filename_display_name (path ? path :
      "standard output");

  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
      "cannot write %s: %s", name, fault);
  return FALSE;
}

gboolean
extract_file_make_folder (const gchar * path, GError ** error)
{
  if (g_mkdir_with_parents (path, 0777) != 0)
    return fail (error, path, g_strerror (errno));
  if (g_access (path, W_OK | X_OK) != 0)
    return fail (error, path, g_strerror (errno));
  return TRUE;
}

/* Opens the temporary file in the folder of the target, which is what a link
 * points to. */
static gboolean
open_temporary (ExtractFile * file, GError ** error)
{
  char *real = realpath (file->target, NULL);
  g_autofree gchar *folder = NULL;
  gint fd;

  if (real) {
    g_free (file->target);
    file->target = g_strdup (real);
    free (real);
  }
  folder = g_path_get_dirname (file->target);
  /* without the target's name, which may be as long as names can be */
  file->temporary = g_strdup_printf ("%s/.bfft.XXXXXX.part", folder);
  fd = g_mkstemp_full (file->temporary, O_RDWR | O_CLOEXEC, 0666);
  if (fd < 0) {
    g_clear_pointer (&file->temporary, g_free);
    return fail (error, file->target, g_strerror (errno));
  }
  file->stream = fdopen (fd, "w+");
  setvbuf (file->stream, NULL, _IOFBF, BUFFER_SIZE);
  return TRUE;
}

ExtractFile *
extract_file_open (const gchar * target, GError ** error)
{
  ExtractFile *file = g_new0 (ExtractFile, 1);
  g_autofree gchar *folder = target ? g_path_get_dirname (target) : NULL;
  g_autoptr (GError) fault = NULL;

  file->target = g_strdup (target);
  if (target == NULL) {
    file->stream = stdout;
    return file;
  }
  if (!extract_file_make_folder (folder, error)) {
  } else if (!bfft_file_can_replace (target, &fault)) {
    fail (error, target, fault->message);
  } else if (open_temporary (file, error)) {
    return file;
  }
  extract_file_close (file, FALSE, NULL);
  return NULL;
}

static gboolean
note (ExtractFile * file, gboolean ok)
{
  if (!ok && file->fault == 0)
    file->fault = errno ? errno : EIO;
  return file->fault == 0;
}

gboolean
extract_file_write (ExtractFile * file, gconstpointer data, gsize size)
{
  return note (file, fwrite (data, 1, size, file->stream) == size);
}

gboolean
extract_file_rewind (ExtractFile * file)
{
  return note (file, fseek (file->stream, 0, SEEK_SET) == 0);
}

gboolean
extract_file_close (ExtractFile * file, gboolean keep, GError ** error)
{
  gboolean ok = TRUE;

  if (file->stream && keep)
    note (file, fflush (file->stream) == 0);
  if (file->temporary && keep)
    note (file, fdatasync (fileno (file->stream)) == 0);
  if (file->stream && file->stream != stdout)
    note (file, fclose (file->stream) == 0);
  if (file->temporary && keep && file->fault == 0)
    note (file, g_rename (file->temporary, file->target) == 0);
  if (file->temporary && (!keep || file->fault))
    g_unlink (file->temporary);
  if (keep && file->fault)
    ok = fail (error, file->target, g_strerror (file->fault));
  g_free (file->target);
  g_free (file->temporary);
  g_free (file);
  return ok;
}
