/* bfft: the files that bfft-extract's arguments stand for.
 *
 * Folders are read as they are walked, so that a million files need no more
 * memory than one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _ExtractInputs ExtractInputs;

/**
 * ExtractInput:
 * @uri: what is read; NULL if @fault says why it cannot be
 * @label: what messages and results call it: as it was given
 * @name: what its result is called in a folder, without the ending: the path
 *     within the folder that is the only input; otherwise the path within the
 *     working directory or, outside of that, from the root
 */
typedef struct
{
  gchar *uri;
  gchar *label;
  gchar *name;
  gchar *fault;
} ExtractInput;

/* @arguments are kept. */
ExtractInputs *extract_inputs_new (gchar ** arguments);
void extract_inputs_free (ExtractInputs * inputs);

/* The next file, to any thread; NULL after the last. Of folders these are the
 * files with a sound's ending, whose name does not begin with a dot. */
ExtractInput *extract_inputs_next (ExtractInputs * inputs);
void extract_input_free (ExtractInput * input);

G_END_DECLS
