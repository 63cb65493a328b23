/* bfft: feeds the files of a corpus to a fuzz target, without libFuzzer.
 *
 * Each file is also fed cut short at every length and with every one of its
 * bytes changed, which finds most of what a short run of libFuzzer does.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fuzz.h"

#include <stdlib.h>
#include <glib.h>

static guint64 inputs;

static void
feed (const gchar * data, gsize size)
{
  /* an allocation of its own, so that a read past the end is seen */
  guint8 *copy = g_memdup2 (data, size);

  LLVMFuzzerTestOneInput (copy, size);
  g_free (copy);
  inputs++;
}

static void
feed_file (const gchar * filename)
{
  g_autoptr (GError) error = NULL;
  gchar *data;
  gsize size, i;

  if (!g_file_get_contents (filename, &data, &size, &error)) {
    g_printerr ("%s\n", error->message);
    exit (1);
  }
  feed (data, size);
  for (i = 0; i < size; i++) {
    gchar byte = data[i];

    feed (data, i);
    data[i] = byte ^ (1 << (i % 8));
    feed (data, size);
    data[i] = byte;
  }
  g_free (data);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  const gchar *name;
  guint files = 0;

  if (argc != 2) {
    g_printerr ("usage: %s DIRECTORY\n", argv[0]);
    return 2;
  }
  dir = g_dir_open (argv[1], 0, &error);
  if (dir == NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  while ((name = g_dir_read_name (dir))) {
    g_autofree gchar *filename = g_build_filename (argv[1], name, NULL);

    feed_file (filename);
    files++;
  }
  g_print ("%u files, %" G_GUINT64_FORMAT " inputs\n", files, inputs);
  return files == 0;
}
