/* bfft: the files that bfft-extract's arguments stand for.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "extract-inputs.h"

#include <string.h>

#include <gst/gst.h>

typedef struct
{
  GDir *dir;
  gchar *path;
} Folder;

struct _ExtractInputs
{
  GMutex lock;
  gchar **next;
  GQueue open;                  /* of Folder, the innermost first */
  gchar *root;                  /* the only input, if that is a folder */
};

static const gchar *const endings[] = { "wav", "flac", "ogg", "oga", "opus",
  "mp3", "m4a", "aac", "mp4", "mka", "mkv", "webm", "aif", "aiff", "aifc",
  "au", "snd", "caf", "w64", "rf64", "wv", "spx", "mp2", "mpc", "tta", "ac3",
  "eac3", "dts", "wma", "amr", "3gp", "mov", "avi", "m4b", "ape", "mpg", "mpeg",
  "ts", NULL
};

ExtractInputs *
extract_inputs_new (gchar ** arguments)
{
  ExtractInputs *inputs = g_new0 (ExtractInputs, 1);

  g_mutex_init (&inputs->lock);
  g_queue_init (&inputs->open);
  inputs->next = arguments;
  if (arguments[1] == NULL && g_file_test (arguments[0], G_FILE_TEST_IS_DIR))
    inputs->root = g_canonicalize_filename (arguments[0], NULL);
  return inputs;
}

static void
folder_free (Folder * folder)
{
  g_dir_close (folder->dir);
  g_free (folder->path);
  g_free (folder);
}

void
extract_inputs_free (ExtractInputs * inputs)
{
  g_queue_clear_full (&inputs->open, (GDestroyNotify) folder_free);
  g_mutex_clear (&inputs->lock);
  g_free (inputs->root);
  g_free (inputs);
}

void
extract_input_free (ExtractInput * input)
{
  g_free (input->uri);
  g_free (input->label);
  g_free (input->name);
  g_free (input->fault);
  g_free (input);
}

/* @path without the folder @base, NULL if it is elsewhere. */
static gchar *
within (const gchar * path, const gchar * base)
{
  gsize length = strlen (base);

  if (length > 1 && g_str_has_prefix (path, base) && path[length] == '/')
    return g_strdup (path + length + 1);
  return NULL;
}

static ExtractInput *
input_of_file (ExtractInputs * inputs, const gchar * path)
{
  ExtractInput *input = g_new0 (ExtractInput, 1);
  g_autofree gchar *absolute = g_canonicalize_filename (path, NULL);
  g_autofree gchar *here = g_get_current_dir ();

  input->label = g_strdup (path);
  input->uri = gst_filename_to_uri (absolute, NULL);
  input->name = within (absolute, inputs->root ? inputs->root : here);
  if (input->name == NULL)
    input->name = g_strdup (absolute + 1);
  return input;
}

static ExtractInput *
input_of_uri (const gchar * uri)
{
  ExtractInput *input = g_new0 (ExtractInput, 1);

  input->label = g_strdup (uri);
  input->uri = g_strdup (uri);
  input->name = g_uri_escape_string (uri, " !$&'()+,;=@", FALSE);
  return input;
}

/* Returns: (nullable): what is wrong with the folder. */
static ExtractInput *
enter (ExtractInputs * inputs, const gchar * path)
{
  g_autoptr (GError) error = NULL;
  GDir *dir = g_dir_open (path, 0, &error);
  ExtractInput *input;
  Folder *folder;

  if (dir == NULL) {
    input = input_of_file (inputs, path);
    g_clear_pointer (&input->uri, g_free);
    input->fault = g_strdup (error->message);
    return input;
  }
  folder = g_new (Folder, 1);
  folder->dir = dir;
  folder->path = g_strdup (path);
  g_queue_push_head (&inputs->open, folder);
  return NULL;
}

static gboolean
is_sound (const gchar * name)
{
  const gchar *dot = strrchr (name, '.');
  g_autofree gchar *ending = dot ? g_ascii_strdown (dot + 1, -1) : NULL;

  return ending && g_strv_contains (endings, ending);
}

/* One step into the innermost folder; links to folders may go in circles. */
static ExtractInput *
step (ExtractInputs * inputs)
{
  Folder *folder = g_queue_peek_head (&inputs->open);
  const gchar *name = g_dir_read_name (folder->dir);
  g_autofree gchar *path = NULL;

  if (name == NULL) {
    folder_free (g_queue_pop_head (&inputs->open));
    return NULL;
  }
  if (name[0] == '.')
    return NULL;
  path = g_build_filename (folder->path, name, NULL);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL :
        enter (inputs, path);
  return is_sound (name) ? input_of_file (inputs, path) : NULL;
}

static ExtractInput *
begin (ExtractInputs * inputs, const gchar * argument)
{
  g_autofree gchar *path = NULL;

  if (g_file_test (argument, G_FILE_TEST_EXISTS)
      || !gst_uri_is_valid (argument))
    path = g_strdup (argument);
  else
    path = g_filename_from_uri (argument, NULL, NULL);
  if (path == NULL)
    return input_of_uri (argument);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return enter (inputs, path);
  return input_of_file (inputs, path);
}

ExtractInput *
extract_inputs_next (ExtractInputs * inputs)
{
  ExtractInput *input = NULL;

  g_mutex_lock (&inputs->lock);
  while (input == NULL && (*inputs->next || inputs->open.length)) {
    if (inputs->open.length)
      input = step (inputs);
    else
      input = begin (inputs, *inputs->next++);
  }
  g_mutex_unlock (&inputs->lock);
  return input;
}
